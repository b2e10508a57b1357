/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_FLOAT_TEXT_H
#define COMMON_TEXT_FLOAT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Floats as shortest decimal text: the fewest digits that read back as the same
 * float, and among those the nearest. How a float is written and which decimal
 * numbers may become floats (float_is_decimal) are two sides of one rule.
 */

enum {
	FLOAT_DIGITS_MAX = 17, /* significant digits that the shortest text may need */
	FLOAT_TEXT_MAX = 32,   /* bytes of float_text */
};

/* The shortest digits × 10^exponent of a positive finite float; digits ends with no zero. */
void float_shortest(double f, uint64_t *digits, int *exponent);

/*
 * The float nearest to ±digits × 10^exponent into *f; digits below 10^17 and
 * without trailing zeros (0 is allowed). True if float_shortest of it gives the
 * same number back, false (and *f untouched) when a float cannot carry it.
 */
bool float_is_decimal(bool negative, uint64_t digits, int exponent, double *f);

/*
 * Writes a finite float so that it stays one: always with a point or an exponent
 * ("1.0", "-0.0", "2.5e-9", "1e22"). Returns the bytes written, without NUL.
 */
size_t float_text(double f, char out[FLOAT_TEXT_MAX]);

/* Writes u in decimal; at most 20 bytes. Returns the byte after. */
char *uint_text(char *p, uint64_t u);

#endif
