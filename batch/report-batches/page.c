/* SPDX-License-Identifier: MIT */
#include "batch/report-batches/report.h"

static void
put_summary(struct buf *b, const struct overview *o)
{
	size_t states[SLOT_STATES] = {0}, late = 0, none = 0;
	for (size_t i = 0; i < o->n; i++) {
		const struct slot *last = overview_last(&o->items[i]);
		if (!last)
			none++;
		else if (last->state == SLOT_RUNNING)
			late++;
		else
			states[last->state]++;
	}
	buf_printf(b, "<p class=\"legend\"><span class=\"key\">%zu batches:</span>", o->n);
	for (size_t i = 0; i < SLOT_STATES; i++) {
		struct slot s = {.state = (enum slot_state)i};
		if (states[i])
			buf_printf(b,
			    " <span class=\"key\"><span class=\"sign word %s\">%zu "
			    "%s</span></span>",
			    slot_class(&s), states[i], slot_word(&s));
	}
	if (late)
		buf_printf(b,
		    " <span class=\"key\"><span class=\"sign word warn\">%zu late</span></span>",
		    late);
	if (none)
		buf_printf(b,
		    " <span class=\"key\"><span class=\"sign word quiet\">%zu without a finished "
		    "run</span></span>",
		    none);
	buf_put_text(b, "</p>\n");
}

static void
put_definitions(struct buf *b)
{
	buf_printf(b,
	    "<section><h2>What the words mean</h2>\n<dl>\n"
	    "<dt>slot</dt><dd>a time for which the schedule wants a run; without a schedule, a "
	    "time for which there was one</dd>\n"
	    "<dt>ok</dt><dd>one of its runs succeeded; warned: it loaded its rows, but a later "
	    "step failed</dd>\n"
	    "<dt>missing</dt><dd>it was due more than \"late\" ago (a key of the head, 1 hour "
	    "without it), and it has no run</dd>\n"
	    "<dt>late</dt><dd>that time has passed, and its runs are still running or have only "
	    "failed</dd>\n"
	    "<dt>lost</dt><dd>the process that ran it, or its host, vanished, so that its result "
	    "was never recorded</dd>\n"
	    "<dt>–</dt><dd>before the first run that the history knows; of a batch that never ran "
	    "only the last slot is missing</dd>\n"
	    "<dt>rows</dt><dd>records that reached the loader. They are unusual (▾ in the plot) if "
	    "they are further from the "
	    "median of up to %d earlier runs of the same weekday and time of day than %d times "
	    "their median absolute "
	    "deviation and than %d %% of the median. Fewer than %d earlier runs decide nothing. "
	    "The band is the usual range of the last one.</dd>\n"
	    "</dl></section>\n",
	    OUTLIER_LAST, OUTLIER_FACTOR, OUTLIER_PERCENT, OUTLIER_LEAST);
}

static void
put_beginning(struct buf *b, const struct overview *o)
{
	struct zone *utc = zone_fixed(SLICE("UTC"));
	/* Without scripts, pictures and links to others, nothing in the page can call home. */
	buf_put_text(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
			"'none'; style-src 'unsafe-inline'; "
			"base-uri 'none'; form-action 'none'\">\n"
			"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
			"<meta name=\"referrer\" content=\"no-referrer\">\n"
			"<meta name=\"generator\" content=\"report-batches " MAM_VERSION
			"\">\n<title>Batches</title>\n<style>\n");
	buf_put_text(b, page_style);
	buf_put_text(
	    b, "</style>\n</head>\n<body>\n<header><h1>Batches</h1>\n<p class=\"dim\">as of ");
	if (utc)
		put_time(b, utc, o->now);
	buf_put_text(b, " UTC; the times of a batch are those of its own zone</p>\n");
	put_summary(b, o);
	if (o->names_left_out)
		buf_printf(b,
		    "<p>%zu runs are left out: the history has more than %d batches.</p>\n",
		    o->names_left_out, OVERVIEW_BATCHES_MAX);
	buf_put_text(b, "</header>\n<main>\n");
	zone_free(utc);
}

void
page_put(struct buf *b, const struct overview *o)
{
	put_beginning(b, o);
	attention_put(b, o);
	mistakes_put(b, o);
	media_put(b, o);
	sunsets_put(b, o);
	grid_put(b, o);
	systems_put(b, o);
	comparisons_put(b, o);
	buf_put_text(b, "<section><h2>Each batch</h2>\n<div class=\"cards\">\n");
	for (size_t i = 0; i < o->n; i++)
		card_put(b, o, i);
	buf_put_text(b, "</div></section>\n");
	put_definitions(b);
	buf_put_text(b, "</main>\n</body>\n</html>\n");
}
