/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_OPERAND_NAME_H
#define COMMON_RECORD_OPERAND_NAME_H

#include "common/text/bytes.h"

/* Names in operands of normalize(1) that a file of operands holds. */

/* Whether the name can be there without quotes, as a name or as a step of a path. */
bool operand_name_is_plain(struct slice name);
/* Whether a line of a file can hold it at all. */
bool operand_name_fits_line(struct slice name);
/* Appends it in double quotes, with those in it doubled. */
void operand_name_quote(struct buf *out, struct slice name);

#endif
