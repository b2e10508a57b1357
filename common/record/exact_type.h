/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_EXACT_TYPE_H
#define COMMON_RECORD_EXACT_TYPE_H

#include "common/record/value.h"

/*
 * Appends the value as one of that type, if it is the same value in it: numbers, and text
 * that spells one, as int, decimal or float; text in ISO 8601 as date, datetime or timestamp.
 * null stays null. False, with nothing appended, where something would be lost or guessed.
 * Rules beside that, such as null spellings and rounding, are normalize's.
 */
bool exact_type_put(enum value_type type, const struct value *v, struct buf *out);

/* Appends the digits of a number, or of text that spells one, as a valid decimal; false if it is none. */
bool exact_type_digits(const struct value *v, struct buf *digits);

#endif
