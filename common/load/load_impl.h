/* SPDX-License-Identifier: MIT */
#ifndef COMMON_LOAD_LOAD_IMPL_H
#define COMMON_LOAD_LOAD_IMPL_H

#include "common/load/load.h"
#include "common/record/field_lookup.h"

/* The effect of the load on the table, as the database reports it. */
struct load_result {
	bool split;                 /* inserted and updated are known, not only their sum */
	uint64_t written;           /* rows inserted or updated */
	uint64_t inserted, updated; /* when split */
	uint64_t unchanged;         /* rows whose key was there and that have nothing else */
	uint64_t skipped;           /* rows that the table did not take */
	uint64_t deleted;
	uint64_t emptied;     /* of these, rows in windows for which the input has no record */
	bool deletes_unknown; /* rows were deleted, and the role may not count them */
};

/* --min-rows and --max-deleted. */
struct load_limits {
	uint64_t min_rows;
	bool limited;         /* --max-deleted is given */
	bool percent;         /* max_deleted is a percentage of the deleted rows */
	uint64_t max_deleted; /* rows deleted and not replaced */
};

/*
 * The state of the one load, shared by load.c, load_fields.c and
 * load_publish.c. No stage includes this.
 */
struct loading {
	const struct load_driver *driver;
	void *d;
	struct load load;
	struct buf table_names; /* the bytes of load.table */
	struct option_list key, window;
	bool allow_cascade;
	bool deletes; /* the mode deletes rows */
	struct load_limits limits;
	struct stream_in *in;

	bool described, exists, begun, rows_open, ended;
	bool nowhere; /* a dry run whose table cannot be made without staying */
	const struct column *columns;
	size_t n_columns;

	struct schema schema; /* the fields of the first schema or record */
	uint64_t number;      /* of a held record that is looked at again; else 0 */
	bool self_described;  /* the current record is a map without a schema */
	struct load_field *fields;
	struct sql_column *sql_columns;
	bool casts;                 /* some column is loaded as text and cast */
	struct field_lookup lookup; /* of the names of the schema, for records without a schema */
	size_t *place;              /* of each field in the record; SIZE_MAX: it is missing */
	struct buf *scratch;        /* of each field */
	struct record record;
	struct value *values;

	struct buf coverage; /* of each window one byte, 1 if it has no records, and its map */
	size_t n_coverage;
	uint64_t rows;  /* records that fit, and were sent */
	uint64_t taken; /* rows that the target of rows_begin, the stage or the table, has taken */
	struct load_result result;
};

/* load_fields.c: from fields to columns. */

void load_take_fields(struct loading *g, const struct schema *schema);
/* The fields of the first record, for a stream without a schema. */
void load_take_names(struct loading *g);
/* Dies unless the schema has the same fields as the first one; finds their places. */
void load_same_fields(struct loading *g, const struct schema *schema);
/* Finds the column of each field; dies when one has none, or a column that must be given is not. */
void load_map(struct loading *g);
/* load.sql's columns from the schema alone, for CREATE TABLE. */
void load_create_columns(struct loading *g);
/* Fits the current record into values; false if it was rejected. */
bool load_fit(struct loading *g);
/* Rejects the current record because of field i, whose value is v. Always false. */
bool load_reject_value(
    struct loading *g, size_t i, const struct value *v, const struct reject_reason *why);
const struct column *load_find_column(const struct loading *g, struct slice name);

/* load_parse.c: records with texts that the database parses. */

/* Keeps the current record, whose bytes are raw and which fits, until enough of them are there. */
void load_hold(struct loading *g, struct slice raw);
/* Has the texts of the kept records parsed, and sends the records. */
void load_parse_held(struct loading *g);

/* load_windows.c: the windows that the stream's coverage gives. */

/* All windows with the same bounds share a temporary table. */
struct load_windows {
	struct sql_window *windows;
	bool *empty; /* of each: the input states that it has no records */
	size_t n;
};

void load_take_coverage(struct loading *g, struct slice item);
/* Puts the windows into temporary tables. */
void load_send_windows(struct loading *g, struct load_windows *shapes);
/* Dies unless each row of the stage lies in some window. */
void load_check_covered(struct loading *g, const struct load_windows *shapes);
/* Builds a statement about the windows of one shape and runs it; adds the rows it touched to rows, unless NULL. */
void load_window_statement(struct loading *g, const struct sql_window *w,
    void (*build)(struct buf *, const struct sql_load *, const struct sql_window *),
    const struct value *values, size_t n, uint64_t *rows);

/* load_publish.c: the steps after the last record. */

/* Builds a statement and runs it; returns the rows it touched. */
uint64_t load_statement(
    struct loading *g, void (*build)(struct buf *, const struct sql_load *), bool *twice);
void load_publish(struct loading *g);

/* load_delete.c: deletes that are checked. */

/* Dies if deletes would delete or change rows of other tables, or an upsert set them to null or a default, unless --allow-cascade. */
void load_check_cascade(struct loading *g);
/* Empties the table for truncate-insert; dies if rows are left. */
void load_clear(struct loading *g);
/* Deletes the windows of delete-insert; dies if rows are left in one. */
void load_delete_windows(struct loading *g, const struct load_windows *shapes);

/* load_result.c: counts, and messages about them. */

/* Of the g->rows that were sent so many were inserted and updated; reports those that were not. */
void load_inserted(struct loading *g, uint64_t inserted, uint64_t updated);
/* The same for an upsert that touched n rows. */
void load_upserted(struct loading *g, uint64_t n);
/* Runs a query for one number; false if it has no row. */
bool load_number(
    struct loading *g, void (*build)(struct buf *, const struct sql_load *), uint64_t *number);
/* "5" or "10%"; dies with STATUS_USAGE. */
void load_parse_max_deleted(struct load_limits *limits, const char *text);
/*
 * Before the commit: reports rows that are gone, and dies if they or the new
 * ones break a limit.
 */
void load_check_limits(struct loading *g);
void load_count(const struct loading *g);

/* Writes operands of normalize for the columns to standard output. Dies with STATUS_IO if it cannot. */
void load_print_columns(const struct column *columns, size_t n);

/*
 * With MAM_EXPECT set (run-batch --expect) compares the records of the input with the JSON lines of
 * that file and loads nothing; false if it is not set. A difference is STATUS_DATA.
 */
bool load_expect(void);

#endif
