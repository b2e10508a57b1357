/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_MYSQL_ROWS_H
#define STAGES_LOAD_MYSQL_ROWS_H

#include "common/db/mysql/client.h"
#include "common/load/load.h"

/*
 * The rows' way into the stage or the table: LOAD DATA LOCAL INFILE, whose text the
 * client library pulls, or INSERT with many rows where the server forbids it.
 */
struct rows {
	struct client *client;
	bool insert;       /* the server takes no LOAD DATA LOCAL */
	bool cp932;        /* some column is COLUMN_CP932 */
	size_t max_packet; /* bytes of a statement */
	uint64_t sent;     /* rows */

	bool loading;   /* LOAD DATA has begun */
	struct buf sql; /* the statement */
	struct buf text;
	size_t read; /* of text */

	struct statement *statement; /* the INSERT … */
	size_t prepared;             /* … of so many rows */
	struct value *values;        /* of the rows that wait */
	size_t waiting, most;
	uint64_t first; /* number of the first waiting record */
	/* of the waiting values, which point into it by offset until they are sent */
	struct buf bytes;
};

void rows_begin(struct rows *r, const struct load *l);
void rows_put(struct rows *r, const struct load *l, const struct value *values);
/* Dies unless every row that was put is in the database, as it was. */
void rows_end(struct rows *r, const struct load *l);

#endif
