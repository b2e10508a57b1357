/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "batch/report-batches/report.h"
#include "common/batch/html.h"
#include "common/json/json_read.h"
#include "common/operate/events.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"

enum { PAIRS_MAX = 5, WHY_MAX = 300, COMPARISONS_MAX = 100000 };

/* The last comparison of one batch by one pair of builds. */
struct compared {
	char *batch, *old, *new, *verdict, *why; /* old: empty for captured runs */
	int64_t at;
};

static struct compared *all;
static size_t n_all;

static int
compare_pairs(const struct compared *a, const struct compared *b)
{
	int order = strcmp(a->old, b->old);
	return order ? order : strcmp(a->new, b->new);
}

static int
compare_batches(const void *a, const void *b)
{
	const struct compared *x = a, *y = b;
	int order = compare_pairs(x, y);
	return order ? order : strcmp(x->batch, y->batch);
}

static int
compare_times(const void *a, const void *b)
{
	const struct compared *x = a, *y = b;
	int order = compare_batches(x, y);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

static void
take(void *context, const struct event *e)
{
	struct buf object = {0};
	struct json_error error;
	struct compared c = {0};
	(void)context;
	if (!json_to_msgpack(e->body, JSON_DUPLICATES_ERROR, &object, &error) ||
	    !run_read_time(e->at, &c.at) || n_all == COMPARISONS_MAX) {
		buf_free(&object);
		return;
	}
	c.batch = xstring(e->batch);
	c.old = xstring(mp_member_text(buf_slice(&object), "old"));
	c.new = xstring(mp_member_text(buf_slice(&object), "new"));
	c.verdict = xstring(mp_member_text(buf_slice(&object), "verdict"));
	c.why = xstring(mp_member_text(buf_slice(&object), "why"));
	all = xrealloc(all, (n_all + 1) * sizeof *all);
	all[n_all++] = c;
	buf_free(&object);
}

/* Of each batch and pair of builds only the last comparison counts. */
static void
keep_last(void)
{
	size_t kept = 0;
	if (n_all)
		qsort(all, n_all, sizeof *all, compare_times);
	for (size_t i = 0; i < n_all; i++)
		if (i + 1 == n_all || compare_batches(&all[i], &all[i + 1]) != 0)
			all[kept++] = all[i];
	n_all = kept;
}

bool
comparisons_read(struct history *h, int64_t since)
{
	struct buf from = {0};
	run_put_time(&from, since);
	buf_check(&from, "a time", NULL);
	bool good = events_select(h, SLICE("comparison"), buf_slice(&from), take, NULL);
	buf_free(&from);
	keep_last();
	return good;
}

/* All comparisons of one pair of builds. */
struct pair {
	const struct compared *items;
	size_t n;
	int64_t at; /* the last one */
};

static const struct compared *
last_of(const struct pair *pair, struct slice batch)
{
	struct compared wanted = *pair->items;
	wanted.batch = xstring(batch);
	const struct compared *found =
	    bsearch(&wanted, pair->items, pair->n, sizeof wanted, compare_batches);
	free(wanted.batch);
	return found;
}

static void
put_batch(struct buf *b, const struct overview *o, size_t batch, const struct compared *c)
{
	bool different = strcmp(c->verdict, "different") == 0;
	buf_printf(b, "<li><span class=\"sign word %s\">%s</span> ", different ? "bad" : "warn",
	    different ? "different" : "not compared");
	put_batch_link(b, o, batch);
	buf_put_text(b, " <bdi>");
	html_put_cut(b, slice_of(c->why), WHY_MAX);
	buf_put_text(b, "</bdi></li>\n");
}

static void
put_pair(struct buf *b, const struct overview *o, const struct pair *pair)
{
	size_t batches = 0, identical = 0, never = 0;
	struct buf list = {0};
	for (size_t i = 0; i < o->n; i++) {
		if (!o->items[i].file)
			continue;
		const struct compared *c = last_of(pair, o->items[i].name);
		batches++;
		if (!c)
			never++;
		else if (strcmp(c->verdict, "identical") == 0)
			identical++;
		else
			put_batch(&list, o, i, c);
	}
	buf_printf(b, "<p><span class=\"sign word %s\">identical on %zu of %zu batches</span> ",
	    identical == batches ? "good" : "warn", identical, batches);
	put_text(b, *pair->items->old ? slice_of(pair->items->old) : SLICE("the captured runs"));
	buf_put_text(b, " and ");
	put_text(b, slice_of(pair->items->new));
	buf_put_text(b, ", last compared at ");
	struct zone *utc = zone_fixed(SLICE("UTC"));
	if (utc)
		put_time(b, utc, pair->at);
	zone_free(utc);
	buf_put_text(b, " UTC");
	if (never)
		buf_printf(b, "; %zu batches were not compared", never);
	buf_put_text(b, "</p>\n");
	if (list.n)
		buf_printf(b, "<ul class=\"items\">\n%.*s</ul>\n", (int)list.n, list.p);
	b->failed |= list.failed;
	buf_free(&list);
}

static int
by_time(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	return (x->at < y->at) - (x->at > y->at);
}

void
comparisons_put(struct buf *b, const struct overview *o)
{
	struct pair *pairs = xcalloc(n_all + 1, sizeof *pairs);
	size_t n = 0;
	for (size_t i = 0; i < n_all; i++) {
		if (!i || compare_pairs(&all[i - 1], &all[i]) != 0)
			pairs[n++].items = &all[i];
		struct pair *pair = &pairs[n - 1];
		pair->n++;
		pair->at = pair->at > all[i].at ? pair->at : all[i].at;
	}
	if (n)
		qsort(pairs, n, sizeof *pairs, by_time);
	if (n)
		buf_put_text(b, "<section><h2>Old and new builds</h2>\n");
	for (size_t i = 0; i < n && i < PAIRS_MAX; i++)
		put_pair(b, o, &pairs[i]);
	buf_put_text(b, n ? "</section>\n" : "");
	free(pairs);
}
