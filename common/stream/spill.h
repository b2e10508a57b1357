/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_SPILL_H
#define COMMON_STREAM_SPILL_H

#include "common/program/options.h"

/*
 * Bytes that do not fit into memory, in one unnamed temporary file: a killed
 * process leaves nothing on disk. The file consists of blocks. A chain of
 * blocks is written front to back and read in the same order; its blocks are
 * then reused. All chains share one descriptor. Each chain that is being
 * written or read takes one block of memory.
 *
 * Each block carries the XXH3 hash of its bytes, and each head a hash of its
 * own that depends on the block's number. The chain's number is part of the
 * head. A block that was changed, swapped, lost or cut on disk is therefore
 * detected before any of it is used.
 *
 * Every failure is STATUS_IO and names the folder. Process room: these
 * functions may end the process.
 */

/* Bytes of each block that hold its head; the rest is for data. */
enum { SPILL_HEAD = 32 };

struct spill {
	const char *folder;
	const char *option; /* the option that sets the folder; NULL if only $TMPDIR does */
	int fd;             /* -1 until the first block is written */
	size_t block;       /* bytes of a block, including its head */
	uint32_t blocks;    /* in the file; block 0 is never used */
	uint32_t freed;     /* first block that can be reused, or 0 */
	uint32_t chains;    /* number of chains begun so far */
	uint64_t written;   /* bytes in all */
};

/* The options --memory and --tmp of a stage that spills; put the rows into its tables. */
extern const struct option_row spill_options[];
extern struct spill_config {
	int64_t memory;  /* bytes of the whole process */
	const char *tmp; /* NULL: not given */
} spill_config;

/* folder NULL means $TMPDIR, or /tmp. Dies at once if files cannot be created there. */
void spill_init(struct spill *s, const char *folder, const char *option, size_t block);
/*
 * Gives the file back to the system. All chains are lost; the spill can be used
 * again.
 */
void spill_close(struct spill *s);

/* A chain that is being written. All-zero is a new one. */
struct spill_writer {
	char *buf;
	size_t n;
	uint32_t chain, first, at; /* first and at are block numbers, 0 before the first byte */
};

void spill_put(struct spill *s, struct spill_writer *w, const void *p, size_t n);
/*
 * Ends the chain and returns its name, 0 for an empty one. The writer can begin
 * a new chain and keeps its memory.
 */
uint64_t spill_end(struct spill *s, struct spill_writer *w);
void spill_writer_free(struct spill_writer *w);

/* A chain that is being read. All-zero before spill_open. */
struct spill_reader {
	char *buf;
	size_t at, n;
	uint32_t chain, first, block, next;
};

/* name comes from spill_end. A chain can be opened again until spill_drop. */
void spill_open(struct spill *s, struct spill_reader *r, uint64_t name);
/* False at the end of the chain. */
bool spill_more(struct spill *s, struct spill_reader *r);
/* Copies the next n bytes. Dies if the chain has fewer. */
void spill_get(struct spill *s, struct spill_reader *r, void *p, size_t n);
/*
 * The rest of the current block, at least one byte; empty at the end. Valid
 * until the next call.
 */
struct slice spill_next(struct spill *s, struct spill_reader *r);
/* Frees the blocks of a chain that has been read to its end. */
void spill_drop(struct spill *s, struct spill_reader *r);
void spill_reader_free(struct spill_reader *r);

#endif
