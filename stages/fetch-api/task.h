/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_TASK_H
#define STAGES_FETCH_API_TASK_H

#include "common/record/record.h"
#include "stages/fetch-api/coverage_build.h"
#include "stages/fetch-api/job.h"
#include "stages/fetch-api/output.h"
#include "stages/fetch-api/poll.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/windows.h"

/* A record of the input, copied. */
struct task_record {
	struct record record;
	uint64_t number;
	struct buf raw; /* what it is made of */
	struct schema schema;
};

/* Records of one request. */
struct group {
	struct task_record *list;
	size_t n, cap;
};

/* An answer that a rule calls too much, so that less is to be asked for. */
enum refusal {
	REFUSAL_NONE,
	REFUSAL_WINDOW, /* the window is split already */
	REFUSAL_PAGE,   /* page_size is smaller already */
};

/*
 * A task is one unit of fetching: one request with all its pages, for one input
 * record (or group of them) and one window of it. Everything that belongs to one request, and not to the
 * whole program, is here, since several tasks may be under way at once: while one
 * waits (for an answer, a token, a pause) another one runs. fetch.task is the one that
 * runs, so a static buffer must not be used across a call that may wait.
 */
struct task {
	const struct record *record; /* the input's, the first of a group; NULL without --each */
	uint64_t number;             /* its number, from 1; 0 without --each */
	bool several;                /* a group: templates have the values of all */
	struct group group;
	struct window window;
	struct coverage_notes coverage;
	struct poll_notes poll;
	struct job job;
	/* --include, see include.c */
	struct buf included_pairs, included_values;
	struct schema file_schema;
	/* what an answer of ours was refused for, and the page size that is asked for (0: none) */
	enum refusal refusal;
	int64_t page_size;
	bool holds; /* the records of a window that may be split are held until it is done */
	struct output held; /* they */
	uint64_t token;     /* the number of the access token that was sent last */
	struct signatures signatures;
	/* while tasks before it are not done, see workers.c */
	bool waits, done;
	struct output output, after; /* after: state of the input that follows it */
	struct task *next;
};

/* Empties it for a request without a record. */
void task_clear(struct task *t);
/* Empties it for the records of the group, which the two exchange. */
void task_take(struct task *t, struct group *group);
/* From now on it is for record i of its group alone; i == n: for all of them again. */
void task_focus(struct task *t, size_t i);

/* Adds a record of the input, which is copied. schema and number are those of the input. */
void group_add(struct group *g, struct slice raw, const struct schema *schema, uint64_t number);
/* The same records as in from. */
void group_copy(struct group *to, const struct group *from);

/*
 * The output of the current task, as stream.h has it. The records of all tasks go out
 * in the order of the input.
 */
char *task_reserve(size_t n);
void task_commit(size_t used);
void task_item(struct slice raw);
/* The records that are held go out, or are forgotten. */
void task_release(void);
void task_forget(void);
/* Sends what is ready: to be called before a wait. */
void task_flush(void);

#endif
