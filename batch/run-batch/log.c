/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "batch/run-batch/log.h"
#include "common/program/message.h"
#include "common/text/utf8.h"

enum { ECHO_PATIENCE = 2000 }; /* milliseconds */

static void
write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t wrote = write(fd, p, n);
		if (wrote < 0 && errno != EINTR)
			return; /* a log that cannot be written must not stop the batch */
		if (wrote > 0) {
			p += wrote;
			n -= (size_t)wrote;
		}
	}
}

void
log_open(struct log *l, const char *path, bool relay)
{
	*l = (struct log){.relay = relay, .line.max = LOG_LINE_MAX, .last.max = LOG_LINE_MAX};
	l->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (l->fd < 0)
		message("cannot write %s: %s", path, strerror(errno));
}

static void
keep_line(struct log *l, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\n') {
			if (l->line.n < LOG_LINE_MAX)
				buf_put_byte(&l->line, p[i]);
			continue;
		}
		if (slice_trim(buf_slice(&l->line)).n) {
			buf_reset(&l->last);
			buf_put_slice(&l->last, buf_slice(&l->line));
		}
		buf_reset(&l->line);
	}
}

/* The last LOG_TAIL_MAX bytes; the buffer holds up to twice as many, so that they move rarely. */
static void
keep_tail(struct log *l, const char *p, size_t n)
{
	l->left_out += n;
	buf_put(&l->tail, p, n);
	if (l->tail.n > 2 * LOG_TAIL_MAX) {
		memmove(l->tail.p, l->tail.p + l->tail.n - LOG_TAIL_MAX, LOG_TAIL_MAX);
		l->tail.n = LOG_TAIL_MAX;
	}
}

/* A write to a pipe that can take it whole does not block, so signals and timeouts do not wait for a reader. */
size_t
log_flush(struct log *l)
{
	struct pollfd fd = {.fd = STDERR_FILENO, .events = POLLOUT};
	size_t at = 0;
	while (at < l->echo.n && poll(&fd, 1, 0) > 0) {
		size_t n = l->echo.n - at < PIPE_BUF ? l->echo.n - at : PIPE_BUF;
		ssize_t wrote = write(STDERR_FILENO, l->echo.p + at, n);
		if (wrote < 0 && errno != EINTR)
			at = l->echo.n; /* closed; the log has it */
		else if (wrote > 0)
			at += (size_t)wrote;
	}
	if (at) {
		memmove(l->echo.p, l->echo.p + at, l->echo.n - at);
		l->echo.n -= at;
	}
	return l->echo.n;
}

bool
log_reader_is_there(void)
{
	struct pollfd fd = {.fd = STDERR_FILENO, .events = POLLOUT};
	return poll(&fd, 1, ECHO_PATIENCE) > 0;
}

/* A reader that takes nothing for so long loses the rest, which is in the log. */
static void
finish_echo(struct log *l)
{
	while (log_flush(l) && log_reader_is_there())
		;
	buf_free(&l->echo);
}

void
log_put(struct log *l, const char *p, size_t n)
{
	keep_line(l, p, n);
	if (l->relay) {
		buf_put(&l->echo, p, n);
		log_flush(l);
	}
	if (l->fd < 0)
		return;
	size_t head = LOG_HEAD_MAX - l->written < n ? LOG_HEAD_MAX - (size_t)l->written : n;
	write_all(l->fd, p, head);
	l->written += head;
	if (head < n)
		keep_tail(l, p + head, n - head);
}

void
log_close(struct log *l)
{
	finish_echo(l);
	if (slice_trim(buf_slice(&l->line)).n)
		keep_line(l, "\n", 1);
	if (l->fd >= 0 && l->tail.n) {
		size_t n = l->tail.n < LOG_TAIL_MAX ? l->tail.n : LOG_TAIL_MAX;
		dprintf(
		    l->fd, "\n[%" PRIu64 " bytes of the log are left out here]\n", l->left_out - n);
		write_all(l->fd, l->tail.p + l->tail.n - n, n);
	}
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	buf_free(&l->tail);
	buf_free(&l->line);
}

struct slice
log_last_line(const struct log *l)
{
	struct slice line = buf_slice(&l->last);
	/* Not half a character where it was cut. */
	size_t n = line.n == LOG_LINE_MAX ? line.n : 0;
	while (n && line.n - n < 4 && (line.p[n - 1] & 0xc0) == 0x80)
		n--;
	if (n && (line.p[n - 1] & 0xc0) == 0xc0 && utf8_first_bad(line) == n - 1)
		line.n = n - 1;
	return slice_trim(line);
}
