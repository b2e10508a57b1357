/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <unistd.h>

#include "batch/compare-builds/compare.h"
#include "common/program/message.h"

enum { RUNS_LOOKED_AT = 200 };

struct search {
	struct captured *found;
	const char *captures;
};

static void
keep(struct buf *to, struct slice text)
{
	buf_reset(to);
	buf_put_slice(to, text);
	buf_check(to, "the record of a run", NULL);
}

static char *
folder_of(const struct search *s, const struct run *r)
{
	struct slice id = run_get(r, RUN_ID), batch = run_get(r, RUN_BATCH);
	struct slice folder = run_get(r, RUN_FOLDER);
	struct buf path = {0};
	if (s->captures)
		buf_printf(
		    &path, "%s/%.*s/%.*s", s->captures, (int)batch.n, batch.p, (int)id.n, id.p);
	else
		buf_put_slice(&path, folder);
	buf_put(&path, "/capture", sizeof "/capture");
	buf_check(&path, "a path", NULL);
	return path.p;
}

/* The runs come in the order in which they started: the last one that fits stays. */
static void
look(void *context, const struct run *r)
{
	struct search *s = context;
	struct captured *c = s->found;
	if (!run_is(r, RUN_STATE, "ok") && !run_is(r, RUN_STATE, "warned"))
		return;
	char *folder = folder_of(s, r);
	if (access(folder, R_OK | X_OK)) {
		free(folder);
		return;
	}
	free(c->folder);
	c->folder = folder;
	keep(&c->run, run_get(r, RUN_ID));
	keep(&c->from, run_get(r, RUN_FROM));
	keep(&c->to, run_get(r, RUN_TO));
	keep(&c->slot, run_get(r, RUN_SLOT));
	keep(&c->build, run_get(r, RUN_BUILD));
}

bool
captured_find(struct captured *c, struct history *h, const char *captures, struct slice batch)
{
	struct search s = {c, captures};
	*c = (struct captured){0};
	return history_select(h,
		   &(struct history_query){.batch = batch, .latest = RUNS_LOOKED_AT, .brief = true},
		   look, &s) &&
	       c->folder;
}

void
captured_free(struct captured *c)
{
	free(c->folder);
	buf_free(&c->run);
	buf_free(&c->from);
	buf_free(&c->to);
	buf_free(&c->slot);
	buf_free(&c->build);
}
