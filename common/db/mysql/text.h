/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_MYSQL_TEXT_H
#define COMMON_DB_MYSQL_TEXT_H

#include "common/sql/column.h"

/* Values as the text that MySQL reads, without quotes or escapes. */

/*
 * DATE, DATETIME and TIMESTAMP: 2026-11-01 13:00:00.5; nothing for other types. A TIMESTAMP is written on
 * the session's clock, which is offset seconds ahead of UTC.
 */
void text_put_time(struct buf *b, const struct value *v, int64_t offset);
/* Microseconds, up to 999 hours on both sides of 0: 13:00:00.5, -838:59:59 */
void text_put_clock(struct buf *b, int64_t microseconds);
/* 16 bytes: 8-4-4-4-12 hexadecimal digits. */
void text_put_uuid(struct buf *b, struct slice bytes);

/*
 * One field of LOAD DATA's text: a fitted value of the column. TAB, LF, NUL and
 * backslash are escaped, null is \N, bytes are hexadecimal digits (text_is_hex).
 */
void text_put_field(struct buf *b, const struct column *c, const struct value *v, int64_t offset);

/*
 * A value as a literal of SQL. backslashes: one in a text is an escape, as it is unless the session's
 * sql_mode has NO_BACKSLASH_ESCAPES.
 */
void text_put_literal(struct buf *b, const struct value *v, int64_t offset, bool backslashes);

#endif
