/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/text/ascii.h"
#include "common/time/iso.h"
#include "common/time/zone.h"

enum { TRANSITIONS_MAX = 10000, DAY_SECONDS = 86400 };

/* One of the two rules of a POSIX footer: when, in local time of before, the clock changes. */
struct change {
	enum { JULIAN, ZERO_BASED, MONTH } kind; /* Jn, n, Mm.w.d */
	int64_t day;                             /* n, or the weekday of M */
	int64_t month, week;
	int64_t second; /* of that day, may be negative or past it */
};

struct zone {
	int64_t *at;     /* instants of transitions */
	int32_t *offset; /* from then on */
	size_t n;
	int32_t first; /* before the first transition */
	/* After the last one. */
	bool has_footer, has_dst;
	int32_t standard, dst;
	struct change to_dst, to_standard;
};

struct cursor {
	const char *p, *end;
	bool bad;
};

static bool
next_is(struct cursor *c, char wanted)
{
	if (c->p == c->end || *c->p != wanted)
		return false;
	c->p++;
	return true;
}

static int64_t
take_number(struct cursor *c, int64_t most)
{
	int64_t n = 0;
	const char *start = c->p;
	while (c->p < c->end && is_digit(*c->p) && n <= most)
		n = n * 10 + (*c->p++ - '0');
	c->bad |= c->p == start || n > most;
	return n;
}

static void
skip_name(struct cursor *c)
{
	const char *start = c->p;
	if (next_is(c, '<')) {
		while (c->p < c->end && *c->p != '>')
			c->p++;
		c->bad |= !next_is(c, '>');
		return;
	}
	while (c->p < c->end && is_letter(*c->p))
		c->p++;
	c->bad |= c->p - start < 3;
}

/* [+-]hh[:mm[:ss]] */
static int64_t
take_time(struct cursor *c)
{
	bool negative = next_is(c, '-');
	if (!negative)
		next_is(c, '+');
	int64_t seconds = take_number(c, 167) * 3600;
	if (next_is(c, ':'))
		seconds += take_number(c, 59) * 60;
	if (next_is(c, ':'))
		seconds += take_number(c, 59);
	return negative ? -seconds : seconds;
}

static struct change
take_change(struct cursor *c)
{
	struct change change = {.second = 2 * 3600};
	c->bad |= !next_is(c, ',');
	if (next_is(c, 'M')) {
		change.kind = MONTH;
		change.month = take_number(c, 12);
		c->bad |= !next_is(c, '.') || change.month < 1;
		change.week = take_number(c, 5);
		c->bad |= !next_is(c, '.') || change.week < 1;
		change.day = take_number(c, 6);
	} else if (next_is(c, 'J')) {
		change.kind = JULIAN;
		change.day = take_number(c, 365);
		c->bad |= change.day < 1;
	} else {
		change.kind = ZERO_BASED;
		change.day = take_number(c, 365);
	}
	if (next_is(c, '/'))
		change.second = take_time(c);
	return change;
}

static bool
read_footer(struct zone *zone, struct slice text)
{
	struct cursor c = {text.p, text.p + text.n, false};
	if (!text.n)
		return true;
	skip_name(&c);
	zone->standard = (int32_t)-take_time(&c);
	zone->dst = zone->standard + 3600;
	if (c.p < c.end) {
		zone->has_dst = true;
		skip_name(&c);
		if (c.p < c.end && *c.p != ',')
			zone->dst = (int32_t)-take_time(&c);
		zone->to_dst = take_change(&c);
		zone->to_standard = take_change(&c);
	}
	zone->has_footer = true;
	return !c.bad && c.p == c.end;
}

static bool
is_leap(int64_t year)
{
	return iso_month_days(year, 2) == 29;
}

/* The day of the year's change, in days since 1970-01-01. */
static int64_t
change_day(const struct change *change, int64_t year)
{
	if (change->kind == ZERO_BASED)
		return iso_days(year, 1, 1) + change->day;
	if (change->kind == JULIAN) /* February 29 is never counted */
		return iso_days(year, 1, 1) + change->day - 1 +
		       (change->day >= 60 && is_leap(year));
	int64_t first = iso_days(year, (unsigned)change->month, 1);
	int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday; Sunday is 0 */
	int64_t day = (change->day - weekday + 7) % 7 + (change->week - 1) * 7;
	while (day >= iso_month_days(year, (unsigned)change->month))
		day -= 7;
	return first + day;
}

static int32_t
footer_offset(const struct zone *zone, int64_t utc)
{
	if (!zone->has_dst)
		return zone->standard;
	int64_t local = utc + zone->standard, year;
	unsigned month, day;
	int64_t days = local / DAY_SECONDS - (local % DAY_SECONDS < 0);
	iso_civil(days, &year, &month, &day);
	int64_t begin =
	    change_day(&zone->to_dst, year) * DAY_SECONDS + zone->to_dst.second - zone->standard;
	int64_t end = change_day(&zone->to_standard, year) * DAY_SECONDS +
		      zone->to_standard.second - zone->dst;
	bool inside = begin < end ? utc >= begin && utc < end : utc >= begin || utc < end;
	return inside ? zone->dst : zone->standard;
}

static int64_t
get(const char *p, int bytes)
{
	uint64_t v = 0;
	for (int i = 0; i < bytes; i++)
		v = v << 8 | (unsigned char)p[i];
	return bytes == 4 ? (int32_t)(uint32_t)v : (int64_t)v;
}

enum { HEAD = 44 };

