/* SPDX-License-Identifier: MIT */
#ifndef COMMON_LOAD_LOAD_H
#define COMMON_LOAD_LOAD_H

#include "common/program/options.h"
#include "common/sql/column.h"
#include "common/sql/sql.h"
#include "common/stream/stream.h"

/*
 * Shared by the loaders: options, the mapping of fields to columns, checks,
 * modes, coverage, dry runs, counters. A loader is a struct load_driver and a
 * main that calls options_parse and load_run.
 */
enum load_mode { LOAD_APPEND, LOAD_UPSERT, LOAD_TRUNCATE_INSERT, LOAD_DELETE_INSERT };

enum {
	LOAD_WINDOWS_MAX = 100000, /* coverage windows of one load */
};

/* --table --mode --key --window --create --min-rows --max-deleted --allow-cascade --lock-timeout --dry-run; --to and --password are the stage's own. */
extern const struct option_row load_options[];

/* A field of the records and the column that it goes into. */
struct load_field {
	struct slice name;    /* in the records; the column's may differ in case */
	enum value_type type; /* of the schema; VALUE_NULL when the records are maps */
	const struct column *column;
};

struct load {
	enum load_mode mode;
	struct sql_table table; /* --table; describe may fill in the schema */
	const char *table_text; /* --table as given, for messages */
	int64_t lock_timeout;   /* milliseconds */
	bool create;
	bool dry;    /* known from the first item of the stream on */
	bool staged; /* rows go into the stage, and from there into the table */
	/* Set when the first schema or record has come; none when the stream has no records. */
	const struct load_field *fields;
	size_t n;
	/* the same fields as statements need them; dialect and target are always set */
	struct sql_load sql;
};

/* A text for a COLUMN_OTHER. */
struct load_text {
	bool some;     /* false: null, nothing to parse */
	size_t offset; /* for use while the bytes are gathered */
	struct slice given, parsed;
	struct reject_reason *why; /* NULL: the text is good, and parsed is set */
};

/*
 * The operations of a database. Each function dies if the database refuses
 * (message.h has the statuses); d is the driver's own state. Order of the
 * calls: open, [describe, [begin, create]], rows_begin, row …, rows_end,
 * publish, execute …, commit or rollback. Nothing is called before open, and an
 * empty stream skips rows_begin to rows_end.
 */
struct load_driver {
	enum sql_dialect dialect;
	bool fold_case; /* column names are compared without ASCII case */
	/*
	 * execute can detect that one statement met a row twice; else the stage
	 * is searched
	 */
	bool detects_twice;
	bool ddl_commits; /* CREATE TABLE ends a transaction: a dry run only shows it */

	/*
	 * Connects. Called before the stream is read, so that a refused login
	 * is reported at once.
	 */
	void (*open)(void *d, const struct load *l);
	/*
	 * Gives the table's columns in their order; they and their texts live
	 * until the process ends. False if the table does not exist. May set
	 * table->schema.
	 */
	bool (*describe)(
	    void *d, struct sql_table *table, const struct column **columns, size_t *n);
	/*
	 * May be NULL. True if the table of the last describe takes rows only
	 * from a statement, not by rows_begin.
	 */
	bool (*needs_stage)(void *d);
	/*
	 * MySQL only, asked for after the rows: sql_upsert is right for this
	 * table (see there).
	 */
	bool (*upserts_at_once)(void *d);
	/*
	 * ddl_commits only, for a dry run: the columns that sql_create_table would make of l->sql
	 * (types in l->fields). They live as those of describe.
	 */
	void (*would_have)(void *d, const struct load *l, const struct column **columns, size_t *n);
	/*
	 * Begins the transaction for the rows. whole: it must also include
	 * publish, because it creates a table.
	 */
	void (*begin)(void *d, const struct load *l, bool whole);
	/*
	 * Runs one statement with n parameters (fitted values; a uuid is passed
	 * as text). Returns the number of rows it touched. twice may be NULL;
	 * see detects_twice: *twice is set, the transaction continues.
	 */
	uint64_t (*execute)(
	    void *d, struct slice sql, const struct value *parameters, size_t n, bool *twice);
	/*
	 * How many of the rows that the last sql_upsert touched are new. False
	 * if the database cannot count them, e.g. because a trigger writes to
	 * the same table.
	 */
	bool (*inserted)(void *d, uint64_t touched, uint64_t *inserted);
	/*
	 * The first row of a query as "name=value, name=value" (quoted for a
	 * message); false without a row.
	 */
	bool (*query)(void *d, struct slice sql, struct buf *row);
	/*
	 * The first cell of a query's first row as text; false without a row,
	 * or if the cell is null.
	 */
	bool (*cell)(void *d, struct slice sql, struct buf *text);
	/*
	 * May be NULL: texts go to the database as they are. Else has the database parse n texts
	 * for a COLUMN_OTHER. Sets parsed of each to the same value in a spelling that means the same
	 * under all settings of the session; it points into bytes, which the caller frees. A text
	 * that is malformed, or whose value the database would change, gets a why from malloc.
	 */
	void (*parse)(
	    void *d, const struct column *c, struct load_text *texts, size_t n, struct buf *bytes);
	/* Rows follow, for the stage (l->staged, created before) or the table. */
	void (*rows_begin)(void *d, const struct load *l);
	/* One row: l->n values, fitted. They live until the call returns or load_pull is called. */
	void (*row)(void *d, const struct load *l, const struct value *values);
	/* All rows are in the database. Returns how many of them the table (or the stage) took. */
	uint64_t (*rows_end)(void *d, const struct load *l);
	/*
	 * Called before the stage changes the table: takes the lock that keeps
	 * out a second load of it.
	 */
	void (*publish)(void *d, const struct load *l);
	void (*commit)(void *d, const struct load *l);
	void (*rollback)(void *d, const struct load *l);
};

/* The whole life of a loader after options_parse: checks the options, reads standard input, loads, ends. */
void load_run(const struct load_driver *driver, void *d);

/*
 * Reads one more item of the stream, which may end in a call of the driver's row.
 * False at the end. load_run does it by itself; it is here for a driver whose database
 * pulls the rows: its row may, the first time, hand over to the client library and
 * pull from within.
 */
bool load_pull(void);

/* Number of the record that is being loaded, for a driver's message. */
uint64_t load_record_number(void);

/*
 * Dies when the text given with --to (a URL) holds a password: "//USER:PASSWORD@" or
 * a parameter password=. The text is not repeated.
 */
void load_refuse_password(const char *to);

#endif
