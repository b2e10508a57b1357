/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "common/program/message.h"
#include "common/record/value.h"
#include "common/time/date_text.h"
#include "common/time/iso.h"
#include "common/time/window.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/config_impl.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/windows.h"

enum { HOUR = 3600, DAY = 86400 };

static const char *step, *lookback, *max_age, *format, *end = "exclusive";
static struct window_plan plan;
static struct span back, age; /* of --lookback and --max-age */
static bool used;             /* in a request */
static bool planned;          /* there is a window, and an option about it */

/* clang-format off */
const struct option_row windows_options[] = {
	{.name = "step", .word = "SPAN", .kind = OPTION_TEXT, .to.text = &step,
	    .help = "request windows of this length, one after the other: 6h, 7d, 1m (month)"},
	{.name = "lookback", .word = "SPAN", .kind = OPTION_TEXT, .to.text = &lookback,
	    .help = "begin so much before --from: 28d"},
	{.name = "max-age", .word = "SPAN", .kind = OPTION_TEXT, .to.text = &max_age,
	    .help = "do not begin earlier than so long ago: 90d, 37m (months)"},
	{.name = "datetime-format", .word = "FORMAT", .kind = OPTION_TEXT, .to.text = &format,
	    .help = "the format of {from} and {to} that have none, e.g. %Y%m%d"},
	{.name = "end", .word = "exclusive|inclusive", .kind = OPTION_CHOICE, .to.text = &end,
	    .choices = "exclusive|inclusive",
	    .help = "{to} is the first moment after the window, or its last one"},
	{0},
};
/* clang-format on */

static void
read_span(const char *option, const char *text, struct span *s)
{
	if (!text)
		return;
	options_at(text);
	if (!span_parse(slice_of(text), s))
		die(STATUS_USAGE,
		    "--%s: %s is not a length of hours, days, weeks, months or years, like 6h, "
		    "7d, 2w, 1m or 3y",
		    option, quoted(slice_of(text)));
	options_at(NULL);
}

/* Days have no hours to move by. */
static void
check_unit(const char *option, const char *text, const struct span *s)
{
	if (s->n && s->unit == SPAN_HOURS && !window_is_of_times(&plan))
		die(STATUS_USAGE, "--%s: %s is for windows of hours: give --step in hours", option,
		    quoted(slice_of(text)));
}

static void
read_format(void)
{
	if (!format)
		return;
	options_at(format);
	const char *wrong = date_format_wrong(slice_of(format));
	if (wrong || !strchr(format, '%'))
		die(STATUS_USAGE, "--datetime-format: %s: %s", quoted(slice_of(format)),
		    wrong ? wrong : "it has no part of a date");
	options_at(NULL);
}

static void
put_moment(struct buf *b, int64_t at)
{
	if (!window_is_of_times(&plan)) {
		iso_put_date(b, at);
		return;
	}
	int64_t local = at + (plan.zone ? zone_offset(plan.zone, at) : 0);
	struct date_parts m = {.days = local / DAY - (local % DAY < 0), .utc = at};
	m.second = local - m.days * DAY;
	date_put_format(b, &m, plan.zone ? SLICE("%FT%T%:z") : SLICE("%FT%T"));
}

/* The earliest beginning that --max-age allows, on a whole day or hour. */
static int64_t
earliest(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	int64_t now = t.tv_sec;
	int64_t local = now + (plan.zone ? zone_offset(plan.zone, now) : 0);
	if (age.unit == SPAN_HOURS)
		return ((plan.zone ? now : local) / HOUR + 1 - age.n) * HOUR;
	struct window_plan days = plan;
	int64_t day = span_before(local / DAY, &age);
	window_plan_days(&days, day, day);
	return days.first;
}

static void
clamp(void)
{
	int64_t low = earliest();
	struct buf text = {0};
	if (plan.first >= low)
		return;
	put_moment(&text, low);
	buf_put_text(&text, plan.end > low ? ", not on " : ", and it would end on ");
	put_moment(&text, plan.end > low ? plan.first : plan.end);
	buf_put_byte(&text, '\0');
	buf_check(&text, "a message", NULL);
	if (plan.end <= low)
		die(STATUS_USAGE, "--max-age %s: the window cannot begin before %s", max_age,
		    text.p);
	message("--max-age %s: the window begins on %s", max_age, text.p);
	plan.first = low;
	buf_free(&text);
}

