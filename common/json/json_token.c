/* SPDX-License-Identifier: MIT */
#include "common/json/json_number.h"
#include "common/json/json_read_impl.h"
#include "common/json/json_scan.h"
#include "common/text/ascii.h"
#include "common/text/word.h"

/* Makes room for n bytes and ROOM more in out; NULL on failure, which is then reported. */
static inline char *
out_room(struct json_reader *r, size_t n)
{
	struct buf *b = &r->out;
	if (b->cap - b->n >= n + ROOM && b->p)
		return b->p + b->n;
	char *p = buf_reserve(b, n + ROOM);
	if (!p)
		json_fail_full(r);
	return p;
}

/* A value whose end or first odd byte is not near: its head is written when its length is known. */
enum step
json_string_value(struct json_reader *r)
{
	enum step step = json_string_rest(r, &r->out);
	if (step != STEP_ON)
		return step;
	struct buf *out = &r->out;
	size_t n = out->n - r->string_at - MP_HEAD_MAX;
	if (n > UINT32_MAX) {
		json_fail_full(r);
		return STEP_BAD;
	}
	char *head = out->p + r->string_at;
	char *body = mp_put_str_head(head, n);
	memmove(body, head + MP_HEAD_MAX, n);
	out->n = (size_t)(body - out->p) + n;
	r->state = STATE_AFTER;
	return STEP_ON;
}

static inline enum step
string_value(struct json_reader *r)
{
	const char *p = r->p + 1, *q = json_scan_ascii(p, r->end);
	size_t n = (size_t)(q - p);
	if (q < r->end && *q == '"' && n < UINT32_MAX) {
		char *o = out_room(r, n + MP_HEAD_MAX);
		if (!o)
			return STEP_BAD;
		o = mp_put_str_head(o, n);
		/* Short strings are copied in one step; ROOM takes the excess. */
		if (n <= 32 && r->end - p >= 32)
			memcpy(o, p, 32);
		else
			memcpy(o, p, n);
		r->out.n = (size_t)(o + n - r->out.p);
		r->p = q + 1;
		r->state = STATE_AFTER;
		return STEP_ON;
	}
	if (!out_room(r, MP_HEAD_MAX))
		return STEP_BAD;
	r->string_at = r->out.n;
	r->out.n += MP_HEAD_MAX;
	r->p = p;
	r->state = STATE_STRING;
	return json_string_value(r);
}

static enum step
slow_number(struct json_reader *r)
{
	const char *wrong = NULL;
	if (!out_room(r, MP_HEAD_MAX))
		return STEP_BAD;
	switch (json_number_put(&r->p, r->end, r->last, &r->out, &wrong)) {
	case JSON_NUMBER_OK:
		if (r->out.failed) {
			json_fail_full(r);
			return STEP_BAD;
		}
		r->state = STATE_AFTER;
		return STEP_ON;
	case JSON_NUMBER_MORE:
		return STEP_MORE;
	case JSON_NUMBER_BAD:
		break;
	}
	return json_bad(r, r->p, wrong);
}

/*
 * Reads the digits at p, adds their number to *m and returns the byte after
 * them. *m may overflow; a caller that counts more than 18 digits reads them
 * again.
 */
static inline const char *
take_digits(const char *p, const char *end, uint64_t *m)
{
	/* Eight at once: each byte is 0x30 to 0x39 when it is 3 above, and still so after adding 6. */
	while (end - p >= 8) {
		const uint64_t threes = 0x3030303030303030u, high = 0xf0f0f0f0f0f0f0f0u;
		uint64_t word = word_load(p);
		if (((word & high) ^ threes) | (((word + 0x0606060606060606u) & high) ^ threes))
			break;
		/* The first digit is the lowest byte: pairs, then fours, then all eight. */
		word -= threes;
		word = (word * 10 + (word >> 8)) & 0x00ff00ff00ff00ffu;
		word = (word * 100 + (word >> 16)) & 0x0000ffff0000ffffu;
		*m = *m * 100000000 + ((word * 10000 + (word >> 32)) & 0xffffffffu);
		p += 8;
	}
	while (p < end && is_digit(*p))
		*m = *m * 10 + (uint64_t)(*p++ - '0');
	return p;
}

/*
 * The usual numbers of reports: integers of up to 18 digits, and up to 15
 * digits with a point, where m / 10^k is the nearest float (both are exact) and
 * its shortest text is the same number. slow_number handles all others.
 */
static inline enum step
number(struct json_reader *r)
{
	static const double tens[] = {
	    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
	const char *end = r->end, *p = r->p;
	bool negative = *p == '-';
	p += negative;
	const char *start = p;
	uint64_t m = 0;
	p = take_digits(p, end, &m);
	size_t whole = (size_t)(p - start);
	if (p == end || whole == 0 || whole > 18 || (*start == '0' && whole > 1))
		return slow_number(r);
	char *o = out_room(r, MP_HEAD_MAX);
	if (!o)
		return STEP_BAD;
	if (*p == '.') {
		const char *point = p;
		p = take_digits(p + 1, end, &m);
		size_t behind = (size_t)(p - point) - 1;
		if (behind == 0 || whole + behind > 15 || p == end || *p == 'e' || *p == 'E')
			return slow_number(r);
		double f = (double)m / tens[behind];
		o = mp_put_float(o, negative ? -f : f);
	} else if (*p == 'e' || *p == 'E' || (negative && !m)) {
		return slow_number(r);
	} else {
		o = mp_put_int(o, negative ? -(int64_t)m : (int64_t)m);
	}
	r->out.n = (size_t)(o - r->out.p);
	r->p = p;
	r->state = STATE_AFTER;
	return STEP_ON;
}

static enum step
literal(struct json_reader *r, struct slice word, char token)
{
	size_t there = (size_t)(r->end - r->p);
	size_t n = there < word.n ? there : word.n;
	if (memcmp(r->p, word.p, n) != 0)
		return json_bad(r, r->p, "an unknown word");
	if (n < word.n)
		return json_cut(r, "the text ends inside a word");
	char *o = out_room(r, 1);
	if (!o)
		return STEP_BAD;
	*o = token;
	r->out.n++;
	r->p += word.n;
	r->state = STATE_AFTER;
	return STEP_ON;
}

static inline enum step
container(struct json_reader *r, bool object)
{
	if (!json_open(r, object))
		return STEP_BAD;
	r->p++;
	r->state = object ? STATE_FIRST_KEY : STATE_FIRST;
	return STEP_ON;
}

enum step
json_token(struct json_reader *r)
{
	switch (*r->p) {
	case '"':
		return string_value(r);
	case '{':
		return container(r, true);
	case '[':
		return container(r, false);
	case 't':
		return literal(r, SLICE("true"), (char)0xc3);
	case 'f':
		return literal(r, SLICE("false"), (char)0xc2);
	case 'n':
		return literal(r, SLICE("null"), (char)0xc0);
	default:
		if (is_digit(*r->p) || *r->p == '-')
			return number(r);
		return json_bad(r, r->p, "a value is expected");
	}
}
