/* SPDX-License-Identifier: MIT */
#ifndef LOAD_PG_TEXT_RULE_H
#define LOAD_PG_TEXT_RULE_H

#include "common/sql/pg_text.h"

/* Whether a text of the type changed when the server wrote it back is decided by this rule. type: its name, as format_type gives it. */
enum pg_text_rule text_rule(uint32_t oid, struct slice type);

#endif
