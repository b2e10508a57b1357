/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "batch/schedule-batches/plan.h"
#include "common/program/message.h"
#include "common/time/iso.h"

enum { HOUR = 3600, DAY = 24 * HOUR, YEARS = 10 };

static void
put_two_digits(struct buf *b, uint64_t bits, unsigned low, unsigned high)
{
	bool any = false;
	uint64_t all = ((uint64_t)1 << (high + 1)) - ((uint64_t)1 << low);
	if ((bits & all) == all) {
		buf_put_byte(b, '*');
		return;
	}
	for (unsigned i = low; i <= high; i++)
		if (bits >> i & 1) {
			buf_printf(b, "%s%02u", any ? "," : "", i);
			any = true;
		}
}

/* One line OnCalendar=; all days of the month if days is NULL, of the week if weekdays is NULL. */
static void
put_calendar(struct buf *b, const struct planned *p, const uint32_t *days, const uint32_t *weekdays)
{
	static const char *const names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	const struct schedule *s = &p->schedule;
	struct slice zone = zone_name(p);
	bool any = false;
	buf_put_text(b, "OnCalendar=");
	for (size_t i = 0; weekdays && i < 7; i++)
		if (*weekdays >> i & 1) {
			buf_printf(b, "%s%s", any ? "," : "", names[i]);
			any = true;
		}
	buf_put_text(b, any ? " *-" : "*-");
	put_two_digits(b, s->months, 1, 12);
	buf_put_byte(b, '-');
	if (days)
		put_two_digits(b, *days, 1, 31);
	else
		buf_put_byte(b, '*');
	buf_put_byte(b, ' ');
	put_two_digits(b, s->hours, 0, 23);
	buf_put_byte(b, ':');
	put_two_digits(b, s->minutes, 0, 59);
	buf_printf(b, ":00 %.*s\n", (int)zone.n, zone.p);
}

/* cron runs if either day fits, unless one of the fields begins with "*"; systemd if both do. */
static void
put_calendars(struct buf *b, const struct planned *p)
{
	const struct schedule *s = &p->schedule;
	const uint32_t *days = every_day(s) ? NULL : &s->days;
	const uint32_t *weekdays = every_weekday(s) ? NULL : &s->weekdays;
	bool either = !s->any_day && !s->any_weekday;
	if (!either) {
		put_calendar(b, p, days, weekdays);
		return;
	}
	if (!days || !weekdays) { /* one of them is every day, so that the other does not matter */
		put_calendar(b, p, NULL, NULL);
		return;
	}
	put_calendar(b, p, days, NULL);
	put_calendar(b, p, NULL, weekdays);
}

/* systemd takes a time of its own zone only if the clock shows it, and only the first time. */
static bool
is_seen_by_systemd(const struct planned *p, int64_t run)
{
	int64_t local = run + zone_offset(p->zone, run), earlier, later;
	int64_t minute = (local % DAY + DAY) % DAY / 60;
	bool wanted =
	    p->schedule.hours >> minute / 60 & 1 && p->schedule.minutes >> minute % 60 & 1;
	return wanted &&
	       (zone_instants(p->zone, local, &earlier, &later) != ZONE_TWICE || earlier == run);
}

/*
 * Runs that systemd would leave out when clocks change: at a time that is skipped, and in an hour that
 * occurs twice. Those of the next years have a date of their own.
 */
static void
put_changes(struct buf *b, const struct planned *p)
{
	int64_t from = (int64_t)time(NULL) / HOUR * HOUR;
	for (int64_t at = from; at < from + (int64_t)YEARS * 366 * DAY; at += HOUR) {
		int64_t jump = zone_offset(p->zone, at + HOUR) - zone_offset(p->zone, at);
		if (!jump)
			continue;
		int64_t end = at + HOUR + (jump < 0 ? -jump : jump), run = at - 1;
		while (schedule_next(&p->schedule, p->zone, run, &run) && run <= end) {
			if (is_seen_by_systemd(p, run))
				continue;
			buf_put_text(b, "OnCalendar=");
			iso_put_date(b, run / DAY);
			buf_put_byte(b, ' ');
			iso_put_time(b, run % DAY * 1000000);
			buf_put_text(b, " UTC\n");
		}
	}
}

/* A value of a unit: '%' begins a specifier, and quotes keep blanks together. */
static void
put_value(struct buf *b, const char *text)
{
	buf_put_byte(b, '"');
	for (; *text; text++) {
		if (strchr("\"\\", *text))
			buf_put_byte(b, '\\');
		buf_put_byte(b, *text);
		if (strchr("%$", *text))
			buf_put_byte(b, *text);
	}
	buf_put_byte(b, '"');
}

static void
put_setting(struct buf *b, const char *name, const char *value)
{
	struct buf setting = {0};
	buf_printf(&setting, "%s=%s%c", name, value, '\0');
	buf_check(&setting, "a setting", NULL);
	buf_put_text(b, "Environment=");
	put_value(b, setting.p);
	buf_put_byte(b, '\n');
	buf_free(&setting);
}

static void
add_service(const struct plan *plan)
{
	struct buf b = {0};
	buf_put_text(&b, "# Made by schedule-batches.\n[Unit]\nDescription=Batch %i\n"
			 "Documentation=man:run-batch(1)\nWants=network-online.target\n"
			 "After=network-online.target\n\n[Service]\nType=oneshot\n");
	if (plan->user)
		buf_printf(&b, "User=%s\n", plan->user);
	if (plan->folders)
		put_setting(&b, "MAM_BATCHES", plan->folders);
	/* A service has no HOME to keep its state in, unless it has a user. */
	if (plan->state)
		put_setting(&b, "MAM_STATE_DIR", plan->state);
	else
		buf_put_text(&b, "StateDirectory=mam-etl\nStateDirectoryMode=0700\n"
				 "Environment=MAM_STATE_DIR=%S/mam-etl\n");
	buf_put_text(&b, "ExecStart=");
	put_value(&b, plan->run_batch);
	buf_put_text(&b, " %i\n");
	output_add("mam-batch@.service", &b);
}

void
write_systemd(const struct plan *plan)
{
	add_service(plan);
	for (size_t i = 0; i < plan->n; i++) {
		const struct planned *p = &plan->items[i];
		struct buf b = {0}, name = {0};
		buf_printf(&b,
		    "# Made by schedule-batches.\n[Unit]\nDescription=Batch %.*s at %.*s "
		    "%.*s\n\n[Timer]\n",
		    (int)p->batch->name.n, p->batch->name.p, (int)p->schedule.fields.n,
		    p->schedule.fields.p, (int)p->schedule.zone.n, p->schedule.zone.p);
		put_calendars(&b, p);
		put_changes(&b, p);
		buf_put_text(
		    &b, "AccuracySec=1s\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n");
		buf_printf(
		    &name, "mam-batch@%.*s.timer%c", (int)p->batch->name.n, p->batch->name.p, '\0');
		buf_check(&name, "a name", NULL);
		output_add(name.p, &b);
	}
}
