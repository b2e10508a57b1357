/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* nftw */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/operate/state.h"
#include "common/program/message.h"

enum { DEPTH_OPEN = 8 };

/* Makes all folders that lead to path, path itself not among them. */
static void
make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
}

/* A batch may change its folder, and the history is read in others. */
static void
make_absolute(struct buf *path)
{
	char *here = path->p[0] == '/' ? NULL : getcwd(NULL, 0);
	if (!here)
		return;
	struct buf whole = {0};
	buf_printf(&whole, "%s/%s%c", strcmp(here, "/") == 0 ? "" : here, path->p, '\0');
	buf_check(&whole, "the state folder's name", NULL);
	buf_free(path);
	*path = whole;
	free(here);
}

const char *
state_folder(const char *given)
{
	const char *named = given ? given : getenv("MAM_STATE_DIR");
	struct buf path = {0};
	if (named && *named)
		buf_put_text(&path, named);
	else {
		const char *base = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
		bool has_base = base && *base == '/';
		if (!has_base && !(home && *home == '/'))
			die(STATUS_CONFIG,
			    "no folder for the state: set MAM_STATE_DIR or HOME, or give --state");
		buf_put_text(&path, has_base ? base : home);
		buf_put_text(&path, has_base ? "/mam-etl" : "/.local/state/mam-etl");
	}
	buf_put_text(&path, "/");
	buf_put_byte(&path, '\0');
	buf_check(&path, "the state folder's name", NULL);
	make_absolute(&path);
	make_parents(path.p);
	path.p[strlen(path.p) - 1] = '\0';
	return path.p;
}

char *
state_path(const char *folder, const char *a, const char *b)
{
	struct buf path = {0};
	buf_put_text(&path, folder);
	buf_put_byte(&path, '/');
	buf_put_text(&path, a);
	if (b) {
		buf_put_byte(&path, '/');
		buf_put_text(&path, b);
	}
	buf_put_byte(&path, '\0');
	buf_check(&path, "a path", NULL);
	make_parents(path.p);
	return path.p;
}

/* The file under this name is still the one that was locked: its last owner may have removed it. */
static bool
is_current(const char *path, int fd)
{
	struct stat by_name, by_fd;
	return stat(path, &by_name) == 0 && fstat(fd, &by_fd) == 0 &&
	       by_name.st_dev == by_fd.st_dev && by_name.st_ino == by_fd.st_ino;
}

static long
read_holder(int fd)
{
	char text[32] = "";
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	return n > 0 ? strtol(text, NULL, 10) : 0;
}

enum state_lock
state_lock(const char *folder, const char *name, int *fd, long *holder)
{
	char *path = state_path(folder, "locks", name);
	enum state_lock result = STATE_FAILED;
	*holder = 0;
	while ((*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) >= 0) {
		if (flock(*fd, LOCK_EX | LOCK_NB) == 0) {
			if (is_current(path, *fd)) {
				result = STATE_LOCKED;
				break;
			}
			close(*fd);
			continue;
		}
		if (errno == EINTR) {
			close(*fd);
			continue;
		}
		int why = errno;
		result = why == EWOULDBLOCK ? STATE_BUSY : STATE_FAILED;
		*holder = read_holder(*fd);
		close(*fd);
		errno = why;
		break;
	}
	if (result == STATE_LOCKED && ftruncate(*fd, 0) == 0)
		dprintf(*fd, "%ld\n", (long)getpid()); /* for people; the lock does not need it */
	free(path);
	return result;
}

void
state_unlock(const char *folder, const char *name, int fd)
{
	char *path = state_path(folder, "locks", name);
	/*
	 * before the lock is released, so that another process's lock is never
	 * removed
	 */
	unlink(path);
	close(fd);
	free(path);
}

bool
state_write(const char *path, struct slice bytes)
{
	struct buf part = {0};
	buf_printf(&part, "%s.%ld.part%c", path, (long)getpid(), '\0');
	buf_check(&part, "a path", NULL);
	int fd = open(part.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool good = fd >= 0;
	for (size_t at = 0; good && at < bytes.n;) {
		ssize_t n = write(fd, bytes.p + at, bytes.n - at);
		good = n > 0 || (n < 0 && errno == EINTR);
		at += n > 0 ? (size_t)n : 0;
	}
	good = good && fsync(fd) == 0;
	int why = errno;
	if (fd >= 0 && close(fd) && good) {
		good = false;
		why = errno;
	}
	if (good && rename(part.p, path)) {
		good = false;
		why = errno;
	}
	if (!good)
		unlink(part.p);
	buf_free(&part);
	errno = why;
	return good;
}

static int
remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
	(void)info;
	(void)kind;
	(void)where;
	remove(path);
	return 0;
}

void
state_remove(const char *path)
{
	nftw(path, remove_one, DEPTH_OPEN, FTW_DEPTH | FTW_PHYS);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

size_t
state_list(const char *path, char ***names)
{
	size_t n = 0, room = 0;
	*names = NULL;
	DIR *folder = opendir(path);
	for (struct dirent *e; folder && (e = readdir(folder));) {
		if (e->d_name[0] == '.')
			continue;
		if (n == room) {
			room = room ? 2 * room : 64;
			*names = xrealloc(*names, room * sizeof **names);
		}
		(*names)[n++] = xstring(slice_of(e->d_name));
	}
	if (folder)
		closedir(folder);
	if (n)
		qsort(*names, n, sizeof **names, by_name);
	return n;
}

void
state_list_free(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

int64_t
state_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
state_put_id(struct buf *b)
{
	unsigned char bytes[16];
	uint64_t now = (uint64_t)state_now();
	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		die_errno(STATUS_IO, "cannot get random bytes");
	for (int i = 0; i < 6; i++)
		bytes[i] = (unsigned char)(now >> (40 - 8 * i));
	bytes[6] = (unsigned char)(0x70 | (bytes[6] & 0x0f));
	bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3f));
	for (size_t i = 0; i < sizeof bytes; i++)
		buf_printf(b, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", bytes[i]);
}
