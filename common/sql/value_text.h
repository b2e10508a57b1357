/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_VALUE_TEXT_H
#define COMMON_SQL_VALUE_TEXT_H

#include "common/record/value.h"

/*
 * Appends a value as people and CSV readers know it: an int's digits, a float shortest
 * but always one ("5.0", "NaN", "-Infinity"), decimal and text as they are, dates and times as
 * ISO 8601, json as JSON text, bytes as hex digits, null as nothing.
 */
void value_text(struct buf *b, const struct value *v);

#endif
