/* SPDX-License-Identifier: MIT */
#include "batch/report-batches/report.h"
#include "common/batch/html.h"

/* The title of a cell, and its text for a screen reader. */
static void
put_details(struct buf *b, const struct overview_batch *batch, const struct slot *s)
{
	const struct past_run *r = s->runs ? &batch->runs[s->run] : NULL;
	buf_put_text(b, slot_word(s));
	if (s->late && s->state != SLOT_RUNNING)
		buf_put_text(b, ", late");
	buf_put_text(b, ", ");
	put_time_text(b, batch->zone, s->time);
	if (!r)
		return;
	if (s->runs > 1)
		buf_printf(b, ", %zu runs", s->runs);
	if (r->ended) {
		buf_put_text(b, ", ");
		put_duration(b, r->ended - r->started);
	}
	int64_t rows = past_run_rows(r);
	if (rows >= 0) {
		buf_put_text(b, ", ");
		put_count(b, rows);
		buf_put_text(b, " rows");
	}
	if (r->text[RUN_MESSAGE].n && !slot_state_is_good(s->state)) {
		buf_put_text(b, ": ");
		html_put_cut(b, r->text[RUN_MESSAGE], 120);
	}
}

static void
put_cell(struct buf *b, const struct overview *o, size_t batch, const struct slot *s)
{
	const struct overview_batch *of = &o->items[batch];
	buf_printf(b, "<td role=\"cell\" class=\"%s\"><a href=\"#", slot_class(s));
	if (s->runs && card_has_run(of, s->run))
		buf_printf(b, "r%zu-%zu", batch, s->run);
	else
		buf_printf(b, "b%zu", batch);
	buf_put_text(b, "\" title=\"");
	put_details(b, of, s);
	buf_printf(
	    b, "\">%s<span class=\"unseen\"> %s</span></a></td>", slot_sign(s), slot_word(s));
}

/* A column for which a phone has no room; the card has it. */
static void
put_more(struct buf *b, struct slice text)
{
	buf_put_text(b, "<td role=\"cell\" class=\"more\">");
	put_text(b, text);
	buf_put_text(b, "</td>");
}

static void
put_row(struct buf *b, const struct overview *o, size_t batch)
{
	const struct overview_batch *of = &o->items[batch];
	buf_put_text(b, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">");
	put_batch_link(b, o, batch);
	buf_put_text(b, "</th>");
	for (size_t i = of->slots_n; i < (size_t)cfg.slots; i++)
		buf_put_text(b, "<td class=\"empty\" role=\"cell\"></td>");
	for (size_t i = 0; i < of->slots_n; i++)
		put_cell(b, o, batch, &of->slots[i]);
	put_more(b, of->n ? of->runs[of->n - 1].text[RUN_OS] : (struct slice){"", 0});
	put_more(b, overview_target(of));
	buf_put_text(b, "</tr>\n");
}

static void
put_legend(struct buf *b)
{
	static const struct slot shown[] = {{.state = SLOT_OK}, {.state = SLOT_WARNED},
	    {.state = SLOT_RUNNING}, {.state = SLOT_RUNNING, .late = true}, {.state = SLOT_FAILED},
	    {.state = SLOT_TIMEOUT}, {.state = SLOT_CANCELED}, {.state = SLOT_LOST},
	    {.state = SLOT_MISSING}, {.state = SLOT_DUE}, {.state = SLOT_NONE}};
	buf_put_text(b, "<p class=\"legend\">");
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		buf_printf(b, "<span class=\"key\"><span class=\"sign %s\">%s</span> %s</span> ",
		    slot_class(&shown[i]), slot_sign(&shown[i]), slot_word(&shown[i]));
	buf_put_text(b, "</p>\n");
}

void
grid_put(struct buf *b, const struct overview *o)
{
	buf_printf(b, "<section><h2>The last %d slots</h2>\n", (int)cfg.slots);
	put_legend(b);
	/* Roles: on a phone the rows are laid out as blocks, and would no longer be a table. */
	buf_printf(b,
	    "<table class=\"grid\" role=\"table\"><caption class=\"unseen\">The state of each "
	    "slot, "
	    "the last one at the right</caption><thead role=\"rowgroup\"><tr role=\"row\">"
	    "<th role=\"columnheader\" scope=\"col\">batch</th>"
	    "<th role=\"columnheader\" scope=\"colgroup\" colspan=\"%d\">slots</th>"
	    "<th role=\"columnheader\" scope=\"col\">ran on</th>"
	    "<th role=\"columnheader\" scope=\"col\">target</th></tr></thead><tbody "
	    "role=\"rowgroup\">\n",
	    (int)cfg.slots);
	for (size_t i = 0; i < o->n; i++)
		put_row(b, o, i);
	buf_put_text(b, "</tbody></table></section>\n");
}
