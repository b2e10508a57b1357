/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DESCRIBE_REPORT_H
#define STAGES_DESCRIBE_REPORT_H

#include "common/text/bytes.h"

/* The report of facts.h and fields.h, appended whole. A lack of memory shows in out->failed. */

/* Lines of at most width columns, for people. */
void report_text(struct buf *out, size_t width);
/* One JSON object and a line feed. */
void report_json(struct buf *out);

#endif
