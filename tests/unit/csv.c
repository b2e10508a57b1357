/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/csv/csv.h"
#include "common/csv/csv_scan.h"
#include "tests/unit/unit.h"

/* Small and repeatable, not random: xorshift. */
static uint64_t state = 88172645463325252u;

static unsigned
any(unsigned below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state % below);
}

static void
test_scan(void)
{
	static const char signs[] = "ab,;\t\"'\r\n\x80\xff\xac\x8a\x0b\x21\x23\0x";
	char text[4 * CSV_SCAN_BLOCK];
	uint64_t fast[4], slow[4];
	bool same = true, right = true;
	for (int round = 0; round < 2000; round++) {
		for (size_t i = 0; i < sizeof text; i++)
			text[i] = round % 2 ? signs[any(sizeof signs - 1)] : (char)any(256);
		char quote = round % 3 ? '"' : 0;
		csv_scan(text, 4, fast, ';', quote);
		csv_scan_portable(text, 4, slow, ';', quote);
		same = same && memcmp(fast, slow, sizeof fast) == 0;
		for (size_t i = 0; i < sizeof text; i++) {
			char c = text[i];
			bool is = c == ';' || c == '\r' || c == '\n' || (quote && c == quote);
			right = right && is == (slow[i / 64] >> i % 64 & 1);
		}
	}
	CHECK(same);
	CHECK(right);
}

/*
 * Rows as text: fields parted by |, rows by /, B after a bad one; "open" where
 * a quote is.
 */
static void
read_all(struct csv *c, struct slice text, size_t step, struct buf *out)
{
	struct csv_row row;
	struct buf b = {0};
	size_t at = 0;
	for (;;) {
		enum csv_status status = csv_next(c, &row);
		if (status == CSV_MORE) {
			size_t room, n = text.n - at < step ? text.n - at : step;
			char *p = csv_room(c, &room);
			if (!p || !n) {
				csv_ended(c);
				continue;
			}
			n = n < room ? n : room;
			memcpy(p, text.p + at, n);
			csv_added(c, n);
			at += n;
			continue;
		}
		if (status != CSV_ROW) {
			buf_put_text(out, status == CSV_OPEN ? "open" : "");
			break;
		}
		buf_printf(out, "%u:", (unsigned)row.line);
		for (size_t i = 0; i < row.columns; i++) {
			if (i)
				buf_put_byte(out, '|');
			buf_put_slice(out, csv_text(&row, i, c->quote, &b));
		}
		buf_put_text(out, row.bad ? "B/" : "/");
	}
	buf_free(&b);
}

static bool
reads_as(struct csv *c, const char *text, const char *wanted)
{
	bool good = true;
	for (size_t step = 1; step < 9; step++) {
		struct buf out = {0};
		csv_init(c, ',', '"', 1000);
		read_all(c, slice_of(text), step, &out);
		if (!slice_is(buf_slice(&out), wanted)) {
			fprintf(stderr, "by %zu: %.*s\n", step, (int)out.n, out.p ? out.p : "");
			good = false;
		}
		buf_free(&out);
	}
	return good;
}

static void
test_rows(struct csv *c)
{
	CHECK(reads_as(c, "", ""));
	CHECK(reads_as(c, "\n", "1:/"));
	CHECK(reads_as(c, "a", "1:a/"));
	CHECK(reads_as(c, "a,b\n1,2\n", "1:a|b/2:1|2/"));
	CHECK(reads_as(c, "a,\n,b", "1:a|/2:|b/"));
	CHECK(reads_as(c, "a\r\nb\rc\n\rd", "1:a/2:b/3:c/4:/5:d/"));
	CHECK(reads_as(c, "\"a\"", "1:a/"));
	CHECK(reads_as(c, "\"\",\"\"\"\"\n", "1:|\"/"));
	CHECK(reads_as(c, "\"a,\"\"b\"\"\n\",c\n", "1:a,\"b\"\n|c/"));
	CHECK(reads_as(c, "\"1\r\n2\r3\n4\"\nx", "1:1\r\n2\r3\n4/5:x/"));
	CHECK(reads_as(c, "a\"b\"c,\"d\n", "open"));
	CHECK(reads_as(c, "x\n\"", "1:x/open"));
	CHECK(reads_as(c, "\"a\"b,c\nd", "1:\"a\"b|cB/2:d/"));
	CHECK(reads_as(c, "\"a\" ,b\"\n", "1:\"a\" |b\"B/"));
	CHECK(reads_as(c, "a,\"b\"\r\n\"c\",d\r\n", "1:a|b/2:c|d/"));
	CHECK(reads_as(c, "\"a\"\r", "1:a/"));
}

/* So much text that the buffer moves and grows, in rows that are short or longer than a block. */
static void
test_moves(struct csv *c)
{
	enum { SIZE = 2000000 };
	char *text = malloc(SIZE);
	bool same = true;
	if (!text)
		return;
	for (size_t i = 0; i < SIZE; i++)
		text[i] = ",\nab\"xyz"[any(any(500) ? 2 : 8)];
	for (size_t i = 0; i < SIZE; i += 1 + any(200000))
		memset(text + i, 'x', SIZE - i < 90000 ? SIZE - i : 90000);
	struct buf whole = {0};
	csv_init(c, ',', 0, SIZE);
	read_all(c, (struct slice){text, SIZE}, SIZE, &whole);
	for (size_t step = 999; step < SIZE; step *= 7) {
		struct buf steps = {0};
		csv_init(c, ',', 0, SIZE);
		read_all(c, (struct slice){text, SIZE}, step, &steps);
		same = same && slice_equal(buf_slice(&whole), buf_slice(&steps));
		buf_free(&steps);
	}
	CHECK(same && whole.n > SIZE / 2);
	buf_free(&whole);
	free(text);
}

