/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_MYSQL_CLIENT_H
#define COMMON_DB_MYSQL_CLIENT_H

#include "common/db/error.h"
#include "common/db/mysql/target.h"
#include "common/record/value.h"

/*
 * A connection to MySQL or MariaDB, through libmysqlclient or MariaDB Connector/C: only calls
 * that both have, and no type that they declare differently. Nothing here prints or exits. A
 * function that fails returns false (or what its comment names) and leaves the cause in the
 * connection's error. While an error is set every call fails at once and does nothing, so a
 * caller may check once after several calls; client_clear lets it go on. A warning of the server
 * is an error unless it is harmless. The prefix mysql_ belongs to the library.
 */
struct client {
	void *handle; /* the library's; NULL: not connected */
	struct db_error error;
	unsigned number; /* of the statement that was refused; 0: it is another error */
	unsigned long thread;
	void *result;
	uint64_t inserted;
	size_t (*read)(void *arg, char *to, size_t n);
	void *arg;
};

enum { CLIENT_CELLS_MAX = 256 }; /* columns of a result */

/*
 * Connects, in utf8mb4, without reconnecting. *c is overwritten and needs client_close, also after
 * a failure. password NULL: my.cnf may have one.
 */
bool client_open(struct client *c, const struct target *t, const char *password);
/* Closes; the server rolls back an open transaction. The error is kept. Not while client_load runs. */
void client_close(struct client *c);
/* Forgets the error. */
void client_clear(struct client *c);

/* "10.11.19-MariaDB-…" or "8.4.3"; lives as long as the connection. */
const char *client_version(const struct client *c);

/*
 * Runs a statement with n parameters. *rows, unless NULL: the rows it touched, of an UPDATE those
 * that it found, changed or not, of an INSERT … SELECT all that were selected.
 */
bool client_run(
    struct client *c, struct slice sql, const struct value *parameters, size_t n, uint64_t *rows);
/* Of the rows of the last INSERT … SELECT … ON DUPLICATE KEY UPDATE, those that were new. */
uint64_t client_inserted(const struct client *c);

/* Runs a query and keeps its rows until the next one. *columns, unless NULL: their number. */
bool client_query(struct client *c, struct slice sql, size_t *columns);
/*
 * The next row; a cell that is NULL has p NULL. False when there is none: all rows are in memory
 * once client_query succeeds, so that is no error unless one was set before. names may be NULL.
 */
bool client_next(struct client *c, struct slice cells[CLIENT_CELLS_MAX], const char **names);

/* Appends 'text' as a literal. */
void client_put_literal(struct client *c, struct buf *b, struct slice text);

/*
 * Runs LOAD DATA LOCAL INFILE: read is called for the next bytes until it returns 0. *rows: those
 * that the server took. The caller looks at the warnings next, with client_warnings.
 */
bool client_load(struct client *c, struct slice sql, size_t (*read)(void *arg, char *to, size_t n),
    void *arg, uint64_t *rows);

/* A prepared statement with n parameters. NULL on failure, which the two below take. */
struct statement;
struct statement *client_prepare(struct client *c, struct slice sql, size_t n);
/* Runs it; TEXT, DECIMAL and BYTES are sent from where they are. *rows: the rows touched. */
bool client_execute(struct statement *s, const struct value *parameters, uint64_t *rows);
void client_finish(struct statement *s);

/*
 * COMMIT. DB_COMMIT_FAILED also when the connection is not the one that client_open made;
 * DB_COMMIT_UNKNOWN when the answer does not come: nobody knows then, and the status is
 * STATUS_REFUSED. A caller that may repeat the transaction can say "try again" instead.
 */
enum db_commit client_commit(struct client *c);
bool client_rollback(struct client *c);

/* False when the last statement had a warning that is not harmless. */
bool client_warnings(struct client *c);

#endif
