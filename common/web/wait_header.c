/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/json/json_read.h"
#include "common/record/mp_path.h"
#include "common/record/value.h"
#include "common/text/decimal.h"
#include "common/text/quantity.h"
#include "common/time/iso.h"
#include "common/time/time_parse.h"
#include "common/web/http_header.h"
#include "common/web/template.h"
#include "common/web/wait_header.h"

static const int64_t FIRST_EPOCH_SECOND = 1000000000; /* 2001; as a wait it would be 31 years */
static const int64_t FIRST_EPOCH_MILLISECOND = 1000000000000;
static const int64_t YEAR = (int64_t)366 * 24 * 3600 * 1000; /* the longest pause */

static bool
take_unit(struct slice word, bool until, enum wait_unit *unit)
{
	static const struct {
		const char *word;
		bool until;
		enum wait_unit unit;
	} units[] = {{"seconds", false, WAIT_SECONDS}, {"ms", false, WAIT_MILLISECONDS},
	    {"minutes", false, WAIT_MINUTES}, {"s", true, WAIT_UNTIL_SECONDS},
	    {"ms", true, WAIT_UNTIL_MILLISECONDS}, {"date", true, WAIT_UNTIL_DATE}};
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (units[i].until == until && slice_is(word, units[i].word)) {
			*unit = units[i].unit;
			return true;
		}
	return false;
}

/* A word that was meant as a unit would be taken for a path that never leads anywhere. */
static bool
is_like_a_unit(struct slice word)
{
	static const char *const words[] = {"s", "sec", "secs", "second", "seconds", "m", "min",
	    "mins", "minute", "minutes", "h", "hour", "hours", "d", "day", "days", "ms", "msec",
	    "millis", "milliseconds", "date", "epoch", "iso"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_equal_caseless(word, slice_of(words[i])))
			return true;
	return false;
}

/* The first ':' of text outside of double quotes from at on; text.n if there is none. */
static size_t
find_colon(struct slice text, size_t at)
{
	bool quotes = false;
	for (; at < text.n; at++) {
		quotes ^= text.p[at] == '"';
		if (!quotes && text.p[at] == ':')
			break;
	}
	return at;
}

/* NAME[:PATH], in text. */
static const char *
parse_place(struct wait_header *w, struct slice text)
{
	size_t n = find_colon(text, 0);
	*w = (struct wait_header){.name = malloc(n + 1)};
	if (!w->name)
		return "no memory";
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f || text.p[i] == '"')
			return "the name of a header has no spaces or quotes";
	if (!n)
		return "the name of a header is missing";
	memcpy(w->name, text.p, n);
	w->name[n] = '\0';
	if (n == text.n)
		return NULL;
	struct slice path = {text.p + n + 1, text.n - n - 1};
	if (is_like_a_unit(path))
		return "that is not a unit of it; put a member of that name in double quotes";
	if (find_colon(path, 0) < path.n)
		return "a name with a colon in a path is put in double quotes";
	return json_path_parse_records(&w->path, path);
}

const char *
wait_header_parse(struct wait_header *w, struct slice text, bool until)
{
	enum wait_unit unit = until ? WAIT_UNTIL_SECONDS : WAIT_SECONDS;
	size_t last = text.n;
	for (size_t at = find_colon(text, 0); at < text.n; at = find_colon(text, at + 1))
		last = at;
	if (last < text.n &&
	    take_unit((struct slice){text.p + last + 1, text.n - last - 1}, until, &unit))
		text.n = last;
	const char *wrong = parse_place(w, text);
	w->unit = unit;
	return wrong;
}

void
wait_header_free(struct wait_header *w)
{
	free(w->name);
	json_path_free(&w->path);
	*w = (struct wait_header){0};
}

/* The number in text times 10^places, rounded up; false if it is not one, or negative, or far too large. */
static bool
read_scaled(struct slice text, int places, int64_t *n)
{
	struct buf number = {0}, shifted = {0}, whole = {0};
	bool changed, huge;
	uint64_t above;
	bool good = decimal_parse(text, &number) &&
		    decimal_shift(buf_slice(&number), places, &shifted) &&
		    decimal_rescale(buf_slice(&shifted), 0, ROUND_CEILING, &whole, &changed) &&
		    decimal_to_integer(buf_slice(&whole), n, &above, &huge) && !huge && *n >= 0;
	buf_free(&number);
	buf_free(&shifted);
	buf_free(&whole);
	return good;
}

bool
wait_date(struct slice text, int64_t *milliseconds)
{
	/* RFC 9110, 5.6.7: the preferred form, and the two that recipients must accept. */
	static const char *const formats[] = {"%a, %d %b %Y %H:%M:%S %Z",
	    "%A, %d-%b-%y %H:%M:%S %Z", "%a %b %d %H:%M:%S %Y", "%a %b  %d %H:%M:%S %Y"};
	static const struct time_options options = {.century = 1970};
	int64_t seconds;
	uint32_t nanoseconds;
	if (iso_read_timestamp(text, &seconds, &nanoseconds)) {
		*milliseconds = seconds * 1000 + nanoseconds / 1000000;
		return true;
	}
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		struct time_format format;
		struct time_parts m;
		if (time_compile(slice_of(formats[i]), &options, &format) ||
		    !time_parse(text, &format, &m))
			continue;
		*milliseconds = (m.days * 86400 + m.second) * 1000;
		return true;
	}
	return false;
}

