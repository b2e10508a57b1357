/* SPDX-License-Identifier: MIT */
#include "common/json/json_read.h"
#include "common/json/json_write.h"
#include "common/time/date_text.h"
#include "common/time/iso.h"
#include "common/time/window.h"
#include "common/web/template_impl.h"
#include "common/web/url.h"

static const struct json_style json = {0};

const char *
template_put_text(struct buf *b, const struct value *v)
{
	switch (v->type) {
	case VALUE_NULL:
		return "is null";
	case VALUE_BYTES:
		return "is bytes, which have no text";
	case VALUE_BAD:
		return "is of no type of mam-stream(5)";
	case VALUE_TEXT:
		buf_put_slice(b, v->s);
		return NULL;
	case VALUE_DATE:
		iso_put_date(b, v->i);
		return NULL;
	case VALUE_DATETIME:
		iso_put_datetime(b, v->i);
		return NULL;
	case VALUE_TIMESTAMP:
		iso_put_timestamp(b, v->at.seconds, v->at.nanoseconds);
		return NULL;
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_FLOAT:
	case VALUE_DECIMAL:
	case VALUE_JSON:
		break;
	}
	return json_write(b, v->raw, &json) ? "has no JSON form" : NULL;
}

/* A date or a time as it is found. */
struct when {
	struct date_parts at;
	bool has_time; /* it is more than a date */
	bool instant;  /* at.utc is set */
};

static void
set_seconds(struct when *w, int64_t seconds)
{
	enum { DAY = 86400 };
	w->at.days = seconds / DAY - (seconds % DAY < 0);
	w->at.second = seconds - w->at.days * DAY;
}

/* A value that is a date or a time, or its text. */
static bool
as_date(const struct value *v, struct when *w)
{
	int64_t micros, seconds;
	uint32_t nanos = 0;
	*w = (struct when){0};
	if (v->type == VALUE_DATE) {
		w->at.days = v->i;
		return true;
	}
	if (v->type == VALUE_TEXT && iso_read_date(v->s, &w->at.days))
		return true;
	w->has_time = true;
	if (v->type == VALUE_DATETIME ||
	    (v->type == VALUE_TEXT && iso_read_datetime(v->s, &micros))) {
		micros = v->type == VALUE_DATETIME ? v->i : micros;
		seconds = micros / 1000000 - (micros % 1000000 < 0);
		nanos = (uint32_t)(micros - seconds * 1000000) * 1000;
	} else if (v->type == VALUE_TIMESTAMP) {
		seconds = v->at.seconds;
		nanos = v->at.nanoseconds;
		w->instant = true;
	} else if (v->type == VALUE_TEXT && iso_read_timestamp(v->s, &seconds, &nanos)) {
		w->instant = true;
	} else {
		return false;
	}
	w->at.utc = seconds;
	w->at.millisecond = (int32_t)(nanos / 1000000);
	set_seconds(w, seconds);
	return true;
}

/* The instant at which the clock of the zone shows the time; a day is at its beginning. */
static const char *
find_instant(const struct template *t, const struct template_part *part, struct when *w)
{
	int64_t later;
	switch (zone_instants(t->zone, w->at.days * 86400 + w->at.second, &w->at.utc, &later)) {
	case ZONE_ONCE:
		break;
	case ZONE_NEVER:
		if (w->has_time)
			return "does not exist on the clock of --zone, which skips it";
		w->at.utc = window_day_start(t->zone, w->at.days);
		break;
	case ZONE_TWICE:
		if (w->has_time)
			return "exists twice on the clock of --zone";
		break;
	}
	w->at.utc += part->seconds;
	set_seconds(w, w->at.utc + zone_offset(t->zone, w->at.utc));
	return NULL;
}

/* Moves it by days on the clock of the zone, and finds its instant where the format asks for one. */
static const char *
place_in_zone(const struct template *t, const struct template_part *part, struct when *w)
{
	if (w->instant) {
		w->at.utc += part->seconds;
		set_seconds(w, w->at.utc + (t->zone ? zone_offset(t->zone, w->at.utc) : 0));
	}
	w->at.days += part->days;
	if (w->at.days < iso_days(1, 1, 1) || w->at.days > iso_days(9999, 12, 31))
		return "is a day outside of the years 1 to 9999";
	if (w->instant && !part->days)
		return NULL;
	if (date_format_needs_zone(part->format) && !(w->instant && !t->zone)) {
		if (!t->zone)
			return "has no zone, and the format writes an instant: give --zone";
		return find_instant(t, part, w);
	}
	int64_t local = w->at.days * 86400 + w->at.second;
	set_seconds(w, w->instant ? local : local + part->seconds);
	w->at.utc = local;
	return NULL;
}

/* The text of a part with an offset or a format, into b. */
static const char *
put_date(struct buf *b, const struct template *t, const struct template_part *part,
    const struct value *v)
{
	struct when w;
	if (!as_date(v, &w))
		return "is no date, and an offset or a format is for dates";
	/* Without a format an offset moves the day, and the rest of an ISO text stays. */
	if (!part->format.n && w.has_time)
		return "is no date but a time: it needs a format";
	const char *wrong = place_in_zone(t, part, &w);
	if (!wrong)
		date_put_format(b, &w.at, part->format.n ? part->format : SLICE("%F"));
	return wrong;
}

/* The escaped characters of a JSON string without its quotes. */
static const char *
put_in_string(struct buf *out, struct slice text)
{
	size_t at = out->n;
	if (!json_write_text(out, text))
		return "is not valid UTF-8";
	if (out->failed)
		return NULL;
	memmove(out->p + at, out->p + at + 1, out->n - at - 2);
	out->n -= 2;
	return NULL;
}

