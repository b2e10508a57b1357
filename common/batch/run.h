/* SPDX-License-Identifier: MIT */
#ifndef COMMON_BATCH_RUN_H
#define COMMON_BATCH_RUN_H

#include "common/text/bytes.h"

/*
 * The record of one run of a batch, mam-run(5): one row of the history, and one line of JSON on
 * disk. Every member is text or a whole number, so that it is the same in each database. Times are
 * ISO 8601 in UTC with milliseconds ("2026-11-26T06:30:00.125Z"), so their order is that of the text.
 */

enum {
	RUN_VERSION = 1,      /* of the record and of the tables */
	RUN_TEXT_MAX = 16000, /* bytes of a member; more are left out, except of RUN_STAGES */
};

enum run_text {
	RUN_ID,    /* UUID, version 7 */
	RUN_BATCH, /* the batch's name */
	RUN_SLOT,  /* the scheduled time that the run is for */
	RUN_STATE, /* running, ok, warned, failed, timeout, canceled, lost */
	RUN_FROM,  /* the window's first day, YYYY-MM-DD; empty: the batch's own */
	RUN_TO,    /* the day after its last */
	RUN_STARTED,
	RUN_ENDED,    /* empty while it runs */
	RUN_SEEN,     /* the last sign of life of a run that has not ended */
	RUN_DEADLINE, /* it must have ended by then; empty: it has no timeout */
	RUN_TARGET,
	RUN_OWNER,
	RUN_LAUNCHER, /* cron, systemd, datapipeline, prefect, slurm, batch, manual */
	RUN_LAUNCH,   /* the launcher's own id of this run */
	RUN_HOST,
	RUN_BOOT,    /* the host's boot id: a process id means nothing after a reboot */
	RUN_OS,      /* "debian-12" */
	RUN_BUILD,   /* version of the programs */
	RUN_FOLDER,  /* with the log and, of a failed run, the captured streams */
	RUN_MESSAGE, /* the last line of the log of a run that failed */
	RUN_STAGES,  /* JSON: an array with the counters of each stage */
	RUN_TEXTS
};

enum run_number {
	RUN_ATTEMPT,  /* attempts so far */
	RUN_STATUS,   /* exit status of run-batch */
	RUN_SIGNAL,   /* that ended the batch */
	RUN_PID,      /* of run-batch */
	RUN_RECORDS,  /* that reached the loader */
	RUN_INSERTED, /* rows */
	RUN_UPDATED,
	RUN_DELETED,
	RUN_REJECTED, /* records, by all stages */
	RUN_BYTES,    /* that the first stages read */
	RUN_CPU,      /* milliseconds, of all processes of the batch */
	RUN_MEMORY,   /* bytes, peak of the largest process */
	RUN_NUMBERS
};

struct run {
	struct buf text[RUN_TEXTS];
	int64_t number[RUN_NUMBERS]; /* -1: not known */
};

extern const char *const run_text_names[RUN_TEXTS];
extern const char *const run_number_names[RUN_NUMBERS];

/* Empties the record: all texts empty, all numbers unknown. To be called before the first use, too. */
void run_reset(struct run *r);
void run_free(struct run *r);
/* Bad UTF-8 and NUL are made visible, see visible_put. */
void run_set(struct run *r, enum run_text which, struct slice text);
struct slice run_get(const struct run *r, enum run_text which);
bool run_is(const struct run *r, enum run_text which, const char *text);

/*
 * Appends the record as one JSON object without a newline; empty and unknown
 * members are left out.
 */
void run_write_json(struct buf *out, const struct run *r);
/*
 * Reads it back. NULL on success, else why it is not a run's record (a static text). Members that
 * are not known are ignored, unless the record's version is higher than RUN_VERSION.
 */
const char *run_read_json(struct run *r, struct slice text);

/* Appends an instant as the record has it. */
void run_put_time(struct buf *b, int64_t milliseconds);
/* Milliseconds since 1970 of such a text; false if it is not one. */
bool run_read_time(struct slice text, int64_t *milliseconds);

#endif
