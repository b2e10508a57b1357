/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_PG_TEXT_IMPL_H
#define COMMON_SQL_PG_TEXT_IMPL_H

#include "common/sql/pg_text.h"

/* The rules of pg_text.h that need a parser. False, too, for a text that the parser does not know. */
bool pg_text_same_interval(struct slice given, struct slice read);
bool pg_text_same_ranges(enum pg_text_rule rule, struct slice given, struct slice read);
bool pg_text_same_hstore(struct slice given, struct slice read);
bool pg_text_same_syntax(struct slice given, struct slice read);
bool pg_text_is_name(struct slice given);
bool pg_text_same_geometry(struct slice given, struct slice read);

#endif
