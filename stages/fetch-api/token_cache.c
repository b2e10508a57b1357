/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/json_read.h"
#include "common/json_write.h"
#include "common/message.h"
#include "common/mp_path.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/token_cache.h"
#include "stages/fetch-api/tries.h"

enum { FILE_MAX = 256 * 1024 };

static char *path;    /* NULL: nothing is kept */
static bool is_given; /* by an option; else it is the default place */
static char *lock_path;
static int lock_fd = -1;
static char owner_text[17];

static char *
joined(const char *a, const char *b)
{
	struct buf text = {0};
	buf_put_text(&text, a);
	buf_put_text(&text, b);
	buf_put_byte(&text, '\0');
	buf_check(&text, "a path", NULL);
	return text.p;
}

/* The folder under base, made if need be; NULL when that cannot be. */
static char *
folder_in(const char *base, const char *name)
{
	char *folder = base && base[0] == '/' ? joined(base, name) : NULL;
	if (folder && mkdir(folder, 0700) && errno != EEXIST) {
		free(folder);
		return NULL;
	}
	return folder;
}

static char *
default_folder(void)
{
	const char *cache = getenv("XDG_CACHE_HOME");
	if (cache && *cache)
		return folder_in(cache, "/mam-etl");
	char *home = folder_in(getenv("HOME"), "/.cache"), *folder = folder_in(home, "/mam-etl");
	free(home);
	return folder;
}

void
token_cache_init(const char *given, uint64_t owner)
{
	struct buf name = {0};
	buf_printf(&name, "%016" PRIx64, owner);
	memcpy(owner_text, name.p, name.n);
	buf_free(&name);
	if (given && strcmp(given, "none") == 0)
		return;
	is_given = given;
	if (given) {
		path = joined(given, "");
	} else {
		char *folder = default_folder();
		if (!folder)
			return;
		path = joined(joined(folder, "/token-"), owner_text);
	}
	lock_path = joined(path, ".lock");
}

bool
token_cache_kept(void)
{
	return path;
}

/* A process that asks for a token holds the lock as long as that takes, its retries and all. */
static void
wait_for_lock(void)
{
	enum { NAP = 20 };
	struct tries tries;
	tries_start(&tries, config.max_time, "max-time");
	while (flock(lock_fd, LOCK_EX | LOCK_NB)) {
		if (errno != EINTR && errno != EWOULDBLOCK)
			die_errno(STATUS_IO, "--token-cache: cannot lock %s",
			    quoted(slice_of(lock_path)));
		if (tries_left(&tries) <= NAP)
			die(STATUS_TRY_AGAIN,
			    "--token-cache: another process holds %s all the time (see --max-time)",
			    quoted(slice_of(lock_path)));
		rest_ms(NAP);
	}
}

void
token_cache_lock(void)
{
	if (!path)
		return;
	lock_fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock_fd >= 0) {
		wait_for_lock();
		return;
	}
	if (is_given)
		die_errno(STATUS_IO, "--token-cache: cannot open %s", quoted(slice_of(lock_path)));
	/* A home that cannot be written to is no reason to fail. */
	message("access tokens are not shared with other processes, as %s cannot be opened: %s",
	    quoted(slice_of(lock_path)), strerror(errno));
	free(path);
	path = NULL;
}

void
token_cache_unlock(void)
{
	if (lock_fd >= 0)
		close(lock_fd);
	lock_fd = -1;
}

/* ---- reading ---- */

static void
check_owner(int fd)
{
	struct stat st;
	if (fstat(fd, &st))
		die_errno(STATUS_IO, "--token-cache: cannot look at %s", quoted(slice_of(path)));
	if (st.st_uid != geteuid() || (st.st_mode & 077))
		die(STATUS_CONFIG,
		    "--token-cache: %s must belong to you and be readable by nobody else (mode "
		    "600)",
		    quoted(slice_of(path)));
}

