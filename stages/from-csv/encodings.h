/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FROM_CSV_ENCODINGS_H
#define STAGES_FROM_CSV_ENCODINGS_H

#include "common/text/bytes.h"

/* What is known of encodings by their names, whose case does not matter. */

/* The name for iconv of one that users and media write; other names as they are. */
const char *encoding_name(const char *name);
/* Whether the byte order mark of the file must complete the name. */
bool encoding_needs_mark(const char *name);
/* Bytes of one unit, which is left out when it is not valid. */
size_t encoding_unit(const char *name);
/* Whether a character never depends on the text before it, and those that pairs.h has not are rare. */
bool encoding_is_plain(const char *name);

#endif
