/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_SPILL_H
#define COMMON_STREAM_SPILL_H

#include "common/text/bytes.h"

/*
 * Bytes that do not fit into memory, in one temporary file without a name: a killed
 * process leaves nothing on disk. The file consists of blocks. Chains of blocks are
 * written from front to back, read back in the same order, and their blocks are used
 * again. Any number of chains needs one descriptor, and one block of memory for each
 * chain that is being written or read.
 *
 * Each block carries the XXH3 hash of its bytes, and each head a hash of its own that
 * depends on the block's number. The chain's number is part of the head. So a block
 * that was changed, swapped, lost or cut on the disk is found before any of it is used.
 *
 * Whatever fails is STATUS_IO and names the folder. A process module: it may die.
 */

/* Bytes of each block that hold its head; the rest is for data. */
enum { SPILL_HEAD = 32 };

struct spill {
	const char *folder;
	const char *option; /* the option that sets the folder; NULL: only $TMPDIR does */
	int fd;             /* -1 until the first block is written */
	size_t block;       /* bytes of a block, its head included */
	uint32_t blocks;    /* in the file; block 0 is never used */
	uint32_t freed;     /* first of the blocks to be used again, 0 for none */
	uint32_t chains;    /* begun so far */
	uint64_t written;   /* bytes in all */
};

/* folder NULL: $TMPDIR, or /tmp. Dies at once when files cannot be made there. */
void spill_init(struct spill *s, const char *folder, const char *option, size_t block);
/* Gives the file back to the system. All chains are gone; the spill can be used again. */
void spill_close(struct spill *s);

/* A chain being written; all-zero is a new one. */
struct spill_writer {
	char *buf;
	size_t n;
	uint32_t chain, first, at; /* first and at are block numbers, 0 before the first byte */
};

void spill_put(struct spill *s, struct spill_writer *w, const void *p, size_t n);
/* Ends the chain. The writer is new again and keeps its memory. Returns the chain's name, 0 for an empty one. */
uint64_t spill_end(struct spill *s, struct spill_writer *w);
void spill_writer_free(struct spill_writer *w);

/* A chain being read; all-zero before spill_open. */
struct spill_reader {
	char *buf;
	size_t at, n;
	uint32_t chain, first, block, next;
};

/* name is from spill_end. A chain can be opened again, until spill_drop. */
void spill_open(struct spill *s, struct spill_reader *r, uint64_t name);
/* False at the end of the chain. */
bool spill_more(struct spill *s, struct spill_reader *r);
/* Copies the next n bytes. Dies when the chain has fewer. */
void spill_get(struct spill *s, struct spill_reader *r, void *p, size_t n);
/* What is left of the current block, at least one byte; empty at the end. It lives until the next call. */
struct slice spill_next(struct spill *s, struct spill_reader *r);
/* After the end of the chain: its blocks are free again. */
void spill_drop(struct spill *s, struct spill_reader *r);
void spill_reader_free(struct spill_reader *r);

#endif
