/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_COLUMN_OPERAND_H
#define COMMON_SQL_COLUMN_OPERAND_H

#include "common/sql/column.h"

/*
 * Appends a line of a file of operands of normalize(1): the operand whose values fit the column,
 * with the column's type as a comment. A column that cannot be loaded is a comment alone.
 */
void column_operand(const struct column *c, struct buf *out);

#endif
