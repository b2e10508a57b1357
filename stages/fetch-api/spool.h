/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_SPOOL_H
#define STAGES_FETCH_API_SPOOL_H

#include "common/stream/spill.h"

/*
 * The body of one answer, kept until it is whole: only then is it known to be good,
 * and a download that breaks off can be tried again. Up to a number of bytes stay in
 * memory, more goes to a file without a name in $TMPDIR.
 */
enum { SPOOL_MEMORY = 1024 * 1024, SPOOL_BLOCK = 128 * 1024 };

struct spool {
	uint64_t max;      /* bytes */
	size_t keep;       /* bytes that may stay in memory */
	uint64_t n;        /* bytes so far */
	uint64_t at;       /* bytes that spool_take gave */
	struct buf memory; /* all of them; empty when they are in the file */
	struct spill file; /* folder NULL: never used so far */
	struct spill_writer writer;
	struct spill_reader reader;
	uint64_t chain; /* all that was put, once it is read back; 0 before */
};

/* keep: SIZE_MAX for one that never goes into a file. */
void spool_init(struct spool *s, uint64_t max, size_t keep);
/* Empties it. */
void spool_reset(struct spool *s);
/*
 * False if it would be larger than max. Dies with STATUS_IO when the file
 * cannot be written.
 */
bool spool_put(struct spool *s, const char *p, size_t n);
/*
 * All that was put, when it is in memory; else the first block. Nothing can be put
 * after it. Dies with STATUS_IO when the file was changed meanwhile.
 */
struct slice spool_start(struct spool *s);
bool spool_is_whole(const struct spool *s);
/* Of one that is in a file: the next block after those that spool_start and this gave; empty at the end. */
struct slice spool_next(struct spool *s);
/* The way of one who copies: to the beginning; bytes of the next piece, 0 at the end, at most SPOOL_BLOCK; and it. */
void spool_rewind(struct spool *s);
size_t spool_piece(const struct spool *s);
void spool_take(struct spool *s, char *to);

#endif
