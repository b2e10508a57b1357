/* SPDX-License-Identifier: MIT */
/*
 * watch-batches looks once at all batches and reports changes since its last
 * look: problems, and recoveries. cron runs it every few minutes. Its state
 * file records for each channel the events that were sent and those still to be
 * sent, so nothing is lost and nothing is sent twice.
 */
#include <signal.h>

#include "batch/watch-batches/watch.h"
#include "common/operate/records.h"
#include "common/operate/sources.h"
#include "common/operate/state.h"
#include "common/program/message.h"

static const struct program program = {
    .name = "watch-batches",
    .about = "Reports batches that failed, are late or missing, or are good again.",
    .tables = watch_batches_tables,
};

/* The history, brought up to date as far as this host can. */
static struct overview
look(const char *folder)
{
	struct overview o;
	struct option_list folders = batches_folders(&sources.batches);
	struct batches *files = xmalloc(sizeof *files); /* the overview points into it */
	struct history *h = sources_open_history(true);
	*files = batches_find(&folders);
	records_deliver(folder, h);
	records_mark_lost(folder, h, (struct slice){0});
	if (!overview_read(&o, h, files, SLOTS, DAYS))
		die(history_error(h)->status, "cannot read the history: %s",
		    history_error(h)->text);
	history_close(h);
	return o;
}

static void
forget_events(struct channel *c)
{
	for (size_t i = 0; i < c->events_n; i++)
		event_free(&c->events[i]);
	c->events_n = 0;
	c->dropped = 0;
}

/* A status that may not be tried again counts more than one that may. */
static int
worse(int a, int b)
{
	return a == 0 || a == STATUS_TRY_AGAIN ? (b ? b : a) : a;
}

static int
send_all(struct channels *all, const char *folder)
{
	int status = 0;
	struct outcome o = {0};
	for (size_t i = 0; i < all->n; i++) {
		struct channel *c = &all->items[i];
		if (!c->events_n || c->kind == CHANNEL_OTHER)
			continue;
		send_events(c, &o);
		status = worse(status, o.status);
		if (o.status) {
			message("%.*s: %.*s; the next look tries again", (int)c->name.n, c->name.p,
			    (int)o.why.n, o.why.p ? o.why.p : "");
			continue;
		}
		forget_events(c);
		memory_write(all, folder);
	}
	return status;
}

int
main(int argc, char **argv)
{
	int lock;
	long holder;
	options_parse(&program, argc, argv);
	/* A server, or a command, that has gone is an error of a write. */
	signal(SIGPIPE, SIG_IGN);
	struct channels all = channels_named();
	const char *folder = state_folder(sources.state);
	switch (state_lock(folder, "watch-batches", &lock, &holder)) {
	case STATE_LOCKED:
		break;
	case STATE_BUSY:
		die(STATUS_TRY_AGAIN, "process %ld is looking already", holder);
	case STATE_FAILED:
		die_errno(STATUS_IO, "cannot make a lock in %s", folder);
	}
	memory_read(&all, folder);
	struct overview o = look(folder);
	for (size_t i = 0; i < all.n; i++)
		if (all.items[i].kind != CHANNEL_OTHER)
			compare(&all.items[i], &o);
	/* Save before sending: a new event must not be lost if this process ends. */
	memory_write(&all, folder);
	int status = send_all(&all, folder);
	state_unlock(folder, "watch-batches", lock);
	return status;
}