/* Random text gives the same rows in steps of any size. */
static void
test_steps(struct csv *c)
{
	static const char signs[] = "ab,,\"\"\r\n\n";
	bool same = true;
	for (int round = 0; round < 3000; round++) {
		char text[300];
		size_t n = any(sizeof text);
		for (size_t i = 0; i < n; i++)
			text[i] = signs[any(sizeof signs - 1)];
		struct buf whole = {0}, steps = {0};
		csv_init(c, ',', round % 5 ? '"' : 0, 1000);
		read_all(c, (struct slice){text, n}, n + 1, &whole);
		csv_init(c, ',', round % 5 ? '"' : 0, 1000);
		read_all(c, (struct slice){text, n}, 1 + any(70), &steps);
		same = same && slice_equal(buf_slice(&whole), buf_slice(&steps));
		buf_free(&whole);
		buf_free(&steps);
	}
	CHECK(same);
}

static void
add(struct csv *c, struct slice text)
{
	size_t room;
	char *p = csv_room(c, &room);
	CHECK(p && room >= text.n);
	memcpy(p, text.p, text.n);
	csv_added(c, text.n);
}

static void
test_lines(struct csv *c)
{
	struct slice line;
	struct csv_row row;
	csv_init(c, ',', '"', 1000);
	CHECK(csv_line(c, true, &line) == CSV_MORE);
	add(c, SLICE("one \"\r\ntwo\r"));
	CHECK(csv_line(c, false, &line) == CSV_ROW && slice_is(line, "one \""));
	CHECK(csv_line(c, true, &line) == CSV_ROW && slice_is(line, "one \""));
	CHECK(csv_line(c, true, &line) == CSV_MORE); /* LF may follow */
	CHECK(csv_rest_line(c) == 3);
	add(c, SLICE("\na,b"));
	CHECK(csv_line(c, true, &line) == CSV_ROW && slice_is(line, "two"));
	CHECK(csv_next(c, &row) == CSV_MORE);
	CHECK(slice_is(csv_rest(c), "a,b"));
	csv_ended(c);
	CHECK(csv_next(c, &row) == CSV_ROW && row.line == 3 && row.columns == 2);
	CHECK(csv_next(c, &row) == CSV_END);
	CHECK(csv_line(c, true, &line) == CSV_END);
}

/* A row after lines, begun before the buffer moves and ended after it. */
static void
test_line_then_move(struct csv *c)
{
	struct slice line;
	struct csv_row row;
	char *text = malloc(300000);
	if (!text)
		return;
	memset(text, 'x', 300000);
	text[299700] = '\n';
	csv_free(c); /* tests before may have made it larger */
	memcpy(text + 299701, "1,2,\"3,4\",", 10);
	csv_init(c, ',', '"', 1000000);
	for (size_t at = 0; at < 300000; at += 60000)
		add(c, (struct slice){text + at, 60000});
	free(text);
	CHECK(csv_line(c, true, &line) == CSV_ROW && line.n == 299700);
	CHECK(csv_line(c, true, &line) == CSV_MORE);
	add(c, SLICE(",5\n"));
	CHECK(c->start == 0); /* it has moved */
	CHECK(csv_next(c, &row) == CSV_ROW && row.columns == 5);
}

static void
test_ceilings(struct csv *c)
{
	struct csv_row row;
	size_t room, fed = 0;
	char *p;
	csv_init(c, ',', '"', 1000000);
	while ((p = csv_room(c, &room)) != NULL) {
		memset(p, 'x', room);
		csv_added(c, room);
		fed += room;
		CHECK(csv_next(c, &row) == CSV_MORE);
	}
	CHECK(fed >= 1000000 && fed < 4000000);

	/* Of more columns than there may be, all are counted and the first are kept. */
	csv_init(c, ',', '"', 1000000);
	p = csv_room(c, &room);
	memset(p, ',', 5000);
	p[5000] = '\n';
	csv_added(c, 5001);
	CHECK(csv_next(c, &row) == CSV_ROW && row.columns == 5001 && row.n == 5000);
	CHECK(row.fields[FIELDS_MAX - 1].at == FIELDS_MAX - 1);
}

static bool
puts_as(const char *text, bool always, const char *wanted)
{
	struct buf b = {0};
	csv_put(&b, slice_of(text), ';', always);
	bool good = slice_is(buf_slice(&b), wanted);
	buf_free(&b);
	return good;
}

static void
test_put(void)
{
	CHECK(puts_as("", false, ""));
	CHECK(puts_as("", true, "\"\""));
	CHECK(puts_as("a,b c", false, "a,b c"));
	CHECK(puts_as("a;b", false, "\"a;b\""));
	CHECK(puts_as("a\nb", false, "\"a\nb\""));
	CHECK(puts_as("\r", false, "\"\r\""));
	CHECK(puts_as("say \"x\"", false, "\"say \"\"x\"\"\""));
	CHECK(puts_as("a", true, "\"a\""));
}

int
main(void)
{
	struct csv *c = calloc(1, sizeof *c);
	if (!c)
		return 1;
	test_scan();
	test_rows(c);
	test_moves(c);
	test_steps(c);
	test_lines(c);
	test_line_then_move(c);
	test_ceilings(c);
	test_put();
	csv_free(c);
	free(c);
	return unit_done("csv");
}
