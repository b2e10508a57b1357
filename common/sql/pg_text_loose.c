/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/record/number.h"
#include "common/sql/pg_text_impl.h"
#include "common/text/ascii.h"

/* Texts whose spelling the server changes, and nothing else. */

static bool
is_dressing(char c)
{
	return c != '\0' && strchr(" \t\r\n'\"()", c);
}

bool
pg_text_same_syntax(struct slice given, struct slice read)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < given.n && is_dressing(given.p[i]))
			i++;
		while (k < read.n && is_dressing(read.p[k]))
			k++;
		if (i == given.n || k == read.n)
			return i == given.n && k == read.n;
		if (given.p[i++] != read.p[k++])
			return false;
	}
}

bool
pg_text_is_name(struct slice given)
{
	bool digits = true;

	for (size_t i = 0; i < given.n; i++)
		digits &= is_digit(given.p[i]);
	return !digits;
}

static bool
in_number(char c)
{
	return is_digit(c) || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
}

/* A number at s, which is cut off. */
static bool
take_number(struct slice *s, struct slice *number)
{
	number->p = s->p;
	while (s->n > 0 && in_number(*s->p)) {
		s->p++;
		s->n--;
	}
	number->n = (size_t)(s->p - number->p);
	return number->n > 0;
}

/*
 * Without zeros at the start, and at the end of a fraction; false if it is not
 * -?digits[.digits].
 */
static bool
trim_zeros(struct slice *s)
{
	size_t digits = 0, points = 0;

	for (size_t i = 0; i < s->n; i++) {
		bool point = s->p[i] == '.';
		if (!point && !is_digit(s->p[i]))
			return false;
		points += point;
		digits += !point;
	}
	if (digits == 0 || points > 1)
		return false;
	while (s->n > 0 && *s->p == '0') {
		s->p++;
		s->n--;
	}
	while (points > 0 && (s->p[s->n - 1] == '0' || s->p[s->n - 1] == '.')) {
		points -= s->p[s->n - 1] == '.';
		s->n--;
	}
	return true;
}

/* The digits that were given are those of the double that the server wrote. */
static bool
same_number(struct slice given, struct slice read)
{
	enum { DIGITS_MAX = 400 };
	char text[DIGITS_MAX + 1];
	struct buf digits = {0};

	if (read.n > DIGITS_MAX)
		return false;
	memcpy(text, read.p, read.n);
	text[read.n] = '\0';
	double value = strtod(text, NULL);
	if (!number_is_finite(value))
		return false;
	number_put_float(&digits, value);
	struct slice have = buf_slice(&digits);
	bool negative = *given.p == '-', same = negative == (*have.p == '-');
	given.p += negative;
	given.n -= negative;
	have.p += negative && same;
	have.n -= negative && same;
	same = same && trim_zeros(&given) && trim_zeros(&have) && slice_equal(given, have);
	buf_free(&digits);
	return same;
}

static void
skip_spaces(struct slice *s)
{
	while (s->n > 0 && *s->p == ' ') {
		s->p++;
		s->n--;
	}
}

bool
pg_text_same_geometry(struct slice given, struct slice read)
{
	for (;;) {
		struct slice a, b;
		skip_spaces(&given);
		skip_spaces(&read);
		if (given.n == 0 || read.n == 0)
			return given.n == read.n;
		if (take_number(&given, &a)) {
			if (!take_number(&read, &b) || !same_number(a, b))
				return false;
			continue;
		}
		if (*given.p != *read.p)
			return false;
		given.p++;
		given.n--;
		read.p++;
		read.n--;
	}
}