/* The six counts of a TZif header. */
struct counts {
	int64_t isut, isstd, leap, time, type, chars;
};

static bool
read_head(const char *p, const char *end, struct counts *n)
{
	if (end - p < HEAD || memcmp(p, "TZif", 4) != 0)
		return false;
	n->isut = get(p + 20, 4);
	n->isstd = get(p + 24, 4);
	n->leap = get(p + 28, 4);
	n->time = get(p + 32, 4);
	n->type = get(p + 36, 4);
	n->chars = get(p + 40, 4);
	return n->isut >= 0 && n->isstd >= 0 && n->leap >= 0 && n->time >= 0 && n->type > 0 &&
	       n->chars >= 0 && n->time <= TRANSITIONS_MAX && n->type <= 256 && n->isut <= 256 &&
	       n->isstd <= 256 && n->leap <= TRANSITIONS_MAX && n->chars <= TRANSITIONS_MAX;
}

static int64_t
block_size(const struct counts *n, int64_t time_bytes)
{
	return n->time * (time_bytes + 1) + n->type * 6 + n->chars + n->leap * (time_bytes + 4) +
	       n->isstd + n->isut;
}

static bool
read_transitions(struct zone *zone, const char *p, const struct counts *n)
{
	const char *index = p + n->time * 8, *types = index + n->time;
	zone->at = malloc(((size_t)n->time + 1) * sizeof *zone->at);
	zone->offset = malloc(((size_t)n->time + 1) * sizeof *zone->offset);
	if (!zone->at || !zone->offset)
		return false;
	zone->first = (int32_t)get(types, 4);
	zone->n = (size_t)n->time;
	for (int64_t i = 0; i < n->time; i++) {
		unsigned char type = (unsigned char)index[i];
		if (type >= n->type)
			return false;
		zone->at[i] = get(p + i * 8, 8);
		zone->offset[i] = (int32_t)get(types + type * 6, 4);
		if (i && zone->at[i] <= zone->at[i - 1])
			return false;
	}
	return true;
}

static bool
read_file(struct zone *zone, const char *p, const char *end)
{
	struct counts n;
	if (!read_head(p, end, &n) || p[4] < '2')
		return false;
	int64_t skip = HEAD + block_size(&n, 4);
	if (end - p < skip || !read_head(p + skip, end, &n))
		return false;
	p += skip + HEAD;
	int64_t size = block_size(&n, 8);
	if (end - p < size || !read_transitions(zone, p, &n))
		return false;
	p += size;
	if (p == end || *p++ != '\n')
		return false;
	const char *newline = memchr(p, '\n', (size_t)(end - p));
	return newline && read_footer(zone, (struct slice){p, (size_t)(newline - p)});
}

struct zone *
zone_read(struct slice bytes)
{
	struct zone *zone = calloc(1, sizeof *zone);
	if (!zone)
		return NULL;
	if (read_file(zone, bytes.p, bytes.p + bytes.n))
		return zone;
	zone_free(zone);
	return NULL;
}

struct zone *
zone_fixed(struct slice name)
{
	int64_t hour = 0, minute = 0;
	bool west = false;
	if (!slice_is(name, "UTC") && !slice_is(name, "Z")) {
		if (name.n < 3 || (name.p[0] != '+' && name.p[0] != '-'))
			return NULL;
		west = name.p[0] == '-';
		if (!parse_integer((struct slice){name.p + 1, 2}, 0, 23, &hour))
			return NULL;
		struct slice rest = {name.p + 3, name.n - 3};
		if (rest.n && rest.p[0] == ':')
			rest = (struct slice){rest.p + 1, rest.n - 1};
		if (name.n > 3 && (rest.n != 2 || !parse_integer(rest, 0, 59, &minute)))
			return NULL;
	}
	struct zone *zone = calloc(1, sizeof *zone);
	if (!zone)
		return NULL;
	zone->has_footer = true;
	zone->standard = (int32_t)((hour * 60 + minute) * 60 * (west ? -1 : 1));
	return zone;
}

void
zone_free(struct zone *zone)
{
	free(zone->at);
	free(zone->offset);
	free(zone);
}

int32_t
zone_offset(const struct zone *zone, int64_t utc)
{
	if (!zone->n)
		return zone->has_footer ? footer_offset(zone, utc) : zone->first;
	if (utc < zone->at[0])
		return zone->first;
	if (utc >= zone->at[zone->n - 1] && zone->has_footer)
		return footer_offset(zone, utc);
	size_t low = 0, high = zone->n; /* at[low] <= utc < at[high] */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (zone->at[middle] <= utc)
			low = middle;
		else
			high = middle;
	}
	return zone->offset[low];
}

enum zone_fit
zone_instants(const struct zone *zone, int64_t local, int64_t *earlier, int64_t *later)
{
	/*
	 * An offset is less than a day, so the offset of this wall time is one
	 * in force within a day of it.
	 */
	int found = 0;
	for (int64_t around = -DAY_SECONDS; around <= DAY_SECONDS; around += DAY_SECONDS) {
		int64_t utc = local - zone_offset(zone, local + around);
		if (utc + zone_offset(zone, utc) != local ||
		    (found && (utc == *earlier || utc == *later)))
			continue;
		if (!found++) {
			*earlier = *later = utc;
		} else {
			*later = utc > *later ? utc : *later;
			*earlier = utc < *earlier ? utc : *earlier;
		}
	}
	return found == 0 ? ZONE_NEVER : found == 1 ? ZONE_ONCE : ZONE_TWICE;
}
