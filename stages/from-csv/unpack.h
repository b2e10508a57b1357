/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FROM_CSV_UNPACK_H
#define STAGES_FROM_CSV_UNPACK_H

#include "common/stream/source.h"

/*
 * The files of a source without what they are packed in: a file that begins as zip
 * or gzip does is unpacked, each member of a zip that is asked for is a file. Damage
 * (a wrong checksum, a cut) ends the process with STATUS_DATA.
 */

/* pattern: the members of a zip to read, as for fnmatch(3); NULL: a zip holds one file. */
void unpack_init(struct source *source, const char *pattern);
/* Goes to the next file; false when there is none. */
bool unpack_next(void);
/* Up to cap bytes of it; 0 at its end. */
size_t unpack_read(char *p, size_t cap);
/* Number of the file, from 1, and whether it was packed: then its end is known to be its end. */
uint64_t unpack_number(void);
bool unpack_packed(void);

/* ---- for gzip.c and zip.c ---- */

/* A block of the source's bytes as they come, at least 1; n is 0 at the end of the packed file. Lives until the next call. */
struct slice packed_block(void);

void gzip_open(void);
size_t gzip_read(char *p, size_t cap);

void zip_open(const char *pattern);
/* False when no member is left; the zip was whole then. */
bool zip_next(void);
size_t zip_read(char *p, size_t cap);

#endif
