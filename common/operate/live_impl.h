/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_LIVE_IMPL_H
#define COMMON_OPERATE_LIVE_IMPL_H

#include "common/operate/live.h"

/* Takes the next word, separated by white space; false if there is none. */
bool live_next_word(struct slice *rest, struct slice *word);

#endif
