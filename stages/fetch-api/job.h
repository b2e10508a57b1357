/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_JOB_H
#define STAGES_FETCH_API_JOB_H

#include "stages/fetch-api/answer.h"

/*
 * An asynchronous job, which the main request downloads: --create-url makes it,
 * --poll-url says how it is, --delete-url removes it. It belongs to one task. All zeros:
 * none yet.
 */
struct job {
	bool ready; /* the answer is set up */
	struct request request;
	struct answer answer;
	struct buf created, polled; /* answers, msgpack; n == 0: none */
	struct buf home;            /* the URL that made it, if it got our credentials */
	bool home_private;          /* that is a private address */
	bool adopted;               /* another request has made it */
	bool open;                  /* it counts for --max-open */
	struct buf word;            /* its last status */
	struct buf text;            /* of messages */
};

enum job_result {
	JOB_DATA,    /* done: the main request can be sent; also without --create-url */
	JOB_NO_DATA, /* done, and there is nothing to download */
	JOB_IGNORED, /* a rule leaves it out */
};

/* Before the first task: checks what names the options use. */
void job_init(void);

/* Makes the job of the current task and waits until it is done. Dies when it fails for good. */
enum job_result job_run(void);

/* After the download: removes the job. That this fails is a message and is counted. */
void job_end(void);

/* A job for another task. */
void job_clear(struct job *j);

/* Counts of all jobs, for the summary. */
void job_count(void);

/* Whether the answer of --poll-url has a status. */
bool job_has_status(const struct answer *a);
/* Whether an error of --create-url names a job that is there already; that is then the task's. */
bool job_adopts(const struct answer *a);

#endif
