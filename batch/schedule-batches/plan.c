/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath */
#include <stdio.h>
#include <stdlib.h>

#include "batch/schedule-batches/plan.h"
#include "common/program/message.h"
#include "common/program/zone_file.h"
#include "common/text/ascii.h"

static bool
is_wanted(const struct batch *b, const struct operands *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (slice_is(b->name, names->items[i]))
			return true;
	return !names->n;
}

static bool
add(struct plan *plan, const struct batch *b, bool named)
{
	struct planned p = {.batch = b};
	struct slice at;
	const char *wrong;
	if (!b->good) {
		message("%s, line %zu: %s", b->path, b->mistake.line, b->mistake.text);
		return false;
	}
	if (!b->head.schedule.n) {
		if (named)
			message("%s has no schedule", b->path);
		return !named;
	}
	schedule_read(b->head.schedule, &p.schedule, &at); /* head_read has checked it */
	p.zone = zone_named(p.schedule.zone, &wrong);
	if (!p.zone) {
		message("%s: schedule: %s %s", b->path, quoted(p.schedule.zone), wrong);
		return false;
	}
	struct buf cron = {0};
	put_fields(&cron, &p.schedule);
	buf_check(&cron, "a schedule", NULL);
	p.cron = buf_slice(&cron);
	plan->items[plan->n++] = p;
	return true;
}

struct plan
plan_make(const struct option_list *folders, const struct operands *names)
{
	struct batches all = batches_find(folders);
	struct plan plan = {.items = xcalloc(all.n + 1, sizeof *plan.items)};
	bool good = true;
	/* Each name leads to one batch, or its error names the nearest one. */
	for (size_t i = 0; i < names->n; i++)
		batches_one(folders, names->items[i]);
	for (size_t i = 0; i < all.n; i++) {
		const struct batch *b = &all.items[i];
		if (!is_wanted(b, names))
			continue;
		good &= add(&plan, b, names->n > 0);
		if (i && slice_equal(b->name, all.items[i - 1].name)) {
			message("two batches have the name %s: %s and %s", quoted(b->name),
			    all.items[i - 1].path, b->path);
			good = false;
		}
	}
	if (!good)
		die(STATUS_CONFIG, "nothing is written: a batch that is left out would never run");
	return plan;
}

void
put_numbers(struct buf *b, uint64_t bits, unsigned low, unsigned high, const char *range, int plus)
{
	bool any = false;
	uint64_t all = ((uint64_t)1 << (high + 1)) - ((uint64_t)1 << low);
	if ((bits & all) == all) {
		buf_put_byte(b, '*');
		return;
	}
	for (unsigned i = low; i <= high; i++) {
		unsigned end = i;
		if (!(bits >> i & 1))
			continue;
		while (end < high && bits >> (end + 1) & 1)
			end++;
		if (end < i + 2)
			end = i; /* "1,2" rather than "1-2" */
		buf_printf(b, "%s%d", any ? "," : "", (int)i + plus);
		if (end > i)
			buf_printf(b, "%s%d", range, (int)end + plus);
		any = true;
		i = end;
	}
}

static struct slice
word_at(struct slice text, size_t n)
{
	for (;;) {
		text = slice_trim(text);
		size_t end = 0;
		while (end < text.n && text.p[end] != ' ' && text.p[end] != '\t')
			end++;
		if (!n--)
			return (struct slice){text.p, end};
		text.p += end;
		text.n -= end;
	}
}

/* Without names, which not every cron takes in lists, and without "5/15", which some refuse. */
static bool
is_plain(struct slice field)
{
	bool ranged = false;
	for (size_t i = 0; i < field.n; i++) {
		char c = field.p[i];
		if (!is_digit(c) && !strchr("*-,/", c))
			return false;
		if (c == '/' && !ranged)
			return false;
		if (c == ',')
			ranged = false;
		else if (c == '*' || c == '-')
			ranged = true;
	}
	return true;
}

void
put_field(struct buf *b, const struct schedule *s, size_t field)
{
	static const unsigned low[5] = {0, 0, 1, 1, 0}, high[5] = {59, 23, 31, 12, 6};
	const uint64_t bits[5] = {s->minutes, s->hours, s->days, s->months, s->weekdays};
	struct slice word = word_at(s->fields, field);
	if (is_plain(word))
		buf_put_slice(b, word);
	else
		put_numbers(b, bits[field], low[field], high[field], "-", 0);
}

void
put_fields(struct buf *b, const struct schedule *s)
{
	for (size_t i = 0; i < 5; i++) {
		buf_put_text(b, i ? " " : "");
		put_field(b, s, i);
	}
}

bool
every_day(const struct schedule *s)
{
	return (s->days & 0xfffffffeu) == 0xfffffffeu;
}

bool
every_weekday(const struct schedule *s)
{
	return (s->weekdays & 0x7f) == 0x7f;
}

bool
every_month(const struct schedule *s)
{
	return (s->months & 0x1ffe) == 0x1ffe;
}

char *
plan_folders(const struct option_list *folders)
{
	struct buf b = {0};
	for (size_t i = 0; i < folders->n; i++) {
		char *real = realpath(folders->items[i], NULL);
		if (!real)
			die_errno(STATUS_CONFIG, "cannot find the folder %s", folders->items[i]);
		if (strpbrk(real, ":\"\n"))
			die(STATUS_CONFIG, "the folder %s cannot be in MAM_BATCHES",
			    quoted(slice_of(real)));
		buf_printf(&b, "%s%s", i ? ":" : "", real);
		free(real);
	}
	buf_put_byte(&b, '\0');
	buf_check(&b, "MAM_BATCHES", NULL);
	return b.p;
}

bool
needs_both_days(const struct schedule *s)
{
	return (s->any_day || s->any_weekday) && !every_day(s) && !every_weekday(s);
}

struct slice
zone_name(const struct planned *p)
{
	struct zone *fixed = zone_fixed(p->schedule.zone);
	if (!fixed)
		return p->schedule.zone;
	int32_t offset = zone_offset(fixed, 0), hours = offset / 3600;
	zone_free(fixed);
	if (!offset)
		return SLICE("UTC");
	/* The names go from Etc/GMT+12 in the west to Etc/GMT-14 in the east. */
	if (offset % 3600 || hours < -12 || hours > 14)
		die(STATUS_CONFIG, "%s: schedule: %s has no name that a launcher knows",
		    p->batch->path, quoted(p->schedule.zone));
	struct buf name = {0};
	buf_printf(&name, "Etc/GMT%+d", (int)-hours);
	buf_check(&name, "a zone", NULL);
	return buf_slice(&name);
}
