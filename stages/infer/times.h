/* SPDX-License-Identifier: MIT */
#ifndef STAGES_INFER_TIMES_H
#define STAGES_INFER_TIMES_H

#include "common/record/value.h"
#include "stages/infer/evidence.h"

/* The texts of a field that are dates or times, and the formats that fit them all so far. */
struct times {
	struct evidence any;
	bool iso;                    /* all are ISO 8601 and need no format */
	bool has_time;               /* of day, in all of them or in none */
	bool has_instant;            /* all have an offset from UTC (of those in ISO 8601) */
	char between[4];             /* the date and the time of day */
	uint32_t dates;              /* formats of the date, as bits … */
	uint32_t hours;              /* … and of the time of day */
	struct evidence nanoseconds; /* more digits than a datetime holds */
};

/* Takes a text, trimmed, into account. False if it is not a time, or not in a format of those before. */
bool times_add(struct times *all, struct slice text, uint64_t record);

/*
 * The type; *format becomes that of format=, empty if none is needed. VALUE_TEXT with *reason when
 * it is open what the texts mean.
 */
enum value_type times_decide(const struct times *all, struct buf *format, struct buf *reason);

#endif