/* -1 if the text is not such a number or time. */
static int64_t
read_wait(struct slice text, enum wait_unit unit, int64_t now)
{
	int64_t n;
	switch (unit) {
	case WAIT_SECONDS:
		return read_scaled(text, 3, &n) ? n : -1;
	case WAIT_MILLISECONDS:
		return read_scaled(text, 0, &n) ? n : -1;
	case WAIT_MINUTES:
		return read_scaled(text, 3, &n) && n <= INT64_MAX / 60 ? n * 60 : -1;
	case WAIT_UNTIL_SECONDS:
		if (!read_scaled(text, 3, &n))
			return -1;
		break;
	case WAIT_UNTIL_MILLISECONDS:
		if (!read_scaled(text, 0, &n))
			return -1;
		break;
	case WAIT_UNTIL_DATE:
		if (!wait_date(text, &n))
			return -1;
		break;
	default:
		return -1;
	}
	return n > now ? n - now : 0;
}

int64_t
wait_retry_after(struct slice value, int64_t now)
{
	int64_t n;
	if (!read_scaled(value, 3, &n))
		return read_wait(value, WAIT_UNTIL_DATE, now);
	if (n / 1000 >= FIRST_EPOCH_MILLISECOND)
		return read_wait(value, WAIT_UNTIL_MILLISECONDS, now);
	if (n / 1000 >= FIRST_EPOCH_SECOND)
		return read_wait(value, WAIT_UNTIL_SECONDS, now);
	return n;
}

/* Called for each value; true ends the walk. */
typedef bool look(void *context, struct slice text);

/* Each value of the header, as text. */
static void
each_value(const struct wait_header *w, struct slice lines, look *found, void *context)
{
	size_t at = 0;
	struct slice name, value;
	struct buf json = {0}, text = {0};
	struct json_error error;
	bool stop = false;
	while (!stop && header_next(lines, &at, &name, &value)) {
		if (!header_is(name, w->name))
			continue;
		if (!w->path.n) {
			stop = found(context, value);
			continue;
		}
		buf_reset(&json);
		if (!json_to_msgpack(value, JSON_DUPLICATES_LAST, &json, &error))
			continue;
		struct mp_walk walk;
		struct slice raw;
		struct value v;
		mp_walk_start(&walk, buf_slice(&json), &w->path);
		while (!stop && mp_walk_next(&walk, &raw)) {
			value_read(raw.p, raw.p + raw.n, &v);
			buf_reset(&text);
			if (!template_put_text(&text, &v))
				stop = found(context, buf_slice(&text));
		}
	}
	buf_free(&json);
	buf_free(&text);
}

struct longest {
	enum wait_unit unit;
	int64_t now, wait;
};

static bool
take_longest(void *context, struct slice text)
{
	struct longest *l = context;
	int64_t wait = read_wait(text, l->unit, l->now);
	l->wait = wait > l->wait ? wait : l->wait;
	return false;
}

int64_t
wait_header_read(const struct wait_header *w, struct slice lines, int64_t now)
{
	struct longest l = {w->unit, now, -1};
	each_value(w, lines, take_longest, &l);
	return l.wait;
}

const char *
wait_threshold_parse(struct wait_threshold *t, struct slice text, bool above)
{
	*t = (struct wait_threshold){.above = above, .pause = -1};
	size_t equals = text.n;
	for (size_t i = 0; i < text.n; i++)
		equals = text.p[i] == '=' ? i : equals;
	struct slice limit = {text.p + equals + 1, equals < text.n ? text.n - equals - 1 : 0};
	size_t n = 0;
	while (n < limit.n && limit.p[n] != ' ' && limit.p[n] != '\t')
		n++;
	struct slice pause = slice_trim((struct slice){limit.p + n, limit.n - n});
	if (pause.n && !quantity_duration(pause, 0, YEAR, &t->pause))
		return "the pause after the number is not a duration, like 60s";
	limit.n = n;
	if (!decimal_parse(limit, &t->limit))
		return "it is not NAME=N or NAME:PATH=N";
	return parse_place(&t->header, (struct slice){text.p, equals});
}

void
wait_threshold_free(struct wait_threshold *t)
{
	wait_header_free(&t->header);
	buf_free(&t->limit);
}

struct passed {
	const struct wait_threshold *t;
	struct buf *value;
	bool is_so;
};

static bool
look_if_passed(void *context, struct slice text)
{
	struct passed *p = context;
	struct buf number = {0};
	if (decimal_parse(text, &number)) {
		int order = decimal_compare(buf_slice(&number), buf_slice(&p->t->limit));
		p->is_so = p->t->above ? order > 0 : order < 0;
	}
	buf_free(&number);
	if (p->is_so)
		buf_put_slice(p->value, text);
	return p->is_so;
}

bool
wait_threshold_passed(const struct wait_threshold *t, struct slice lines, struct buf *value)
{
	struct passed p = {.t = t, .value = value};
	each_value(&t->header, lines, look_if_passed, &p);
	return p.is_so;
}
