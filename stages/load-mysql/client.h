/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_MYSQL_CLIENT_H
#define STAGES_LOAD_MYSQL_CLIENT_H

#include "common/record/value.h"
#include "stages/load-mysql/target.h"

/*
 * The client library, libmysqlclient or MariaDB Connector/C: only calls that both
 * have, and no type that they declare differently. Whatever the server refuses,
 * and whatever it warns of, ends the process, except where a function says otherwise.
 */
struct client;

enum { CLIENT_CELLS_MAX = 256 }; /* columns of a result */

/*
 * Connects, in utf8mb4, autocommit off, no reconnecting. password NULL: what my.cnf says.
 */
struct client *client_open(const struct target *t, const char *password);

/* "10.11.19-MariaDB-…" or "8.4.3"; lives as long as the connection. */
const char *client_version(const struct client *c);

/*
 * Runs a statement with n parameters; returns the rows it touched: of an UPDATE those that
 * it found, changed or not, of an INSERT … SELECT all that were selected. what completes "cannot …" in a message.
 */
uint64_t client_run(struct client *c, struct slice sql, const struct value *parameters, size_t n);
/*
 * The same, but an error's number is returned, 0 for none; *rows is set then. A
 * warning still ends the process.
 */
unsigned client_try(struct client *c, struct slice sql, uint64_t *rows);
/* Of the rows of the last INSERT … SELECT … ON DUPLICATE KEY UPDATE, those that were new. */
uint64_t client_inserted(const struct client *c);
/*
 * For messages that speak of "row N" of a statement: row 1 is this record, and those
 * behind it follow. 0: the statement's rows are no records.
 */
void client_first_row(struct client *c, uint64_t record);
/* Dies of the error that client_try or client_load returned. */
_Noreturn void client_die(struct client *c, struct slice sql);

/* Runs a query and keeps its rows until the next one; returns the number of its columns. */
size_t client_query(struct client *c, struct slice sql);
/* The next row; a cell that is NULL has p NULL. False when there is none. names may be NULL. */
bool client_next(struct client *c, struct slice cells[CLIENT_CELLS_MAX], const char **names);

/* Appends 'text' as a literal. */
void client_put_literal(struct client *c, struct buf *b, struct slice text);

/*
 * Runs LOAD DATA LOCAL INFILE: read is called for the next bytes until it returns 0.
 * Returns the error's number, 0 for none; *rows and *warnings are set then, and the
 * warnings are for client_warnings to judge.
 */
unsigned client_load(struct client *c, struct slice sql,
    size_t (*read)(void *arg, char *to, size_t n), void *arg, uint64_t *rows);

/* A prepared statement with n parameters. */
struct statement;
struct statement *client_prepare(struct client *c, struct slice sql, size_t n);
/* Runs it; TEXT, DECIMAL and BYTES are sent from where they lie. Returns the rows touched. */
uint64_t client_execute(struct statement *s, const struct value *parameters);
void client_close(struct statement *s);

/*
 * Ends the transaction. Dies when the connection is another one than at client_open,
 * or when its answer does not come: then nobody knows, the message says so, and
 * the status tells to try again only where that is harmless.
 */
void client_commit(struct client *c, bool harmless);
void client_rollback(struct client *c);

/* Dies when the last statement had a warning that is not harmless. */
void client_warnings(struct client *c);

#endif
