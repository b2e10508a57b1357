/* SPDX-License-Identifier: MIT */
/*
 * spell: writes a stream from text, for tests of stages that read one. Fields of
 * a line are parted by tabs; \N is null, \t \n \\ and \0 stand for themselves.
 *
 *	schema	day:date	id:int	…
 *	row	2026-11-20	7	…          values of the last schema's fields
 *	map	day:date=2026-11-20	…      a record without schema; an empty map: map
 *	coverage	day=2026-11-20..2026-11-23	id:int=7	#2
 *	state	KEY	VALUE              both text
 *	fail	77	text                  an abort
 *	raw	81a16b05              a record given as msgpack, in hex
 *	cut                               ends without the end mark
 *	sleep	SECONDS                   flushes before
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/mp.h"
#include "common/stream/stream.h"
#include "common/time/iso.h"

enum { PARTS_MAX = 5000 };

static bool dry;
static int64_t repeat;
static const struct option_row options[] = {
    {.name = "dry", .help = "set dry in the header", .kind = OPTION_FLAG, .to.flag = &dry},
    {.name = "repeat",
	.word = "N",
	.help = "write the last row N times more",
	.kind = OPTION_COUNT,
	.to.number = &repeat,
	.high = INT64_MAX},
    {0},
};
static const struct option_row *const tables[] = {options, NULL};
static const struct program program = {
    .name = "spell", .about = "Writes a stream from text, for tests.", .tables = tables};

static struct slice
unescaped(struct slice s, struct buf *b)
{
	size_t from = b->n;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '\\' && i + 1 < s.n) {
			c = s.p[++i];
			c = c == 't' ? '\t' : c == 'n' ? '\n' : c == '0' ? '\0' : c;
		}
		buf_put_byte(b, c);
	}
	return (struct slice){b->p + from, b->n - from};
}

static int
nibble(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* One value of the type, spelled as iso.h and the digits do; bytes as hex, json as an array of texts a|b. */
static void
put_value(struct buf *b, enum value_type type, struct slice s)
{
	struct buf text = {0};
	int64_t n = 0;
	uint32_t ns = 0;
	bool good = true;

	if (slice_is(s, "\\N")) {
		mp_buf_nil(b);
		return;
	}
	s = unescaped(s, &text);
	char *c = xcalloc(s.n + 1, 1);
	memcpy(c, s.p ? s.p : "", s.n);
	switch (type) {
	case VALUE_BOOL:
		mp_buf_bool(b, slice_is(s, "true"));
		break;
	case VALUE_INT:
		if ((good = parse_integer(s, INT64_MIN, INT64_MAX, &n)))
			mp_buf_int(b, n);
		else
			mp_buf_uint(b, strtoull(c, NULL, 10));
		good = true;
		break;
	case VALUE_FLOAT:
		mp_buf_float(b, strtod(c, NULL));
		break;
	case VALUE_DECIMAL:
		value_put_decimal(b, s);
		break;
	case VALUE_TEXT:
		mp_buf_str(b, s);
		break;
	case VALUE_BYTES:
		for (size_t i = 0; i < s.n / 2; i++)
			c[i] = (char)(nibble(s.p[2 * i]) << 4 | nibble(s.p[2 * i + 1]));
		mp_buf_bin(b, (struct slice){c, s.n / 2});
		break;
	case VALUE_DATE:
		good = iso_read_date(s, &n) || parse_integer(s, INT32_MIN, INT32_MAX, &n);
		value_put_date(b, (int32_t)n);
		break;
	case VALUE_DATETIME:
		good = iso_read_datetime(s, &n) || parse_integer(s, INT64_MIN, INT64_MAX, &n);
		value_put_datetime(b, n);
		break;
	case VALUE_TIMESTAMP:
		good = iso_read_timestamp(s, &n, &ns) || parse_integer(s, INT64_MIN, INT64_MAX, &n);
		value_put_timestamp(b, n, ns);
		break;
	case VALUE_JSON: {
		size_t parts = 1;
		for (size_t i = 0; i < s.n; i++)
			parts += s.p[i] == '|';
		mp_buf_map(b, 1);
		mp_buf_str(b, SLICE("list"));
		mp_buf_array(b, parts);
		for (size_t from = 0, i = 0; i <= s.n; i++)
			if (i == s.n || s.p[i] == '|') {
				mp_buf_str(b, (struct slice){s.p + from, i - from});
				from = i + 1;
			}
		break;
	}
	default:
		good = false;
		break;
	}
	if (!good)
		die(STATUS_USAGE, "%s is no %s", quoted(s), value_type_name(type));
	free(c);
	buf_free(&text);
}

/* NAME:TYPE at the front of s; the text after sign, or nothing, goes to *rest. */
static struct slice
split_name(struct slice s, char sign, enum value_type *type, struct slice *rest)
{
	const char *end = sign ? memchr(s.p, sign, s.n) : NULL;
	struct slice left = {s.p, end ? (size_t)(end - s.p) : s.n};

	*rest = end ? (struct slice){end + 1, s.n - left.n - 1} : (struct slice){"", 0};
	*type = VALUE_TEXT;
	const char *colon = NULL;
	for (size_t i = 0; i < left.n; i++)
		if (left.p[i] == ':')
			colon = left.p + i;
	if (!colon)
		return left;
	*type = value_type_named((struct slice){colon + 1, left.n - (size_t)(colon + 1 - left.p)});
	return (struct slice){left.p, (size_t)(colon - left.p)};
}

