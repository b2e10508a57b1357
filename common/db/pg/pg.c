/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdlib.h>

#include "common/db/pg/failure.h"
#include "common/db/pg/pg_impl.h"

enum { PARAMETERS_MAX = 65535 };

bool
pg_ready(struct pg_connection *c)
{
	if (db_error_is_set(&c->error))
		return false;
	if (!c->handle)
		return db_error_set(&c->error, STATUS_BUG, NULL, "the connection is not open");
	/* libpq would drop the rows that were not read yet, silently. */
	if (c->busy)
		return db_error_set(&c->error, STATUS_BUG, NULL,
		    "a statement while the rows of another one are under way");
	return true;
}

static struct pg_failure
failure_of(struct pg_connection *c, const PGresult *result)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	struct pg_failure f = {.state = state, .text = PQerrorMessage(c->handle)};

	if (state) {
		f.text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
		f.detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
		f.hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
		f.context = PQresultErrorField(result, PG_DIAG_CONTEXT);
	}
	return f;
}

/* The statement succeeded, but is of a kind that the function does not run: a bug of the program. */
static bool
unexpected(struct pg_connection *c, PGresult *result)
{
	db_error_set(&c->error, STATUS_BUG, NULL, "the server answered with %s",
	    PQresStatus(PQresultStatus(result)));
	PQclear(result);
	return false;
}

bool
pg_fail(struct pg_connection *c, PGresult *result)
{
	struct pg_failure f = failure_of(c, result);

	if (!f.state && !*f.text)
		return unexpected(c, result);
	pg_failure_set(&c->error, &f);
	c->error.lost |= PQstatus(c->handle) == CONNECTION_BAD;
	PQclear(result);
	return false;
}

bool
pg_drain(struct pg_connection *c)
{
	PGresult *result;

	while ((result = PQgetResult(c->handle))) {
		ExecStatusType status = PQresultStatus(result);
		if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
			PQclear(result);
			continue;
		}
		pg_fail(c, result);
		/* These come again and again: only pg_close ends such a COPY. */
		if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
			return false;
	}
	c->busy = false;
	return !db_error_is_set(&c->error);
}

uint64_t
pg_touched(PGresult *result)
{
	return strtoull(PQcmdTuples(result), NULL, 10);
}

/* A statement's parameters as libpq takes them. */
struct arguments {
	char *statement;
	Oid *types;
	const char **values;
	int *lengths, *formats;
	char **texts;
	size_t n;
};

static void
free_arguments(struct arguments *a)
{
	for (size_t i = 0; a->texts && i < a->n; i++)
		free(a->texts[i]);
	free(a->texts);
	free(a->types);
	free(a->values);
	free(a->lengths);
	free(a->formats);
	free(a->statement);
}

/* A copy with a NUL after it; NULL, and the error set, when that cannot be. */
static char *
copy_text(struct pg_connection *c, struct slice s)
{
	char *text = s.n > 0 && memchr(s.p, '\0', s.n) ? NULL : malloc(s.n + 1);

	if (!text) {
		if (s.n > 0 && memchr(s.p, '\0', s.n))
			db_error_set(&c->error, STATUS_DATA, NULL, "\"%s…\" holds a NUL byte", s.p);
		else
			db_error_memory(&c->error, "a statement");
		return NULL;
	}
	if (s.n > 0)
		memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return text;
}

static bool
set_argument(struct pg_connection *c, struct arguments *a, size_t i, const struct pg_parameter *p)
{
	if (p->data.n > INT_MAX)
		return db_error_set(&c->error, STATUS_DATA, NULL,
		    "a value of %zu bytes is more than a statement takes", p->data.n);
	a->types[i] = p->type;
	a->formats[i] = p->type != 0;
	a->lengths[i] = (int)p->data.n;
	if (p->null)
		return true;
	if (p->type == 0)
		a->texts[i] = copy_text(c, p->data);
	/* A null pointer would be the value null. */
	a->values[i] = p->type == 0 ? a->texts[i] : p->data.p ? p->data.p : "";
	return a->values[i] != NULL;
}

static bool
make_arguments(struct pg_connection *c, struct arguments *a, struct slice sql,
    const struct pg_parameter *parameters, size_t n)
{
	if (n > PARAMETERS_MAX)
		return db_error_set(&c->error, STATUS_DATA, NULL,
		    "a statement with more than %d parameters", PARAMETERS_MAX);
	a->n = n;
	a->statement = copy_text(c, sql);
	a->types = calloc(n + 1, sizeof *a->types);
	a->values = calloc(n + 1, sizeof *a->values);
	a->lengths = calloc(n + 1, sizeof *a->lengths);
	a->formats = calloc(n + 1, sizeof *a->formats);
	a->texts = calloc(n + 1, sizeof *a->texts);
	if (!a->statement || !a->types || !a->values || !a->lengths || !a->formats || !a->texts)
		return db_error_memory(&c->error, "a statement");
	for (size_t i = 0; i < n; i++)
		if (!set_argument(c, a, i, &parameters[i]))
			return false;
	return true;
}

/* Runs it; *result is the answer, good or bad. False if it could not be sent at all. */
static bool
send_statement(struct pg_connection *c, struct slice sql, const struct pg_parameter *parameters,
    size_t n, PGresult **result)
{
	struct arguments a = {0};
	bool good = pg_ready(c) && make_arguments(c, &a, sql, parameters, n);

	if (good)
		*result = PQexecParams(
		    c->handle, a.statement, (int)n, a.types, a.values, a.lengths, a.formats, 0);
	free_arguments(&a);
	return good;
}

