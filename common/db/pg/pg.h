/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_PG_PG_H
#define COMMON_DB_PG_PG_H

#include <stdbool.h>
#include <stdint.h>

#include "common/db/error.h"
#include "common/text/bytes.h"

/*
 * A connection to PostgreSQL: statements, rows, COPY in and out. Nothing here
 * prints or exits. A function that fails returns false (or the value that its
 * comment names) and leaves the cause in the connection's error. While an error
 * is set every call fails at once and does nothing, so a caller may check once
 * after several calls; it clears the error to go on.
 */
struct pg_connection {
	void *handle; /* libpq's; NULL: not connected */
	struct db_error error;
	/* Rows are being read, or a COPY is open: the server takes no other statement. */
	bool busy;
	char *block; /* of COPY … TO STDOUT, the last one given out */
	const char *program;
	void (*warn)(void *context, const char *text);
	void *context;
};

struct pg_settings {
	/* A URL postgresql://… or a connection string; NULL: libpq's environment names the server. */
	const char *address;
	const char *option;   /* the option that gave the address, for messages: "--to" */
	const char *password; /* NULL or empty: none is given, PGPASSWORD and .pgpass count */
	const char
	    *program; /* for the server's list of sessions, as "mam-etl PROGRAM"; not copied */
	/* How long the server may take no data, since it waits for a lock. */
	int lock_milliseconds;
	/* Called for each warning and notice of the server, also while rows are sent; may be NULL. */
	void (*warn)(void *context, const char *text);
	void *context;
};

/*
 * Connects. *c is overwritten and needs pg_close, also after a failure. An address that is
 * malformed or holds a secret fails with STATUS_USAGE, and the secret is not repeated. Without a
 * connect_timeout 30 seconds are waited. A dead network is noticed within two minutes.
 */
bool pg_open(struct pg_connection *c, const struct pg_settings *s);
/*
 * Closes; the server rolls back an open transaction and cancels the current
 * statement. The error is kept.
 */
void pg_close(struct pg_connection *c);

/* 150004 for 15.4. */
int pg_version(const struct pg_connection *c);
/* The database keeps bytes without knowing their encoding, and counts bytes for characters. */
bool pg_encodes_nothing(const struct pg_connection *c);

struct pg_rows;

/* type: an oid, and data is the type's binary form; 0: data is text, and the statement gives the type. */
struct pg_parameter {
	uint32_t type;
	struct slice data;
	bool null;
};

/* Runs one statement. *touched, unless NULL, is the number of rows that it read or changed. */
bool pg_execute(struct pg_connection *c, struct slice sql, const struct pg_parameter *parameters,
    size_t n, uint64_t *touched);
/* A statement without parameters: "BEGIN". */
bool pg_run(struct pg_connection *c, const char *sql);
/*
 * The server parses the statement and so checks it, and locks its tables until the transaction
 * ends. It is not run.
 */
bool pg_prepare(struct pg_connection *c, const char *sql);

/*
 * The same with n parameters, and *columns has the columns of its result, without rows; none for
 * a statement that is not a query. The caller frees it.
 */
bool pg_describe(struct pg_connection *c, struct slice sql, const struct pg_parameter *parameters,
    size_t n, struct pg_rows *columns);

/* The error has this SQLSTATE. */
bool pg_failed_with(const struct pg_connection *c, const char *state);
/*
 * After a statement that only parses values: one of them is the cause. Trying again or other
 * rights would not help.
 */
bool pg_failed_by_value(const struct pg_connection *c);

/* Rows in memory. All zero is valid and has none. */
struct pg_rows {
	void *result;
	size_t n, columns;
};
/* All rows of a query, as text: for the catalog and for single rows. The caller frees them. */
bool pg_query(struct pg_connection *c, struct slice sql, const struct pg_parameter *parameters,
    size_t n, struct pg_rows *rows);
/* A field as the server sent it, empty for null. A NUL follows. Lives until pg_rows_free. */
struct slice pg_cell(const struct pg_rows *rows, size_t row, size_t column);
bool pg_cell_null(const struct pg_rows *rows, size_t row, size_t column);
struct slice pg_column_name(const struct pg_rows *rows, size_t column);
/* The oid of the column's type. */
uint32_t pg_column_type(const struct pg_rows *rows, size_t column);
void pg_rows_free(struct pg_rows *rows);

/* The result of one read. Only PG_END means that all rows were read. */
enum pg_step { PG_FAILED, PG_MORE, PG_END };

/*
 * A query whose rows are too many for memory: begin it, then take rows until PG_END. binary: fields
 * come in their types' binary forms. Until PG_END or PG_FAILED the connection takes no other
 * statement; pg_close gives the rest up.
 */
bool pg_stream_begin(struct pg_connection *c, struct slice sql,
    const struct pg_parameter *parameters, size_t n, bool binary);
/*
 * Frees *row, which is zero at first, and fills it: with one row, or after PG_END with none but with
 * the columns, also when there never was a row. A statement without columns is PG_FAILED.
 */
enum pg_step pg_stream_next(struct pg_connection *c, struct pg_rows *row);

/* COPY … FROM STDIN: begin, send blocks of any size, end. */
bool pg_copy_begin(struct pg_connection *c, const char *sql);
/* Also looks whether the server has given up, so that this is known at once and not only at the end. */
bool pg_copy_send(struct pg_connection *c, struct slice block);
/* *rows: those that the server kept. */
bool pg_copy_end(struct pg_connection *c, uint64_t *rows);

/* COPY … TO STDOUT: begin, then take blocks, each one row or the head or tail of the format, until PG_END. */
bool pg_copy_out_begin(struct pg_connection *c, const char *sql);
/* *block lives until the next call. */
enum pg_step pg_copy_out_next(struct pg_connection *c, struct slice *block);

/*
 * A lock of the database with that name, until pg_unlock or the end of the connection; a
 * transaction does not matter to it. It locks out only other callers of this function. *taken: false if
 * another session has it. A pooler that shares sessions shares their locks.
 */
bool pg_try_lock(struct pg_connection *c, struct slice name, bool *taken);
bool pg_unlock(struct pg_connection *c, struct slice name);

/*
 * COMMIT. When the connection is lost before the answer comes, whether the transaction was kept is
 * not known: that is DB_COMMIT_UNKNOWN, never success or failure.
 */
enum db_commit pg_commit(struct pg_connection *c);

#endif
