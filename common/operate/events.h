/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_EVENTS_H
#define COMMON_OPERATE_EVENTS_H

#include "common/operate/history.h"

/*
 * What happens to batches besides their runs, such as a comparison of two builds: table mam_event
 * of the history, mam-run(5). A history without the table has no events; the first event makes it.
 */
struct event {
	struct slice id;    /* UUID of version 7 */
	struct slice kind;  /* "comparison" */
	struct slice batch; /* its name */
	struct slice at;    /* when, as times of a run */
	struct slice body;  /* one JSON object */
};

/* False: history_error has the reason. */
bool events_put(struct history *h, const struct event *e);

/* Called for each event in the order of time. It lives until the function returns. */
typedef void event_row(void *context, const struct event *e);
/* All events of a kind since a time (empty: of all times). */
bool events_select(
    struct history *h, struct slice kind, struct slice since, event_row *row, void *context);

#endif
