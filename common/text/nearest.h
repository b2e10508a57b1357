/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_NEAREST_H
#define COMMON_TEXT_NEAREST_H

#include "common/text/bytes.h"

/*
 * The one of n names that a misspelt name probably means, for "did you mean": it differs in few
 * characters (insert, delete, replace, or swap of two neighbours; a third of the name's length at
 * most). Empty if no name is near, or if two are equally near. Compares bytes without regard to
 * ASCII case; names over 64 bytes are not compared.
 */
struct slice nearest_name(struct slice name, const struct slice *names, size_t n);

#endif
