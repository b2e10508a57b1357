/* SPDX-License-Identifier: MIT */
/* For F_SETPIPE_SZ, a Linux extension. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/stream/stream_impl.h"

static double
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool
would_block(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	return poll(&p, 1, 0) == 0;
}

static void
wait_for(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};
	poll(&p, 1, -1);
}

static void (*flush_text)(bool dying);

void
io_before_waiting(void (*flush)(bool dying))
{
	flush_text = flush;
}

void
io_flush_text(bool dying)
{
	if (flush_text)
		flush_text(dying);
}

bool
io_text_follows_log(void)
{
	struct stat out, log;
	return flush_text && stage_counters.bytes_out && fstat(STDOUT_FILENO, &out) == 0 &&
	       fstat(STDERR_FILENO, &log) == 0 && out.st_dev == log.st_dev &&
	       out.st_ino == log.st_ino;
}

static void (*look_at_signal)(void);

void
io_on_signal(void (*look)(void))
{
	look_at_signal = look;
}

size_t
io_read(int fd, char *p, size_t n, const char *what, struct stream_out *out)
{
	if (((out && out->b.n) || flush_text) && would_block(fd)) {
		if (out)
			stream_out_flush(out);
		io_flush_text(false);
	}
	double start = now();
	ssize_t got;
	while ((got = read(fd, p, n)) < 0) {
		if (errno == EAGAIN)
			wait_for(fd, POLLIN);
		else if (errno != EINTR)
			die_errno(STATUS_IO, "cannot read %s", what);
		if (look_at_signal)
			look_at_signal();
	}
	stage_counters.blocked_reading += now() - start;
	stage_counters.bytes_in += (uint64_t)got;
	return (size_t)got;
}

static void (*wait_for_room)(int fd);

void
stream_out_while_full(void (*wait)(int fd))
{
	wait_for_room = wait;
}

/* So much a write takes without waiting, once there is room: all that the pipe can have, if it is empty. */
static size_t
room_in(int fd)
{
	int there = 0, size = fcntl(fd, F_GETPIPE_SZ);
	bool empty = size > 0 && !ioctl(fd, FIONREAD, &there) && !there;
	return empty ? (size_t)size : PIPE_BUF;
}

bool
io_write(int fd, const char *p, size_t n)
{
	double start = now();
	while (n) {
		size_t most = n;
		if (wait_for_room) {
			wait_for_room(fd);
			size_t room = room_in(fd);
			most = n < room ? n : room;
		}
		ssize_t done = write(fd, p, most);
		if (done < 0 && errno == EAGAIN)
			wait_for(fd, POLLOUT);
		else if (done < 0 && errno != EINTR)
			return false;
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		}
	}
	stage_counters.blocked_writing += now() - start;
	return true;
}

void
io_widen(int fd)
{
	/* Fails harmlessly if fd is not a pipe or the user's pipe memory is used up. */
	int size = fcntl(fd, F_GETPIPE_SZ);
	if (size > 0 && size < STREAM_BLOCK)
		fcntl(fd, F_SETPIPE_SZ, STREAM_BLOCK);
}
