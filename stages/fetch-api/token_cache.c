/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/json/json_read.h"
#include "common/json/json_write.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/retry.h"
#include "stages/fetch-api/token_cache.h"

enum { FILE_MAX = 256 * 1024 };

static char *path;           /* NULL: nothing is kept */
static bool is_given;        /* by an option; else it is the default place */
static const char *why_none; /* reason why there is no default place */
static char *lock_path;
static int lock_fd = -1;
static char owner_text[17];
static struct buf others; /* entries of other credentials, msgpack, from the last read on */

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

static const char *
reason(const char *what, const char *name)
{
	struct buf text = {0};
	buf_printf(&text, "%s %s: %s", what, quoted(slice_of(name)), strerror(errno));
	return joined(xstring(buf_slice(&text)), "");
}

/* The folder under base, made if need be; NULL with why_none set when that cannot be. */
static char *
folder_in(const char *base, const char *name)
{
	char *folder = joined(base, name);
	if (mkdir(folder, 0700) && errno != EEXIST) {
		why_none = reason("cannot make", folder);
		free(folder);
		return NULL;
	}
	return folder;
}

static char *
default_folder(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	if (cache && cache[0] == '/')
		return folder_in(cache, "/mam-etl");
	why_none = "HOME is not set to a folder";
	if (!home || home[0] != '/')
		return NULL;
	char *parent = folder_in(home, "/.cache");
	char *folder = parent ? folder_in(parent, "/mam-etl") : NULL;
	free(parent);
	return folder;
}

/*
 * It is not an error, but the next run has to ask again, and a rotated token is
 * lost.
 */
