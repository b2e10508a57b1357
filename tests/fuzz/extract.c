/* SPDX-License-Identifier: MIT */
/*
 * What a database sends: rows of binary COPY, whose cuts into blocks must not change them, and their
 * fields, which become whole msgpack or are refused. And a user's query: binding it
 * again, when it has no parameters, changes nothing but comments at its end.
 */
#include "common/record/mp.h"
#include "common/sql/pg_copy_read.h"
#include "common/sql/pg_read.h"
#include "common/sql/sql_bind.h"
#include "tests/fuzz/fuzz.h"

enum { FIELDS = 3 };

static void
check_field(struct slice field)
{
	struct buf out = {0};
	for (int read = PG_READ_TEXT; read <= PG_READ_JSONB; read++) {
		size_t n;
		buf_reset(&out);
		const char *wrong = pg_read_value((enum pg_read)read, field, &out);
		HOLDS(wrong == NULL || out.n == 0);
		HOLDS(
		    wrong != NULL || (mp_measure(out.p, out.p + out.n, &n) == MP_OK && n == out.n));
		if (wrong == pg_read_special)
			HOLDS(pg_read_special_text((enum pg_read)read, field) != NULL);
		struct slice json = field;
		pg_read_json((enum pg_read)read, &json);
	}
	buf_free(&out);
}

/* All fields one after the other, with a mark for each, and how it ended. */
static void
copied(struct slice in, size_t step, struct buf *all)
{
	struct pg_copy_reader r = {0};
	struct slice fields[FIELDS];
	size_t at = 0;
	for (;;) {
		enum pg_copy_step got = pg_copy_row(&r, fields, FIELDS);
		if (got == PG_COPY_BAD)
			break;
		if (got == PG_COPY_ROW) {
			for (size_t i = 0; i < FIELDS; i++) {
				buf_put_byte(all, fields[i].p ? '+' : '-');
				buf_put_slice(all, fields[i]);
				if (fields[i].p)
					check_field(fields[i]);
			}
			continue;
		}
		if (at == in.n)
			break;
		size_t n = in.n - at < step ? in.n - at : step;
		pg_copy_block(&r, (struct slice){in.p + at, n});
		at += n;
	}
	buf_put_text(all, r.error ? r.error : r.ended ? "end" : "cut");
	buf_free(&r.rest);
}

static void
check_query(struct slice text, enum sql_dialect d)
{
	static const struct slice known[] = {{"a", 1}, {"from", 4}};
	static struct sql_bound_query q, again;
	struct slice at;
	const char *wrong = sql_bind(&q, d, text, known, 2, &at);
	if (wrong) {
		HOLDS(!at.n || (at.p >= text.p && at.p + at.n <= text.p + text.n));
		return;
	}
	for (size_t i = 0; i < q.n; i++)
		HOLDS(q.names[i] < 2);
	if (q.n)
		return;
	struct slice bound = buf_slice(&q.sql);
	/* Minus signs at the end may be a comment now, when nothing comes after them. */
	wrong = sql_bind(&again, d, bound, known, 2, &at);
	HOLDS(wrong ? strcmp(wrong, "is empty") == 0 : again.sql.n <= bound.n);
	HOLDS(wrong || memcmp(again.sql.p, bound.p, again.sql.n) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	struct buf whole = {0}, cut = {0};
	struct slice in = {(const char *)data + 1, size - 1};
	copied(in, in.n + 1, &whole);
	copied(in, 1 + data[0] % 40, &cut);
	HOLDS(slice_equal(buf_slice(&whole), buf_slice(&cut)));
	buf_free(&whole);
	buf_free(&cut);
	check_field(in);
	check_query(in, SQL_POSTGRES);
	check_query(in, SQL_MYSQL);
	return 0;
}
