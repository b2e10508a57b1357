/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_UNPACK_H
#define COMMON_STREAM_UNPACK_H

#include "common/stream/source.h"

/*
 * The files of a source, unpacked: a file that begins like a zip or gzip file is
 * unpacked, and each wanted member of a zip is a file of its own. Damage (a wrong
 * checksum, a missing end) ends the process: with STATUS_TRY_AGAIN if the bytes came
 * in a sealed stream, because the download was incomplete before it was sealed, else
 * with STATUS_DATA.
 */

/* The rows of --member and --max-unpacked, for the table of a stage that reads files. */
extern const struct option_row unpack_options[];

void unpack_init(struct source *source);
/* Goes to the next file; false if there are no more. */
bool unpack_next(void);
/* Reads up to cap bytes of it; returns 0 at its end. */
size_t unpack_read(char *p, size_t cap);
/* Number of the file, from 1. */
uint64_t unpack_number(void);
/* Whether the file was packed: its end is then known to be its end. */
bool unpack_packed(void);

/* For gzip.c and zip.c. */

/*
 * A block of the packed file's bytes, at least 1; n is 0 at the end of the packed
 * file. Valid until the next call.
 */
struct slice packed_block(void);
/* Counts n unpacked bytes. Dies with STATUS_DATA past --max-unpacked. */
void unpacked_count(size_t n);
/*
 * Dies because the file of this form ("zip", "gzip") is incomplete or damaged.
 * what names the damage; NULL means that the end is missing.
 */
_Noreturn void unpack_damaged(const char *form, const char *what);
/* Dies because the file is a workbook. kind: the end of its name, ".xlsx". */
_Noreturn void unpack_is_workbook(const char *kind);

void gzip_open(void);
size_t gzip_read(char *p, size_t cap);

/* pattern: the members to read, as for fnmatch(3); NULL if the zip must hold one file. */
void zip_open(const char *pattern);
/* False if there are no more members; the zip was whole then. */
bool zip_next(void);
size_t zip_read(char *p, size_t cap);

#endif