static const char *put_json(struct buf *out, const struct template_part *part,
    const struct template_value *v, struct slice text, bool is_text);

/* In JSON text that is the content of a string: written as JSON there, then escaped for the string. */
static const char *
put_embedded(struct buf *out, const struct template_part *part, const struct template_value *v,
    struct slice text, bool is_text)
{
	struct template_part inner = *part;
	struct buf written = {0};
	inner.in_string = part->in_inner;
	inner.embedded = false;
	const char *wrong = put_json(&written, &inner, v, text, is_text);
	out->failed |= written.failed;
	if (!wrong)
		wrong = put_in_string(out, buf_slice(&written));
	buf_free(&written);
	return wrong;
}

static const char *
put_json(struct buf *out, const struct template_part *part, const struct template_value *v,
    struct slice text, bool is_text)
{
	if (part->embedded)
		return put_embedded(out, part, v, text, is_text);
	if (part->in_string)
		return put_in_string(out, text);
	if (v->value.type == VALUE_BYTES)
		return "is bytes, which have no text";
	if (!is_text)
		return json_write(out, v->value.raw, &json) ? "has no JSON form" : NULL;
	if (part->format.n && date_format_is_number(part->format)) {
		buf_put_slice(out, text);
		return NULL;
	}
	if (!v->given || part->format.n || part->days)
		return json_write_text(out, text) ? NULL : "is not valid UTF-8";
	struct buf ignored = {0};
	struct json_error error;
	bool good = json_to_msgpack(text, JSON_DUPLICATES_ERROR, &ignored, &error);
	buf_free(&ignored);
	if (!good)
		return "is not JSON text: put quotes around it";
	buf_put_slice(out, text);
	return NULL;
}

static const char *
put_header(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f)
			return "holds a control character, which no header may have";
	buf_put_slice(out, text);
	return NULL;
}

/* Right in text and in attributes, where a bare line end would become a space. */
static const char *
put_xml(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		if (c == '\t' || c == '\n' || c == '\r' || strchr("&<>\"'", c ? c : 'x'))
			buf_printf(out, "&#%d;", c);
		else if (c < 0x20)
			return "holds a control character, which XML cannot have";
		else
			buf_put_byte(out, (char)c);
	}
	return NULL;
}

const char *
template_put(const struct template *t, size_t i, const struct template_value *v,
    struct buf *scratch, struct buf *out)
{
	const struct template_part *part = &t->parts[i];
	bool is_text = v->value.type == VALUE_TEXT || part->days || part->format.n;
	bool in_string = part->embedded ? part->in_inner : part->in_string;
	bool whole = t->place == TEMPLATE_JSON && !in_string && !is_text;
	const char *wrong = NULL;
	buf_reset(scratch);
	if (part->days || part->format.n)
		wrong = put_date(scratch, t, part, &v->value);
	else if (!whole)
		wrong = template_put_text(scratch, &v->value);
	if (wrong)
		return wrong;
	out->failed |= scratch->failed;
	struct slice text = buf_slice(scratch);
	switch (t->place) {
	case TEMPLATE_URL:
		if (v->value.type == VALUE_JSON && !(out->n && memchr(out->p, '?', out->n)))
			return "is an object or array, which names nothing in a path";
		return template_put_url(out, text, i == 0);
	case TEMPLATE_FORM:
		url_put_encoded(out, text);
		return NULL;
	case TEMPLATE_HEADER:
		return put_header(out, text);
	case TEMPLATE_JSON:
		return put_json(out, part, v, text, is_text);
	case TEMPLATE_XML:
		return put_xml(out, text);
	case TEMPLATE_TEXT:
	case TEMPLATE_GRAPHQL:
		break;
	}
	buf_put_slice(out, text);
	return NULL;
}

/*
 * Whether a server would read the value as several: it has the text that stands between values, and
 * nothing tells one from the other. %2C is a comma to most servers, but an encoded & or < is data.
 */
static bool
holds_join(enum template_place place, struct slice text, struct slice join)
{
	bool of_pairs = place == TEMPLATE_URL || place == TEMPLATE_FORM;
	char mark = of_pairs ? '&' : place == TEMPLATE_XML ? '<' : '\0';
	if (!join.n || memchr(join.p, mark, join.n))
		return false;
	for (size_t i = 0; i + join.n <= text.n; i++)
		if (memcmp(text.p + i, join.p, join.n) == 0)
			return true;
	return false;
}

const char *
template_put_list(const struct template *t, size_t i, const struct template_value *v,
    struct buf *scratch, struct buf *out)
{
	const struct template_part *part = &t->parts[i];
	bool in_string = part->embedded ? part->in_inner : part->in_string;
	bool array = t->place == TEMPLATE_JSON && !in_string;
	struct slice join = array ? SLICE(",") : v->join;
	const char *wrong = NULL;
	/* A value after it could be a step of the path. */
	if (t->place == TEMPLATE_URL && join.n && memchr(join.p, '/', join.n))
		return "cannot be joined by a text with a slash in a URL";
	if (t->place == TEMPLATE_URL && i == 0 && v->n > 1)
		return "is several values, which cannot be one URL";
	buf_put_text(out, array ? "[" : "");
	for (size_t k = 0; k < v->n && !wrong; k++) {
		struct template_value one = {.value = v->list[k]};
		if (k)
			buf_put_slice(out, join);
		wrong = template_put(t, i, &one, scratch, out);
		if (!wrong && !array && holds_join(t->place, buf_slice(scratch), join))
			wrong = "holds the text of --join: the server would see more values";
	}
	buf_put_text(out, array ? "]" : "");
	return wrong;
}
