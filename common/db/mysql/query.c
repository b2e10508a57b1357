/* SPDX-License-Identifier: MIT */
/* Statements and the rows of queries, which come as text. */
#include <dlfcn.h>

#include "common/db/mysql/client_impl.h"
#include "common/db/mysql/info.h"
#include "common/db/mysql/text.h"

enum { BINARY_CHARSET = 63 };

uint64_t
client_inserted(const struct client *c)
{
	return c->inserted;
}

bool
client_drain(struct client *c)
{
	int more = 0;

	while (mysql_more_results(c->handle) && (more = mysql_next_result(c->handle)) == 0) {
		MYSQL_RES *rows = mysql_use_result(c->handle);
		if (rows)
			db_error_set(&c->error, STATUS_REFUSED, NULL,
			    "the statement gave the rows of several queries");
		mysql_free_result(rows);
	}
	if (more > 0)
		client_fail_last(c, SLICE("the statement's next result"));
	return !db_error_is_set(&c->error);
}

/* The rows of a query are not looked at, only taken, so that the connection is free again. */
static bool
run_plain(struct client *c, struct slice sql, uint64_t *touched)
{
	if (mysql_real_query(c->handle, sql.p, sql.n))
		return client_fail_last(c, sql);
	MYSQL_RES *rows = mysql_store_result(c->handle);
	if (!rows && mysql_field_count(c->handle) > 0)
		return client_fail_last(c, sql);
	*touched = info_rows(mysql_info(c->handle), mysql_affected_rows(c->handle), &c->inserted);
	mysql_free_result(rows);
	return client_drain(c) && client_warnings(c);
}

bool
client_execute(
    struct client *c, struct slice sql, const struct value *parameters, size_t n, uint64_t *touched)
{
	uint64_t rows = 0;
	bool good;

	if (!client_ready(c))
		return false;
	if (n > 0) {
		struct statement *s = statement_prepare(c, sql, n);
		good = statement_execute(s, parameters, &rows);
		statement_finish(s);
	} else
		good = run_plain(c, sql, &rows);
	if (touched)
		*touched = rows;
	return good;
}

bool
client_run(struct client *c, const char *sql)
{
	return client_execute(c, slice_of(sql), NULL, 0, NULL);
}

static void
put_literal(struct client *c, struct buf *b, const struct value *v)
{
	const MYSQL *handle = c->handle;

	text_put_literal(
	    b, v, c->clock_offset, !(handle->server_status & SERVER_STATUS_NO_BACKSLASH_ESCAPES));
}

void
client_put_literal(struct client *c, struct buf *b, struct slice text)
{
	if (c->handle)
		put_literal(c, b, &(struct value){.type = VALUE_TEXT, .s = text});
	else
		b->failed = true;
}

/* Runs a statement of ours that serves another one, which its error names. */
static bool
run_helper(struct client *c, struct buf *helper, struct slice sql)
{
	if (helper->failed)
		return db_error_memory(&c->error, "a statement");
	return !mysql_real_query(c->handle, helper->p, helper->n) || client_fail_last(c, sql);
}

/*
 * Parameters go by variables of the session to a statement that the server prepares: its rows
 * come as text, as those of any statement. The protocol's own prepared statements send them in
 * binary, and a float would have the text of the client library. The name is used again.
 */
static bool
set_variables(struct client *c, struct slice sql, const struct value *parameters, size_t n)
{
	struct buf b = {0};

	buf_put_text(&b, "SET @mam_sql = ");
	put_literal(c, &b, &(struct value){.type = VALUE_TEXT, .s = sql});
	for (size_t i = 0; i < n; i++) {
		buf_printf(&b, ", @mam_%zu = ", i);
		put_literal(c, &b, &parameters[i]);
	}
	bool good = run_helper(c, &b, sql);
	buf_reset(&b);
	buf_put_text(&b, "PREPARE mam_query FROM @mam_sql");
	good = good && run_helper(c, &b, sql);
	buf_free(&b);
	return good;
}

/* Sends a query; the caller takes its rows. */
static bool
send_query(struct client *c, struct slice sql, const struct value *parameters, size_t n)
{
	struct buf b = {0};

	if (!client_ready(c))
		return false;
	if (n == 0)
		return !mysql_real_query(c->handle, sql.p, sql.n) || client_fail_last(c, sql);
	if (!set_variables(c, sql, parameters, n))
		return false;
	buf_put_text(&b, "EXECUTE mam_query USING ");
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s@mam_%zu", i > 0 ? ", " : "", i);
	bool good = run_helper(c, &b, sql);
	buf_free(&b);
	return good;
}

/* Why a statement has no rows to take: an error of the server, or it is not a query. */
static bool
fail_rows(struct client *c, struct slice sql)
{
	if (mysql_errno(c->handle) != 0)
		return client_fail_last(c, sql);
	struct slice verb = client_verb(sql);
	return db_error_set(
	    &c->error, STATUS_BUG, NULL, "%.*s: the statement has no rows", (int)verb.n, verb.p);
}

