/* SPDX-License-Identifier: MIT */
#ifndef LOAD_SQLITE_DATABASE_H
#define LOAD_SQLITE_DATABASE_H

#include "common/record/value.h"

/*
 * The one database of the process. Whatever SQLite refuses ends the process with
 * the status of message.h that fits, and what was not committed is rolled back.
 */

/*
 * name: a file, or "" for a private database that goes with the process. create:
 * it is made when it is missing. lock_timeout: milliseconds.
 */
void database_open(const char *name, bool create, int64_t lock_timeout);
bool database_is_open(void);
/* Rolls back what is open, and closes. */
void database_close(void);
/* The most columns of a table. */
size_t database_columns_max(void);

/* Begins the transaction of the load: until it ends, this process is the only one that writes to the file. */
void database_lock(void);
/* Ends it. Returns when the rows are in the file that has the name of database_open. */
void database_commit(void);

/* One statement without parameters or rows. */
void database_run(const char *sql);
/* The first column of the first row; 0 when there is none. */
int64_t database_number(const char *sql);
/* Rows that the last INSERT put in, without those of triggers. */
int database_changes(void);
/* From here on, inserts and updates of rows of this table of the file are counted. */
void database_watch(struct slice table);
/* How many of the rows touched since then are new; false unless the counts add up to touched. */
bool database_inserted(uint64_t touched, uint64_t *inserted);
/* Runs one statement to its end; returns the rows that it inserted, updated or deleted. */
uint64_t database_execute(struct slice sql, const struct value *parameters, size_t n);

struct statement;

struct statement *database_prepare(struct slice sql);
/* Parameters from the first on: null, int, float, text, bytes. What they point into lives until the step is done. */
void statement_bind(struct statement *s, const struct value *values, size_t n);
/* True when there is a row. record: bad data is the fault of the record that is being loaded. */
bool statement_step(struct statement *s, bool record);
void statement_reset(struct statement *s);
void statement_free(struct statement *s);

/* Of the current row, from 0. Texts live until the next step. */
bool statement_null(struct statement *s, int i);
int64_t statement_number(struct statement *s, int i);
struct slice statement_text(struct statement *s, int i);
/* NULL behind the last one. */
const char *statement_name(struct statement *s, int i);

#endif
