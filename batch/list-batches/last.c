/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "batch/list-batches/last.h"
#include "common/operate/history.h"
#include "common/operate/state.h"
#include "common/program/message.h"
#include "common/program/secret.h"

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

/* The history of this host; NULL without a home, where it cannot be. */
static const char *
default_url(void)
{
	const char *named = getenv("MAM_HISTORY");
	if (named && *named)
		return named;
	if (!getenv("MAM_STATE_DIR") && !getenv("XDG_STATE_HOME") && !getenv("HOME"))
		return NULL;
	return state_path(state_folder(NULL), "history.db", NULL);
}

static struct history *
open_history(const char *url, const char *password)
{
	struct secret secret = {0};
	if (password)
		secret_load(&secret, "history-password", password);
	struct history *h =
	    history_open(url, password ? secret_value(&secret).p : NULL, "list-batches", false);
	secret_wipe(&secret);
	if (!h)
		die(STATUS_TRY_AGAIN, "no memory for the history");
	return h;
}

enum status
last_runs_read(struct entries *all, const char *url, const char *password)
{
	url = url ? url : default_url();
	if (!url)
		return STATUS_OK;
	struct history *h = open_history(url, password);
	for (size_t i = 0; i < all->n; i++) {
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
