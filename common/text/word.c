/* SPDX-License-Identifier: MIT */
#include "common/text/word.h"

extern inline uint64_t word_load(const char *p);
extern inline bool words_equal(const char *p, const char *q, size_t n);
