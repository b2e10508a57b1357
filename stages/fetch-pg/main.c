/* SPDX-License-Identifier: MIT */
/*
 * fetch-pg reads a query or a table of PostgreSQL as typed records, in one transaction that only
 * reads and sees one state of the database. Rows come by binary COPY, or one by one where the query
 * has parameters, which COPY cannot have. The life of it is common/extract/extract.c.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "common/db/pg/session.h"
#include "common/extract/extract.h"
#include "common/json/value_text.h"
#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/sql/pg_copy_read.h"
#include "common/sql/pg_read.h"

static const struct option_row *const tables[] = {extract_options, NULL};
static const struct program program = {
    .name = "fetch-pg",
    .about = "Reads a query or a table of PostgreSQL as records.",
    .tables = tables,
};

/* A column of the query. */
struct column {
	enum pg_read read;
	uint32_t type; /* its oid */
};

static struct {
	struct pg_connection connection;
	struct pg_session session;
	struct column *columns;
	size_t n;
	struct slice *fields; /* of the current row */
	bool copies;
	struct pg_copy_reader copy;
	struct pg_rows row; /* without COPY */
} f;

static void
check(bool good)
{
	const struct db_error *e = &f.connection.error;
	if (good)
		return;
	/* The statement is the user's, and it is our transaction that only reads. */
	bool theirs = strcmp(e->code, "42601") == 0 || strcmp(e->code, "25006") == 0;
	enum status status = theirs ? STATUS_REFUSED : e->status;
	die(status, "%s%s", e->lost && !*e->code ? "the connection to the server was lost: " : "",
	    e->text);
}

static void
show_warning(void *context, const char *text)
{
	(void)context;
	message("the server warns: %s", text);
}

