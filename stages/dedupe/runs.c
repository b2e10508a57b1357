/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/program/message.h"
#include "stages/dedupe/runs.h"

/* Runs that are read at once, the one with the lowest number on top of a heap. */
struct merge {
	struct reader *readers;
	size_t n;
};

static void
sift(struct merge *m, size_t i)
{
	struct reader *r = m->readers;
	for (size_t child; (child = 2 * i + 1) < m->n; i = child) {
		if (child + 1 < m->n && r[child + 1].e.number < r[child].e.number)
			child++;
		if (r[i].e.number <= r[child].e.number)
			return;
		struct reader t = r[i];
		r[i] = r[child];
		r[child] = t;
	}
}

static struct merge
open_runs(struct external_dedupe *w, const struct chain *runs, size_t n)
{
	struct merge m = {.readers = xcalloc(n, sizeof *m.readers), .n = n};
	for (size_t i = 0; i < n; i++) {
		reader_open(&w->spill, &m.readers[i], runs[i].name);
		reader_next(&w->spill, &m.readers[i]);
	}
	for (size_t i = n / 2; i-- > 0;)
		sift(&m, i);
	return m;
}

/* The next record of all runs; false if there is none. */
static bool
next(struct external_dedupe *w, struct merge *m, struct buf *body, struct entry *e)
{
	if (!m->n) {
		free(m->readers);
		m->readers = NULL;
		return false;
	}
	struct reader *top = &m->readers[0];
	reader_body(&w->spill, top, body);
	*e = top->e;
	if (!reader_next(&w->spill, top))
		*top = m->readers[--m->n];
	sift(m, 0);
	return true;
}

/* Makes one run of the first n. */
static void
merge_some(struct external_dedupe *w, size_t n, struct buf *body)
{
	struct merge m = open_runs(w, w->runs.list, n);
	struct entry e;
	while (next(w, &m, body, &e))
		spill_entry_put(&w->spill, &w->run, &e);
	w->runs.n -= n;
	memmove(w->runs.list, w->runs.list + n, w->runs.n * sizeof *w->runs.list);
	chains_add(&w->runs, spill_end(&w->spill, &w->run), false);
}

void
runs_send(struct external_dedupe *w)
{
	static struct buf body;
	struct entry e;
	/* The tables are given back by now: all of the budget is for blocks. */
	size_t most = w->budget.limit / (w->spill.block + sizeof(struct reader));
	while (w->runs.n > most)
		merge_some(w, most, &body);
	struct merge m = open_runs(w, w->runs.list, w->runs.n);
	while (next(w, &m, &body, &e))
		dedupe_send(w, &e);
	uint64_t held = spill_end(&w->spill, &w->held);
	if (!held)
		return;
	struct reader r = {0};
	reader_open(&w->spill, &r, held);
	while (reader_next(&w->spill, &r)) {
		reader_body(&w->spill, &r, &body);
		stream_out_item(w->out, r.e.raw);
	}
}
