/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "batch/report-batches/report.h"
#include "common/program/message.h"

enum { DAY_MINUTES = 24 * 60 };

/* Weekday and, with a schedule, time of day: runs are compared with those of the same. */
static int64_t
kind_of_slot(const struct overview_batch *b, int64_t at)
{
	int64_t seconds = at / 1000;
	seconds += zone_offset(b->zone, seconds);
	int64_t minutes = seconds / 60, day = minutes / DAY_MINUTES;
	return b->scheduled ? minutes % (7 * DAY_MINUTES) : day % 7;
}

struct good_run {
	const struct past_run *run;
};

static int
by_slot(const void *a, const void *b)
{
	const struct past_run *x = ((const struct good_run *)a)->run;
	const struct past_run *y = ((const struct good_run *)b)->run;
	if (x->slot != y->slot)
		return x->slot < y->slot ? -1 : 1;
	return x->started < y->started ? -1 : x->started > y->started;
}

/* The good runs with known rows, by slot; of several for one slot the last. */
static size_t
good_runs(const struct overview_batch *b, struct good_run *out)
{
	size_t n = 0, kept = 0;
	for (size_t i = 0; i < b->n; i++)
		if (slot_state_is_good(b->runs[i].state) && past_run_rows(&b->runs[i]) >= 0)
			out[n++].run = &b->runs[i];
	if (n)
		qsort(out, n, sizeof *out, by_slot);
	for (size_t i = 0; i < n; i++)
		if (i + 1 == n || out[i].run->slot != out[i + 1].run->slot)
			out[kept++] = out[i];
	return kept;
}

static struct range
range_before(const struct overview_batch *b, const struct good_run *runs, size_t at)
{
	double earlier[OUTLIER_LAST];
	size_t n = 0;
	int64_t kind = kind_of_slot(b, runs[at].run->slot);
	for (size_t i = at; i-- > 0 && n < OUTLIER_LAST;)
		if (kind_of_slot(b, runs[i].run->slot) == kind)
			earlier[n++] = (double)past_run_rows(runs[i].run);
	return outlier_range(earlier, n);
}

size_t
rows_last(const struct overview_batch *b, struct row_count *out, size_t max)
{
	struct good_run *runs = xmalloc((b->n + 1) * sizeof *runs);
	size_t all = good_runs(b, runs), n = all < max ? all : max;
	for (size_t i = 0; i < n; i++) {
		size_t at = all - n + i;
		int64_t rows = past_run_rows(runs[at].run);
		struct range range = range_before(b, runs, at);
		out[i] = (struct row_count){.run = runs[at].run,
		    .rows = rows,
		    .range = range,
		    .odd = outlier_is(&range, (double)rows)};
	}
	free(runs);
	return n;
}
