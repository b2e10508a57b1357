/* SPDX-License-Identifier: MIT */
#ifndef COMMON_LOAD_IMPL_H
#define COMMON_LOAD_IMPL_H

#include "common/load.h"

/* What load.c, load_fields.c and load_publish.c know of the one load. No stage includes this. */
struct loading {
	const struct load_driver *driver;
	void *d;
	struct load load;
	struct buf table_names; /* the bytes of load.table */
	struct option_list key, window;
	struct stream_in *in;

	bool described, exists, begun, rows_open, ended;
	bool nowhere; /* a dry run whose table cannot be made without staying */
	const struct column *columns;
	size_t n_columns;

	struct schema shape; /* the fields of the first schema or record */
	bool self_described; /* the current record is a map without a schema */
	struct load_field *fields;
	struct sql_column *sql_columns;
	bool casts; /* some column is loaded as text and cast */
	size_t *
	    place; /* of each field in the record: exact under a schema, else where it was last time */
	struct buf *scratch; /* of each field */
	struct record record;
	struct value *values;

	struct buf coverage; /* the window maps, one behind the other */
	size_t n_coverage;
	uint64_t rows, deleted;
};

/* load_fields.c: from fields to columns. */

void load_take_fields(struct loading *g, const struct schema *schema);
/* The fields of the first record, when there is no schema. */
void load_take_names(struct loading *g);
/* Dies unless the schema has the same fields as the first one; finds their places. */
void load_same_fields(struct loading *g, const struct schema *schema);
/* Finds the column of each field; dies when one has none, or a column that must be given is not. */
void load_map(struct loading *g);
/* load.sql's columns from the schema alone, for CREATE TABLE. */
void load_create_columns(struct loading *g);
/* Fits the current record into values; false when it was rejected. */
bool load_fit(struct loading *g);
const struct column *load_find_column(const struct loading *g, struct slice name);

/* load_publish.c: what follows the last record. */

void load_take_coverage(struct loading *g, struct slice item);
/* Builds a statement and runs it; returns the rows it touched. */
uint64_t load_statement(
    struct loading *g, void (*build)(struct buf *, const struct sql_load *), bool *twice);
void load_publish(struct loading *g);
void load_count(const struct loading *g);

#endif
