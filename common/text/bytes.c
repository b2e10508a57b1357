/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/text/ascii.h"
#include "common/text/bytes.h"

struct slice
slice_of(const char *text)
{
	return (struct slice){text, strlen(text)};
}

bool
slice_equal(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
slice_is(struct slice a, const char *text)
{
	return slice_equal(a, slice_of(text));
}

bool
slice_equal_caseless(struct slice a, struct slice b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (to_lower(a.p[i]) != to_lower(b.p[i]))
			return false;
	return true;
}

int
slice_compare(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;
	if (order)
		return order;
	return a.n < b.n ? -1 : a.n > b.n;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice
slice_trim(struct slice s)
{
	while (s.n && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool
slice_take_line(struct slice *rest, struct slice *line)
{
	if (!rest->n)
		return false;
	const char *end = memchr(rest->p, '\n', rest->n);
	*line = (struct slice){rest->p, end ? (size_t)(end - rest->p) : rest->n};
	size_t used = line->n + (end ? 1 : 0);
	rest->p += used;
	rest->n -= used;
	return true;
}

extern inline bool slice_take(struct slice *s, char c);
extern inline char *buf_reserve(struct buf *b, size_t n);
extern inline void buf_put(struct buf *b, const void *p, size_t n);
extern inline void buf_put_byte(struct buf *b, char c);

char *
buf_grow(struct buf *b, size_t n)
{
	if (b->failed)
		return NULL;
	size_t need;
	if (!size_add(b->n, n, &need) || (b->max && need > b->max)) {
		b->failed = true;
		return NULL;
	}
	/* Doubling keeps appends linear; the ceiling cuts the last doubling, not the content. */
	size_t cap = b->cap ? b->cap : 64;
	while (cap < need && cap <= SIZE_MAX / 2)
		cap *= 2;
	if (cap < need)
		cap = need;
	if (b->max && cap > b->max)
		cap = b->max;
	char *p = realloc(b->p, cap ? cap : 1);
	if (!p) {
		b->failed = true;
		return NULL;
	}
	b->p = p;
	b->cap = cap;
	return b->p + b->n;
}

void
buf_put_slice(struct buf *b, struct slice s)
{
	buf_put(b, s.p, s.n);
}

void
buf_put_text(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

void
buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0) {
		b->failed = true;
		return;
	}
	char *to = buf_reserve(b, (size_t)n + 1);
	if (!to)
		return;
	va_start(args, format);
	vsnprintf(to, (size_t)n + 1, format, args);
	va_end(args);
	b->n += (size_t)n;
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){.max = b->max};
}

struct slice
buf_slice(const struct buf *b)
{
	return (struct slice){b->p, b->n};
}

bool
size_add(size_t a, size_t b, size_t *sum)
{
	if (a > SIZE_MAX - b)
		return false;
	*sum = a + b;
	return true;
}

bool
size_multiply(size_t a, size_t b, size_t *product)
{
	if (b && a > SIZE_MAX / b)
		return false;
	*product = a * b;
	return true;
}

bool
parse_integer(struct slice text, int64_t low, int64_t high, int64_t *n)
{
	bool negative = text.n && text.p[0] == '-';
	size_t i = negative;
	if (i == text.n)
		return false;
	uint64_t magnitude = 0;
	const uint64_t limit = (uint64_t)INT64_MAX + negative;
	for (; i < text.n; i++) {
		if (!is_digit(text.p[i]))
			return false;
		uint64_t digit = (uint64_t)(text.p[i] - '0');
		if (magnitude > (limit - digit) / 10)
			return false;
		magnitude = magnitude * 10 + digit;
	}
	/* Negated in unsigned arithmetic: -INT64_MIN does not fit int64_t. */
	int64_t value = (int64_t)(negative ? 0 - magnitude : magnitude);
	if (value < low || value > high)
		return false;
	*n = value;
	return true;
}
