/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_SQL_H
#define COMMON_SQL_SQL_H

#include "common/record/value.h"

/*
 * The SQL text that the loaders send: names quoted in one place, values never in
 * the text but as parameters. Builders append to a buffer; its `failed` is checked
 * by the caller once.
 */
enum sql_dialect { SQL_POSTGRES, SQL_MYSQL, SQL_SQLITE };

struct sql_table {
	struct slice schema; /* empty: the connection's default */
	struct slice name;
	/* SQLite: the table has an ON CONFLICT that would leave out or replace rows */
	bool or_abort;
};

/*
 * "campaign_daily", "ads.campaign_daily", "\"odd.schema\".\"T\"\"1\"": text in
 * double quotes is used unchanged. Unquoted parts are used unchanged, too; case
 * is not folded. NULL on success, else the reason (a static text); names keeps
 * the bytes of the table's names.
 */
const char *sql_table_parse(struct sql_table *t, struct slice text, struct buf *names);

/* NULL if the dialect can have such a name, else why not (a static text). */
const char *sql_name_error(enum sql_dialect d, struct slice name);

void sql_put_name(struct buf *b, enum sql_dialect d, struct slice name);
void sql_put_table(struct buf *b, enum sql_dialect d, const struct sql_table *t);
/* Text as a string literal; MySQL's session must not have NO_BACKSLASH_ESCAPES. */
void sql_put_literal(struct buf *b, enum sql_dialect d, struct slice text);
/* Parameter number i, from 1: $1 or ?. */
void sql_put_parameter(struct buf *b, enum sql_dialect d, size_t i);

struct sql_column {
	struct slice name;
	/* CREATE TABLE: the column's type. */
	const char *type;
	/*
	 * Where the rows go into the staging table as text and are cast on the way
	 * to the target (PostgreSQL's types without an encoder): the type's name. Else NULL.
	 */
	const char *cast;
	/*
	 * SQLite: the collation by which a unique index compares the column, when it is
	 * not bytewise; the stage's columns have none of their own. Else NULL.
	 */
	const char *collation;
	bool key;         /* of --key */
	size_t key_place; /* in --key, from 0 */
	bool loose;       /* a key's equal values may differ, so that an upsert sets it, too */
	bool window;      /* of --window */
};

/* One load: n columns of target, through the temporary table stage or not. */
struct sql_load {
	enum sql_dialect dialect;
	struct sql_table target;
	const struct sql_column *columns;
	size_t n;
};

/* The word for a value of this type in CREATE TABLE; key: the column is part of the primary key. */
const char *sql_type(enum sql_dialect d, enum value_type type, bool key);

void sql_create_table(struct buf *b, const struct sql_load *l);
/* DELETE FROM target, or TRUNCATE where it can be rolled back (PostgreSQL). */
void sql_clear(struct buf *b, const struct sql_load *l);

/* Where names have a case: a table or view whose name differs from the target's in case alone. Nothing is appended for SQLite. */
void sql_same_name(struct buf *b, const struct sql_load *l);
/* PostgreSQL: a row if the target can be locked and its rows counted. */
void sql_may_count(struct buf *b, const struct sql_load *l);
/* PostgreSQL: takes TRUNCATE's lock. */
void sql_lock(struct buf *b, const struct sql_load *l);
/* How many rows the target has. */
void sql_count(struct buf *b, const struct sql_load *l);

/* PostgreSQL: a row if row security hides rows of the target from the role. */
void sql_row_security(struct buf *b, const struct sql_load *l);
/* PostgreSQL, SQLite: a row if the target has anything by which a DELETE can skip rows. */
void sql_interferes(struct buf *b, const struct sql_load *l);
/* A foreign key by which a DELETE deletes or changes rows of another table (or more of the target), or no row. */
void sql_cascades(struct buf *b, const struct sql_load *l);

/* The same for an upsert: one by which setting a column that is not of the key changes rows to null or a default. */
void sql_update_cascades(struct buf *b, const struct sql_load *l);
/*
 * MySQL: a row if the upsert sets a column that is in an index. If not, no foreign key refers
 * to it, and sql_update_cascades, which makes the server read all its tables, is not needed.
 */
void sql_sets_indexed(struct buf *b, const struct sql_load *l);

/* The staging table's name in statements, qualified so that it cannot be mistaken for a table of the user. */
void sql_put_stage(struct buf *b, const struct sql_load *l);
/* A temporary table with the n columns in the target's types, no constraints. */
void sql_create_stage(struct buf *b, const struct sql_load *l);
/*
 * The keys that are in the stage more than once: one row of the key columns, or
 * none.
 */
void sql_duplicates(struct buf *b, const struct sql_load *l);
/* All rows of the stage into the target. */
void sql_insert(struct buf *b, const struct sql_load *l);
/*
 * Rows of the stage whose key is in the target update it, the others are
 * inserted, by one statement. MySQL's has no word for which key is meant: right
 * only where the key's is the only unique index of the table, and some column
 * is not a key. Else, and several times slower: sql_update, then
 * sql_insert_new.
 */
void sql_upsert(struct buf *b, const struct sql_load *l);
/* Nothing is appended and false returned when there is nothing to update: all columns are keys, and none is loose. */
bool sql_update(struct buf *b, const struct sql_load *l);
void sql_insert_new(struct buf *b, const struct sql_load *l);
/* How many rows of the stage have a key that is not in the target. */
void sql_missing(struct buf *b, const struct sql_load *l);
/* Deletes the target's rows whose window columns equal those of any row of the stage. */
void sql_delete_windows(struct buf *b, const struct sql_load *l);
/* The window columns of one row that such a DELETE has left, or no row. */
void sql_left_windows(struct buf *b, const struct sql_load *l);

/*
 * Windows that the stream's coverage proves complete. All windows with the same
 * columns are rows of one temporary table: a column w0, w1, … for each bound.
 */
struct sql_bound {
	struct slice column; /* of the target */
	const char *cast;    /* as in sql_column */
	bool range; /* two bounds, half-open: low <= column < high; else one: column = value */
};

struct sql_window {
	const struct sql_bound *bounds;
	size_t n;
	size_t number; /* of the temporary table, from 0 */
};

void sql_create_window(struct buf *b, const struct sql_load *l, const struct sql_window *w);
/* One window; parameters: the bounds in order, low before high. */
void sql_insert_window(struct buf *b, const struct sql_load *l, const struct sql_window *w);
/* Deletes the target's rows that lie in any of the windows. */
void sql_delete_covered(struct buf *b, const struct sql_load *l, const struct sql_window *w);
/* The window columns of one row that such a DELETE has left, or no row. */
void sql_left_covered(struct buf *b, const struct sql_load *l, const struct sql_window *w);
/* One row of the stage that lies in none of the windows of all n shapes (the columns bound by them), or none. */
void sql_uncovered(struct buf *b, const struct sql_load *l, const struct sql_window *w, size_t n);

#endif
