/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/date_text.h"
#include "common/iso.h"
#include "common/json_read.h"
#include "common/json_write.h"
#include "common/template.h"
#include "common/url.h"

enum { DAYS_MAX = 1000000 };

/* ---- parsing ---- */

static bool
is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '-' || (unsigned char)c > 0x7f;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes "-1d" from the end of the name, if that is how it ends. */
static bool
take_minus(struct template_part *part)
{
	struct slice *name = &part->text;
	size_t n = name->n;
	if (!n || name->p[n - 1] != 'd')
		return true;
	size_t at = n - 1;
	while (at > 0 && is_digit(name->p[at - 1]))
		at--;
	if (at == n - 1 || at < 2 || name->p[at - 1] != '-')
		return true;
	struct slice digits = {name->p + at, n - 1 - at};
	name->n = at - 1;
	if (!parse_integer(digits, 0, DAYS_MAX, &part->days))
		return false;
	part->days = -part->days;
	return true;
}

/* Behind name and offset, which begin at p; NULL when they are none. */
static const char *
take_name(const char *p, const char *end, struct template_part *part)
{
	const char *from = p;
	while (p < end && is_name_byte(*p))
		p++;
	part->text = (struct slice){from, (size_t)(p - from)};
	if (!part->text.n)
		return NULL;
	if (p == end || *p != '+')
		return take_minus(part) ? p : NULL;
	const char *digits = ++p;
	while (p < end && is_digit(*p))
		p++;
	struct slice number = {digits, (size_t)(p - digits)};
	if (p == end || *p != 'd' || !parse_integer(number, 0, DAYS_MAX, &part->days))
		return NULL;
	return p + 1;
}

/* Behind the template that begins at p (a brace); NULL when it is none. */
static const char *
take_field(const char *p, const char *end, struct template_part *part)
{
	*part = (struct template_part){.field = true};
	p = take_name(p + 1, end, part);
	if (!p || p == end)
		return NULL;
	if (*p == ':' && end - p > 1 && p[1] == '%') {
		const char *close = memchr(p, '}', (size_t)(end - p));
		if (!close)
			return NULL;
		part->format = (struct slice){p + 1, (size_t)(close - p - 1)};
		p = close;
	}
	return *p == '}' ? p + 1 : NULL;
}

static const char *
add_part(struct template *t, const struct template_part *part)
{
	if (!part->field && !part->text.n)
		return NULL;
	if (t->n == TEMPLATE_PARTS_MAX)
		return "more than 1000 parts";
	if ((t->n & (t->n + 1)) == 0) {
		struct template_part *parts = realloc(t->parts, 2 * (t->n + 1) * sizeof *parts);
		if (!parts)
			return "no memory";
		t->parts = parts;
	}
	t->parts[t->n++] = *part;
	return part->field && part->format.n ? date_format_wrong(part->format) : NULL;
}

/* Whether the character at *p ends or begins a JSON string; moves *p over an escaped one. */
static bool
is_quote(const char **p, const char *end, bool in_string)
{
	if (in_string && **p == '\\' && end - *p > 1) {
		++*p;
		return false;
	}
	return **p == '"';
}

const char *
template_parse(struct template *t, struct slice text, enum template_place place)
{
	const char *p = text.p, *end = p + text.n, *from = p, *wrong = NULL;
	bool in_string = false;
	*t = (struct template){.place = place};
	while (p < end && !wrong) {
		if (*p != '{') {
			in_string ^= is_quote(&p, end, in_string);
			p++;
			continue;
		}
		struct template_part field;
		bool doubled = end - p > 1 && p[1] == '{';
		const char *behind = doubled ? p + 2 : take_field(p, end, &field);
		if (!behind) {
			p++;
			continue;
		}
		/* Of two braces the first one stays. */
		struct template_part kept = {.text = {from, (size_t)(p + doubled - from)}};
		wrong = add_part(t, &kept);
		if (!doubled && !wrong) {
			field.in_string = in_string;
			wrong = add_part(t, &field);
		}
		from = p = behind;
	}
	struct template_part rest = {.text = {from, (size_t)(end - from)}};
	return wrong ? wrong : add_part(t, &rest);
}

void
template_free(struct template *t)
{
	free(t->parts);
	*t = (struct template){0};
}

/* ---- values ---- */

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

