/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "batch/report-batches/report.h"
#include "common/batch/html.h"
#include "common/batch/plot.h"
#include "common/program/message.h"
#include "common/time/iso.h"

enum { RUNS_MORE = 6, PLOT_POINTS = 32 };

static size_t
first_listed(const struct overview_batch *batch)
{
	size_t most = (size_t)cfg.slots + RUNS_MORE;
	return batch->n > most ? batch->n - most : 0;
}

bool
card_has_run(const struct overview_batch *batch, size_t run)
{
	return run >= first_listed(batch) && run < batch->n;
}

static void
put_fact(struct buf *b, const char *name, struct slice text)
{
	if (!text.n)
		return;
	buf_printf(b, "<dt>%s</dt><dd>", name);
	put_text(b, text);
	buf_put_text(b, "</dd>\n");
}

static void
put_head(struct buf *b, const struct overview_batch *of)
{
	const struct head *head = &of->file->head;
	put_fact(b, "schedule", head->schedule);
	if (of->scheduled) {
		buf_put_text(b, "<dt>next</dt><dd>");
		put_time(b, of->zone, of->next);
		buf_put_text(b, "</dd>\n");
	}
	put_fact(b, "owner", head->owner);
	if (head->os_count) {
		buf_put_text(b, "<dt>meant for</dt><dd>");
		for (size_t i = 0; i < head->os_count; i++) {
			buf_put_text(b, i ? ", " : "");
			put_text(b, head->os[i]);
		}
		buf_put_text(b, "</dd>\n");
	}
	put_fact(b, "interface", head->api);
	if (head->has_sunset) {
		buf_put_text(b, "<dt>ends on</dt><dd>");
		iso_put_date(b, head->sunset);
		buf_put_text(b, "</dd>\n");
	}
}

static int64_t
usual_duration(const struct overview_batch *of)
{
	double *took = xmalloc((of->n + 1) * sizeof *took);
	size_t n = 0;
	for (size_t i = 0; i < of->n; i++)
		if (slot_state_is_good(of->runs[i].state) && of->runs[i].ended)
			took[n++] = (double)(of->runs[i].ended - of->runs[i].started);
	int64_t usual = n ? (int64_t)outlier_median(took, n) : -1;
	free(took);
	return usual;
}

static void
put_number_fact(struct buf *b, const char *name, int64_t n)
{
	if (n < 0)
		return;
	buf_printf(b, "<dt>%s</dt><dd>", name);
	put_count(b, n);
	buf_put_text(b, "</dd>\n");
}

static void
put_last_run(struct buf *b, const struct overview_batch *of)
{
	const struct past_run *r = &of->runs[of->n - 1];
	int64_t usual = usual_duration(of);
	buf_put_text(b, "<dt>last run</dt><dd>");
	put_time(b, of->zone, r->started);
	buf_printf(b, ", %s ", slot_state_names[r->state]);
	put_log_link(b, r);
	buf_put_text(b, "</dd>\n");
	if (r->ended) {
		buf_put_text(b, "<dt>took</dt><dd>");
		put_duration(b, r->ended - r->started);
		if (usual >= 0) {
			buf_put_text(b, ", usually ");
			put_duration(b, usual);
		}
		buf_put_text(b, "</dd>\n");
	}
	put_number_fact(b, "rows", past_run_rows(r));
	put_number_fact(b, "rejected", r->number[RUN_REJECTED]);
	put_number_fact(b, "deleted", r->number[RUN_DELETED]);
	put_fact(b, "ran on", r->text[RUN_OS]);
	put_fact(b, "launched by", r->text[RUN_LAUNCHER]);
}

