/* SPDX-License-Identifier: MIT */
/*
 * Where the two clients differ this file keeps to what is common: my_bool and bool
 * are never named (a null parameter is MYSQL_TYPE_NULL, not is_null; one byte that
 * is 0 is false in both), TLS beyond the certificates is my.cnf's.
 */
#include "stages/load-mysql/client.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <mysql.h>

#include "common/db/mysql/errors.h"
#include "common/db/mysql/info.h"
#include "common/db/mysql/socket.h"
#include "common/db/mysql/text.h"
#include "common/load/load.h"
#include "common/program/message.h"

struct client {
	MYSQL *mysql;
	unsigned long thread; /* the connection's number at the server */
	MYSQL_RES *result;
	struct buf error; /* of client_try and client_load */
	unsigned number;
	uint64_t first_row; /* record number */
	uint64_t inserted;  /* of client_inserted */
	size_t (*read)(void *arg, char *to, size_t n);
	void *arg;
};

struct statement {
	struct client *client;
	MYSQL_STMT *handle;
	MYSQL_BIND *binds;
	size_t n;
	struct buf text; /* of the parameters that are sent as text and are none */
	size_t *at;      /* where in it */
};

/* ---- errors ---- */

/* The first two words of a statement: they tell which one it was. */
static struct slice
verb(struct slice sql)
{
	size_t n = 0, words = 0;

	while (n < sql.n && (sql.p[n] != ' ' || ++words < 2))
		n++;
	return (struct slice){sql.p, n};
}

/* Behind a text that speaks of a row: which record that is. */
static const char *
rows_told(const struct client *c, const char *text)
{
	static char told[64];

	if (c->first_row == 0 || !strstr(text, " row ") || reject_count() > 0)
		return "";
	snprintf(told, sizeof(told), "; row 1 is record %" PRIu64, c->first_row);
	return told;
}

_Noreturn static void
refused(const struct client *c, unsigned number, const char *text, struct slice sql)
{
	struct slice what = verb(sql);

	die(error_status(number), "%.*s: %s (error %u%s)%s", (int)what.n, what.p, text, number,
	    rows_told(c, text),
	    number == MYSQL_LOCK_TIMEOUT ? "; --lock-timeout is how long to wait" : "");
}

void
client_first_row(struct client *c, uint64_t record)
{
	c->first_row = record;
}

_Noreturn void
client_die(struct client *c, struct slice sql)
{
	refused(c, c->number, c->error.p, sql);
}

static unsigned
keep_error(struct client *c, unsigned number, const char *text)
{
	c->number = number;
	buf_reset(&c->error);
	buf_put(&c->error, text, strlen(text) + 1);
	buf_check(&c->error, "an error", NULL);
	return number;
}

/* ---- the connection ---- */

static void
set_options(MYSQL *mysql, const struct target *t)
{
	const unsigned on = 1;
	const struct {
		enum mysql_option option;
		const void *value;
	} options[] = {
	    {MYSQL_READ_DEFAULT_FILE, t->defaults_file},
	    {MYSQL_READ_DEFAULT_GROUP, "mam-etl"},
	    {MYSQL_SET_CHARSET_NAME, "utf8mb4"},
	    {MYSQL_OPT_CONNECT_TIMEOUT, &t->connect_timeout},
	    {MYSQL_OPT_LOCAL_INFILE, &on},
	    {MYSQL_OPT_SSL_CA, t->ssl_ca},
	    {MYSQL_OPT_SSL_CERT, t->ssl_cert},
	    {MYSQL_OPT_SSL_KEY, t->ssl_key},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].value && mysql_options(mysql, options[i].option, options[i].value))
			die(STATUS_CONFIG, "the client library refuses an option: %s",
			    mysql_error(mysql));
}