static void
warn_none(void)
{
	message(
	    "access tokens are not kept for other processes, and a refresh token that the server "
	    "replaces is lost, as %s: give --token-cache",
	    why_none);
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
		if (!folder) {
			warn_none();
			return;
		}
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
wait_for_lock(const struct retry *outer)
{
	enum { NAP = 20 };
	struct retry tries;
	retry_start_within(&tries, outer);
	while (flock(lock_fd, LOCK_EX | LOCK_NB)) {
		if (errno != EINTR && errno != EWOULDBLOCK)
			die_errno(STATUS_IO, "--token-cache: cannot lock %s",
			    quoted(slice_of(lock_path)));
		if (retry_left(&tries) <= NAP)
			die(STATUS_TRY_AGAIN,
			    "--token-cache: another process holds %s all the time (see --%s)",
			    quoted(slice_of(lock_path)), tries.option);
		sleep_ms(NAP);
	}
}

void
token_cache_lock(const struct retry *tries)
{
	if (!path)
		return;
	lock_fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock_fd >= 0) {
		wait_for_lock(tries);
		return;
	}
	if (is_given)
		die_errno(STATUS_IO, "--token-cache: cannot open %s", quoted(slice_of(lock_path)));
	/* A home folder that cannot be written to does not fail the fetch. */
	why_none = reason("cannot open", lock_path);
	warn_none();
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

static void
check_owner(int fd)
{
	struct stat st;
	if (fstat(fd, &st))
		die_errno(STATUS_IO, "--token-cache: cannot look at %s", quoted(slice_of(path)));
	if (st.st_uid != geteuid() || (st.st_mode & 077))
		die(STATUS_CONFIG,
		    "--token-cache: %s must belong to you and be readable by you alone (mode "
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
	if (text->n == FILE_MAX)
		die(STATUS_CONFIG,
		    "--token-cache: %s is larger than 256 KiB, which is no token cache: name "
		    "another file",
		    quoted(slice_of(path)));
	return true;
}

static void
get_text(struct slice map, const char *name, struct buf *b)
{
	struct mp_token t;
	if (mp_member(map, name, &t) && t.type == MP_STR)
		buf_put(b, t.p, t.n);
}

static bool
begins(struct slice text, struct slice start)
{
	return text.n >= start.n && memcmp(text.p, start.p, start.n) == 0;
}

/* A file of something else is left alone. One of ours that is broken is kept aside, as it may hold tokens of others. */
static void
check_broken(struct slice text)
{
	bool ours = begins(text, SLICE("{\"owner\":")) || begins(text, SLICE("{\"tokens\":"));
	if (!ours && slice_trim(text).n)
		die(STATUS_CONFIG, "--token-cache: %s holds something else: name another file",
		    quoted(slice_of(path)));
	if (!ours)
		return;
	char *aside = joined(path, ".broken");
	if (rename(path, aside))
		die_errno(STATUS_IO, "--token-cache: %s is broken, and cannot be moved away",
		    quoted(slice_of(path)));
	message("--token-cache: %s is broken: it is now %s, and a new one is begun",
	    quoted(slice_of(path)), quoted(slice_of(aside)));
	free(aside);
}

/* An entry without a refresh token is useless once its access token has expired. */
static bool
is_of_use(struct slice entry)
{
	struct mp_token t;
	if (mp_member(entry, "refresh_token", &t))
		return true;
	return !mp_member(entry, "expires", &t) || t.type != MP_INT || !t.i ||
	       t.i > (int64_t)time(NULL);
}

/*
 * Ours goes to t, any other one is kept for the next write. False if it is not
 * an entry.
 */
static bool
take_entry(struct slice entry, struct token *t)
{
	struct mp_token owner, expires;
	mp_read(entry.p, entry.p + entry.n, &owner);
	if (owner.type != MP_MAP || !mp_member(entry, "owner", &owner) || owner.type != MP_STR)
		return false;
	if (!slice_is((struct slice){owner.p, owner.n}, owner_text)) {
		if (is_of_use(entry))
			buf_put_slice(&others, entry);
		return true;
	}
	get_text(entry, "access_token", &t->access);
	get_text(entry, "refresh_token", &t->refresh);
	if (mp_member(entry, "expires", &expires) && expires.type == MP_INT)
		t->expires = expires.i;
	return true;
}

/* {"tokens": [entry, ...]}, or one entry, as the file was before several credentials could share it. */
static bool
take_entries(struct slice map, struct token *t)
{
	struct mp_token tokens;
	struct json_path steps = {0};
	struct mp_walk walk;
	struct slice entry;
	if (!mp_member(map, "tokens", &tokens))
		return take_entry(map, t);
	bool good = tokens.type == MP_ARRAY && !json_path_parse(&steps, SLICE("tokens[]"));
	if (good)
		mp_walk_start(&walk, map, &steps);
	while (good && mp_walk_next(&walk, &entry))
		good = take_entry(entry, t);
	json_path_free(&steps);
	return good;
}

static void
forget(struct token *t)
{
	buf_reset(&t->access);
	buf_reset(&t->refresh);
	buf_reset(&others);
	t->expires = 0;
}

void
token_cache_read(struct token *t)
{
	struct buf text = {0}, map = {0};
	struct json_error error;
	forget(t);
	if (!path || !read_all(&text))
		return;
	if (!json_to_msgpack(buf_slice(&text), JSON_DUPLICATES_ERROR, &map, &error) ||
	    !take_entries(buf_slice(&map), t)) {
		check_broken(buf_slice(&text));
		forget(t);
	}
	buf_check(&others, "the token cache", NULL);
	buf_free(&text);
	buf_free(&map);
}

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

static void
put_ours(struct buf *b, const struct token *t)
{
	buf_printf(b, "{\"owner\":\"%s\",\n\"expires\":%" PRId64, owner_text, t->expires);
	put_member(b, "access_token", buf_slice(&t->access));
	put_member(b, "refresh_token", buf_slice(&t->refresh));
	buf_put_text(b, "}");
}

/* Those of other credentials, the last written first, as many as there is room for. */
static void
put_others(struct buf *b)
{
	static const struct json_style style = {0};
	const char *p = others.p, *end = p + others.n;
	struct buf one = {0};
	for (; p < end; p = mp_skip(p, end)) {
		buf_reset(&one);
		buf_put_text(&one, ",\n");
		json_write(&one, (struct slice){p, (size_t)(mp_skip(p, end) - p)}, &style);
		buf_check(&one, "the token cache", NULL);
		if (b->n + one.n + 4 >= FILE_MAX) {
			message("--token-cache: %s is full: the tokens that were replaced longest "
				"ago are dropped",
			    quoted(slice_of(path)));
			break;
		}
		buf_put_slice(b, buf_slice(&one));
	}
	buf_free(&one);
}

void
token_cache_write(const struct token *t)
{
	if (!path)
		return;
	struct buf text = {0};
	char *fresh = joined(path, ".new");
	buf_put_text(&text, "{\"tokens\":[\n");
	put_ours(&text, t);
	put_others(&text);
	buf_put_text(&text, "]}\n");
	buf_check(&text, "the token cache", NULL);
	unlink(fresh); /* left by a killed process */
	write_file(fresh, buf_slice(&text));
	/*
	 * A file that others may read must not become one that we trust, so the
	 * old file was checked before.
	 */
	if (rename(fresh, path))
		die_errno(STATUS_IO, "--token-cache: cannot replace %s", quoted(slice_of(path)));
	buf_free(&text);
	free(fresh);
}
