/* SPDX-License-Identifier: MIT */
#include "stages/normalize/coverage_map.h"
#include "common/program/message.h"
#include "common/record/record.h"
#include "common/stream/stream.h"
#include "stages/normalize/convert.h"

static const int64_t DAY_MICROSECONDS = 86400 * (int64_t)1000000;
enum { DAYS_MAX = 100 * 1000 * 1000 }; /* of which the microseconds fit */

/*
 * The one field that comes from the input's field `name` as a whole; NULL if
 * there is none or more than one.
 */
static struct spec *
heir(struct spec *specs, size_t n, struct slice name)
{
	struct spec *one = NULL;
	for (size_t i = 0; i < n; i++) {
		struct spec *s = &specs[i];
		if (s->has[RULE_CONST] || s->path || !slice_equal(s->source, name))
			continue;
		if (one)
			return NULL;
		one = s;
	}
	return one;
}

_Noreturn static void
bad_bound(const struct spec *s, const struct value *v, const char *what)
{
	die(STATUS_DATA, "coverage of the input: %s: %s %s", quoted(s->name),
	    v->type == VALUE_TEXT ? quoted(v->s) : "a bound", what);
}

/* The day that begins a range of times begins it at midnight: a half-open range loses nothing by that. */
static struct value
midnight(const struct spec *s, const struct value *v)
{
	struct value at = *v;
	bool far = v->type == VALUE_DATE && (v->i > DAYS_MAX || v->i < -DAYS_MAX);
	if (v->type == VALUE_DATE && !far &&
	    (s->type == VALUE_DATETIME || s->type == VALUE_TIMESTAMP)) {
		at.type = VALUE_DATETIME;
		at.i = v->i * DAY_MICROSECONDS;
	}
	return at;
}

static void
put_bound(struct spec *s, const struct value *v, struct buf *out)
{
	struct reject_reason why;
	struct spec quiet = *s; /* what is changed in a bound is not a changed record */
	size_t start = out->n;
	if (v->type == VALUE_NULL)
		bad_bound(s, v, "is null");
	quiet.plain &= v->type == s->type;
	if (v->type == VALUE_DATETIME && s->type == VALUE_DATETIME)
		value_put_datetime(out, v->i);
	else if (!convert(&quiet, v, out, &why))
		bad_bound(s, v, why.text);
	/* A loader deletes what a window covers: one that grew would delete what nobody sent. */
	if (quiet.changed[RULE_ROUND] != s->changed[RULE_ROUND])
		bad_bound(s, v, "would be rounded, and the window would cover something else");
	if (quiet.changed[RULE_NULL] != s->changed[RULE_NULL])
		bad_bound(s, v, "would be null");
	if (out->n == start + 1 && out->p[start] == (char)0xc0)
		bad_bound(s, v, "would be null");
}

static void
put_range(struct spec *s, const struct value *v, struct buf *out)
{
	struct value bound;
	const char *end = v->s.p + v->s.n;
	struct mp_token head;
	const char *p = mp_read(v->s.p, end, &head);
	if (head.type != MP_ARRAY || head.n != 2)
		bad_bound(s, v, "is neither one value nor a range of two");
	if (s->has[RULE_MAP])
		bad_bound(s, v, "is a range, and map= keeps no order");
	mp_buf_array(out, 2);
	for (int i = 0; i < 2; i++) {
		p = value_read(p, end, &bound);
		bound = midnight(s, &bound);
		put_bound(s, &bound, out);
	}
}

/*
 * What the bounds of the window's field `name` are to be like: those of its heir, with
 * all its rules, or of an output field of that name, with its type and zone. *bare is
 * made where that is needed. NULL: no field knows it.
 */
static struct spec *
model(struct spec *specs, size_t n, struct slice name, struct spec *bare)
{
	struct spec *s = heir(specs, n, name);
	for (size_t i = 0; !s && i < n; i++) {
		if (!slice_equal(specs[i].name, name))
			continue;
		*bare = (struct spec){.name = name,
		    .type = specs[i].type,
		    .zone = specs[i].zone,
		    .pick = specs[i].pick};
		return bare;
	}
	return s;
}

static void
put_window(struct spec *specs, size_t n, const struct value *window, struct buf *out)
{
	struct record r = {0};
	if (window->type != VALUE_JSON || !record_read(&r, NULL, window->s, true))
		die(STATUS_INCOMPLETE, "a coverage item of the input is malformed");
	mp_buf_map(out, r.n);
	for (size_t i = 0; i < r.n; i++) {
		const struct value *v = &r.cells[i].value;
		struct spec bare, *s = model(specs, n, r.cells[i].name, &bare);
		mp_buf_str(out, s ? s->name : r.cells[i].name);
		if (!s)
			buf_put_slice(out, v->raw);
		else if (v->type == VALUE_JSON)
			put_range(s, v, out);
		else
			put_bound(s, v, out);
	}
	record_free(&r);
}

void
coverage_map(struct spec *specs, size_t n, struct slice item, struct buf *out)
{
	static struct buf payload = {.max = STREAM_RECORD_MAX};
	struct record r = {0};
	struct mp_token t;
	mp_read(item.p, item.p + item.n, &t);
	buf_reset(&payload);
	if (!record_read(&r, NULL, (struct slice){t.p, t.n}, true))
		die(STATUS_INCOMPLETE, "a coverage item of the input is malformed");
	mp_buf_map(&payload, r.n);
	for (size_t i = 0; i < r.n; i++) {
		mp_buf_str(&payload, r.cells[i].name);
		if (slice_is(r.cells[i].name, "window"))
			put_window(specs, n, &r.cells[i].value, &payload);
		else
			buf_put_slice(&payload, r.cells[i].value.raw);
	}
	buf_check(&payload, "a coverage item", NULL);
	mp_buf_ext(out, EXT_COVERAGE, buf_slice(&payload));
	record_free(&r);
}
