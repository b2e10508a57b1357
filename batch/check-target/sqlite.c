/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "batch/check-target/check_target.h"
#include "common/db/sqlite/sqlite.h"

enum { LOCK_TIME = 10000 }; /* milliseconds */

static const char text[] = "日本語 😀", bytes[] = "\0\xff\x10";

/* Writes a row of each kind of value and reads it back, in a transaction that is rolled back. */
static bool
round_trip(const struct subject *t, struct sqlite_connection *c)
{
	const struct value values[] = {
	    {.type = VALUE_INT, .i = INT64_MAX},
	    {.type = VALUE_TEXT, .s = {text, sizeof text - 1}},
	    {.type = VALUE_BYTES, .s = {bytes, sizeof bytes - 1}},
	    {.type = VALUE_NULL},
	};
	struct slice select = SLICE("SELECT a, b, hex(c), d FROM mam_check_target");
	bool row = false, same = false;
	if (!sqlite_lock(c) ||
	    !sqlite_run(c, "CREATE TABLE mam_check_target (a INTEGER, b TEXT, c BLOB, d)") ||
	    !sqlite_execute(c, SLICE("INSERT INTO mam_check_target VALUES (?, ?, ?, ?)"), values,
		sizeof values / sizeof *values, NULL))
		return false;
	struct sqlite_statement *s = sqlite_prepare(c, select);
	if (sqlite_next(s, &row))
		same = row && sqlite_integer(s, 0) == INT64_MAX &&
		       slice_is(sqlite_text(s, 1), text) && slice_is(sqlite_text(s, 2), "00FF10") &&
		       sqlite_null(s, 3);
	if (!sqlite_finish(s) || !sqlite_run(c, "ROLLBACK"))
		return false;
	check_put(same ? CHECK_OK : CHECK_FAILED, "round trip", t->shown, NULL, "%s",
	    same ? "4 types came back as they were, and were rolled back"
		 : "a value came back changed");
	return true;
}

/* The first load makes a file that is missing, if its folder can be written. */
static bool
is_ready(const struct subject *t, const char *file, bool *missing)
{
	*missing = access(file, F_OK) != 0 && errno == ENOENT;
	if (!*missing)
		return true;
	const char *slash = strrchr(file, '/');
	char *folder = slash == file ? xstring(SLICE("/"))
		       : slash       ? xstring((struct slice){file, (size_t)(slash - file)})
				     : xstring(SLICE("."));
	bool good = access(folder, W_OK | X_OK) == 0;
	if (!good)
		check_put(CHECK_FAILED, "target", t->shown,
		    "make the folder, or give it to this user",
		    "the folder of the file cannot be written: %s", strerror(errno));
	free(folder);
	return good;
}

void
check_sqlite(const struct subject *t)
{
	const char *file = t->address + strlen("sqlite:");
	struct sqlite_connection c;
	bool missing, row = false;
	if (!*file)
		die(STATUS_USAGE, "sqlite: needs the path of a file");
	if (!is_ready(t, file, &missing))
		return;
	bool good = sqlite_open(
	    &c, &(struct sqlite_settings){.file = missing ? "" : file, .lock_timeout = LOCK_TIME});
	if (good) {
		struct sqlite_statement *s = sqlite_prepare(&c, SLICE("SELECT sqlite_version()"));
		if (sqlite_next(s, &row) && row)
			check_put(CHECK_OK, "target", t->shown, NULL, "SQLite %.*s%s",
			    (int)sqlite_text(s, 0).n, sqlite_text(s, 0).p,
			    missing ? ", the first load makes the file" : "");
		good = sqlite_finish(s) && round_trip(t, &c);
	}
	if (!good)
		report_db_error(t, "target", &c.error);
	sqlite_close(&c);
}
