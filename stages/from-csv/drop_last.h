/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FROM_CSV_DROP_LAST_H
#define STAGES_FROM_CSV_DROP_LAST_H

#include "common/text/bytes.h"

/* The rows of --drop-last: each waits until as many have come after it. */

/* A row that became a record, or the reason why it did not. */
struct outcome {
	struct slice record; /* whole msgpack; p NULL: the row is bad */
	struct slice raw;    /* of a bad one: its text */
	uint64_t line;
	const char *rule, *reason; /* of a bad one */
};

/* Keeps a copy; send gets the row that has waited long enough, if there is one. */
void drop_last_add(const struct outcome *row, void (*send)(const struct outcome *row));
/* Forgets the rows that still wait; returns how many they were. */
size_t drop_last_rows(void);

#endif
