/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_TEXT_COUNT_H
#define COMMON_TEXT_TEXT_COUNT_H

#include <stddef.h>

/*
 * Counting in text that is known to be UTF-8, for the line and column of an error
 * in text that may be gigabytes long: eight bytes at a time and portably, or with
 * the widest vectors that the machine has, chosen at run time.
 */

/* Newlines in [p, end). */
size_t text_newlines(const char *p, const char *end);
/* Characters that begin in [p, end): bytes that do not continue one. */
size_t text_characters(const char *p, const char *end);

/* The same in the portable form, for tests to compare with. */
size_t text_newlines_portable(const char *p, const char *end);
size_t text_characters_portable(const char *p, const char *end);

#endif
