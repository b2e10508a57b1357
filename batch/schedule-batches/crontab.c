/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath */
#include <stdlib.h>
#include <time.h>

#include "batch/schedule-batches/plan.h"
#include "common/program/message.h"
#include "common/program/zone_file.h"

enum { DAY = 86400, DAY_MINUTES = 24 * 60, YEARS = 10, DAYS_MOVED_MAX = 2 };

/* "'it'\''s'" where a shell would read something else than the text. */
static void
put_quoted(struct buf *b, const char *text)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+:@-";
	bool bare = strspn(text, plain) == strlen(text);
	buf_put_text(b, bare ? "" : "'");
	for (; *text; text++) {
		if (*text == '%') /* cron takes it for a line end */
			buf_put_text(b, "\\%");
		else if (*text == '\'')
			buf_put_text(b, "'\\''");
		else
			buf_put_byte(b, *text);
	}
	buf_put_text(b, bare ? "" : "'");
}

static void
put_command(struct buf *b, const struct plan *plan, const struct planned *p)
{
	if (plan->user)
		buf_printf(b, " %s", plan->user);
	buf_put_byte(b, ' ');
	put_quoted(b, plan->run_batch);
	buf_printf(b, " %.*s\n", (int)p->batch->name.n, p->batch->name.p);
}

static void
put_settings(struct buf *b, const struct plan *plan)
{
	if (plan->folders)
		buf_printf(b, "MAM_BATCHES=\"%s\"\n", plan->folders);
	if (plan->state)
		buf_printf(b, "MAM_STATE_DIR=\"%s\"\n", plan->state);
}

static void
put_comment(struct buf *b, const struct planned *p)
{
	buf_printf(b, "# %.*s: %.*s %.*s\n", (int)p->batch->name.n, p->batch->name.p,
	    (int)p->schedule.fields.n, p->schedule.fields.p, (int)p->schedule.zone.n,
	    p->schedule.zone.p);
}

static int
by_zone(const void *a, const void *b)
{
	const struct planned *x = *(const struct planned *const *)a,
			     *y = *(const struct planned *const *)b;
	int order = slice_compare(x->schedule.zone, y->schedule.zone);
	return order ? order : slice_compare(x->batch->name, y->batch->name);
}

void
write_cronie(struct buf *b, const struct plan *plan)
{
	const struct planned **sorted = xcalloc(plan->n + 1, sizeof(const struct planned *));
	for (size_t i = 0; i < plan->n; i++)
		sorted[i] = &plan->items[i];
	qsort(sorted, plan->n, sizeof(const struct planned *), by_zone);
	buf_put_text(b, "# Made by schedule-batches for cronie. Debian's cron ignores CRON_TZ.\n");
	put_settings(b, plan);
	struct slice zone = {0};
	for (size_t i = 0; i < plan->n; i++) {
		const struct schedule *s = &sorted[i]->schedule;
		struct slice name = zone_name(sorted[i]);
		if (!slice_equal(s->zone, zone))
			buf_printf(b, "CRON_TZ=%.*s\n", (int)name.n, name.p);
		zone = s->zone;
		buf_put_slice(b, sorted[i]->cron);
		put_command(b, plan, sorted[i]);
	}
	free(sorted);
}

/* How far the host's clock is ahead of the schedule's, in minutes, and whether that never changes. */
struct shift {
	bool same; /* both clocks always agree, also on when they change */
	bool constant;
	int minutes;
};

/* The next ten years, hour by hour: laws about clocks are not known for longer. */
static struct shift
compare_clocks(const struct zone *host, const struct zone *zone)
{
	int64_t from = (int64_t)time(NULL), first = zone_offset(zone, from);
	int64_t difference = zone_offset(host, from) - first;
	bool fixed = true, steady = true;
	for (int64_t at = from; at < from + (int64_t)YEARS * 366 * DAY; at += 3600) {
		fixed &= zone_offset(zone, at) == first;
		steady &= zone_offset(host, at) - zone_offset(zone, at) == difference;
	}
	return (struct shift){.same = steady && difference == 0,
	    .constant = fixed && steady && difference % 60 == 0,
	    .minutes = (int)(difference / 60)};
}

/* Times of a day on the host's clock. */
struct times {
	uint32_t hours[60]; /* of each minute */
};

/* The times of one day of the schedule, by the host's day: up to two days earlier or later. */
static void
shift_times(const struct schedule *s, int minutes, struct times days[2 * DAYS_MOVED_MAX + 1])
{
	for (int at = 0; at < DAY_MINUTES; at++) {
		if (!(s->hours >> at / 60 & 1) || !(s->minutes >> at % 60 & 1))
			continue;
		int moved = at + minutes + DAYS_MOVED_MAX * DAY_MINUTES;
		days[moved / DAY_MINUTES].hours[moved % 60] |= (uint32_t)1
							       << moved % DAY_MINUTES / 60;
	}
}