bool
windows_may_split(void)
{
	for (size_t i = 0; i < config.n_rules; i++)
		if (config.rules[i].action == ACTION_SPLIT_WINDOW)
			return true;
	return false;
}

void
windows_parse(void)
{
	read_span("step", step, &plan.step);
	read_span("lookback", lookback, &back);
	read_span("max-age", max_age, &age);
	read_format();
}

void
windows_init(int64_t from, int64_t to, const struct zone *zone)
{
	const char *option = step                  ? "--step"
			     : lookback            ? "--lookback"
			     : max_age             ? "--max-age"
			     : windows_may_split() ? "--on split-window"
						   : NULL;
	if (!option)
		return;
	plan.zone = zone;
	check_unit("lookback", lookback, &back);
	check_unit("max-age", max_age, &age);
	if (from == INT64_MIN || to == INT64_MIN)
		die(STATUS_USAGE, "%s needs --from and --to, or FROM and TO", option);
	planned = true;
	if (back.n && back.unit != SPAN_HOURS)
		from = span_before(from, &back);
	window_plan_days(&plan, from, to);
	if (back.n && back.unit == SPAN_HOURS)
		plan.first -= back.n * HOUR;
	if (age.n)
		clamp();
}

void
windows_note_use(void)
{
	used = true;
}

void
windows_check_use(void)
{
	if (windows_are_many() && !used)
		die(STATUS_USAGE,
		    "%s: neither {from} nor {to} is in the request, so every window would be the "
		    "same request",
		    step ? "--step" : "--on split-window");
}

bool
windows_differ(void)
{
	return planned;
}

bool
windows_are_many(void)
{
	return planned && (step || windows_may_split());
}

struct slice
windows_format(void)
{
	if (format)
		return slice_of(format);
	if (planned && window_is_of_times(&plan))
		return plan.zone ? SLICE("%FT%T%:z") : SLICE("%FT%T");
	return windows_end_offset() ? SLICE("%F") : (struct slice){0};
}

int64_t
windows_end_offset(void)
{
	return strcmp(end, "inclusive") == 0 ? -1 : 0;
}

static void
put_value(struct buf *b, int64_t at)
{
	buf_reset(b);
	if (!window_is_of_times(&plan))
		value_put_date(b, (int32_t)at);
	else if (plan.zone)
		value_put_timestamp(b, at, 0);
	else
		value_put_datetime(b, at * 1000000);
	buf_check(b, "a window", NULL);
}

static void
set_window(struct window *w, int64_t begin, int64_t to)
{
	w->begin = begin;
	w->end = to;
	put_value(&w->from, begin);
	put_value(&w->to, to);
}

void
windows_begin(struct windows *w)
{
	w->done = false;
	w->next = plan.first;
}

bool
windows_next(struct windows *w, struct window *window)
{
	if (w->done)
		return false;
	buf_reset(&window->from);
	buf_reset(&window->to);
	window->n_parts = 0;
	w->done = true;
	if (!planned)
		return true;
	set_window(window, w->next, window_end(&plan, w->next));
	w->next = window->end;
	/* A rehearsal asks once. */
	w->done = w->next >= plan.end || (fetch.out && stream_out_dry(fetch.out));
	return true;
}

bool
window_split(struct window *w)
{
	int64_t middle;
	if (!planned || !window_middle(&plan, w->begin, w->end, &middle) ||
	    w->n_parts == WINDOW_PARTS_MAX)
		return false;
	w->parts[w->n_parts++] = w->end;
	set_window(w, w->begin, middle);
	return true;
}

bool
window_next_part(struct window *w)
{
	if (!w->n_parts)
		return false;
	set_window(w, w->end, w->parts[--w->n_parts]);
	return true;
}

void
window_put(struct buf *b, const struct window *w)
{
	put_moment(b, w->begin);
	buf_put_text(b, " to ");
	put_moment(b, w->end);
}
