/* SPDX-License-Identifier: MIT */
/*
 * The two client libraries differ in places; this file uses only the common
 * part. my_bool and bool are never named: a null parameter is MYSQL_TYPE_NULL,
 * not is_null, and one zero byte is false in both. TLS settings other than the
 * certificates come from my.cnf.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/db/mysql/client_impl.h"
#include "common/db/mysql/errors.h"
#include "common/db/mysql/socket.h"
#include "common/db/mysql/target.h"

enum { CODE_MAX = 12 };

bool
client_ready(struct client *c)
{
	if (db_error_is_set(&c->error))
		return false;
	if (!c->handle)
		return db_error_set(&c->error, STATUS_BUG, NULL, "the connection is not open");
	/* The library would answer "commands out of sync". */
	if (c->busy)
		return db_error_set(&c->error, STATUS_BUG, NULL,
		    "a statement while the rows of another one are under way");
	return true;
}

void
client_clear(struct client *c)
{
	db_error_clear(&c->error);
	c->number = 0;
}

/* The library's own numbers, 2000 to 2999, mean that the server did not answer. */
static bool
is_lost(unsigned number)
{
	return number >= 2000 && number < 3000;
}

struct slice
client_verb(struct slice sql)
{
	size_t n = 0, words = 0;

	while (n < sql.n && (sql.p[n] != ' ' || ++words < 2))
		n++;
	return (struct slice){sql.p, n};
}

bool
client_fail(struct client *c, unsigned number, const char *text, struct slice sql)
{
	struct slice first = client_verb(sql);
	char code[CODE_MAX];

	if (db_error_is_set(&c->error))
		return false;
	snprintf(code, sizeof code, "%u", number);
	c->number = number;
	c->error.lost = error_cause(number) == CAUSE_NETWORK;
	return db_error_set(&c->error, error_status(number), code, "%.*s: %s (error %u)",
	    (int)first.n, first.p, text, number);
}

bool
client_fail_last(struct client *c, struct slice sql)
{
	return client_fail(c, mysql_errno(c->handle), mysql_error(c->handle), sql);
}

static bool
set_options(struct client *c, const struct target *t)
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

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
		if (options[i].value &&
		    mysql_options(c->handle, options[i].option, options[i].value))
			return db_error_set(&c->error, STATUS_CONFIG, NULL,
			    "the client library refuses an option: %s", mysql_error(c->handle));
	return true;
}

static bool
fail_connect(struct client *c)
{
	unsigned number = mysql_errno(c->handle);
	const char *text = mysql_error(c->handle);
	char code[CODE_MAX];

	snprintf(code, sizeof code, "%u", number);
	return db_error_set(&c->error, error_connect_status(number, text), code,
	    "cannot connect: %s (error %u)", text, number);
}

static bool
connect(struct client *c, const struct target *t, const struct client_settings *settings)
{
	const char never = 0; /* false as my_bool and as bool */

	c->handle = mysql_init(NULL);
	if (!c->handle)
		return db_error_memory(&c->error, "a connection");
	if (!set_options(c, t))
		return false;
	if (!mysql_real_connect(c->handle, t->host, t->user, settings->password, t->database,
		t->port, t->socket, 0))
		return fail_connect(c);
	socket_watch(((MYSQL *)c->handle)->net.fd, t->network_timeout, settings->lock_milliseconds);
	if ((t->ssl_ca || t->ssl_cert || t->ssl_key) && !mysql_get_ssl_cipher(c->handle))
		return db_error_set(&c->error, STATUS_CONFIG, NULL,
		    "cannot connect: %s asks for TLS, and the server has none", settings->option);
	/* A file of options may have turned on reconnecting, which loses the transaction. */
	mysql_options(c->handle, MYSQL_OPT_RECONNECT, &never);
	if (mysql_set_character_set(c->handle, "utf8mb4"))
		return db_error_set(&c->error, error_status(mysql_errno(c->handle)), NULL,
		    "cannot set the encoding utf8mb4: %s (error %u)", mysql_error(c->handle),
		    mysql_errno(c->handle));
	c->thread = mysql_thread_id(c->handle);
	return true;
}

bool
client_open(struct client *c, const struct client_settings *s)
{
	struct target target;

	*c = (struct client){0};
	bool good = target_parse(&target, s->address, s->option, &c->error);
	c->no_local_infile = target.no_local_infile;
	good = good && connect(c, &target, s);
	target_free(&target);
	return good;
}

