/* SPDX-License-Identifier: MIT */
#include "common/json/json_number.h"
#include "common/record/mp.h"
#include "common/record/value.h"
#include "common/text/ascii.h"
#include "common/text/float_text.h"

/* A number's text in its parts, RFC 8259 section 6. */
struct parts {
	bool negative;
	bool integer;        /* neither point nor exponent */
	bool scaled;         /* an exponent is there */
	struct slice text;   /* all of it */
	struct slice whole;  /* digits before the point */
	struct slice behind; /* digits after it */
	int exponent;        /* kept within ±EXPONENT_LIMIT */
};

enum { EXPONENT_LIMIT = 1000000 };

static struct slice
take_digits(const char *p, const char *end)
{
	const char *q = p;
	while (q < end && is_digit(*q))
		q++;
	return (struct slice){p, (size_t)(q - p)};
}

/* After the exponent at p, or where a digit is missing (then *missing is set). */
static const char *
take_exponent(const char *p, const char *end, struct parts *n, bool *missing)
{
	bool minus = false;
	p++;
	if (p < end && (*p == '+' || *p == '-'))
		minus = *p++ == '-';
	struct slice digits = take_digits(p, end);
	*missing = !digits.n;
	int e = 0;
	for (size_t i = 0; i < digits.n && e < EXPONENT_LIMIT; i++)
		e = e * 10 + (digits.p[i] - '0');
	if (e > EXPONENT_LIMIT)
		e = EXPONENT_LIMIT;
	n->exponent = minus ? -e : e;
	n->scaled = true;
	return p + digits.n;
}

/* After the number at p; *error is set when it breaks a rule there. */
static const char *
take_parts(const char *p, const char *end, struct parts *n, const char **error)
{
	const char *start = p;
	*n = (struct parts){.negative = *p == '-', .integer = true};
	p += n->negative;
	n->whole = take_digits(p, end);
	p += n->whole.n;
	if (!n->whole.n) {
		*error = "a digit is missing in a number";
		return p;
	}
	if (n->whole.n > 1 && n->whole.p[0] == '0') {
		*error = "a number begins with a zero too many";
		return n->whole.p + 1;
	}
	bool missing = false;
	if (p < end && *p == '.') {
		n->integer = false;
		n->behind = take_digits(p + 1, end);
		p += 1 + n->behind.n;
		missing = !n->behind.n;
	}
	if (!missing && p < end && (*p == 'e' || *p == 'E')) {
		n->integer = false;
		p = take_exponent(p, end, n, &missing);
	}
	if (missing)
		*error = "a digit is missing in a number";
	n->text = (struct slice){start, (size_t)(p - start)};
	return p;
}

static bool
put_integer(const struct parts *n, struct buf *out)
{
	if (n->whole.n > 20)
		return false;
	uint64_t u = 0;
	for (size_t i = 0; i < n->whole.n; i++) {
		uint64_t digit = (uint64_t)(n->whole.p[i] - '0');
		if (u > (UINT64_MAX - digit) / 10)
			return false;
		u = u * 10 + digit;
	}
	if (!n->negative) {
		mp_buf_uint(out, u);
		return true;
	}
	if (u > (uint64_t)1 << 63)
		return false;
	if (u)
		mp_buf_int(out, (int64_t)(0 - u));
	else
		mp_buf_float(out, -0.0);
	return true;
}

/* The i-th of all digits, the point left out. */
static char
digit_at(const struct parts *n, size_t i)
{
	return i < n->whole.n ? n->whole.p[i] : n->behind.p[i - n->whole.n];
}

static bool
put_float(const struct parts *n, struct buf *out)
{
	size_t first = 0, count = n->whole.n + n->behind.n;
	while (first < count && digit_at(n, first) == '0')
		first++;
	int exponent = n->exponent - (int)n->behind.n;
	while (count > first && digit_at(n, count - 1) == '0') {
		count--;
		exponent++;
	}
	if (count - first > FLOAT_DIGITS_MAX)
		return false;
	uint64_t digits = 0;
	for (size_t i = first; i < count; i++)
		digits = digits * 10 + (uint64_t)(digit_at(n, i) - '0');
	double f;
	if (!float_is_decimal(n->negative, digits, digits ? exponent : 0, &f))
		return false;
	mp_buf_float(out, f);
	return true;
}

static char *
put_zeros(char *p, size_t n)
{
	memset(p, '0', n);
	return p + n;
}

/* digits [from, to) of the number, zeros where it has none. */
static char *
put_digits(char *p, const struct parts *n, size_t from, size_t to)
{
	size_t count = n->whole.n + n->behind.n;
	for (; from < to && from < count; from++)
		*p++ = digit_at(n, from);
	return from < to ? put_zeros(p, to - from) : p;
}

/* The plain digits of a number with an exponent; false if they are too many. */
static bool
put_expanded(const struct parts *n, struct buf *out)
{
	long count = (long)(n->whole.n + n->behind.n);
	long point = (long)n->whole.n + n->exponent;
	/* Before the point no zero leads but the one that is alone. */
	long first = 0;
	while (first + 1 < point && first < count && digit_at(n, (size_t)first) == '0')
		first++;
	long before = point > 0 ? point - first : 1;
	long behind = count > point ? count - point : 0;
	if (before + behind > JSON_DIGITS_MAX)
		return false;
	char text[JSON_DIGITS_MAX + 2], *p = text;
	if (n->negative)
		*p++ = '-';
	if (point > 0)
		p = put_digits(p, n, (size_t)first, (size_t)point);
	else
		*p++ = '0';
	if (behind) {
		*p++ = '.';
		if (point < 0)
			p = put_zeros(p, (size_t)-point);
		p = put_digits(p, n, point > 0 ? (size_t)point : 0, (size_t)count);
	}
	value_put_decimal(out, (struct slice){text, (size_t)(p - text)});
	return true;
}

static bool
put_decimal(const struct parts *n, struct buf *out)
{
	if (n->scaled)
		return put_expanded(n, out);
	if (n->whole.n + n->behind.n > JSON_DIGITS_MAX)
		return false;
	value_put_decimal(out, n->text);
	return true;
}

enum json_number
json_number_put(const char **p, const char *end, bool last, struct buf *out, const char **error)
{
	struct parts n;
	const char *wrong = NULL;
	const char *behind = take_parts(*p, end, &n, &wrong);
	if (behind - *p > JSON_NUMBER_MAX) {
		*error = "a number is longer than 8192 bytes";
		return JSON_NUMBER_BAD;
	}
	if (behind == end && !last)
		return JSON_NUMBER_MORE;
	if (!wrong && !(n.integer && put_integer(&n, out)) && !(!n.integer && put_float(&n, out)) &&
	    !put_decimal(&n, out)) {
		*error = "a number needs more than 4096 digits";
		return JSON_NUMBER_BAD;
	}
	*p = behind;
	if (!wrong)
		return JSON_NUMBER_OK;
	*error = wrong;
	return JSON_NUMBER_BAD;
}
