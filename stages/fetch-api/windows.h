/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_WINDOWS_H
#define STAGES_FETCH_API_WINDOWS_H

#include "common/text/bytes.h"
#include "common/time/zone.h"

/*
 * The windows of --from and --to: one, or several with --step. The options are in
 * windows_options (config_impl.h).
 */

enum { WINDOW_PARTS_MAX = 64 }; /* more than a window can be halved */

/* The window of one task. */
struct window {
	struct buf from,
	    to; /* the values of {from} and {to}, msgpack; n == 0: those of the options */
	/* the same as common/time/window.h has them */
	int64_t begin, end;
	/* parts that are left after it was split: each begins where the one before it ends */
	int64_t parts[WINDOW_PARTS_MAX];
	size_t n_parts;
};

/* The windows of one input record, one task for each. */
struct windows {
	bool done;
	int64_t next; /* where the next one begins */
};

/*
 * Reads the options; dies with STATUS_USAGE if they need a window that is not there. from
 * and to are days, or INT64_MIN.
 */
void windows_init(int64_t from, int64_t to, const struct zone *zone);
/* {from} or {to} is in a request. */
void windows_note_use(void);
/* Dies with STATUS_USAGE if a window makes several requests that are all the same. */
void windows_check_use(void);
/* Whether a window may be another one than that of --from and --to: a part of it, or moved. */
bool windows_differ(void);
/* Whether a record may have several windows. */
bool windows_are_many(void);
/* Whether a rule may split them. */
bool windows_may_split(void);
/* The format of {from} and {to} that have none, n == 0: none. */
struct slice windows_format(void);
/* Seconds to add to {to}: -1 if the end that the API wants is the last moment. */
int64_t windows_end_offset(void);

void windows_begin(struct windows *w);
/* Sets the next window; false after the last one. */
bool windows_next(struct windows *w, struct window *window);

/* Makes the window its first half, the other one is a part that is left. False if it is too short. */
bool window_split(struct window *w);
/* Goes to the next part that is left; false if there is none. */
bool window_next_part(struct window *w);
/* Appends "2026-11-01 to 2026-11-08": without its end. */
void window_put(struct buf *b, const struct window *w);

#endif
