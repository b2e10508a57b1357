/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_SQLITE_SQLITE_IMPL_H
#define COMMON_DB_SQLITE_SQLITE_IMPL_H

#include <sqlite3.h>

#include "common/db/sqlite/sqlite.h"

/* Shared by the files of this folder that call SQLite; no others do. */

/* The connection is open, and no error is set. */
bool sqlite_ready(struct sqlite_connection *c);
/* Sets the error from SQLite's last one. Returns false. */
bool sqlite_fail(struct sqlite_connection *c);
/* Sets the error from errno, for a call on the file. Returns false. */
bool sqlite_fail_system(struct sqlite_connection *c, int system);

/* Remembers which file was opened, if its name still leads to it; else sets the error. */
bool sqlite_remember(struct sqlite_connection *c);
/* The same of the write-ahead log, which the transaction has one of. */
bool sqlite_remember_log(struct sqlite_connection *c);
/* The name that was opened, or that of the log, no longer leads to the open file. */
bool sqlite_has_moved(struct sqlite_connection *c);
/* Sets the error for it; outcome is the state of the rows. Returns false. */
bool sqlite_fail_moved(struct sqlite_connection *c, const char *outcome);

#endif