static uint32_t
rotate_weekdays(uint32_t weekdays, int days)
{
	uint32_t moved = 0;
	for (int i = 0; i < 7; i++)
		if (weekdays >> i & 1)
			moved |= (uint32_t)1 << (i + days + 14) % 7;
	return moved;
}

/* One line for each set of hours that some minutes share. */
static void
put_times(struct buf *b, const struct plan *plan, const struct planned *p, struct times times,
    const struct buf *day_fields)
{
	for (size_t m = 0; m < 60; m++) {
		uint32_t hours = times.hours[m];
		uint64_t minutes = 0;
		if (!hours)
			continue;
		for (size_t k = m; k < 60; k++)
			if (times.hours[k] == hours) {
				minutes |= (uint64_t)1 << k;
				times.hours[k] = 0;
			}
		put_numbers(b, minutes, 0, 59, "-", 0);
		buf_put_byte(b, ' ');
		put_numbers(b, hours, 0, 23, "-", 0);
		buf_put_byte(b, ' ');
		buf_put_slice(b, buf_slice(day_fields));
		put_command(b, plan, p);
	}
}

_Noreturn static void
refuse(const struct planned *p, const char *host_zone, const char *why)
{
	die(STATUS_CONFIG,
	    "%s: the schedule \"%.*s %.*s\" has no crontab on a host whose clock is %s: %s; use "
	    "--format systemd or cronie, whose times have a zone",
	    p->batch->path, (int)p->schedule.fields.n, p->schedule.fields.p,
	    (int)p->schedule.zone.n, p->schedule.zone.p, host_zone, why);
}

/* The day fields of a line whose times are so many days later on the host's clock than on the schedule's. */
static void
put_days(struct buf *b, const struct planned *p, int days, const char *host_zone)
{
	const struct schedule *s = &p->schedule;
	if (days && (!every_day(s) || !every_month(s)))
		refuse(p, host_zone,
		    "it is another day there, and a day of the month cannot be moved");
	if (days) {
		buf_put_text(b, "* * ");
		put_numbers(b, rotate_weekdays(s->weekdays, days), 0, 6, "-", 0);
		return;
	}
	for (size_t i = 2; i < 5; i++) {
		buf_put_text(b, i > 2 ? " " : "");
		put_field(b, s, i);
	}
}

static bool
has_times(const struct times *t)
{
	for (size_t m = 0; m < 60; m++)
		if (t->hours[m])
			return true;
	return false;
}

static void
put_shifted(struct buf *b, const struct plan *plan, const struct planned *p, int minutes,
    const char *host_zone)
{
	enum { DAYS = 2 * DAYS_MOVED_MAX + 1 };
	const struct schedule *s = &p->schedule;
	struct times days[DAYS] = {0};
	shift_times(s, minutes, days);
	/* If it runs every day, the day does not matter. */
	bool daily = every_day(s) && every_weekday(s) && every_month(s);
	for (size_t i = 0; daily && i < DAYS; i++)
		for (size_t m = 0; i != DAYS_MOVED_MAX && m < 60; m++) {
			days[DAYS_MOVED_MAX].hours[m] |= days[i].hours[m];
			days[i].hours[m] = 0;
		}
	for (int i = 0; i < DAYS; i++) {
		struct buf fields = {0};
		if (!has_times(&days[i]))
			continue;
		put_days(&fields, p, i - DAYS_MOVED_MAX, host_zone);
		put_times(b, plan, p, days[i], &fields);
		buf_free(&fields);
	}
}

/* The name of this host's zone, from the link that systemd and Debian keep. */
static const char *
zone_of_host(void)
{
	char *path = realpath("/etc/localtime", NULL);
	const char *mark = "/zoneinfo/";
	const char *name = path ? strstr(path, mark) : NULL;
	if (path && !name)
		die(STATUS_CONFIG, "/etc/localtime does not lead to a zone: give --zone NAME");
	return name ? name + strlen(mark) : "UTC";
}

void
write_crontab(struct buf *b, const struct plan *plan, const char *host_zone)
{
	const char *wrong;
	if (!host_zone)
		host_zone = zone_of_host();
	const struct zone *host = zone_named(slice_of(host_zone), &wrong);
	if (!host)
		die(STATUS_USAGE, "--zone: %s %s", quoted(slice_of(host_zone)), wrong);
	buf_printf(b, "# Made by schedule-batches. Times are those of a host whose clock is %s.\n",
	    host_zone);
	put_settings(b, plan);
	struct shift shift = {0};
	for (size_t i = 0; i < plan->n; i++) {
		const struct planned *p = &plan->items[i];
		if (!i || !slice_equal(p->schedule.zone, plan->items[i - 1].schedule.zone))
			shift = compare_clocks(host, p->zone);
		put_comment(b, p);
		if (shift.same) {
			buf_put_slice(b, p->cron);
			put_command(b, plan, p);
		} else if (shift.constant) {
			put_shifted(b, plan, p, shift.minutes, host_zone);
		} else {
			refuse(p, host_zone,
			    "the difference between both clocks changes with the season");
		}
	}
}
