/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/text/hash.h"
#include "common/web/limiter.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/limiter_file.h"

enum { NAP_MAX = 20 }; /* milliseconds */

static const char *path;
static int fd = -1;
static struct limiter limiter; /* valid while the lock is held */
static char boot[LIMITER_BOOT];

_Noreturn static void
fail(const char *what)
{
	die_errno(STATUS_IO, "--limiter: cannot %s %s", what, quoted(slice_of(path)));
}

static void
open_file(void)
{
	struct stat st;
	if (fd >= 0)
		close(fd);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0 || fstat(fd, &st))
		fail("open");
	if (!S_ISREG(st.st_mode))
		die(STATUS_CONFIG, "--limiter: %s is not a file", quoted(slice_of(path)));
}

/* The name of this boot of the machine: the steady clock begins anew with each. */
static void
read_boot(void)
{
	static const char name[] = "/proc/sys/kernel/random/boot_id";
	int file = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t n = file < 0 ? -1 : read(file, boot, sizeof boot - 1);
	if (n <= 0)
		die_errno(STATUS_IO, "--limiter: cannot read %s", name);
	close(file);
}

void
limiter_file_init(const char *given)
{
	path = given;
	read_boot();
	open_file();
}

uint64_t
limiter_file_id(void)
{
	static uint64_t state[3];
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	state[0]++;
	state[1] = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	state[2] = (uint64_t)getpid();
	return hash64(state, sizeof state);
}

/* A removed file would be a budget of its own. */
static bool
is_removed(void)
{
	struct stat st, there;
	return fstat(fd, &st) || stat(path, &there) || st.st_ino != there.st_ino ||
	       st.st_dev != there.st_dev;
}

/* The lock is held for some microseconds, unless its holder is stopped. */
static void
lock(const struct retry *tries)
{
	for (int64_t nap = 1;; nap = nap < NAP_MAX ? nap * 2 : NAP_MAX) {
		if (!flock(fd, LOCK_EX | LOCK_NB)) {
			if (!is_removed())
				return;
			open_file();
			continue;
		}
		if (errno != EWOULDBLOCK && errno != EINTR)
			fail("lock");
		if (tries && retry_left(tries) <= nap)
			die(STATUS_TRY_AGAIN,
			    "--limiter: another process holds %s all the time (see --%s)",
			    quoted(slice_of(path)), tries->option);
		sleep_ms(nap);
	}
}

static int64_t
milliseconds(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Reads the head under the lock; the time is the limiter's. */
static int64_t
read_head(void)
{
	char page[LIMITER_PAGE];
	ssize_t n = pread(fd, page, sizeof page, 0);
	if (n < 0)
		fail("read");
	if (!n)
		limiter_start(&limiter);
	else if (!limiter_read(&limiter, (struct slice){page, (size_t)n}))
		die(STATUS_CONFIG,
		    "--limiter: %s is damaged, or something else: remove it, or name another file",
		    quoted(slice_of(path)));
	return limiter_clock(
	    &limiter, boot, milliseconds(CLOCK_MONOTONIC), milliseconds(CLOCK_REALTIME));
}

static void
write_at(const void *p, size_t n, uint64_t at)
{
	ssize_t written = pwrite(fd, p, n, (off_t)at);
	if (written >= 0 && (size_t)written < n)
		errno = ENOSPC;
	if (written < 0 || (size_t)written < n)
		fail("write");
}

static void
write_head(void)
{
	char page[LIMITER_PAGE] = {0};
	limiter_seal(&limiter);
	memcpy(page, &limiter, sizeof limiter);
	write_at(page, sizeof page, 0);
}

static uint64_t
place_of(uint64_t number)
{
	return LIMITER_PAGE + number % LIMITER_RING * sizeof(struct limiter_request);
}

static struct limiter_request
get(void *context, uint64_t number)
{
	struct limiter_request r = {0};
	int64_t now = *(const int64_t *)context;
	if (pread(fd, &r, sizeof r, (off_t)place_of(number)) < 0)
		fail("read");
	if (r.sent > now || r.answered > now)
		die(STATUS_CONFIG, "--limiter: %s is damaged: remove it", quoted(slice_of(path)));
	return r;
}

/* Says once that another process has a budget of its own for the same file. */
static void
report_other(const struct limiter_budget *mine, int64_t now)
{
	static bool reported;
	struct limiter_budget other;
	if (reported || !limiter_other(&limiter, mine, now, &other))
		return;
	reported = true;
	message("--limiter: %s is also used with --rate %" PRId64 "/%" PRId64
		"ms; requests keep to both",
	    quoted(slice_of(path)), other.limit, other.period);
}

int64_t
limiter_file_ask(uint64_t id, const struct retry *tries, uint64_t *number, bool *held)
{
	struct limiter_budget mine = {.limit = config.rate_n, .period = config.rate_period};
	lock(tries);
	int64_t now = read_head();
	int64_t wait = limiter_ask(&limiter, &mine, id, now, get, &now, number);
	*held = wait && limiter.not_before > now;
	if (!wait) {
		struct limiter_request sent = {.sent = now};
		write_at(&sent, sizeof sent, place_of(*number));
	}
	report_other(&mine, now);
	write_head();
	flock(fd, LOCK_UN);
	return wait;
}

void
limiter_file_answered(uint64_t number)
{
	lock(NULL);
	int64_t now = read_head();
	write_head();
	write_at(&now, sizeof now, place_of(number) + offsetof(struct limiter_request, answered));
	flock(fd, LOCK_UN);
}

void
limiter_file_hold(int64_t ms)
{
	lock(NULL);
	int64_t now = read_head();
	limiter_hold(&limiter, ms > INT64_MAX - now ? INT64_MAX : now + ms);
	write_head();
	flock(fd, LOCK_UN);
}
