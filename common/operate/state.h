/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_STATE_H
#define COMMON_OPERATE_STATE_H

#include "common/batch/run.h"

/*
 * The folder in which the operator's programs keep the state of this host's
 * runs:
 *
 *     history.db            the history, unless another one is named
 *     locks/BATCH@SLOT      held by flock(2) while the batch runs for that slot
 *     pending/ID-start.json, ID-end.json   records that the history does not have yet
 *     runs/BATCH/ID/        log, stages/ and capture/ of each run
 *
 * Only its owner can read it. These functions may end the process.
 */

/*
 * The folder, made if it is missing: given (an option's value), else
 * MAM_STATE_DIR, else mam-etl in XDG_STATE_HOME or ~/.local/state. Dies with
 * STATUS_CONFIG if none of them is set. A folder that cannot be made is not an
 * error here, since a batch must run on a full disk too. The path is absolute and
 * lives for ever.
 */
const char *state_folder(const char *given);

/* "FOLDER/a/b", or "FOLDER/a" if b is NULL, in memory of its own; the folders above it are made. */
char *state_path(const char *folder, const char *a, const char *b);

enum state_lock {
	STATE_LOCKED, /* *fd holds it; closed by exec, and free when all copies are closed */
	STATE_BUSY,   /* another process has it; *holder is its id, or 0 */
	STATE_FAILED, /* with errno set */
};
enum state_lock state_lock(const char *folder, const char *name, int *fd, long *holder);
/* Removes the lock's file and frees it. */
void state_unlock(const char *folder, const char *name, int fd);

/*
 * Writes a file so that it is there whole or not at all, also after a crash: a temporary file,
 * fsync, rename. False with errno set.
 */
bool state_write(const char *path, struct slice bytes);
/* Removes a file or a folder with all that it contains. Errors are ignored. */
void state_remove(const char *path);
/* The names in a folder in their order, without those that begin with a dot. A folder that is missing has none. */
size_t state_list(const char *path, char ***names);
void state_list_free(char **names, size_t n);

/* Milliseconds since 1970. */
int64_t state_now(void);
/* A new UUID of version 7 (RFC 9562): the ids of later runs sort after it. */
void state_put_id(struct buf *b);

#endif