static void
put_schema(struct buf *b, struct schema *schema, const struct slice *parts, size_t n)
{
	struct slice rest;
	enum value_type type;

	schema_reset(schema);
	for (size_t i = 1; i < n; i++) {
		struct slice name = split_name(parts[i], '\0', &type, &rest);
		const char *wrong = schema_add(schema, name, type);
		if (wrong)
			die(STATUS_USAGE, "schema: %s", wrong);
	}
	schema_write(schema, b);
}

static void
put_coverage(struct buf *b, const struct slice *parts, size_t n)
{
	struct buf payload = {0};

	/* "#3" last: the number of records; without it the item has none. */
	bool counted = n > 1 && parts[n - 1].n > 1 && *parts[n - 1].p == '#';
	n -= counted;
	mp_buf_map(&payload, 1 + counted);
	mp_buf_str(&payload, SLICE("window"));
	mp_buf_map(&payload, n - 1);
	for (size_t i = 1; i < n; i++) {
		struct slice rest;
		enum value_type type;
		mp_buf_str(&payload, split_name(parts[i], '=', &type, &rest));
		const char *dots = NULL;
		for (size_t k = 0; k + 1 < rest.n; k++)
			if (rest.p[k] == '.' && rest.p[k + 1] == '.')
				dots = rest.p + k;
		if (dots) {
			struct slice low = {rest.p, (size_t)(dots - rest.p)};
			mp_buf_array(&payload, 2);
			put_value(&payload, type, low);
			put_value(&payload, type, (struct slice){dots + 2, rest.n - low.n - 2});
		} else
			put_value(&payload, type, rest);
	}
	if (counted) {
		mp_buf_str(&payload, SLICE("records"));
		mp_buf_uint(&payload, strtoull(parts[n].p + 1, NULL, 10));
	}
	mp_buf_ext(b, EXT_COVERAGE, buf_slice(&payload));
	buf_free(&payload);
}

static void
put_line(struct stream_out *out, struct schema *schema, const struct slice *parts, size_t n)
{
	static struct buf b;
	struct slice word = parts[0];

	buf_reset(&b);
	if (slice_is(word, "schema")) {
		put_schema(&b, schema, parts, n);
		stream_out_item(out, buf_slice(&b));
	} else if (slice_is(word, "row")) {
		if (n - 1 != schema->n)
			die(STATUS_USAGE, "a row of %zu values for %zu fields", n - 1, schema->n);
		mp_buf_array(&b, n - 1);
		for (size_t i = 1; i < n; i++)
			put_value(&b, schema->fields[i - 1].type, parts[i]);
		for (int64_t i = 0; i <= repeat; i++)
			stream_out_record(out, buf_slice(&b));
	} else if (slice_is(word, "map")) {
		mp_buf_map(&b, n - 1);
		for (size_t i = 1; i < n; i++) {
			struct slice rest;
			enum value_type type;
			mp_buf_str(&b, split_name(parts[i], '=', &type, &rest));
			put_value(&b, type, rest);
		}
		stream_out_record(out, buf_slice(&b));
	} else if (slice_is(word, "raw") && n == 2) {
		for (size_t i = 0; i + 1 < parts[1].n; i += 2)
			buf_put_byte(
			    &b, (char)(nibble(parts[1].p[i]) << 4 | nibble(parts[1].p[i + 1])));
		stream_out_record(out, buf_slice(&b));
	} else if (slice_is(word, "coverage")) {
		put_coverage(&b, parts, n);
		stream_out_item(out, buf_slice(&b));
	} else if (slice_is(word, "state")) {
		struct buf item = {0};
		buf_reset(&b);
		mp_buf_map(&item, 2);
		mp_buf_str(&item, SLICE("key"));
		mp_buf_str(&item, parts[1]);
		mp_buf_str(&item, SLICE("value"));
		mp_buf_str(&item, parts[2]);
		mp_buf_ext(&b, EXT_STATE, buf_slice(&item));
		buf_check(&b, "a state item", NULL);
		stream_out_item(out, buf_slice(&b));
	} else if (slice_is(word, "fail")) {
		int64_t status = STATUS_BUG;
		parse_integer(parts[1], 1, 255, &status);
		die((enum status)status, "%.*s", (int)parts[2].n, parts[2].p);
	} else if (slice_is(word, "sleep")) {
		int64_t seconds = 1;
		parse_integer(parts[1], 0, 1000, &seconds);
		stream_out_flush(out);
		nanosleep(&(struct timespec){.tv_sec = seconds}, NULL);
	} else if (slice_is(word, "cut")) {
		stream_out_flush(out);
		_exit(0);
	} else
		die(STATUS_USAGE, "no such line: %s", quoted(word));
}

int
main(int argc, char **argv)
{
	struct schema schema = {0};
	struct slice parts[PARTS_MAX];
	char *line = NULL;
	size_t cap = 0;
	ssize_t length;

	stream_out_abort_on_exit();
	options_parse(&program, argc, argv);
	struct stream_out *out = stream_out_open(STDOUT_FILENO);
	stream_out_start(out, dry);
	while ((length = getline(&line, &cap, stdin)) > 0) {
		size_t n = 0, left = (size_t)length - (line[length - 1] == '\n');
		const char *p = line;
		while (n < PARTS_MAX) {
			const char *tab = memchr(p, '\t', left);
			parts[n++] = (struct slice){p, tab ? (size_t)(tab - p) : left};
			if (!tab)
				break;
			left -= (size_t)(tab - p) + 1;
			p = tab + 1;
		}
		put_line(out, &schema, parts, n);
	}
	stream_finish(NULL, out);
	return STATUS_OK;
}