/* Day and second of the day of a value that is a date or a time, or its text. */
static bool
as_date(const struct value *v, int64_t *days, int64_t *second)
{
	enum { DAY = 86400 };
	int64_t micros, seconds;
	uint32_t nanos;
	*second = 0;
	if (v->type == VALUE_DATE) {
		*days = v->i;
		return true;
	}
	if (v->type == VALUE_TEXT && iso_read_date(v->s, days))
		return true;
	if (v->type == VALUE_TIMESTAMP) {
		seconds = v->at.seconds;
	} else if (v->type == VALUE_DATETIME ||
		   (v->type == VALUE_TEXT && iso_read_datetime(v->s, &micros))) {
		micros = v->type == VALUE_DATETIME ? v->i : micros;
		seconds = micros / 1000000 - (micros % 1000000 < 0);
	} else if (v->type != VALUE_TEXT || !iso_read_timestamp(v->s, &seconds, &nanos)) {
		return false;
	}
	*days = seconds / DAY - (seconds % DAY < 0);
	*second = seconds - *days * DAY;
	return true;
}

/* The text of a part with an offset or a format, into b. */
static const char *
put_date(struct buf *b, const struct template_part *part, const struct value *v)
{
	int64_t days, second;
	if (!as_date(v, &days, &second))
		return "is no date, and an offset or a format is for dates";
	/* Without a format an offset moves the day, and the rest of an ISO text stays. */
	if (!part->format.n && v->type != VALUE_DATE && !(v->type == VALUE_TEXT && v->s.n == 10))
		return "is no date but a time: it needs a format";
	days += part->days;
	if (days < iso_days(1, 1, 1) || days > iso_days(9999, 12, 31))
		return "is a day outside of the years 1 to 9999";
	date_put_format(b, days, second, part->format.n ? part->format : SLICE("%F"));
	return NULL;
}

/* ---- places ---- */

static const char *
put_json(struct buf *out, const struct template_part *part, const struct template_value *v,
    struct slice text, bool is_text)
{
	if (part->in_string) {
		size_t at = out->n;
		if (!json_write_text(out, text))
			return "is not valid UTF-8";
		if (out->failed)
			return NULL;
		/* The quotes are there already. */
		memmove(out->p + at, out->p + at + 1, out->n - at - 2);
		out->n -= 2;
		return NULL;
	}
	if (v->value.type == VALUE_BYTES)
		return "is bytes, which have no text";
	if (!is_text)
		return json_write(out, v->value.raw, &json) ? "has no JSON form" : NULL;
	if (!v->given || part->format.n || part->days)
		return json_write_text(out, text) ? NULL : "is not valid UTF-8";
	struct buf ignored = {0};
	struct json_error error;
	bool good = json_to_msgpack(text, JSON_DUPLICATES_ERROR, &ignored, &error);
	buf_free(&ignored);
	if (!good)
		return "is no JSON text: put quotes around it";
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

static const char *
put_url(struct buf *out, struct slice text, bool first)
{
	if (!first) {
		/* Dots stay dots, and as a whole segment they are steps in the path. */
		if (slice_is(text, ".") || slice_is(text, ".."))
			return "is a step in a path, and no name";
		url_put_encoded(out, text);
		return NULL;
	}
	if (!url_is_http(text))
		return "is no http or https URL";
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f)
			return "is no URL: it holds a space or a control character";
	buf_put_slice(out, text);
	return NULL;
}

static const char *
put_field(const struct template *t, size_t i, const struct template_value *v, struct buf *scratch,
    struct buf *out)
{
	const struct template_part *part = &t->parts[i];
	bool is_text = v->value.type == VALUE_TEXT || part->days || part->format.n;
	bool whole = t->place == TEMPLATE_JSON && !part->in_string && !is_text;
	const char *wrong = NULL;
	buf_reset(scratch);
	if (part->days || part->format.n)
		wrong = put_date(scratch, part, &v->value);
	else if (!whole)
		wrong = template_put_text(scratch, &v->value);
	if (wrong)
		return wrong;
	out->failed |= scratch->failed;
	struct slice text = buf_slice(scratch);
	switch (t->place) {
	case TEMPLATE_TEXT:
		buf_put_slice(out, text);
		return NULL;
	case TEMPLATE_URL:
		return put_url(out, text, i == 0);
	case TEMPLATE_FORM:
		url_put_encoded(out, text);
		return NULL;
	case TEMPLATE_HEADER:
		return put_header(out, text);
	case TEMPLATE_JSON:
		break;
	}
	return put_json(out, part, v, text, is_text);
}

bool
template_fill(const struct template *t, template_find *find, void *context, struct buf *out,
    struct template_error *error)
{
	struct buf scratch = {0};
	bool good = true;
	for (size_t i = 0; i < t->n && good; i++) {
		const struct template_part *part = &t->parts[i];
		struct template_value v = {0};
		if (!part->field) {
			buf_put_slice(out, part->text);
			continue;
		}
		*error = (struct template_error){.name = part->text, .what = "stands for nothing"};
		good = find(context, part->text, &v);
		if (good) {
			error->what = put_field(t, i, &v, &scratch, out);
			good = !error->what;
		}
	}
	buf_free(&scratch);
	return good;
}