struct client *
client_open(const struct target *t, const char *password)
{
	struct client *c = xcalloc(1, sizeof(*c));
	const char never = 0; /* false as my_bool and as bool */

	c->mysql = mysql_init(NULL);
	if (!c->mysql)
		die(STATUS_TRY_AGAIN, "no memory for a connection");
	set_options(c->mysql, t);
	if (!mysql_real_connect(
		c->mysql, t->host, t->user, password, t->database, t->port, t->socket, 0))
		die(error_connect_status(mysql_errno(c->mysql), mysql_error(c->mysql)),
		    "cannot connect: %s (error %u)", mysql_error(c->mysql), mysql_errno(c->mysql));
	socket_watch(c->mysql->net.fd, t->lock_milliseconds);
	if ((t->ssl_ca || t->ssl_cert || t->ssl_key) && !mysql_get_ssl_cipher(c->mysql))
		die(STATUS_CONFIG, "cannot connect: --to asks for TLS, and the server has none");
	/* A file of options may have turned on what would go on behind a lost transaction. */
	mysql_options(c->mysql, MYSQL_OPT_RECONNECT, &never);
	if (mysql_set_character_set(c->mysql, "utf8mb4"))
		die(error_status(mysql_errno(c->mysql)),
		    "cannot set the encoding utf8mb4: %s (error %u)", mysql_error(c->mysql),
		    mysql_errno(c->mysql));
	c->thread = mysql_thread_id(c->mysql);
	return c;
}

const char *
client_version(const struct client *c)
{
	return mysql_get_server_info(c->mysql);
}

/* ---- statements ---- */

void
client_warnings(struct client *c)
{
	static struct buf first;
	struct slice cells[CLIENT_CELLS_MAX] = {{NULL, 0}};
	uint64_t warnings = mysql_warning_count(c->mysql), harmless = 0;
	unsigned number = 0;

	if (warnings == 0)
		return;
	client_query(c, SLICE("SHOW WARNINGS"));
	while (client_next(c, cells, NULL)) {
		unsigned code = cells[1].p ? (unsigned)strtoul(cells[1].p, NULL, 10) : 0;
		if (error_is_harmless(code))
			harmless++;
		else if (number == 0) {
			number = code;
			buf_put_slice(&first, cells[2]);
		}
	}
	if (number == 0 && harmless >= warnings)
		return;
	buf_put_byte(&first, '\0');
	buf_check(&first, "a warning", NULL);
	/* What was changed on its way into a column is bad data, whatever number it has. */
	enum status status = error_status(number);
	die(status == STATUS_REFUSED ? STATUS_DATA : status,
	    "the server warned %" PRIu64 " times, and each counts as an error: %s (%u%s)", warnings,
	    first.p, number, rows_told(c, first.p));
}

uint64_t
client_inserted(const struct client *c)
{
	return c->inserted;
}

unsigned
client_try(struct client *c, struct slice sql, uint64_t *rows)
{
	if (mysql_real_query(c->mysql, sql.p, sql.n))
		return keep_error(c, mysql_errno(c->mysql), mysql_error(c->mysql));
	*rows = info_rows(mysql_info(c->mysql), mysql_affected_rows(c->mysql), &c->inserted);
	client_warnings(c);
	return 0;
}

uint64_t
client_run(struct client *c, struct slice sql, const struct value *parameters, size_t n)
{
	uint64_t rows = 0;

	if (n > 0) {
		struct statement *s = client_prepare(c, sql, n);
		rows = client_execute(s, parameters);
		client_close(s);
	} else if (client_try(c, sql, &rows))
		client_die(c, sql);
	return rows;
}

size_t
client_query(struct client *c, struct slice sql)
{
	if (c->result)
		mysql_free_result(c->result);
	c->result = NULL;
	if (!mysql_real_query(c->mysql, sql.p, sql.n))
		c->result = mysql_store_result(c->mysql);
	if (!c->result)
		refused(c, mysql_errno(c->mysql), mysql_error(c->mysql), sql);
	size_t n = mysql_num_fields(c->result);
	if (n > CLIENT_CELLS_MAX)
		die(STATUS_BUG, "a result has %zu columns", n);
	return n;
}

bool
client_next(struct client *c, struct slice cells[CLIENT_CELLS_MAX], const char **names)
{
	MYSQL_ROW row = mysql_fetch_row(c->result);

	if (!row)
		return false;
	const unsigned long *lengths = mysql_fetch_lengths(c->result);
	const MYSQL_FIELD *fields = mysql_fetch_fields(c->result);
	for (size_t i = 0; i < mysql_num_fields(c->result); i++) {
		cells[i] = (struct slice){row[i], row[i] ? lengths[i] : 0};
		if (names)
			names[i] = fields[i].name;
	}
	return true;
}

void
client_put_literal(struct client *c, struct buf *b, struct slice text)
{
	buf_put_byte(b, '\'');
	char *to = buf_reserve(b, 2 * text.n + 1);
	if (to)
		b->n += mysql_real_escape_string(c->mysql, to, text.p, text.n);
	buf_put_byte(b, '\'');
}

/* ---- LOAD DATA ---- */

