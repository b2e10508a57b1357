/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_MYSQL_CLIENT_H
#define COMMON_DB_MYSQL_CLIENT_H

#include "common/db/error.h"
#include "common/record/value.h"
#include "common/text/bytes.h"

/*
 * A connection to MySQL or MariaDB, through libmysqlclient or MariaDB
 * Connector/C: only calls that both have, and no type that they declare
 * differently. Nothing here prints or exits. A function that fails returns
 * false (or the value that its comment names) and leaves the cause in the
 * connection's error. While an error is set every call fails at once and does
 * nothing, so a caller may check once after several calls; client_clear resets
 * it. The prefix mysql_ belongs to the library.
 */
struct client {
	void *handle; /* the library's; NULL: not connected */
	struct db_error error;
	unsigned number; /* of the statement that was refused; 0: it is another error */
	/* Streamed rows are being read: the server takes no other statement. */
	bool busy;
	bool no_local_infile; /* the address has local-infile=0: rows go by INSERT */
	/* Seconds that the session's clock is ahead of UTC: TIMESTAMP parameters are written on it. 0 at first. */
	int64_t clock_offset;
	unsigned long thread;
	void *result; /* of the streamed rows */
	uint64_t inserted;
	size_t (*read)(void *arg, char *to, size_t n);
	void *arg;
};

struct client_settings {
	/*
	 * mysql://[USER@][HOST][:PORT][/DATABASE][?OPTION=VALUE&…]; my.cnf
	 * supplies the missing parts.
	 */
	const char *address;
	const char *option;    /* the option that gave the address, for messages: "--to" */
	const char *password;  /* NULL: my.cnf may have one */
	int lock_milliseconds; /* how long the server may not read, since it waits for a lock */
};

/*
 * Connects, in utf8mb4, without reconnecting. *c is overwritten and needs client_close, also after
 * a failure. An address that is malformed or holds a password fails with STATUS_USAGE, and the
 * password is not repeated. Without connect-timeout 30 seconds are waited. A dead network is
 * noticed within two minutes, or network-timeout.
 */
bool client_open(struct client *c, const struct client_settings *s);
/*
 * Closes; the server rolls back an open transaction. Streamed rows that are left are not waited
 * for. The error is kept. Not while client_load runs.
 */
void client_close(struct client *c);
/* Forgets the error. */
void client_clear(struct client *c);

/* "10.11.19-MariaDB-…" or "8.4.3"; lives as long as the connection. */
const char *client_version(const struct client *c);

/*
 * Runs a statement with n parameters. *touched, unless NULL: the rows it read or changed, of an
 * UPDATE those that it found, changed or not, of an INSERT … SELECT all that were selected. A
 * warning of the server is an error unless it is harmless.
 */
bool client_execute(struct client *c, struct slice sql, const struct value *parameters, size_t n,
    uint64_t *touched);
/* A statement without parameters: "BEGIN". */
bool client_run(struct client *c, const char *sql);
/* Of the rows of the last INSERT … SELECT … ON DUPLICATE KEY UPDATE, those that were new. */
uint64_t client_inserted(const struct client *c);

/* Rows of a query, as the server's text. All zero is valid and has none. */
struct client_rows {
	void *result;
	size_t n, columns;
	void *row; /* the library's row, … */
	size_t at; /* … and its number, from 1; 0: none was looked at */
	bool streamed;
};
/*
 * All rows of a query in memory. The caller frees them. Of the n parameters a time is a text.
 * A warning is not an error; a caller that wants it to be calls client_warnings next.
 */
bool client_query(struct client *c, struct slice sql, const struct value *parameters, size_t n,
    struct client_rows *rows);
/* A field as the server sent it, p NULL for null. A NUL follows. Lives until client_rows_free. Row after row is fastest. */
struct slice client_cell(struct client_rows *rows, size_t row, size_t column);
bool client_cell_null(struct client_rows *rows, size_t row, size_t column);
struct slice client_column_name(const struct client_rows *rows, size_t column);
void client_rows_free(struct client_rows *rows);

/* The type of a result's column. */
struct client_type {
	unsigned number;  /* enum_field_types of the protocol */
	bool is_unsigned; /* a number without sign */
	bool binary;      /* bytes, not text: BLOB, BINARY, VARBINARY, BIT */
	bool
	    json; /* MariaDB's json, which is a LONGTEXT; known only where server and library are MariaDB's */
	unsigned decimals; /* digits after the point; 31: as many as there are */
	uint64_t length;   /* the most bytes of a field's text */
};
struct client_type client_column_type(const struct client_rows *rows, size_t column);

/* The result of one read. Only CLIENT_END means that all rows were read. */
enum client_step { CLIENT_FAILED, CLIENT_MORE, CLIENT_END };

/*
 * A query whose rows are too many for memory: begin it, then take rows until CLIENT_END. Until
 * then or CLIENT_FAILED the connection takes no other statement; client_close gives the rest up. The
 * server ends the rows of a reader that pauses for longer than net_write_timeout.
 */
bool client_stream_begin(
    struct client *c, struct slice sql, const struct value *parameters, size_t n);
/*
 * Frees *row, which is zero at first, and fills it: with one row, which lives until the next call,
 * or after CLIENT_END with none but with the columns, also when there never was a row. A statement
 * without columns, and one with rows of several queries, is CLIENT_FAILED.
 */
enum client_step client_stream_next(struct client *c, struct client_rows *row);

/* Appends 'text' as a literal. */
void client_put_literal(struct client *c, struct buf *b, struct slice text);

/*
 * A lock of the whole server with that name, until client_unlock or the end of the connection. It locks
 * out only other callers of these functions. *taken: false if another session has kept it for so
 * many milliseconds.
 */
bool client_lock(struct client *c, struct slice name, int64_t milliseconds, bool *taken);
bool client_unlock(struct client *c, struct slice name);

/*
 * Runs LOAD DATA LOCAL INFILE: read is called for the next bytes until it returns 0. *rows: those
 * that the server took. The caller looks at the warnings next, with client_warnings.
 */
bool client_load(struct client *c, struct slice sql, size_t (*read)(void *arg, char *to, size_t n),
    void *arg, uint64_t *rows);

/* A prepared statement with n parameters, to run many times. NULL on failure, which the two below take. */
struct statement;
struct statement *statement_prepare(struct client *c, struct slice sql, size_t n);
/* Runs it; TEXT, DECIMAL and BYTES are sent from where they are. *touched: as of client_execute. */
bool statement_execute(struct statement *s, const struct value *parameters, uint64_t *touched);
void statement_finish(struct statement *s);

/*
 * COMMIT. DB_COMMIT_FAILED also when the connection is not the one that client_open made;
 * DB_COMMIT_UNKNOWN when the answer does not come: whether the rows were kept is not known then, and the
 * status is STATUS_REFUSED. A caller that may repeat the transaction can use STATUS_TRY_AGAIN instead.
 */
enum db_commit client_commit(struct client *c);
bool client_rollback(struct client *c);

/* False when the last statement had a warning that is not harmless. */
bool client_warnings(struct client *c);

#endif
