/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "batch/report-batches/report.h"
#include "common/batch/html.h"
#include "common/program/message.h"
#include "common/time/iso.h"

enum { NAMES_MAX = 12 };

/* Distinct words in their order, at most NAMES_MAX; all others count as "other". */
struct names {
	struct slice list[NAMES_MAX];
	size_t n;
};

static size_t
index_of(const struct names *names, struct slice name)
{
	for (size_t i = 0; i < names->n; i++)
		if (slice_equal(names->list[i], name))
			return i;
	return NAMES_MAX;
}

static void
add_name(struct names *names, struct slice name)
{
	if (names->n == NAMES_MAX || index_of(names, name) < NAMES_MAX)
		return;
	size_t at = names->n++;
	while (at > 0 && slice_compare(names->list[at - 1], name) > 0) {
		names->list[at] = names->list[at - 1];
		at--;
	}
	names->list[at] = name;
}

/* The kind of database: the first word of the target. */
static struct slice
kind_of(const struct overview_batch *b)
{
	struct slice target = slice_trim(overview_target(b));
	size_t n = 0;
	while (n < target.n && target.p[n] != ' ' && target.p[n] != '\t')
		n++;
	return n ? (struct slice){target.p, n} : SLICE("no target");
}

/* Where its last run was. */
static struct slice
system_of(const struct overview_batch *b)
{
	struct slice os = b->n ? b->runs[b->n - 1].text[RUN_OS] : SLICE("has not run");
	return os.n ? os : SLICE("not known");
}

static void
put_counts(struct buf *b, const struct overview *o, const struct names *systems,
    const struct names *kinds, size_t system)
{
	size_t all = 0, counts[NAMES_MAX + 1] = {0};
	for (size_t i = 0; i < o->n; i++) {
		if (index_of(systems, system_of(&o->items[i])) != system)
			continue;
		all++;
		counts[index_of(kinds, kind_of(&o->items[i]))]++;
	}
	if (!all)
		return;
	buf_put_text(b, "<tr><th scope=\"row\">");
	put_text(b, system < NAMES_MAX ? systems->list[system] : SLICE("other"));
	buf_printf(b, "</th><td>%zu</td><td>%zu %%</td>", all, (all * 200 / o->n + 1) / 2);
	for (size_t i = 0; i < kinds->n; i++)
		buf_printf(b, "<td>%zu</td>", counts[i]);
	buf_put_text(b, "</tr>\n");
}

void
systems_put(struct buf *b, const struct overview *o)
{
	struct names systems = {0}, kinds = {0};
	for (size_t i = 0; i < o->n; i++) {
		add_name(&systems, system_of(&o->items[i]));
		add_name(&kinds, kind_of(&o->items[i]));
	}
	if (!o->n)
		return;
	buf_put_text(b,
	    "<section><h2>Systems and targets</h2>\n<p>Batches by the system of their last "
	    "run.</p>\n"
	    "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Systems and targets\">"
	    "<table class=\"data\"><thead><tr><th scope=\"col\">system</th><th "
	    "scope=\"col\">batches</th>"
	    "<th scope=\"col\">share</th>");
	for (size_t i = 0; i < kinds.n; i++) {
		buf_put_text(b, "<th scope=\"col\">");
		put_text(b, kinds.list[i]);
		buf_put_text(b, "</th>");
	}
	buf_put_text(b, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < systems.n; i++)
		put_counts(b, o, &systems, &kinds, i);
	put_counts(b, o, &systems, &kinds, NAMES_MAX);
	buf_put_text(b, "</tbody></table></div></section>\n");
}

/* A batch whose interface ends soon. */
struct near {
	const struct overview_batch *batch;
};

static int
by_sunset(const void *a, const void *b)
{
	const struct overview_batch *x = ((const struct near *)a)->batch;
	const struct overview_batch *y = ((const struct near *)b)->batch;
	int64_t first = x->file->head.sunset, second = y->file->head.sunset;
	return first != second ? (first < second ? -1 : 1) : slice_compare(x->name, y->name);
}

static void
put_sunset(struct buf *b, const struct overview *o, const struct overview_batch *of)
{
	const struct head *head = &of->file->head;
	int64_t left = head->sunset - o->now / DAY;
	if (left < 0)
		buf_printf(
		    b, "<li><span class=\"sign word bad\">%" PRId64 " days ago</span> ", -left);
	else
		buf_printf(
		    b, "<li><span class=\"sign word warn\">in %" PRId64 " days</span> ", left);
	put_batch_link(b, o, (size_t)(of - o->items));
	buf_put_byte(b, ' ');
	put_text(b, head->api);
	buf_put_text(b, " ends on ");
	iso_put_date(b, head->sunset);
	buf_put_text(b, "</li>\n");
}

void
sunsets_put(struct buf *b, const struct overview *o)
{
	struct near *near = xmalloc((o->n + 1) * sizeof *near);
	size_t n = 0;
	for (size_t i = 0; i < o->n; i++) {
		const struct batch *file = o->items[i].file;
		if (file && file->head.has_sunset &&
		    file->head.sunset - o->now / DAY <= SUNSET_DAYS)
			near[n++].batch = &o->items[i];
	}
	if (n) {
		qsort(near, n, sizeof *near, by_sunset);
		buf_printf(b,
		    "<section><h2>Interfaces that end within %d days</h2>\n<ul class=\"items\">\n",
		    SUNSET_DAYS);
		for (size_t i = 0; i < n; i++)
			put_sunset(b, o, near[i].batch);
		buf_put_text(b, "</ul></section>\n");
	}
	free(near);
}

void
mistakes_put(struct buf *b, const struct overview *o)
{
	bool any = false;
	for (size_t i = 0; i < o->n; i++) {
		const struct overview_batch *of = &o->items[i];
		if (!of->mistake.n)
			continue;
		buf_put_text(b, any ? ""
				    : "<section><h2>Heads with mistakes</h2>\n<p>run-batch refuses "
				      "these batches.</p>\n<ul class=\"items\">\n");
		any = true;
		buf_put_text(b, "<li><span class=\"sign word bad\">head</span> ");
		put_batch_link(b, o, i);
		buf_put_byte(b, ' ');
		put_text(b, slice_of(of->file->path));
		buf_put_text(b, ", ");
		put_text(b, buf_slice(&of->mistake));
		buf_put_text(b, "</li>\n");
	}
	buf_put_text(b, any ? "</ul></section>\n" : "");
}
