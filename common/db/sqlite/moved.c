/* SPDX-License-Identifier: MIT */
/*
 * Whether the name of the file still leads to the file that is open. A restore or a second
 * job may rename, remove or replace it, and SQLite then commits rows into a file that no one
 * will open again.
 */
#include <sys/stat.h>

#include "common/db/sqlite/sqlite_impl.h"

static bool
identify(const char *path, struct sqlite_identity *found)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return false;
	*found = (struct sqlite_identity){(uint64_t)st.st_dev, (uint64_t)st.st_ino};
	return true;
}

static bool
is_still(const char *path, const struct sqlite_identity *before)
{
	struct sqlite_identity now;

	return identify(path, &now) && now.device == before->device && now.inode == before->inode;
}

/* SQLite compares the path, in which symbolic links were resolved when it opened the file. */
static bool
path_has_moved(struct sqlite_connection *c)
{
	int moved = 0;

	return sqlite3_file_control(c->handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) ==
		   SQLITE_OK &&
	       moved;
}

bool
sqlite_has_moved(struct sqlite_connection *c)
{
	if (!c->handle || c->opened.inode == 0)
		return false;
	const char *path = sqlite3_db_filename(c->handle, "main");
	return path_has_moved(c) || !is_still(c->file, &c->opened) ||
	       (c->log.inode != 0 && !is_still(sqlite3_filename_wal(path), &c->log));
}

bool
sqlite_remember(struct sqlite_connection *c)
{
	struct sqlite_identity found;

	if (!identify(c->file, &found) ||
	    !is_still(sqlite3_db_filename(c->handle, "main"), &found) || path_has_moved(c))
		return sqlite_fail_moved(c, "nothing was committed");
	c->opened = found;
	return true;
}

bool
sqlite_remember_log(struct sqlite_connection *c)
{
	const char *path = sqlite3_db_filename(c->handle, "main");

	return identify(sqlite3_filename_wal(path), &c->log) ||
	       sqlite_fail_moved(c, "nothing was committed");
}
