/* SPDX-License-Identifier: MIT */
/*
 * The contact of a run with its history: opened at the start, kept by signs of life while the batch
 * runs, and made again when the database was restarted or could not be reached at first.
 */
#include <stdlib.h>

#include "batch/run-batch/life.h"
#include "common/operate/records.h"
#include "common/operate/state.h"
#include "common/program/message.h"
#include "common/program/secret.h"

enum {
	WAIT_AT_START =
	    30 * 1000,       /* milliseconds: a hundred batches may begin in the same minute */
	WAIT_BETWEEN = 1000, /* while the batch runs: its timeout and signals must not wait */
};

bool
history_good(const struct life *l)
{
	return l->history && !db_error_is_set(history_error(l->history));
}

void
contact_open(struct life *l)
{
	const char *url = cfg.history ? cfg.history : getenv("MAM_HISTORY");
	struct secret password = {0};
	char *file = NULL;
	history_close(l->history);
	if (cfg.password)
		secret_load(&password, "history-password", cfg.password);
	if (!url || !*url)
		url = file = state_path(l->state, "history.db", NULL);
	l->history =
	    history_open(url, cfg.password ? secret_value(&password).p : NULL, "run-batch", true);
	secret_wipe(&password);
	history_set_wait(l->history, WAIT_AT_START);
	free(file);
}

bool
contact_lock(struct life *l)
{
	return !history_good(l) || history_lock(l->history, slice_of(l->lock_name)) != HISTORY_BUSY;
}

/* The history was lost, or could not be reached so far. */
static void
contact_restore(struct life *l)
{
	contact_open(l);
	if (!history_good(l))
		return;
	history_set_wait(l->history, WAIT_BETWEEN);
	/* A server that was restarted has lost its locks. */
	if (!contact_lock(l))
		message("another host took the lock of %s while the history was not reached; "
			"both run now",
		    l->lock_name);
	if (history_good(l) && records_deliver(l->state, l->history))
		message("the history is reached again");
}

void
contact_keep(void *context)
{
	struct life *l = context;
	record_set_time(&l->run, RUN_SEEN, state_now());
	if (history_good(l)) {
		history_set_wait(l->history, WAIT_BETWEEN);
		history_seen(l->history, run_get(&l->run, RUN_ID), run_get(&l->run, RUN_SEEN));
		if (!history_good(l))
			message("cannot reach the history: %s; the batch runs on",
			    history_error(l->history)->text);
	}
	if (!history_good(l))
		contact_restore(l);
	history_set_wait(l->history, WAIT_AT_START);
}
