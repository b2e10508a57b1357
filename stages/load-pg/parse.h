/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_PG_PARSE_H
#define STAGES_LOAD_PG_PARSE_H

#include "common/load/load.h"
#include "common/sql/pg_text.h"

/* load_driver's parse: the server reads each text as the column's type and writes it back. No COPY may be open. */
void parse_texts(const struct column *c, enum pg_text_rule rule, struct load_text *texts, size_t n,
    struct buf *bytes);

#endif
