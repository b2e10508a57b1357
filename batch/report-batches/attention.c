/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "batch/report-batches/report.h"
#include "common/batch/html.h"
#include "common/program/message.h"

enum { ITEMS_MAX = 300, MESSAGE_MAX = 300 };

/* One thing to look at. */
struct item {
	size_t batch;
	struct slot slot;
	bool rows; /* the run was good, but its rows are out of the usual range */
	struct row_count count;
	bool off; /* the run was off the schedule */
};

struct items {
	struct item *list;
	size_t n, room;
};

static void
add(struct items *items, struct item item)
{
	if (items->n == items->room) {
		items->room = items->room ? 2 * items->room : 64;
		items->list = xrealloc(items->list, items->room * sizeof *items->list);
	}
	items->list[items->n++] = item;
}

static bool
is_open(const struct slot *s)
{
	return slot_state_is_bad(s->state) || (s->state == SLOT_RUNNING && s->late);
}

static void
collect(const struct overview *o, size_t batch, struct items *now, struct items *earlier)
{
	const struct overview_batch *b = &o->items[batch];
	const struct slot *last = overview_last(b);
	struct row_count count;
	for (size_t i = 0; i < b->slots_n; i++)
		if (is_open(&b->slots[i]))
			add(&b->slots[i] == last ? now : earlier,
			    (struct item){batch, .slot = b->slots[i]});
	for (size_t i = 0; i < b->off_n; i++)
		if (is_open(&b->off[i]))
			add(now, (struct item){batch, .slot = b->off[i], .off = true});
	if (rows_last(b, &count, 1) && count.odd && last && slot_state_is_good(last->state) &&
	    count.run->slot == last->time)
		add(now, (struct item){batch, .slot = *last, .rows = true, .count = count});
}

static int
by_time(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	if (x->slot.time != y->slot.time)
		return x->slot.time > y->slot.time ? -1 : 1;
	return x->batch < y->batch ? -1 : x->batch > y->batch;
}

static void
put_rows(struct buf *b, const struct row_count *c)
{
	put_count(b, c->rows);
	buf_put_text(b, " rows, usually ");
	put_count(b, c->range.low < 0 ? 0 : (int64_t)c->range.low);
	buf_put_text(b, " to ");
	put_count(b, (int64_t)c->range.high);
}

static void
put_run(struct buf *b, const struct overview_batch *of, const struct item *item)
{
	const struct slot *s = &item->slot;
	const struct past_run *r = &of->runs[s->run];
	if (s->runs > 1)
		buf_printf(b, ", %zu runs", s->runs);
	if (r->number[RUN_STATUS] > 0)
		buf_printf(b, ", exit status %d", (int)r->number[RUN_STATUS]);
	if (s->late && s->state != SLOT_RUNNING)
		buf_put_text(b, ", late");
	if (item->off)
		buf_put_text(b, ", off the schedule");
	if (item->off && r->text[RUN_FROM].n) {
		buf_put_text(b, ", ");
		html_put_cut(b, r->text[RUN_FROM], 12);
		buf_put_text(b, " to ");
		html_put_cut(b, r->text[RUN_TO], 12);
	}
	buf_put_byte(b, ' ');
	put_log_link(b, r);
	if (r->text[RUN_MESSAGE].n && !item->rows) {
		buf_put_text(b, "<br><code><bdi>");
		html_put_cut(b, r->text[RUN_MESSAGE], MESSAGE_MAX);
		buf_put_text(b, "</bdi></code>");
	}
}

static void
put_item(struct buf *b, const struct overview *o, const struct item *item)
{
	const struct overview_batch *of = &o->items[item->batch];
	const char *word = item->rows ? "rows" : slot_word(&item->slot);
	buf_printf(b, "<li><span class=\"sign word %s\">%s</span> ",
	    item->rows ? "warn" : slot_class(&item->slot), word);
	put_batch_link(b, o, item->batch);
	buf_put_text(b, " ");
	put_time(b, of->zone, item->slot.time);
	if (item->rows) {
		buf_put_text(b, ", ");
		put_rows(b, &item->count);
	}
	if (item->slot.runs)
		put_run(b, of, item);
	if (of->file && of->file->head.owner.n) {
		buf_put_text(b, " <span class=\"dim\">owner: ");
		put_text(b, of->file->head.owner);
		buf_put_text(b, "</span>");
	}
	buf_put_text(b, "</li>\n");
}

static void
put_list(struct buf *b, const struct overview *o, struct items *items)
{
	if (items->n)
		qsort(items->list, items->n, sizeof *items->list, by_time);
	buf_put_text(b, "<ul class=\"items\">\n");
	for (size_t i = 0; i < items->n && i < ITEMS_MAX; i++)
		put_item(b, o, &items->list[i]);
	if (items->n > ITEMS_MAX)
		buf_printf(b, "<li>and %zu more</li>\n", items->n - ITEMS_MAX);
	buf_put_text(b, "</ul>\n");
}

void
attention_put(struct buf *b, const struct overview *o)
{
	struct items now = {0}, earlier = {0};
	for (size_t i = 0; i < o->n; i++)
		collect(o, i, &now, &earlier);
	buf_printf(b, "<section><h2>Needs attention: %zu</h2>\n", now.n);
	if (now.n)
		put_list(b, o, &now);
	else
		buf_put_text(b, "<p>Nothing is late, missing, lost or failed, and no row count is "
				"unusual.</p>\n");
	if (earlier.n) {
		buf_printf(b, "<details><summary>%zu earlier slots without a good run</summary>\n",
		    earlier.n);
		put_list(b, o, &earlier);
		buf_put_text(b, "</details>\n");
	}
	buf_put_text(b, "</section>\n");
	free(now.list);
	free(earlier.list);
}
