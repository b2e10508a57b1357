/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_COLUMN_IMPL_H
#define COMMON_SQL_COLUMN_IMPL_H

#include "common/sql/column.h"

/*
 * Shared by column.c, column_number.c and column_time.c: one function for each
 * kind of column.
 */

/* Fills *why; always false, so that a check can return it. */
bool column_refuse(struct reject_reason *why, const char *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool column_wrong_type(const struct column *c, const struct value *in, struct reject_reason *why);
bool column_out_of_range(const struct column *c, struct reject_reason *why);
/* NUL, length in characters and bytes. */
bool column_check_text(const struct column *c, struct slice s, struct reject_reason *why);
void column_set_text(struct value *out, enum value_type type, struct slice s);

/* The canonical text into scratch. */
bool column_fit_canonical(const struct value *in, struct buf *scratch, struct reject_reason *why);
bool column_fit_bytes(
    const struct column *c, const struct value *in, struct value *out, struct reject_reason *why);

bool column_fit_json(const struct column *c, const struct value *in, struct value *out,
    struct buf *scratch, struct reject_reason *why);

bool column_fit_address(const struct column *c, const struct value *in, struct value *out,
    struct buf *scratch, struct reject_reason *why);

bool column_fit_int(
    const struct column *c, const struct value *in, struct value *out, struct reject_reason *why);
bool column_fit_float(const struct column *c, const struct value *in, struct value *out,
    struct buf *scratch, struct reject_reason *why);
bool column_fit_decimal(const struct column *c, const struct value *in, struct value *out,
    struct buf *scratch, struct reject_reason *why);
bool column_fit_numeric(const struct column *c, const struct value *in, struct value *out,
    struct buf *scratch, struct reject_reason *why);
bool column_fit_any(const struct column *c, const struct value *in, struct value *out,
    struct buf *scratch, struct reject_reason *why);

bool column_fit_date(
    const struct column *c, const struct value *in, struct value *out, struct reject_reason *why);
bool column_fit_time(
    const struct column *c, const struct value *in, struct value *out, struct reject_reason *why);
bool column_fit_datetime(
    const struct column *c, const struct value *in, struct value *out, struct reject_reason *why);
bool column_fit_timestamp(
    const struct column *c, const struct value *in, struct value *out, struct reject_reason *why);

#endif