static void
open_database(const struct extract_login *login)
{
	enum { LOCK_MAX = 1000000000 }; /* milliseconds; an int has room for more */
	struct buf sql = {0};
	const struct pg_settings settings = {.address = login->url,
	    .option = "--url",
	    .password = login->password,
	    .program = "fetch-pg",
	    .lock_milliseconds =
		login->lock_timeout < LOCK_MAX ? (int)login->lock_timeout : LOCK_MAX,
	    .warn = show_warning};
	if (!pg_open(&f.connection, &settings))
		die(f.connection.error.status, "%s", f.connection.error.text);
	check(pg_run(&f.connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
	buf_printf(&sql, "SET LOCAL lock_timeout = %" PRId64, login->lock_timeout);
	buf_check(&sql, "a statement", NULL);
	check(pg_execute(&f.connection, buf_slice(&sql), NULL, 0, NULL));
	buf_free(&sql);
	check(pg_session_begin(&f.connection, &f.session));
	check(pg_session_ours(&f.connection, &f.session));
	check(pg_run(&f.connection, "SET LOCAL client_min_messages = 'warning'"));
}

/* The values as texts, whose types the server finds. */
static struct pg_parameter *
parameters_of(const struct value *values, size_t n)
{
	static struct buf bytes;
	struct pg_parameter *p = xcalloc(n + 1, sizeof *p);
	size_t *ends = xcalloc(n + 1, sizeof *ends), at = 0;
	buf_reset(&bytes);
	for (size_t i = 0; i < n; i++) {
		value_text(&bytes, &values[i], NULL);
		ends[i] = bytes.n;
	}
	buf_check(&bytes, "the parameters", NULL);
	for (size_t i = 0; i < n; i++) {
		p[i].data = (struct slice){bytes.p + at, ends[i] - at};
		at = ends[i];
	}
	free(ends);
	return p;
}

static void
describe(struct slice sql, const struct value *values, size_t n)
{
	struct pg_parameter *parameters = parameters_of(values, n);
	struct pg_rows columns;
	check(pg_describe(&f.connection, sql, parameters, n, &columns));
	free(parameters);
	if (!columns.columns)
		die(STATUS_USAGE, "--query is not a query: it has no columns");
	f.n = columns.columns;
	f.columns = xcalloc(f.n, sizeof *f.columns);
	f.fields = xcalloc(f.n, sizeof *f.fields);
	for (size_t i = 0; i < f.n; i++) {
		struct slice name = pg_column_name(&columns, i);
		uint32_t type = pg_column_type(&columns, i);
		enum pg_read read = extract_wants_text(name) ? PG_READ_TEXT : pg_read_of(type);
		f.columns[i] = (struct column){read, type};
		extract_add(name, pg_read_type(read));
	}
	pg_rows_free(&columns);
}

/*
 * Types without a binary form of ours come as the server's text. The cast of an inet adds a mask
 * that its text does not have.
 */
static bool
put_selected(struct buf *b, size_t i, struct slice column)
{
	enum { INET = 869, TEXT = 25, VARCHAR = 1043 };
	const struct column *c = &f.columns[i];
	if (c->read != PG_READ_TEXT || c->type == TEXT || c->type == VARCHAR)
		return false;
	buf_put_text(b, c->type == INET ? "pg_catalog.textin(pg_catalog.inet_out(" : "");
	buf_put_slice(b, column);
	buf_put_text(b, c->type == INET ? "))" : "::pg_catalog.text");
	return true;
}

static void
begin(struct slice sql, const struct value *values, size_t n)
{
	struct buf copy = {0};
	f.copies = n == 0;
	if (n) {
		struct pg_parameter *parameters = parameters_of(values, n);
		check(pg_stream_begin(&f.connection, sql, parameters, n, true));
		free(parameters);
		return;
	}
	buf_put_text(&copy, "COPY (");
	buf_put_slice(&copy, sql);
	buf_put_text(&copy, ") TO STDOUT (FORMAT binary)");
	buf_put_byte(&copy, '\0');
	buf_check(&copy, "a statement", NULL);
	check(pg_copy_out_begin(&f.connection, copy.p));
	buf_free(&copy);
}

static bool
next_copied(void)
{
	struct slice block;
	for (;;) {
		switch (pg_copy_row(&f.copy, f.fields, f.n)) {
		case PG_COPY_ROW:
			return true;
		case PG_COPY_BAD:
			die(STATUS_REFUSED, "%s", f.copy.error);
		case PG_COPY_MORE:
			break;
		}
		enum pg_step step = pg_copy_out_next(&f.connection, &block);
		check(step != PG_FAILED);
		if (step == PG_END && !f.copy.ended)
			die(STATUS_REFUSED, "the server's COPY ended without its end mark");
		if (step == PG_END)
			return false;
		pg_copy_block(&f.copy, block);
	}
}

static bool
next_streamed(void)
{
	enum pg_step step = pg_stream_next(&f.connection, &f.row);
	check(step != PG_FAILED);
	for (size_t i = 0; step == PG_MORE && i < f.n; i++)
		f.fields[i] =
		    pg_cell_null(&f.row, 0, i) ? (struct slice){0} : pg_cell(&f.row, 0, i);
	return step == PG_MORE;
}

static void
put_field(size_t i, struct buf *row)
{
	enum pg_read read = f.columns[i].read;
	struct slice s = f.fields[i];
	while (read == PG_READ_CHAR && s.n && s.p[s.n - 1] == ' ')
		s.n--;
	if (!s.p) {
		mp_buf_nil(row);
	} else if (pg_read_type(read) == VALUE_JSON) {
		if (!pg_read_json(read, &s))
			extract_fail(i, (struct slice){0}, "is a jsonb of an unknown version");
		extract_put_json(i, s, row);
	} else if (read == PG_READ_TEXT || read == PG_READ_STRING || read == PG_READ_CHAR) {
		extract_put_text(i, s, row);
	} else {
		const char *wrong = pg_read_value(read, s, row);
		if (wrong == pg_read_special)
			extract_special(i, slice_of(pg_read_special_text(read, s)), row);
		else if (wrong)
			extract_fail(i, (struct slice){0}, wrong);
	}
}

static bool
next(struct buf *row)
{
	if (!(f.copies ? next_copied() : next_streamed()))
		return false;
	for (size_t i = 0; i < f.n; i++)
		put_field(i, row);
	return true;
}

static void
end(void)
{
	check(pg_run(&f.connection, "COMMIT"));
	pg_close(&f.connection);
}

static const struct extract_driver driver = {
    .dialect = SQL_POSTGRES,
    .open = open_database,
    .describe = describe,
    .put_selected = put_selected,
    .begin = begin,
    .next = next,
    .end = end,
};

int
main(int argc, char **argv)
{
	stream_out_abort_on_exit();
	options_parse(&program, argc, argv);
	extract_run(&driver);
	return STATUS_OK;
}
