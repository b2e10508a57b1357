/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_LIVE_IMPL_H
#define COMMON_OPERATE_LIVE_IMPL_H

#include "common/operate/live.h"

/* Takes the next word, separated by white space or a character of separator; false if there is none. */
bool live_next_word(struct slice *rest, const char *separator, struct slice *word);

#endif
