/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_PG_TEXT_RULE_H
#define COMMON_DB_PG_TEXT_RULE_H

#include "common/sql/pg_text.h"

/* The rule that decides whether a text of the type changed when the server wrote it back. type: its name from format_type. */
enum pg_text_rule pg_text_rule_of(uint32_t oid, struct slice type);

#endif
