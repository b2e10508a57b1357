/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/db/cause.h"
#include "common/db/sqlite/sqlite_impl.h"

enum { VERSION_NEEDED = 3037000 }; /* STRICT tables, pragma_table_list */

bool
sqlite_ready(struct sqlite_connection *c)
{
	if (db_error_is_set(&c->error))
		return false;
	return c->handle || db_error_set(&c->error, STATUS_BUG, NULL, "the database is not open");
}

void
sqlite_set_lock_timeout(struct sqlite_connection *c, int64_t milliseconds)
{
	c->lock_timeout = milliseconds;
	if (c->handle)
		sqlite3_busy_timeout(c->handle, (int)milliseconds);
}

bool
sqlite_is_open(const struct sqlite_connection *c)
{
	return c->handle != NULL;
}

void
sqlite_close(struct sqlite_connection *c)
{
	if (c->handle) {
		if (!sqlite3_get_autocommit(c->handle))
			sqlite3_exec(c->handle, "ROLLBACK", NULL, NULL, NULL);
		sqlite3_close_v2(c->handle);
	}
	free(c->file);
	free(c->watched);
	c->handle = NULL;
	c->file = c->watched = NULL;
}

/* False unless the file can be opened for writing. SQLite would open it for reading, and not report why. */
static bool
check_writable(struct sqlite_connection *c)
{
	int fd = open(c->file, O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0) {
		close(fd);
		return true;
	}
	int system = errno;
	if (system == ENOENT)
		return true; /* it is made, or SQLite reports it */
	if ((system == EACCES || system == EPERM || system == EROFS) && access(c->file, R_OK) == 0)
		return db_error_set(&c->error, db_cause_status(CAUSE_PERMISSION), NULL,
		    "it can be read, but not written");
	return sqlite_fail_system(c, system);
}

/* The name as SQLite takes it: "file:x" and ":x" would mean something else. NULL: no memory. */
static char *
plain_name(const char *name)
{
	struct buf path = {0};
	char *copy = NULL;

	if (*name == ':' || strncmp(name, "file:", 5) == 0)
		buf_put_text(&path, "./");
	buf_put_text(&path, name);
	buf_put_byte(&path, '\0');
	if (!path.failed)
		copy = strdup(path.p);
	buf_free(&path);
	return copy;
}

static bool
open_handle(struct sqlite_connection *c, bool create)
{
	sqlite3 *handle = NULL;
	int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
	int code = sqlite3_open_v2(c->file ? c->file : "", &handle, flags, NULL);

	c->handle = handle;
	if (!handle)
		return db_error_memory(&c->error, "the database");
	sqlite3_extended_result_codes(handle, 1);
	if (code != SQLITE_OK)
		return sqlite_fail(c);
	/* It can be written, as check_writable saw: SQLite failed for another reason, which it does not keep. */
	if (sqlite3_db_readonly(handle, "main") == 1)
		return db_error_set(&c->error, db_cause_status(CAUSE_RESOURCES), NULL,
		    "SQLite could open it for reading only");
	return sqlite3_busy_timeout(handle, (int)c->lock_timeout) == SQLITE_OK || sqlite_fail(c);
}

bool
sqlite_open(struct sqlite_connection *c, const struct sqlite_settings *s)
{
	int64_t version;

	*c = (struct sqlite_connection){
	    .lock_timeout = s->lock_timeout, .lock_option = s->lock_option};
	if (sqlite3_libversion_number() < VERSION_NEEDED)
		return db_error_set(&c->error, db_cause_status(CAUSE_CONFIG), NULL,
		    "SQLite %s is too old: 3.37 or later is needed", sqlite3_libversion());
	if (*s->file) {
		c->file = plain_name(s->file);
		if (!c->file)
			return db_error_memory(&c->error, "the file's name");
		if (!check_writable(c))
			return false;
	}
	if (!open_handle(c, s->create))
		return false;
	/* At most 32 MiB for pages; temporary tables go to a file, not into memory. */
	sqlite_run(c, "PRAGMA cache_size = -32768");
	sqlite_run(c, "PRAGMA temp_store = FILE");
	sqlite_run(c, "PRAGMA foreign_keys = ON");
	/* The first that reads the file: fails if it is not a database. */
	return sqlite_number(c, "PRAGMA schema_version", &version) &&
	       (!c->file || sqlite_remember(c));
}

size_t
sqlite_columns_max(const struct sqlite_connection *c)
{
	return c->handle ? (size_t)sqlite3_limit(c->handle, SQLITE_LIMIT_COLUMN, -1) : 0;
}

bool
sqlite_lock(struct sqlite_connection *c)
{
	bool logs, row = false;

	if (!sqlite_run(c, "BEGIN IMMEDIATE") || !sqlite_run(c, "PRAGMA defer_foreign_keys = ON"))
		return false;
	if (!c->file)
		return true;
	struct sqlite_statement *s = sqlite_prepare(c, SLICE("PRAGMA main.journal_mode"));
	sqlite_next(s, &row);
	logs = row && slice_is(sqlite_text(s, 0), "wal");
	if (!sqlite_finish(s) || (logs && !sqlite_remember_log(c)))
		return false;
	return !sqlite_has_moved(c) || sqlite_fail_moved(c, "nothing was committed");
}

enum db_commit
sqlite_commit(struct sqlite_connection *c, bool *unlocked)
{
	if (unlocked)
		*unlocked = true;
	if (!sqlite_ready(c))
		return DB_COMMIT_FAILED;
	if (sqlite_has_moved(c)) {
		sqlite_fail_moved(c, "nothing was committed");
		return DB_COMMIT_FAILED;
	}
	int code = sqlite3_exec(c->handle, "COMMIT", NULL, NULL, NULL);
	/* COMMIT unlocks the file when all else is done, so the rows are in. */
	if (code == SQLITE_IOERR_UNLOCK || code == SQLITE_IOERR_RDLOCK) {
		if (unlocked)
			*unlocked = false;
	} else if (code != SQLITE_OK) {
		sqlite_fail(c);
		return DB_COMMIT_FAILED;
	}
	if (!sqlite_has_moved(c))
		return DB_COMMITTED;
	sqlite_fail_moved(c, "the rows are in the old file");
	return DB_COMMIT_UNKNOWN;
}

/* SQLite does not call it for a table WITHOUT ROWID. */
static void
count_write(void *arg, int what, const char *database, const char *table, sqlite3_int64 row)
{
	struct sqlite_connection *c = arg;

	(void)row;
	if (strcmp(database, "main") != 0 || sqlite3_stricmp(table, c->watched) != 0)
		return;
	c->inserts += what == SQLITE_INSERT;
	c->updates += what == SQLITE_UPDATE;
}

bool
sqlite_watch(struct sqlite_connection *c, struct slice table)
{
	if (!sqlite_ready(c))
		return false;
	sqlite3_update_hook(c->handle, NULL, NULL);
	free(c->watched);
	c->watched = strndup(table.p, table.n);
	if (!c->watched)
		return db_error_memory(&c->error, "a table's name");
	c->inserts = c->updates = 0;
	sqlite3_update_hook(c->handle, count_write, c);
	return true;
}

bool
sqlite_inserted(const struct sqlite_connection *c, uint64_t touched, uint64_t *inserted)
{
	*inserted = c->inserts;
	return c->inserts + c->updates == touched;
}
