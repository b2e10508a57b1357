/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_SPELLING_H
#define COMMON_WEB_SPELLING_H

#include "common/text/bytes.h"

/*
 * Finds a text in another one in any spelling that a server may use: unchanged;
 * percent-encoded with upper or lower case digits, once or several times,
 * completely or in part, a space as "+"; with the escapes of a JSON string or
 * the references of HTML.
 */

/*
 * How many bytes at p spell the beginning of text, and (*n_text) how many bytes of text
 * they spell: all of it, or as many as agree.
 */
size_t spelling_match(const char *p, size_t n, struct slice text, size_t *n_text);

/* The first byte of what p spells, besides p itself (n is at least 1): a quick look before spelling_match. */
char spelling_first(const char *p, size_t n);

#endif