static void
put_plot(struct buf *b, const struct overview_batch *of)
{
	struct row_count counts[PLOT_POINTS];
	struct plot_point points[PLOT_POINTS];
	size_t n = rows_last(of, counts, PLOT_POINTS), odd = 0;
	struct buf titles = {0}, label = {0};
	size_t ends[PLOT_POINTS];
	if (n < 2)
		return;
	for (size_t i = 0; i < n; i++) {
		put_time_text(&titles, of->zone, counts[i].run->slot);
		buf_put_text(&titles, ": ");
		put_count(&titles, counts[i].rows);
		buf_put_text(&titles, " rows");
		ends[i] = titles.n;
		odd += counts[i].odd;
	}
	buf_check(&titles, "the titles of a plot", NULL);
	for (size_t i = 0, at = 0; i < n; at = ends[i++])
		points[i] = (struct plot_point){.value = (double)counts[i].rows,
		    .odd = counts[i].odd,
		    .title = {titles.p + at, ends[i] - at}};
	buf_printf(
	    &label, "Rows of the last %zu good slots, %zu of them unusual; the last one: ", n, odd);
	put_count(&label, counts[n - 1].rows);
	buf_put_text(b, "<div class=\"rows\">");
	plot_put(b, points, n, &counts[n - 1].range, buf_slice(&label));
	buf_printf(b, "<span class=\"dim\">rows of %zu slots", n);
	if (odd)
		buf_printf(b, ", %zu unusual", odd);
	buf_put_text(b, "</span></div>\n");
	buf_free(&titles);
	buf_free(&label);
}

static void
put_cell_count(struct buf *b, int64_t n)
{
	buf_put_text(b, "<td class=\"number\">");
	if (n >= 0)
		put_count(b, n);
	buf_put_text(b, "</td>");
}

static void
put_run(struct buf *b, const struct overview_batch *of, size_t batch, size_t run)
{
	const struct past_run *r = &of->runs[run];
	const struct slot s = {.state = r->state};
	buf_printf(b, "<tr id=\"r%zu-%zu\"><td><span class=\"sign word %s\">%s</span></td><td>",
	    batch, run, slot_class(&s), slot_word(&s));
	put_time(b, of->zone, r->slot);
	buf_put_text(b, "</td><td>");
	put_time(b, of->zone, r->started);
	buf_put_text(b, "</td><td class=\"number\">");
	if (r->ended)
		put_duration(b, r->ended - r->started);
	buf_put_text(b, "</td>");
	put_cell_count(b, past_run_rows(r));
	put_cell_count(b, r->number[RUN_DELETED]);
	put_cell_count(b, r->number[RUN_REJECTED]);
	put_cell_count(b, r->number[RUN_ATTEMPT]);
	put_cell_count(b, r->number[RUN_STATUS]);
	buf_put_text(b, "<td>");
	put_text(b, r->text[RUN_OS]);
	buf_put_text(b, "</td><td>");
	put_log_link(b, r);
	buf_put_text(b, "</td></tr>\n");
}

static void
put_runs(struct buf *b, const struct overview_batch *of, size_t batch)
{
	size_t first = first_listed(of);
	buf_printf(b,
	    "<details><summary>The last %zu runs</summary>\n<div class=\"wide\" role=\"region\" "
	    "tabindex=\"0\" aria-label=\"Runs of ",
	    of->n - first);
	html_put(b, of->name);
	buf_put_text(b, "\"><table class=\"data\"><thead><tr>");
	static const char *const heads[] = {"state", "slot", "started", "took", "rows", "deleted",
	    "rejected", "attempts", "status", "system", "log"};
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		buf_printf(b, "<th scope=\"col\">%s</th>", heads[i]);
	buf_put_text(b, "</tr></thead><tbody>\n");
	for (size_t i = of->n; i-- > first;)
		put_run(b, of, batch, i);
	buf_put_text(b, "</tbody></table></div></details>\n");
}

void
card_put(struct buf *b, const struct overview *o, size_t batch)
{
	const struct overview_batch *of = &o->items[batch];
	buf_printf(b, "<article class=\"card\" id=\"b%zu\"><h3>", batch);
	put_text(b, of->name);
	buf_put_text(b, "</h3>\n");
	if (of->file && of->file->head.about.n) {
		buf_put_text(b, "<p class=\"dim\">");
		put_text(b, of->file->head.about);
		buf_put_text(b, "</p>\n");
	}
	put_plot(b, of);
	buf_put_text(b, "<dl>\n");
	put_fact(b, "target", overview_target(of));
	if (of->file)
		put_head(b, of);
	else
		put_fact(b, "file", SLICE("none: only the history knows this batch"));
	if (of->n)
		put_last_run(b, of);
	else
		put_fact(b, "last run", SLICE("none"));
	buf_put_text(b, "</dl>\n");
	if (of->n)
		put_runs(b, of, batch);
	buf_put_text(b, "</article>\n");
}
