/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_HISTORY_H
#define COMMON_OPERATE_HISTORY_H

#include "common/batch/run.h"
#include "common/db/error.h"

/*
 * The history of all runs: table mam_run in SQLite, PostgreSQL or MySQL/MariaDB, mam-run(5).
 * Nothing here prints or exits: a function that fails returns false and leaves the cause in
 * the error. While an error is set every call fails at once.
 */
struct history;

/*
 * Opens the history at a URL: postgresql://…, mysql://…, or the path of an SQLite file ("sqlite:"
 * may precede it). password may be NULL; the database's own ways to name one count, too. With
 * create the tables are made if they are missing; without it, a history that does not exist is
 * empty. A history of a newer version is STATUS_CONFIG. Never NULL but without memory.
 */
struct history *history_open(
    const char *url, const char *password, const char *program, bool create);
void history_close(struct history *h);
const struct db_error *history_error(const struct history *h);
/* Forgets the error of a statement, so that the next one is tried. A lost connection stays lost. */
void history_forgive(struct history *h);
/* How long SQLite waits for another process's lock; servers have limits of their own. */
void history_set_wait(struct history *h, int64_t milliseconds);

/* Stores a record: a new row, or in place of the row with its id. */
bool history_put(struct history *h, const struct run *r);
/* A sign of life: sets "seen" of a run that is still running. */
bool history_seen(struct history *h, struct slice id, struct slice when);

/* Which runs; an empty slice means any. */
struct history_query {
	struct slice batch;
	struct slice slot;
	struct slice state;
	struct slice since; /* started at this time or later */
	size_t latest;      /* only so many, the last ones started; 0: all */
	bool brief;         /* without the stages, which are most of a record */
};

/* Called for each run in the order in which they started. The record lives until it returns. */
typedef void history_row(void *context, const struct run *r);
bool history_select(
    struct history *h, const struct history_query *q, history_row *row, void *context);

enum history_lock {
	HISTORY_LOCKED,   /* until history_close, or until this process ends */
	HISTORY_BUSY,     /* another connection has it */
	HISTORY_NO_LOCKS, /* SQLite: a file locks for its host only, see state.h */
	HISTORY_FAILED,   /* the error is set */
};

/* Takes the lock of this name, which all users of the database share; does not wait. */
enum history_lock history_lock(struct history *h, struct slice name);

#endif
