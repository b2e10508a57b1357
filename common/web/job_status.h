/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_JOB_STATUS_H
#define COMMON_WEB_JOB_STATUS_H

#include "common/record/json_path.h"

/*
 * The state of an asynchronous job, by the words of its API, and the number of a job
 * that an error names.
 */

/* The later one counts where a path leads to several. */
enum job_state {
	JOB_MISSING, /* there is no status (yet) */
	JOB_SKIPPED, /* it has ended and has no data */
	JOB_COMPLETED,
	JOB_RUNNING,
	JOB_FAILED,
	JOB_UNKNOWN, /* a word without a meaning */
	JOB_STATES,
};

/* The words of each state; they point into the options. */
struct job_words {
	struct slice *list[JOB_STATES];
	size_t n[JOB_STATES];
};

/* Takes words separated by "|", "SUCCESS|DONE". NULL, or the fault in the text (a static text). */
const char *job_words_parse(struct job_words *w, enum job_state state, struct slice text);
/* A word that has two meanings; n == 0: none has. */
struct slice job_words_repeated(const struct job_words *w);
void job_words_free(struct job_words *w);

/*
 * The state at path in body (msgpack). A number or bool is compared as JSON has it; null and
 * empty text are no status. word is emptied, and is then the word that decided.
 */
enum job_state job_state_find(
    const struct job_words *w, struct slice body, const struct json_path *path, struct buf *word);

/* "NAME=PATH~REGEX": the text at PATH in an error has a job's number, as the first group of the POSIX extended REGEX. */
struct job_adopt {
	struct json_path name, path;
	void *regex;
};

/* NULL, or the fault in the text (a static text). */
const char *job_adopt_parse(struct job_adopt *a, struct slice text);
void job_adopt_free(struct job_adopt *a);
/* Appends {NAME: number}, msgpack; false if body (msgpack, or nothing) has no such text. */
bool job_adopt_find(const struct job_adopt *a, struct slice body, struct buf *out);

#endif
