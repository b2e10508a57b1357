/* SPDX-License-Identifier: MIT */
/* Prepared statements. */
#include <stdlib.h>

#include "common/db/mysql/client_impl.h"
#include "common/db/mysql/text.h"

struct statement {
	struct client *client;
	MYSQL_STMT *handle;
	MYSQL_BIND *binds;
	size_t n;
	struct buf verb; /* for messages */
	struct buf text; /* of the times, which are sent as text */
	size_t *at;      /* where the text of each begins */
};

static bool
fail(struct statement *s)
{
	return client_fail(s->client, mysql_stmt_errno(s->handle), mysql_stmt_error(s->handle),
	    buf_slice(&s->verb));
}

static bool
prepare(struct statement *s, struct slice sql)
{
	struct db_error *e = &s->client->error;

	s->binds = calloc(s->n + 1, sizeof *s->binds);
	s->at = calloc(s->n + 1, sizeof *s->at);
	s->handle = mysql_stmt_init(s->client->handle);
	buf_put_slice(&s->verb, client_verb(sql));
	if (!s->binds || !s->at || !s->handle || s->verb.failed)
		return db_error_memory(e, "a statement");
	if (mysql_stmt_prepare(s->handle, sql.p, sql.n))
		return fail(s);
	if (mysql_stmt_param_count(s->handle) != s->n)
		return db_error_set(e, STATUS_BUG, NULL, "a statement has %lu parameters, not %zu",
		    mysql_stmt_param_count(s->handle), s->n);
	return true;
}

struct statement *
statement_prepare(struct client *c, struct slice sql, size_t n)
{
	if (!client_ready(c))
		return NULL;
	struct statement *s = calloc(1, sizeof *s);
	if (!s) {
		db_error_memory(&c->error, "a statement");
		return NULL;
	}
	s->client = c;
	s->n = n;
	if (prepare(s, sql))
		return s;
	statement_finish(s);
	return NULL;
}

static void
bind_bytes(MYSQL_BIND *bind, enum enum_field_types type, struct slice s)
{
	bind->buffer_type = type;
	bind->buffer = (void *)(uintptr_t)(s.n > 0 ? s.p : "");
	bind->buffer_length = s.n;
}

static void
bind_value(struct statement *s, size_t i, const struct value *v)
{
	MYSQL_BIND *bind = &s->binds[i];

	memset(bind, 0, sizeof *bind);
	s->at[i] = s->text.n;
	switch (v->type) {
	case VALUE_NULL:
		bind->buffer_type = MYSQL_TYPE_NULL;
		break;
	case VALUE_INT:
		bind->buffer_type = MYSQL_TYPE_LONGLONG;
		bind->buffer = (void *)(uintptr_t)&v->i;
		bind->is_unsigned = v->huge;
		break;
	case VALUE_FLOAT:
		bind->buffer_type = MYSQL_TYPE_DOUBLE;
		bind->buffer = (void *)(uintptr_t)&v->f;
		break;
	case VALUE_BYTES:
		bind_bytes(bind, MYSQL_TYPE_BLOB, v->s);
		break;
	case VALUE_TEXT:
	case VALUE_DECIMAL:
		bind_bytes(bind, MYSQL_TYPE_STRING, v->s);
		break;
	default:
		text_put_time(&s->text, v, s->client->clock_offset);
		bind->buffer_type = MYSQL_TYPE_STRING;
		bind->buffer_length = s->text.n - s->at[i];
		break;
	}
}

bool
statement_execute(struct statement *s, const struct value *parameters, uint64_t *touched)
{
	*touched = 0;
	if (!s || !client_ready(s->client))
		return false;
	buf_reset(&s->text);
	for (size_t i = 0; i < s->n; i++)
		bind_value(s, i, &parameters[i]);
	if (s->text.failed)
		return db_error_memory(&s->client->error, "a statement's parameters");
	/* Now that the text does not grow any more, its address is known. */
	for (size_t i = 0; i < s->n; i++)
		if (s->binds[i].buffer_type == MYSQL_TYPE_STRING && !s->binds[i].buffer)
			s->binds[i].buffer = s->text.p + s->at[i];
	if (mysql_stmt_bind_param(s->handle, s->binds) || mysql_stmt_execute(s->handle))
		return fail(s);
	/* The rows of a query are not looked at, only taken, so that the connection is free again. */
	if (mysql_stmt_field_count(s->handle) > 0 && mysql_stmt_store_result(s->handle))
		return fail(s);
	*touched = mysql_stmt_affected_rows(s->handle);
	mysql_stmt_free_result(s->handle);
	return client_warnings(s->client);
}

void
statement_finish(struct statement *s)
{
	if (!s)
		return;
	if (s->handle)
		mysql_stmt_close(s->handle);
	buf_free(&s->text);
	buf_free(&s->verb);
	free(s->binds);
	free(s->at);
	free(s);
}
