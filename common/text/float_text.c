/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text/ascii.h"
#include "common/text/float_text.h"

/* Both compilers have it on every 64-bit machine; ISO C has no word for it. */
__extension__ typedef unsigned __int128 uint128;

enum {
	POWERS = 23, /* 10^0 ... 10^22 are exact doubles, and 5^27 is the last in 64 bits */
	FIVES = 28,
	SAFE_DIGITS = 15, /* any decimal of so many digits comes back from a double */
};

static const double tens[POWERS] = {
    1e0,
    1e1,
    1e2,
    1e3,
    1e4,
    1e5,
    1e6,
    1e7,
    1e8,
    1e9,
    1e10,
    1e11,
    1e12,
    1e13,
    1e14,
    1e15,
    1e16,
    1e17,
    1e18,
    1e19,
    1e20,
    1e21,
    1e22,
};

static const uint64_t integer_tens[] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
};

static uint64_t
power_of_five(unsigned k)
{
	/* 5^k = 10^k / 2^k; past 10^18 the second factor makes up for it. */
	return k <= 18 ? integer_tens[k] >> k
		       : (integer_tens[18] >> 18) * (integer_tens[k - 18] >> (k - 18));
}

static void
strip_zeros(uint64_t *digits, int *exponent)
{
	while (*digits && *digits % 10 == 0) {
		*digits /= 10;
		++*exponent;
	}
}

/* The two parts of a positive normal double: f = mantissa × 2^exponent, mantissa of 53 bits. */
static uint64_t
split(double f, int *exponent)
{
	uint64_t bits;
	memcpy(&bits, &f, sizeof bits);
	*exponent = (int)(bits >> 52) - 1075;
	return (bits & 0xfffffffffffffu) | (uint64_t)1 << 52;
}

/*
 * At most 15 digits with k of them after the point: m / 10^k is correctly
 * rounded, both being exact doubles, so equality proves that the text m e-k
 * reads back as f. No shorter text than the first k that passes can.
 */
static bool
try_places(double f, unsigned k, uint64_t *digits)
{
	double scaled = f * tens[k];
	if (!(scaled < 1e15))
		return false;
	uint64_t m = (uint64_t)(scaled + 0.5);
	if ((double)m / tens[k] != f)
		return false;
	*digits = m;
	return true;
}

static bool
shortest_short(double f, uint64_t *digits, int *exponent)
{
	/* Money and counts first; then everything else of 15 digits at once. */
	for (unsigned k = 0; k < 5; k++) {
		if (try_places(f, k, digits)) {
			*exponent = -(int)k;
			strip_zeros(digits, exponent);
			return true;
		}
	}
	if (!(f >= 1e-8 && f < 1e11))
		return false;
	unsigned k = 5;
	while (f * tens[k] < 1e14)
		k++;
	if (!try_places(f, k, digits))
		return false;
	*exponent = -(int)k;
	strip_zeros(digits, exponent);
	return true;
}

/*
 * 15 to 17 digits in exact 128-bit arithmetic. With f = m × 2^-s the scaled
 * number f × 10^k is m × 5^k / 2^(s-k); the texts that read back as f are those
 * within half a unit of m, that is within 5^k/2 of m × 5^k.
 */
static bool
shortest_long(double f, uint64_t *digits, int *exponent)
{
	int e;
	uint64_t m = split(f, &e);
	if (!(f >= 1e-10 && f < 1e15) || m == (uint64_t)1 << 52)
		return false; /* a power of two has a nearer neighbour below */
	int whole = (int)floor(log10(f)) + 1;
	for (int want = SAFE_DIGITS; want <= FLOAT_DIGITS_MAX; want++) {
		int k = want - whole;
		int shift = -e - k;
		if (k < 0 || k >= FIVES || shift < 1 || shift > 126)
			return false;
		uint64_t five = power_of_five((unsigned)k);
		uint128 exact = (uint128)m * five;
		uint64_t n = (uint64_t)(exact >> shift);
		uint128 rest = exact - ((uint128)n << shift);
		uint128 half = (uint128)1 << (shift - 1);
		if (rest == half)
			return false;
		bool up = rest > half;
		if (up)
			rest = ((uint128)1 << shift) - rest;
		n += up;
		if (2 * rest < five || (2 * rest == five && m % 2 == 0) ||
		    want == FLOAT_DIGITS_MAX) {
			*digits = n;
			*exponent = -k;
			strip_zeros(digits, exponent);
			return true;
		}
	}
	return false;
}

/* The C library, digit by digit more: for the rare rest (very large, very small, powers of two). */
static void
shortest_slow(double f, uint64_t *digits, int *exponent)
{
	char text[FLOAT_TEXT_MAX];
	for (int want = 1; want <= FLOAT_DIGITS_MAX; want++) {
		snprintf(text, sizeof text, "%.*e", want - 1, f);
		if (want == FLOAT_DIGITS_MAX || strtod(text, NULL) == f)
			break;
	}
	uint64_t n = 0;
	int behind = 0;
	const char *p = text;
	for (; *p != 'e'; p++) {
		if (!is_digit(*p))
			continue; /* the decimal point of any locale */
		n = n * 10 + (uint64_t)(*p - '0');
		behind++;
	}
	*digits = n;
	*exponent = (int)strtol(p + 1, NULL, 10) - (behind - 1);
	strip_zeros(digits, exponent);
}

