/* SPDX-License-Identifier: MIT */
#include "common/text/ascii.h"

extern inline bool is_digit(char c);
extern inline bool is_letter(char c);
extern inline char to_lower(char c);
