/* SPDX-License-Identifier: MIT */
/* SQLite's errors as values. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/db/cause.h"
#include "common/db/sqlite/sqlite_impl.h"

/* Of a call on a file that failed. */
static enum db_cause
cause_of_errno(int system)
{
	switch (system) {
	case EACCES:
	case EPERM:
	case EROFS:
		return CAUSE_PERMISSION;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOLCK:
		return CAUSE_RESOURCES;
	default:
		return CAUSE_LOCAL_DISK;
	}
}

static enum db_cause
cause_of(int code, int system)
{
	if (code == SQLITE_IOERR_NOMEM)
		return CAUSE_RESOURCES;
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return CAUSE_LOCK;
	case SQLITE_SCHEMA:
		return CAUSE_CHANGED;
	case SQLITE_NOMEM:
		return CAUSE_RESOURCES;
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
		return CAUSE_DATA;
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_AUTH:
		return CAUSE_PERMISSION;
	case SQLITE_CANTOPEN:
	case SQLITE_IOERR:
		return cause_of_errno(system);
	case SQLITE_FULL:
	case SQLITE_CORRUPT:
	case SQLITE_NOLFS:
		return CAUSE_LOCAL_DISK;
	case SQLITE_ERROR:
	case SQLITE_NOTADB:
		return CAUSE_REFUSED;
	default:
		return CAUSE_STATEMENT;
	}
}

/* A file that is gone shows as one that is read-only, damaged or cannot be opened. */
static bool
may_have_moved(int code)
{
	switch (code & 0xff) {
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_IOERR:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return true;
	default:
		return false;
	}
}

bool
sqlite_fail(struct sqlite_connection *c)
{
	int code = sqlite3_extended_errcode(c->handle), system = sqlite3_system_errno(c->handle);
	enum status status = db_cause_status(cause_of(code, system));
	char number[DB_ERROR_CODE];

	if (db_error_is_set(&c->error))
		return false;
	snprintf(number, sizeof number, "%d", code);
	if (may_have_moved(code) && sqlite_has_moved(c))
		return sqlite_fail_moved(c, "nothing was committed");
	if ((code & 0xff) == SQLITE_BUSY)
		return db_error_set(&c->error, status, number,
		    "another process has kept the database locked for %" PRId64 " ms%s%s%s",
		    c->lock_timeout, c->lock_option ? " (" : "",
		    c->lock_option ? c->lock_option : "", c->lock_option ? ")" : "");
	if (code == SQLITE_READONLY_DIRECTORY)
		return db_error_set(&c->error, status, number,
		    "its folder cannot be written, and the journal belongs there");
	bool io = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
	return db_error_set(&c->error, status, number, "%s%s%s", sqlite3_errmsg(c->handle),
	    io && system != 0 ? ": " : "", io && system != 0 ? strerror(system) : "");
}

bool
sqlite_fail_system(struct sqlite_connection *c, int system)
{
	return db_error_set(
	    &c->error, db_cause_status(cause_of_errno(system)), NULL, "%s", strerror(system));
}

bool
sqlite_fail_moved(struct sqlite_connection *c, const char *outcome)
{
	if (!db_error_is_set(&c->error))
		c->error.lost = true;
	return db_error_set(&c->error, db_cause_status(CAUSE_CHANGED), NULL,
	    "another process renamed, removed or replaced the file in the meantime; %s", outcome);
}