static int
infile_init(void **handle, const char *name, void *client)
{
	(void)name; /* whatever file a server asks for, it gets the rows */
	*handle = client;
	return 0;
}

static int
infile_read(void *handle, char *to, unsigned n)
{
	struct client *c = handle;

	return (int)c->read(c->arg, to, n);
}

static void
infile_end(void *handle)
{
	(void)handle;
}

/* Reading never fails, it ends the process; the library wants to be able to ask. */
static int
infile_error(void *handle, char *text, unsigned n)
{
	(void)handle;
	if (n > 0)
		*text = '\0';
	return 0;
}

unsigned
client_load(struct client *c, struct slice sql, size_t (*read)(void *arg, char *to, size_t n),
    void *arg, uint64_t *rows)
{
	c->read = read;
	c->arg = arg;
	mysql_set_local_infile_handler(
	    c->mysql, infile_init, infile_read, infile_end, infile_error, c);
	if (mysql_real_query(c->mysql, sql.p, sql.n))
		return keep_error(c, mysql_errno(c->mysql), mysql_error(c->mysql));
	*rows = mysql_affected_rows(c->mysql);
	return 0;
}

/* ---- prepared statements ---- */

struct statement *
client_prepare(struct client *c, struct slice sql, size_t n)
{
	struct statement *s = xcalloc(1, sizeof(*s));

	s->client = c;
	s->n = n;
	s->binds = xcalloc(n, sizeof(*s->binds));
	s->at = xcalloc(n, sizeof(*s->at));
	s->handle = mysql_stmt_init(c->mysql);
	if (!s->handle)
		die(STATUS_TRY_AGAIN, "no memory for a statement");
	if (mysql_stmt_prepare(s->handle, sql.p, sql.n))
		refused(c, mysql_stmt_errno(s->handle), mysql_stmt_error(s->handle), sql);
	if (mysql_stmt_param_count(s->handle) != n)
		die(STATUS_BUG, "a statement has %lu parameters, not %zu",
		    mysql_stmt_param_count(s->handle), n);
	return s;
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

	memset(bind, 0, sizeof(*bind));
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
		text_put_time(&s->text, v);
		bind->buffer_type = MYSQL_TYPE_STRING;
		bind->buffer_length = s->text.n - s->at[i];
		break;
	}
}

uint64_t
client_execute(struct statement *s, const struct value *parameters)
{
	buf_reset(&s->text);
	for (size_t i = 0; i < s->n; i++)
		bind_value(s, i, &parameters[i]);
	buf_check(&s->text, "a statement's parameters", NULL);
	/* Where the text lies is known now that it does not grow any more. */
	for (size_t i = 0; i < s->n; i++)
		if (s->binds[i].buffer_type == MYSQL_TYPE_STRING && !s->binds[i].buffer)
			s->binds[i].buffer = s->text.p + s->at[i];
	if (mysql_stmt_bind_param(s->handle, s->binds) || mysql_stmt_execute(s->handle))
		refused(s->client, mysql_stmt_errno(s->handle), mysql_stmt_error(s->handle),
		    SLICE("INSERT INTO"));
	uint64_t rows = mysql_stmt_affected_rows(s->handle);
	client_warnings(s->client);
	return rows;
}

void
client_close(struct statement *s)
{
	mysql_stmt_close(s->handle);
	buf_free(&s->text);
	free(s->binds);
	free(s->at);
	free(s);
}

/* ---- the end of the transaction ---- */

void
client_commit(struct client *c, bool harmless)
{
	if (mysql_thread_id(c->mysql) != c->thread)
		die(STATUS_TRY_AGAIN, "the connection was lost, and the transaction with it");
	if (!mysql_real_query(c->mysql, "COMMIT", 6))
		return;
	unsigned number = mysql_errno(c->mysql);
	if (number < 2000 || number >= 3000)
		refused(c, number, mysql_error(c->mysql), SLICE("COMMIT"));
	die(harmless ? STATUS_TRY_AGAIN : STATUS_REFUSED,
	    "COMMIT was sent and the connection was lost before its answer: %s (error %u); the "
	    "rows "
	    "may be in the table or not",
	    mysql_error(c->mysql), number);
}

void
client_rollback(struct client *c)
{
	if (mysql_real_query(c->mysql, "ROLLBACK", 8))
		refused(c, mysql_errno(c->mysql), mysql_error(c->mysql), SLICE("ROLLBACK"));
}
