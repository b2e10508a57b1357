/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "common/json/json_scan.h"
#include "common/json/json_write.h"
#include "common/record/mp.h"
#include "common/record/value.h"
#include "common/text/base64.h"
#include "common/text/float_text.h"
#include "common/time/iso.h"

static const char not_utf8[] = "text that is not valid UTF-8";

/* A character that must be escaped in a JSON string. */
static void
put_escape(struct buf *out, char c)
{
	static const char names[32] = {
	    ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
	static const char hex[] = "0123456789abcdef";
	unsigned char u = (unsigned char)c;
	if (u >= 0x20 || names[u]) {
		char two[2] = {'\\', u >= 0x20 ? c : names[u]};
		buf_put(out, two, sizeof two);
	} else {
		char six[6] = {'\\', 'u', '0', '0', hex[u >> 4], hex[u & 15]};
		buf_put(out, six, sizeof six);
	}
}

static bool
write_text_rest(struct buf *out, const char *p, const char *end)
{
	for (;;) {
		const char *q = json_scan_text(p, end);
		buf_put(out, p, (size_t)(q - p));
		if (q == end) {
			buf_put_byte(out, '"');
			return true;
		}
		if ((unsigned char)*q >= 0x80)
			return false;
		put_escape(out, *q);
		p = q + 1;
	}
}

bool
json_write_text(struct buf *out, struct slice text)
{
	enum { WORDS = 32 };
	char *o = buf_reserve(out, text.n + 2 + WORDS);
	if (!o)
		return true;
	*o = '"';
	if (text.n) {
		const char *end = text.p + text.n, *q = json_scan_ascii(text.p, end);
		size_t n = (size_t)(q - text.p);
		memcpy(o + 1, text.p, n);
		if (q != end) {
			out->n += n + 1;
			return write_text_rest(out, q, end);
		}
	}
	o[text.n + 1] = '"';
	out->n += text.n + 2;
	return true;
}

static void
write_integer(struct buf *out, bool negative, uint64_t magnitude)
{
	char *o = buf_reserve(out, 24);
	if (!o)
		return;
	char *p = o;
	if (negative)
		*p++ = '-';
	out->n += (size_t)(uint_text(p, magnitude) - o);
}

static const char *
write_float(struct buf *out, double f)
{
	if (!isfinite(f))
		return isnan(f) ? "a float that is not a number (NaN)" : "an infinite float";
	char *o = buf_reserve(out, FLOAT_TEXT_MAX);
	if (o)
		out->n += float_text(f, o);
	return NULL;
}

/* JSON allows no zeros in front, a decimal of the stream does. */
static void
write_decimal(struct buf *out, struct slice s, const struct json_style *style)
{
	if (style->decimal_text) {
		json_write_text(out, s);
		return;
	}
	if (s.p[0] == '-') {
		buf_put_byte(out, '-');
		s.p++;
		s.n--;
	}
	while (s.n > 1 && s.p[0] == '0' && s.p[1] != '.') {
		s.p++;
		s.n--;
	}
	buf_put_slice(out, s);
}

static const char *
write_ext(struct buf *out, const char *from, const char *end, const struct json_style *style)
{
	struct value v;
	value_read(from, end, &v);
	if (v.type == VALUE_DECIMAL) {
		write_decimal(out, v.s, style);
		return NULL;
	}
	if (v.type != VALUE_DATE && v.type != VALUE_DATETIME && v.type != VALUE_TIMESTAMP)
		return "an ext value of an unknown kind";
	buf_put_byte(out, '"');
	if (v.type == VALUE_DATE)
		iso_put_date(out, v.i);
	else if (v.type == VALUE_DATETIME)
		iso_put_datetime(out, v.i);
	else
		iso_put_timestamp(out, v.at.seconds, v.at.nanoseconds);
	buf_put_byte(out, '"');
	return NULL;
}

/* A value that is not a container; from is where its token begins. */
static const char *
write_scalar(struct buf *out, const struct mp_token *t, const char *from, const char *end,
    const struct json_style *style)
{
	switch (t->type) {
	case MP_NIL:
		buf_put(out, "null", 4);
		return NULL;
	case MP_BOOL:
		buf_put_text(out, t->b ? "true" : "false");
		return NULL;
	case MP_INT:
		write_integer(out, t->i < 0, t->i < 0 ? 0 - (uint64_t)t->i : (uint64_t)t->i);
		return NULL;
	case MP_UINT:
		write_integer(out, false, t->u);
		return NULL;
	case MP_FLOAT:
		return write_float(out, t->f);
	case MP_STR:
		return json_write_text(out, (struct slice){t->p, t->n}) ? NULL : not_utf8;
	case MP_BIN:
		buf_put_byte(out, '"');
		base64_put(out, (struct slice){t->p, t->n});
		buf_put_byte(out, '"');
		return NULL;
	case MP_EXT:
		return write_ext(out, from, end, style);
	case MP_ARRAY:
	case MP_MAP:
		break;
	}
	return "a container";
}

/* An open container and the number of its items still to come. */
struct open {
	size_t left; /* elements, or names and values */
	bool map;
};

/*
 * Writes the characters before the next element, name, value or end. False if
 * the container ends.
 */
static bool
put_separator(struct buf *out, struct open *in, bool first)
{
	if (!in->left) {
		buf_put_byte(out, in->map ? '}' : ']');
		return false;
	}
	if (in->map && in->left % 2)
		buf_put_byte(out, ':');
	else if (!first)
		buf_put_byte(out, ',');
	in->left--;
	return true;
}

const char *
json_write_value(struct buf *out, const char **p, const char *end, const struct json_style *style)
{
	/* An empty container may be one level below the last, as in mp_measure. */
	struct open stack[MP_DEPTH_MAX + 2];
	size_t depth = 0;
	bool name = false;
	for (;;) {
		struct mp_token t;
		const char *from = *p, *next = mp_read(from, end, &t);
		if (!next)
			return "a value that is cut off";
		*p = next;
		bool first = t.type == MP_ARRAY || t.type == MP_MAP;
		if (name && t.type != MP_STR)
			return "a member's name that is not text";
		if (first) {
			if (depth == MP_DEPTH_MAX && t.n)
				return "nesting deeper than 64 levels";
			bool map = t.type == MP_MAP;
			buf_put_byte(out, map ? '{' : '[');
			stack[++depth] = (struct open){.left = map ? 2 * t.n : t.n, .map = map};
		} else {
			const char *wrong = write_scalar(out, &t, from, end, style);
			if (wrong)
				return wrong;
		}
		while (depth && !put_separator(out, &stack[depth], first)) {
			depth--;
			first = false;
		}
		if (!depth)
			return NULL;
		name = stack[depth].map && stack[depth].left % 2;
	}
}

const char *
json_write(struct buf *out, struct slice msgpack, const struct json_style *style)
{
	const char *p = msgpack.p;
	return json_write_value(out, &p, msgpack.p + msgpack.n, style);
}
