/* SPDX-License-Identifier: MIT */
#ifndef STAGES_PUT_S3_INPUT_H
#define STAGES_PUT_S3_INPUT_H

#include "common/program/options.h"
#include "common/stream/stream.h"

/*
 * The bytes of the object, from where their end is known: a sealed stream of byte chunks, a
 * command that exits with 0, or a regular file. Dies as soon as it is not.
 */

/* command: of operands, or NULL. */
void input_open(const struct operands *operands);

/* The size if it is known, else -1. */
int64_t input_size(void);

/* Whether a dry run was asked for upstream. */
bool input_is_dry(void);

/* Up to cap bytes; 0 at the end of the object. */
size_t input_read(char *p, size_t cap);

/* After the end of the object: returns if it is complete, and the whole input with it. */
void input_end(void);

/* For stream_finish. */
struct stream_in *input_stream(void);

#endif