bool
client_query(struct client *c, struct slice sql, const struct value *parameters, size_t n,
    struct client_rows *rows)
{
	*rows = (struct client_rows){0};
	if (!send_query(c, sql, parameters, n))
		return false;
	MYSQL_RES *result = mysql_store_result(c->handle);
	if (!result)
		return fail_rows(c, sql);
	*rows = (struct client_rows){
	    .result = result, .n = mysql_num_rows(result), .columns = mysql_num_fields(result)};
	if (client_drain(c))
		return true;
	client_rows_free(rows);
	return false;
}

/* Makes the row the current one. */
static void
go_to(struct client_rows *rows, size_t row)
{
	if (rows->at == row + 1)
		return;
	if (rows->at != row)
		mysql_data_seek(rows->result, row);
	rows->row = mysql_fetch_row(rows->result);
	rows->at = row + 1;
}

struct slice
client_cell(struct client_rows *rows, size_t row, size_t column)
{
	go_to(rows, row);
	const MYSQL_ROW cells = rows->row;
	if (!cells[column])
		return (struct slice){NULL, 0};
	return (struct slice){cells[column], mysql_fetch_lengths(rows->result)[column]};
}

bool
client_cell_null(struct client_rows *rows, size_t row, size_t column)
{
	return !client_cell(rows, row, column).p;
}

struct slice
client_column_name(const struct client_rows *rows, size_t column)
{
	const MYSQL_FIELD *field = mysql_fetch_field_direct(rows->result, (unsigned)column);

	return (struct slice){field->name, field->name_length};
}

/*
 * The format of a column's texts, which MariaDB sends beside its type. Only its own library can be
 * asked, so the function is looked for when the program runs.
 */
static bool
is_json(const MYSQL_FIELD *field)
{
	enum { FORMAT_NAME = 1 };
	struct {
		const char *p;
		size_t n;
	} format = {0};
	static int (*ask)(void *to, const MYSQL_FIELD *field, int what);
	static bool looked;

	if (!looked) {
		void *self = dlopen(NULL, RTLD_LAZY);
		void *found = self ? dlsym(self, "mariadb_field_attr") : NULL;
		memcpy(&ask, &found, sizeof ask);
		looked = true;
	}
	return ask && ask(&format, field, FORMAT_NAME) == 0 &&
	       slice_is((struct slice){format.p, format.n}, "json");
}

struct client_type
client_column_type(const struct client_rows *rows, size_t column)
{
	const MYSQL_FIELD *field = mysql_fetch_field_direct(rows->result, (unsigned)column);

	return (struct client_type){.number = field->type,
	    .is_unsigned = field->flags & UNSIGNED_FLAG,
	    .binary = field->charsetnr == BINARY_CHARSET && !IS_NUM(field->type),
	    .json = is_json(field),
	    .decimals = field->decimals,
	    .length = field->length};
}

void
client_rows_free(struct client_rows *rows)
{
	/* The connection owns the result that is still being read. */
	if (!rows->streamed)
		mysql_free_result(rows->result);
	*rows = (struct client_rows){0};
}

bool
client_stream_begin(struct client *c, struct slice sql, const struct value *parameters, size_t n)
{
	if (!send_query(c, sql, parameters, n))
		return false;
	c->result = mysql_use_result(c->handle);
	if (!c->result)
		return fail_rows(c, sql);
	c->busy = true;
	return true;
}

/* The rows have ended, well or not. */
static enum client_step
end(struct client *c, struct client_rows *row)
{
	MYSQL_RES *result = c->result;
	unsigned number = mysql_errno(c->handle);

	c->result = NULL;
	c->busy = false;
	if (number != 0)
		client_fail_last(c, SLICE("rows"));
	if (!client_drain(c)) {
		mysql_free_result(result);
		return CLIENT_FAILED;
	}
	*row = (struct client_rows){.result = result, .columns = mysql_num_fields(result)};
	return CLIENT_END;
}

enum client_step
client_stream_next(struct client *c, struct client_rows *row)
{
	client_rows_free(row);
	if (db_error_is_set(&c->error))
		return CLIENT_FAILED;
	if (!c->busy) {
		db_error_set(&c->error, STATUS_BUG, NULL, "no rows are being read");
		return CLIENT_FAILED;
	}
	MYSQL_ROW cells = mysql_fetch_row(c->result);
	if (!cells)
		return end(c, row);
	*row = (struct client_rows){.result = c->result,
	    .n = 1,
	    .columns = mysql_num_fields(c->result),
	    .row = cells,
	    .at = 1,
	    .streamed = true};
	return CLIENT_MORE;
}