void
client_close(struct client *c)
{
	/* Freeing the result would read all rows that are left. */
	if (c->result)
		socket_end(((MYSQL *)c->handle)->net.fd);
	mysql_free_result(c->result);
	if (c->handle)
		mysql_close(c->handle);
	c->result = NULL;
	c->handle = NULL;
	c->busy = false;
}

const char *
client_version(const struct client *c)
{
	const char *version = c->handle ? mysql_get_server_info(c->handle) : NULL;

	return version ? version : "";
}

/* Reads the warnings: the first that is not harmless, and how many are. */
static bool
read_warnings(struct client *c, struct buf *first, unsigned *number, uint64_t *harmless)
{
	struct client_rows rows;

	if (!client_query(c, SLICE("SHOW WARNINGS"), NULL, 0, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		struct slice code = client_cell(&rows, i, 1);
		unsigned n = code.p ? (unsigned)strtoul(code.p, NULL, 10) : 0;
		if (error_is_harmless(n))
			++*harmless;
		else if (*number == 0) {
			*number = n;
			buf_put_slice(first, client_cell(&rows, i, 2));
		}
	}
	client_rows_free(&rows);
	return !first->failed || db_error_memory(&c->error, "a warning");
}

bool
client_warnings(struct client *c)
{
	struct buf first = {0};
	uint64_t warnings, harmless = 0;
	unsigned number = 0;
	char code[CODE_MAX];

	if (!client_ready(c))
		return false;
	warnings = mysql_warning_count(c->handle);
	if (warnings == 0)
		return true;
	bool read = read_warnings(c, &first, &number, &harmless);
	if (read && (number != 0 || harmless < warnings)) {
		/* A value changed on its way into a column is bad data, with any number. */
		enum status status = error_status(number);
		snprintf(code, sizeof code, "%u", number);
		db_error_set(&c->error, status == STATUS_REFUSED ? STATUS_DATA : status, code,
		    "the server warned %" PRIu64 " times, and each counts as an error: %.*s (%u)",
		    warnings, (int)first.n, first.p ? first.p : "", number);
	}
	buf_free(&first);
	return !db_error_is_set(&c->error);
}

static int
infile_init(void **handle, const char *name, void *client)
{
	(void)name; /* the server gets the rows, with any name it asks for */
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

/* The caller's read has no way to fail; the library wants to be able to ask. */
static int
infile_error(void *handle, char *text, unsigned n)
{
	(void)handle;
	if (n > 0)
		*text = '\0';
	return 0;
}

bool
client_load(struct client *c, struct slice sql, size_t (*read)(void *arg, char *to, size_t n),
    void *arg, uint64_t *rows)
{
	*rows = 0;
	if (!client_ready(c))
		return false;
	c->read = read;
	c->arg = arg;
	mysql_set_local_infile_handler(
	    c->handle, infile_init, infile_read, infile_end, infile_error, c);
	if (mysql_real_query(c->handle, sql.p, sql.n))
		return client_fail_last(c, SLICE("LOAD DATA"));
	*rows = mysql_affected_rows(c->handle);
	return true;
}

enum db_commit
client_commit(struct client *c)
{
	if (!client_ready(c))
		return DB_COMMIT_FAILED;
	if (mysql_thread_id(c->handle) != c->thread) {
		c->error.lost = true;
		db_error_set(&c->error, STATUS_TRY_AGAIN, NULL,
		    "the connection was lost, and the transaction with it");
		return DB_COMMIT_FAILED;
	}
	if (!mysql_real_query(c->handle, "COMMIT", 6))
		return DB_COMMITTED;
	unsigned number = mysql_errno(c->handle);
	if (!is_lost(number)) {
		client_fail_last(c, SLICE("COMMIT"));
		return DB_COMMIT_FAILED;
	}
	c->error.lost = true;
	db_error_set(&c->error, STATUS_REFUSED, NULL,
	    "COMMIT was sent and the connection was lost before its answer: %s (error %u); the "
	    "rows may be in the table or not",
	    mysql_error(c->handle), number);
	return DB_COMMIT_UNKNOWN;
}

bool
client_rollback(struct client *c)
{
	if (!client_ready(c))
		return false;
	return !mysql_real_query(c->handle, "ROLLBACK", 8) ||
	       client_fail_last(c, SLICE("ROLLBACK"));
}
