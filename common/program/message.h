/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_MESSAGE_H
#define COMMON_PROGRAM_MESSAGE_H

#include "common/program/status.h"
#include "common/text/bytes.h"

/*
 * The program's name, without a path; set once by options_parse. With MAM_STEP in the
 * environment the stage is "NAME[STEP]", so that the three fetch-api of one batch differ.
 * Dies with STATUS_USAGE when MAM_STEP is not a name.
 */
void message_set_program(const char *name);
const char *message_program(void);

/* The name that starts every message and goes into counters, aborts and rejects. */
const char *message_stage(void);
/* Replaces it, to report another stage's failure in that stage's name. Not copied. */
void message_set_stage(const char *name);

/*
 * Begins every message from now on with "PLACE: ", after the program's name: the file and
 * line that are being read. NULL: no place. Not copied.
 */
void message_set_place(const char *place);
const char *message_place(void);

/*
 * One line on standard error, one write(2): "PROGRAM: text". Control, invisible
 * and direction-changing characters are escaped (common/text/visible.h) wherever they are in the
 * text, bad UTF-8 becomes U+FFFD, the text is cut at 4,000 bytes. With MAM_LOG=json a JSON object
 * with the same text instead. No newline in the format.
 */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * The same, then an abort on the output stream (if one is open) and exit(status).
 * Nothing needs freeing before: the kernel does it, and a database rolls back.
 */
_Noreturn void die(enum status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* die with ": " and the text of errno appended. */
_Noreturn void die_errno(enum status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * A quotation of foreign bytes for a message: in double quotes, cut at about 200
 * bytes on a character border with "…", invisible characters escaped as in message. Static
 * storage, four in turn.
 */
const char *quoted(struct slice s);

/*
 * Sets a function that die calls between the message and exit (stream_out,
 * rejects, a progress line). At most 8, last first.
 */
void message_at_death(void (*hook)(enum status status, const char *why));

/*
 * Sets a function that die asks once before it prints: it may return another
 * status and append to the text why. One at most. A die inside that function
 * counts as the first.
 */
void message_reconsider(enum status (*hook)(enum status status, struct buf *text));

/*
 * The log that this process writes to, as a number: the same for all stages of
 * a pipe whose standard errors are one file, pipe or terminal. 0 if the last
 * message could not be written.
 */
uint64_t message_log(void);

/*
 * Sets a function that is called before each message and clears the live
 * progress line. One at most.
 */
void message_before(void (*hook)(void));

/* Memory that cannot fail for the caller: dies with STATUS_TRY_AGAIN. */
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
/* A NUL-terminated copy of a slice (for foreign libraries); dies with STATUS_DATA when it holds a NUL. */
char *xstring(struct slice s);
/*
 * Dies if a buffer has failed. The message calls it by the name what; option is
 * its option or NULL.
 */
void buf_check(const struct buf *b, const char *what, const char *option);

#endif
