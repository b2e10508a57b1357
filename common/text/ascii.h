/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_ASCII_H
#define COMMON_TEXT_ASCII_H

#include <stdbool.h>

/* Kinds of ASCII characters, in any locale. Inline: parsers call them per byte. */

inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

inline bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

inline char
to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

#endif