static bool
read_all(struct buf *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return false;
	if (fd < 0)
		die_errno(STATUS_IO, "--token-cache: cannot open %s", quoted(slice_of(path)));
	check_owner(fd);
	char *to = buf_reserve(text, FILE_MAX);
	buf_check(text, "the token cache", NULL);
	for (;;) {
		ssize_t n = read(fd, to + text->n, FILE_MAX - text->n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die_errno(
			    STATUS_IO, "--token-cache: cannot read %s", quoted(slice_of(path)));
		text->n += (size_t)n;
		if (n == 0 || text->n == FILE_MAX)
			break;
	}
	close(fd);
	return true;
}

static void
get_text(struct slice map, const char *name, struct buf *b)
{
	struct mp_token t;
	if (mp_member(map, name, &t) && t.type == MP_STR)
		buf_put(b, t.p, t.n);
}

/* What is not ours must not be written over; what is ours and broken says nothing any more. */
static void
check_broken(struct slice text)
{
	static const char start[] = "{\"owner\":";
	bool ours = text.n >= sizeof start - 1 && memcmp(text.p, start, sizeof start - 1) == 0;
	if (!ours && slice_trim(text).n)
		die(STATUS_CONFIG, "--token-cache: %s holds something else: name another file",
		    quoted(slice_of(path)));
	if (ours)
		message("--token-cache: %s is broken, and begun anew", quoted(slice_of(path)));
}

static void
read_members(struct slice map, struct token *t)
{
	struct buf whose = {0};
	struct mp_token expires;
	get_text(map, "owner", &whose);
	if (slice_is(buf_slice(&whose), owner_text)) {
		get_text(map, "access_token", &t->access);
		get_text(map, "refresh_token", &t->refresh);
		if (mp_member(map, "expires", &expires) && expires.type == MP_INT)
			t->expires = expires.i;
	}
	buf_free(&whose);
}

void
token_cache_read(struct token *t)
{
	struct buf text = {0}, map = {0};
	struct json_error error;
	buf_reset(&t->access);
	buf_reset(&t->refresh);
	t->expires = 0;
	if (!path || !read_all(&text))
		return;
	struct mp_token owner;
	if (json_to_msgpack(buf_slice(&text), JSON_DUPLICATES_ERROR, &map, &error) &&
	    mp_member(buf_slice(&map), "owner", &owner))
		read_members(buf_slice(&map), t);
	else
		check_broken(buf_slice(&text));
	buf_free(&text);
	buf_free(&map);
}

/* ---- writing ---- */

static void
write_file(const char *name, struct slice text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		die_errno(STATUS_IO, "--token-cache: cannot write %s", quoted(slice_of(name)));
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die_errno(
			    STATUS_IO, "--token-cache: cannot write %s", quoted(slice_of(name)));
		text.p += n;
		text.n -= (size_t)n;
	}
	if (fsync(fd) || close(fd))
		die_errno(STATUS_IO, "--token-cache: cannot write %s", quoted(slice_of(name)));
}

static void
put_member(struct buf *b, const char *name, struct slice text)
{
	if (!text.n)
		return;
	buf_printf(b, ",\n\"%s\":", name);
	json_write_text(b, text);
}

void
token_cache_write(const struct token *t)
{
	if (!path)
		return;
	struct buf text = {0};
	char *fresh = joined(path, ".new");
	buf_printf(&text, "{\"owner\":\"%s\",\n\"expires\":%" PRId64, owner_text, t->expires);
	put_member(&text, "access_token", buf_slice(&t->access));
	put_member(&text, "refresh_token", buf_slice(&t->refresh));
	buf_put_text(&text, "}\n");
	buf_check(&text, "the token cache", NULL);
	unlink(fresh); /* what a killed process left */
	write_file(fresh, buf_slice(&text));
	/* A file that others may read must not become one that we trust, so what was there is checked before. */
	if (rename(fresh, path))
		die_errno(STATUS_IO, "--token-cache: cannot replace %s", quoted(slice_of(path)));
	buf_free(&text);
	free(fresh);
}