void
float_shortest(double f, uint64_t *digits, int *exponent)
{
	if (shortest_short(f, digits, exponent) || shortest_long(f, digits, exponent))
		return;
	shortest_slow(f, digits, exponent);
}

static unsigned
bits_of(uint128 v)
{
	uint64_t high = (uint64_t)(v >> 64);
	if (high)
		return 128 - (unsigned)__builtin_clzll(high);
	return (uint64_t)v ? 64 - (unsigned)__builtin_clzll((uint64_t)v) : 0;
}

/* digits / 10^k, correctly rounded, for digits of up to 57 bits and k below 28. */
static double
divide_exactly(uint64_t digits, unsigned k)
{
	unsigned up = 128 - bits_of(digits);
	uint64_t five = power_of_five(k);
	uint128 numerator = (uint128)digits << up;
	uint128 quotient = numerator / five;
	bool rest = quotient * five != numerator;
	/* 128 bits by at most 63 are 65 at least; the other case is for who does not know that. */
	unsigned bits = bits_of(quotient), drop = bits > 53 ? bits - 53 : 1;
	uint64_t m = (uint64_t)(quotient >> drop);
	uint128 low = quotient - ((uint128)m << drop);
	uint128 half = (uint128)1 << (drop - 1);
	if (low > half || (low == half && (rest || m % 2)))
		m++;
	return ldexp((double)m, (int)drop - (int)up - (int)k);
}

static double
nearest(uint64_t digits, int exponent)
{
	if (digits < (uint64_t)1 << 53 && exponent >= -22 && exponent <= 22)
		return exponent < 0 ? (double)digits / tens[-exponent]
				    : (double)digits * tens[exponent];
	if (exponent < 0 && exponent > -FIVES)
		return divide_exactly(digits, (unsigned)-exponent);
	char text[FLOAT_TEXT_MAX];
	snprintf(text, sizeof text, "%llue%d", (unsigned long long)digits, exponent);
	return strtod(text, NULL);
}

bool
float_is_decimal(bool negative, uint64_t digits, int exponent, double *f)
{
	if (exponent > 400 || exponent < -400)
		return false;
	double near = digits ? nearest(digits, exponent) : 0.0;
	if (isinf(near))
		return false;
	bool safe = digits < integer_tens[SAFE_DIGITS] && exponent >= -250 && exponent <= 250;
	if (!safe && digits) {
		uint64_t back;
		int back_exponent;
		if (near == 0)
			return false;
		float_shortest(near, &back, &back_exponent);
		if (back != digits || back_exponent != exponent)
			return false;
	}
	*f = negative ? -near : near;
	return true;
}

static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031323334"
			    "353637383940414243444546474849"
			    "5051525354555657585960616263646566676869707172737475767778798081828384"
			    "858687888990919293949596979899";

char *
uint_text(char *p, uint64_t u)
{
	char back[20];
	char *q = back + sizeof back;
	while (u >= 100) {
		memcpy(q -= 2, pairs + 2 * (u % 100), 2);
		u /= 100;
	}
	if (u >= 10)
		memcpy(q -= 2, pairs + 2 * u, 2);
	else
		*--q = (char)('0' + u);
	size_t n = (size_t)(back + sizeof back - q);
	memcpy(p, q, n);
	return p + n;
}

static char *
put_zeros(char *p, int n)
{
	memset(p, '0', (size_t)n);
	return p + n;
}

/*
 * point: how many of the n digits are before the point; 1e16 and up and below
 * 1e-5 are written with an exponent.
 */
static char *
place_point(char *p, const char *digits, int n, int point)
{
	if (point > 16 || point < -4) {
		*p++ = digits[0];
		if (n > 1) {
			*p++ = '.';
			memcpy(p, digits + 1, (size_t)n - 1);
			p += n - 1;
		}
		*p++ = 'e';
		int e = point - 1;
		if (e < 0)
			*p++ = '-';
		return uint_text(p, (uint64_t)(e < 0 ? -e : e));
	}
	if (point <= 0) {
		*p++ = '0';
		*p++ = '.';
		p = put_zeros(p, -point);
		memcpy(p, digits, (size_t)n);
		return p + n;
	}
	int whole = n < point ? n : point;
	memcpy(p, digits, (size_t)whole);
	p = put_zeros(p + whole, point - whole);
	*p++ = '.';
	if (n <= point)
		return put_zeros(p, 1);
	memcpy(p, digits + whole, (size_t)(n - whole));
	return p + (n - whole);
}

size_t
float_text(double f, char out[FLOAT_TEXT_MAX])
{
	char *p = out;
	if (signbit(f)) {
		*p++ = '-';
		f = -f;
	}
	uint64_t digits = 0;
	int exponent = 0;
	if (f > 0)
		float_shortest(f, &digits, &exponent);
	char text[20];
	int n = (int)(uint_text(text, digits) - text);
	return (size_t)(place_point(p, text, n, n + exponent) - out);
}