bool
pg_execute(struct pg_connection *c, struct slice sql, const struct pg_parameter *parameters,
    size_t n, uint64_t *touched)
{
	PGresult *result;

	if (!send_statement(c, sql, parameters, n, &result))
		return false;
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		return pg_fail(c, result);
	if (touched)
		*touched = pg_touched(result);
	PQclear(result);
	return true;
}

bool
pg_run(struct pg_connection *c, const char *sql)
{
	return pg_execute(c, slice_of(sql), NULL, 0, NULL);
}

bool
pg_prepare(struct pg_connection *c, const char *sql)
{
	if (!pg_ready(c))
		return false;
	PGresult *result = PQprepare(c->handle, "", sql, 0, NULL);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return pg_fail(c, result);
	PQclear(result);
	return true;
}

enum db_commit
pg_commit(struct pg_connection *c)
{
	if (!pg_ready(c))
		return DB_COMMIT_FAILED;
	PGresult *result = PQexec(c->handle, "COMMIT");
	if (PQresultStatus(result) == PGRES_COMMAND_OK) {
		if (strcmp(PQcmdStatus(result), "COMMIT") != 0)
			db_error_set(&c->error, STATUS_BUG, NULL,
			    "the server answered COMMIT with %s: nothing was kept",
			    PQcmdStatus(result));
		PQclear(result);
		return db_error_is_set(&c->error) ? DB_COMMIT_FAILED : DB_COMMITTED;
	}
	pg_fail(c, result);
	/* Even a shutdown's message may come after the transaction was kept. */
	return PQstatus(c->handle) == CONNECTION_BAD ? DB_COMMIT_UNKNOWN : DB_COMMIT_FAILED;
}

static struct pg_rows
rows_of(PGresult *result)
{
	return (struct pg_rows){result, (size_t)PQntuples(result), (size_t)PQnfields(result)};
}

bool
pg_query(struct pg_connection *c, struct slice sql, const struct pg_parameter *parameters, size_t n,
    struct pg_rows *rows)
{
	PGresult *result;

	*rows = (struct pg_rows){0};
	if (!send_statement(c, sql, parameters, n, &result))
		return false;
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		return pg_fail(c, result);
	*rows = rows_of(result);
	return true;
}

struct slice
pg_cell(const struct pg_rows *rows, size_t row, size_t column)
{
	return (struct slice){PQgetvalue(rows->result, (int)row, (int)column),
	    (size_t)PQgetlength(rows->result, (int)row, (int)column)};
}

bool
pg_cell_null(const struct pg_rows *rows, size_t row, size_t column)
{
	return PQgetisnull(rows->result, (int)row, (int)column);
}

struct slice
pg_column_name(const struct pg_rows *rows, size_t column)
{
	return slice_of(PQfname(rows->result, (int)column));
}

uint32_t
pg_column_type(const struct pg_rows *rows, size_t column)
{
	return PQftype(rows->result, (int)column);
}

void
pg_rows_free(struct pg_rows *rows)
{
	PQclear(rows->result);
	*rows = (struct pg_rows){0};
}

bool
pg_describe(struct pg_connection *c, struct slice sql, const struct pg_parameter *parameters,
    size_t n, struct pg_rows *columns)
{
	struct arguments a = {0};
	PGresult *result = NULL;
	bool good = pg_ready(c) && make_arguments(c, &a, sql, parameters, n);

	*columns = (struct pg_rows){0};
	if (good) {
		result = PQprepare(c->handle, "", a.statement, (int)n, a.types);
		good = PQresultStatus(result) == PGRES_COMMAND_OK || pg_fail(c, result);
	}
	free_arguments(&a);
	if (!good)
		return false;
	PQclear(result);
	result = PQdescribePrepared(c->handle, "");
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return pg_fail(c, result);
	*columns = rows_of(result);
	return true;
}

bool
pg_stream_begin(struct pg_connection *c, struct slice sql, const struct pg_parameter *parameters,
    size_t n, bool binary)
{
	struct arguments a = {0};
	bool good = pg_ready(c) && make_arguments(c, &a, sql, parameters, n);

	if (good && (PQsendQueryParams(c->handle, a.statement, (int)n, a.types, a.values, a.lengths,
			 a.formats, binary) != 1 ||
			PQsetSingleRowMode(c->handle) != 1))
		good = pg_fail(c, NULL);
	free_arguments(&a);
	c->busy |= good;
	return good;
}

enum pg_step
pg_stream_next(struct pg_connection *c, struct pg_rows *row)
{
	pg_rows_free(row);
	if (db_error_is_set(&c->error))
		return PG_FAILED;
	if (!c->busy) {
		db_error_set(&c->error, STATUS_BUG, NULL, "no rows are being read");
		return PG_FAILED;
	}
	PGresult *result = PQgetResult(c->handle);
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_SINGLE_TUPLE) {
		*row = rows_of(result);
		return PG_MORE;
	}
	/*
	 * Only PGRES_TUPLES_OK proves that all rows were read. A statement that
	 * returns no rows is not an empty query.
	 */
	if (status != PGRES_TUPLES_OK)
		pg_fail(c, result);
	if (!pg_drain(c)) {
		if (status == PGRES_TUPLES_OK)
			PQclear(result);
		return PG_FAILED;
	}
	*row = rows_of(result);
	return PG_END;
}
