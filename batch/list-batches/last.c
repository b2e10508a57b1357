/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "batch/list-batches/last.h"
#include "common/operate/sources.h"
#include "common/program/message.h"

static void
take(void *context, const struct run *r)
{
	struct entry *e = context;
	int64_t milliseconds;
	if (!run_read_time(run_get(r, RUN_STARTED), &milliseconds))
		return;
	e->last = milliseconds / 1000;
	e->last_state = xstring(run_get(r, RUN_STATE));
}

/* Whether there can be a history: without a home nothing has a state folder. */
static bool
is_named(void)
{
	static const char *const names[] = {
	    "MAM_HISTORY", "MAM_STATE_DIR", "XDG_STATE_HOME", "HOME"};
	bool named = sources.history || sources.state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		named |= getenv(names[i]) != NULL;
	return named;
}

enum status
last_runs_read(struct entries *all)
{
	if (!is_named())
		return STATUS_OK;
	struct history *h = sources_try_history(false);
	for (size_t i = 0; h && i < all->n; i++) {
		struct entry *e = &all->items[i];
		struct history_query q = {.batch = e->batch->name, .latest = 1};
		if (!history_select(h, &q, take, e))
			break;
	}
	enum status status = history_error(h)->status;
	if (status) {
		message("cannot read the history, so last runs are not known: %s",
		    history_error(h)->text);
		for (size_t i = 0; i < all->n; i++)
			all->items[i].last_state = "unknown";
	}
	history_close(h);
	return status;
}
