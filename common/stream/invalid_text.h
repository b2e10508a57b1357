/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_INVALID_TEXT_H
#define COMMON_STREAM_INVALID_TEXT_H

#include "common/json/json_read.h"
#include "common/program/options.h"

/*
 * --invalid-text error|replace: bytes that are not valid in the encoding of the input are an error,
 * or become U+FFFD, each counted in the counter text_replaced and in the summary line.
 */

extern const struct option_row invalid_text_options[];
bool invalid_text_replaces(void);
/* How many were replaced so far; a reader may add to it. */
uint64_t *invalid_text_replaced(void);
/* Sets the counter and the part of the summary line if there are any. Before stream_finish. */
void invalid_text_report(void);

/* unpack_read, whose bytes are UTF-8; with replace they are well-formed. */
void invalid_text_begin(void); /* of a new file */
size_t invalid_text_read(char *p, size_t cap);
/* json_next of these bytes: it reads on where it is JSON_MORE, which is never returned. */
enum json_status invalid_text_next_json(struct json_reader *reader, struct slice *value);

#endif
