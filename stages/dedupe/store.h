/* SPDX-License-Identifier: MIT */
#ifndef DEDUPE_STORE_H
#define DEDUPE_STORE_H

#include "stages/dedupe/entry.h"
#include "stages/dedupe/region.h"

/*
 * What does not fit into memory, in one temporary file without a name: a killed
 * process leaves nothing behind. The file is made of blocks; entries stand in
 * chains of them, are written once, read once, and their blocks used again. So any
 * number of chains needs one descriptor, and a block of memory while it is written or read.
 * Whatever fails is STATUS_IO and names --tmp.
 */
struct store {
	const char *folder;
	int fd; /* -1 until the first block is written */
	size_t block;
	uint32_t blocks;  /* in the file; block 0 is none */
	uint32_t freed;   /* first of the blocks to be used again, linked */
	uint64_t written; /* bytes, all in all */
};

/* folder NULL: $TMPDIR, or /tmp. Dies when it is no folder that can be written to. */
void store_init(struct store *s, const char *folder, size_t block);

/* A chain that is written; all-zero is a new one. */
struct writer {
	char *buf;
	size_t n;
	uint32_t first, at; /* block numbers, 0 before the first entry */
};

void store_put(struct store *s, struct writer *w, const struct entry *e);
/* Ends the chain: the writer is new again (it keeps its memory). Returns the chain's name, 0 for one without entries. */
uint32_t store_end(struct store *s, struct writer *w);
void writer_free(struct writer *w);

/* A chain that is read. */
struct reader {
	char *buf;
	size_t at, n;
	uint32_t first, block, next;
	struct entry e; /* the current one, lengths and number only, until its bytes are read */
};

void reader_open(struct store *s, struct reader *r, uint32_t chain);
/* Goes to the next entry and fills in all of r->e but the bytes. False at the end; the blocks are then free again. */
bool reader_next(struct store *s, struct reader *r);
/* Reads the entry's bytes into body; r->e points there. Once for each entry. */
void reader_body(struct store *s, struct reader *r, struct buf *body);

#endif
