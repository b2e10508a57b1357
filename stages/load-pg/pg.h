/* SPDX-License-Identifier: MIT */
#ifndef LOAD_PG_PG_H
#define LOAD_PG_PG_H

#include "common/text/bytes.h"

/*
 * The one connection to PostgreSQL, and the only place that knows libpq. What the
 * server refuses ends the process (failure.h has the statuses), unless a function
 * says otherwise.
 */

/*
 * to: a URL or connection string, NULL for what libpq's environment names; password:
 * with a NUL behind it, empty when none was named. Dies with STATUS_USAGE when to is malformed or holds a
 * password.
 */
void pg_connect(const char *to, struct slice password);

/* 150004 for 15.4. */
int pg_version(void);
/* The database keeps bytes without knowing their encoding, and counts bytes for characters. */
bool pg_encodes_nothing(void);

/* type: an oid, and data is the type's binary form; 0: data is text whose type the statement tells. */
struct pg_parameter {
	uint32_t type;
	struct slice data;
};

/*
 * Runs one statement; returns the rows it touched. When state is not NULL and the
 * server refuses with that SQLSTATE, *met is set and nothing else happens.
 */
uint64_t pg_execute(struct slice sql, const struct pg_parameter *parameters, size_t n,
    const char *state, bool *met);
/* The same for statements without any of this: "BEGIN". */
void pg_run(const char *sql);
/* The server parses the statement, and by that locks its tables until the transaction ends. Nothing is run. */
void pg_prepare(const char *sql);

/* A result, whole in memory: for the catalog and single rows. */
struct pg_rows {
	void *result;
	size_t n, columns;
};
/* parameter: text, or NULL when the query has none. */
struct pg_rows pg_query(struct slice sql, const char *parameter);
/*
 * A query that parses the values in its parameter. False when the server refuses one of them:
 * its words are appended to refusal, and the transaction has failed up to the last savepoint.
 */
bool pg_try_query(struct slice sql, const struct pg_parameter *parameter, struct pg_rows *rows,
    struct buf *refusal);
/* Text of a field, empty for null; lives until pg_rows_free. */
struct slice pg_cell(const struct pg_rows *rows, size_t row, size_t column);
bool pg_cell_null(const struct pg_rows *rows, size_t row, size_t column);
struct slice pg_column_name(const struct pg_rows *rows, size_t column);
void pg_rows_free(struct pg_rows *rows);

/* COPY … FROM STDIN, its data in blocks, its end. */
void pg_copy_begin(const char *sql);
/* Also looks whether the server has given up meanwhile, so that this is told at once. */
void pg_copy_send(struct slice block);
/* Returns the rows that the server kept. */
uint64_t pg_copy_end(void);

/* COMMIT. unknown is said, with the status, when the connection was lost before the answer came. */
void pg_commit(int unknown_status, const char *unknown);

#endif
