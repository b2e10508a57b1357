/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_OUTPUT_H
#define STAGES_FETCH_API_OUTPUT_H

#include "common/stream/spill.h"

/*
 * The output of a task that must wait, because a task before it is not done. It is kept in
 * memory; when the outputs that wait have more than OUTPUT_MEMORY in all, the larger
 * ones go to a file without a name in $TMPDIR. All zeros is an empty one.
 */
enum { OUTPUT_MEMORY = 16 * 1024 * 1024, OUTPUT_BLOCK = 64 * 1024 };

struct output {
	struct buf memory;
	struct spill_writer writer; /* what came before it */
	uint64_t chain;             /* of a task that is done */
};

/* n bytes for one record, then what is used of them, as stream_out_reserve and stream_out_commit. */
char *output_reserve(struct output *o, size_t n);
void output_commit(struct output *o, size_t used);
/* A whole item of another kind. */
void output_item(struct output *o, struct slice raw);

/* The task is done, so nothing is added: what has a file goes to it. */
void output_end(struct output *o);
/* Sends everything to the stream, and empties it. */
void output_send(struct output *o);
/* The same to another output; NULL: to the stream. */
void output_move(struct output *o, struct output *to);
/* Empties it, and nothing of it is sent. */
void output_forget(struct output *o);

#endif
