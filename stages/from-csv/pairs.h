/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FROM_CSV_PAIRS_H
#define STAGES_FROM_CSV_PAIRS_H

#include "common/text/bytes.h"

/*
 * Remembers what the converter of an encoding made of each character, so that it is
 * asked only once: a call of it takes longer than its work. For encodings in which
 * nothing depends on the text before, ASCII bytes are themselves, and other characters
 * have one or two bytes; those that have more, or give more than three bytes of UTF-8,
 * are left to the converter.
 */

/* Bytes that pairs_convert needs at *out at least; it may spoil what comes after its text. */
enum { PAIRS_ROOM = 16 };

/* To be called for each new encoding. */
void pairs_forget(void);
/*
 * Converts up to a character that is not known, to the last byte, or until less than
 * PAIRS_ROOM is left. All four move on.
 */
void pairs_convert(char **in, size_t *left, char **out, size_t *room);
/*
 * The character that begins at p, where two bytes are, has n of them and gives text.
 * False if it cannot be remembered.
 */
bool pairs_learn(const char *p, size_t n, struct slice text);

#endif
