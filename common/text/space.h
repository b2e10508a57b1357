/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_SPACE_H
#define COMMON_TEXT_SPACE_H

#include "common/text/bytes.h"

/* White space of reports: that of ASCII, the no-break space (U+00A0) and the ideographic space (U+3000). */

/* s without white space at both ends. */
struct slice space_trim(struct slice s);

/* Appends s with fullwidth characters (U+FF01 to U+FF5E) as their ASCII forms. Returns whether it has any. */
bool fullwidth_fold(struct slice s, struct buf *out);

#endif
