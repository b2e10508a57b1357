/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "batch/report-batches/report.h"
#include "common/batch/html.h"
#include "common/time/iso.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

void
put_text(struct buf *b, struct slice text)
{
	/* <bdi>: letters that run from right to left must not move the text around them. */
	buf_put_text(b, "<bdi>");
	html_put(b, text);
	buf_put_text(b, "</bdi>");
}

void
put_time_text(struct buf *b, const struct zone *zone, int64_t at)
{
	static const char *const weekdays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	int64_t seconds = at / 1000 - (at % 1000 < 0);
	seconds += zone_offset(zone, seconds);
	int64_t days = seconds / 86400 - (seconds % 86400 < 0);
	int64_t minute = (seconds - days * 86400) / 60;
	buf_printf(b, "%s ", weekdays[(days % 7 + 7) % 7]);
	iso_put_date(b, days);
	buf_printf(b, " %02d:%02d", (int)(minute / 60), (int)(minute % 60));
}

void
put_time(struct buf *b, const struct zone *zone, int64_t at)
{
	buf_put_text(b, "<time datetime=\"");
	iso_put_timestamp(b, at / 1000, 0);
	buf_put_text(b, "\">");
	put_time_text(b, zone, at);
	buf_put_text(b, "</time>");
}

void
put_duration(struct buf *b, int64_t t)
{
	if (t < MINUTE)
		buf_printf(b, "%.1f s", (double)t / SECOND);
	else if (t < HOUR)
		buf_printf(b, "%d min %02d s", (int)(t / MINUTE), (int)(t % MINUTE / SECOND));
	else
		buf_printf(b, "%" PRId64 " h %02d min", t / HOUR, (int)(t % HOUR / MINUTE));
}

void
put_count(struct buf *b, int64_t n)
{
	char digits[32];
	int length = snprintf(digits, sizeof digits, "%" PRId64, n);
	for (int i = 0; i < length; i++) {
		buf_put_byte(b, digits[i]);
		if (digits[i] != '-' && i + 1 < length && (length - 1 - i) % 3 == 0)
			buf_put_byte(b, ',');
	}
}

void
put_log_link(struct buf *b, const struct past_run *r)
{
	struct slice folder = r->text[RUN_FOLDER];
	if (!folder.n)
		return;
	/* A link needs an absolute path: any other text could be a scheme or another host. */
	while (folder.n > 1 && folder.p[0] == '/' && folder.p[1] == '/') {
		folder.p++;
		folder.n--;
	}
	if (folder.p[0] != '/') {
		put_text(b, folder);
		return;
	}
	buf_put_text(b, "<a href=\"");
	html_put(b, slice_of(cfg.log_url ? cfg.log_url : "file://"));
	html_put_path(b, folder);
	buf_put_text(b, "/log\" title=\"");
	html_put(b, folder);
	buf_put_text(b, "/log\">log</a>");
}

void
put_batch_link(struct buf *b, const struct overview *o, size_t batch)
{
	buf_printf(b, "<a href=\"#b%zu\">", batch);
	put_text(b, o->items[batch].name);
	buf_put_text(b, "</a>");
}

const char *
slot_word(const struct slot *s)
{
	return s->state == SLOT_RUNNING && s->late ? "late" : slot_state_names[s->state];
}

const char *
slot_class(const struct slot *s)
{
	switch (s->state) {
	case SLOT_NONE:
	case SLOT_DUE:
		return "quiet";
	case SLOT_RUNNING:
		return s->late ? "warn" : "run";
	case SLOT_OK:
		return "good";
	case SLOT_WARNED:
	case SLOT_CANCELED:
		return "warn";
	default:
		return "bad";
	}
}

const char *
slot_sign(const struct slot *s)
{
	static const char *const signs[SLOT_STATES] = {
	    [SLOT_NONE] = "–",
	    [SLOT_DUE] = "…",
	    [SLOT_RUNNING] = "R",
	    [SLOT_OK] = "+",
	    [SLOT_WARNED] = "W",
	    [SLOT_FAILED] = "F",
	    [SLOT_TIMEOUT] = "T",
	    [SLOT_CANCELED] = "C",
	    [SLOT_LOST] = "X",
	    [SLOT_MISSING] = "M",
	};
	return s->state == SLOT_RUNNING && s->late ? "L" : signs[s->state];
}
