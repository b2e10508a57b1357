/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/text/hash.h"
#include "common/text/visible.h"

enum { TEXT_MAX = 4000, QUOTE_MAX = 200, HOOKS_MAX = 8, STEP_MAX = 64 };

static const char step_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

static const char *program = "mam-etl", *stage = "mam-etl", *place;
static void (*hooks[HOOKS_MAX])(enum status, const char *);
static size_t hook_count;
static void (*before)(void);
static enum status (*reconsider)(enum status, struct buf *);
static bool dying;
static bool unwritten; /* the last message, or a part of it */

void
message_set_program(const char *name)
{
	program = stage = name;
	const char *step = getenv("MAM_STEP");
	if (!step || !*step)
		return;
	if (strlen(step) > STEP_MAX || step[strspn(step, step_characters)])
		die(STATUS_USAGE,
		    "MAM_STEP: %s is not a name of at most %d letters, digits, '.', '_' and '-'",
		    quoted(slice_of(step)), STEP_MAX);
	static struct buf name_and_step;
	buf_reset(&name_and_step);
	buf_printf(&name_and_step, "%s[%s]", name, step);
	buf_put_byte(&name_and_step, '\0');
	buf_check(&name_and_step, "the name of a stage", NULL);
	stage = name_and_step.p;
}

void
message_set_stage(const char *name)
{
	stage = name;
}

const char *
message_stage(void)
{
	return stage;
}

const char *
message_program(void)
{
	return program;
}

void
message_set_place(const char *text)
{
	place = text;
}

const char *
message_place(void)
{
	return place;
}

/* The inside of a JSON string, safe for a terminal, too. */
static void
put_json(struct buf *b, struct slice s)
{
	uint32_t last = 0;
	while (s.n) {
		struct visible shown = visible_next(s, last);
		uint32_t c = shown.c;
		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", (char)c);
		else if (!shown.escaped)
			buf_put(b, shown.text, shown.n);
		else if (c < 0x10000)
			buf_printf(b, "\\u%04x", (unsigned)c);
		else
			buf_printf(b, "\\u%04x\\u%04x", (unsigned)(0xd7c0 + (c >> 10)),
			    (unsigned)(0xdc00 | (c & 0x3ff)));
		last = c;
		s.p += shown.used;
		s.n -= shown.used;
	}
}

/* Cut to n bytes at most, on a character border. */
static struct slice
cut(struct slice s, size_t n)
{
	if (s.n <= n)
		return s;
	while (n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return (struct slice){s.p, n};
}

static bool
write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno == EAGAIN) {
			poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
			continue;
		}
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

static bool
log_is_json(void)
{
	const char *log = getenv("MAM_LOG");
	return log && strcmp(log, "json") == 0;
}

static void
say(struct slice text, int status)
{
	struct buf line = {0}, seen = {0};
	if (before)
		before();
	/* The one place that all foreign text passes: names, server messages, file names. */
	visible_put(&seen, cut(text, TEXT_MAX));
	if (log_is_json()) {
		buf_put_text(&line, "{\"stage\":\"");
		put_json(&line, slice_of(stage));
		buf_put_text(&line, "\",\"message\":\"");
		put_json(&line, buf_slice(&seen));
		buf_put_text(&line, "\"");
		if (status)
			buf_printf(&line, ",\"exit\":%d", status);
		buf_put_text(&line, "}\n");
	} else {
		/* Another stage's live line may be there, which only a write of this one's can clear. */
		if (isatty(STDERR_FILENO))
			buf_put_text(&line, "\r\033[K");
		/* Foreign text if an abort is reported: the name came with it. */
		visible_put(&line, slice_of(stage));
		buf_put_text(&line, ": ");
		buf_put_slice(&line, buf_slice(&seen));
		buf_put_byte(&line, '\n');
	}
	unwritten = !write_all(STDERR_FILENO, line.p, line.n) || line.failed || seen.failed;
	buf_free(&seen);
	buf_free(&line);
}

static void __attribute__((format(printf, 2, 0)))
format_text(struct buf *b, const char *format, va_list args)
{
	if (place)
		buf_printf(b, "%s: ", place);
	char *to = buf_reserve(b, TEXT_MAX + 1);
	if (!to)
		return;
	int n = vsnprintf(to, TEXT_MAX + 1, format, args);
	if (n > 0)
		b->n += n > TEXT_MAX ? (size_t)TEXT_MAX : (size_t)n;
}

void
message(const char *format, ...)
{
	struct buf text = {0};
	va_list args;
	va_start(args, format);
	format_text(&text, format, args);
	va_end(args);
	say(buf_slice(&text), 0);
	buf_free(&text);
}

_Noreturn static void
end(enum status status, struct buf *text)
{
	/* A hook that fails itself must not start the dying again. */
	static enum status first;
	if (dying)
		_exit((int)first);
	enum status (*ask)(enum status, struct buf *) = reconsider;
	reconsider = NULL;
	if (ask)
		status = ask(status, text);
	dying = true;
	first = status;
	/*
	 * The readers of the log or the output may be gone; our own status must
	 * be seen, not SIGPIPE's.
	 */
	signal(SIGPIPE, SIG_IGN);
	say(buf_slice(text), (int)status);
	/* The reason travels as it is shown: valid UTF-8 without control characters. */
	struct buf why = {0};
	visible_put(&why, cut(buf_slice(text), TEXT_MAX));
	buf_put_byte(&why, '\0');
	while (hook_count)
		hooks[--hook_count](status, why.failed ? "no memory" : why.p);
	exit((int)status);
}

void
die(enum status status, const char *format, ...)
{
	struct buf text = {0};
	va_list args;
	va_start(args, format);
	format_text(&text, format, args);
	va_end(args);
	end(status, &text);
}

void
die_errno(enum status status, const char *format, ...)
{
	int error = errno;
	struct buf text = {0};
	va_list args;
	va_start(args, format);
	format_text(&text, format, args);
	va_end(args);
	buf_printf(&text, ": %s", strerror(error));
	end(status, &text);
}

const char *
quoted(struct slice s)
{
	static struct buf ring[4];
	static size_t turn;
	struct buf *b = &ring[turn++ % 4];
	buf_reset(b);
	struct slice shown = cut(s, QUOTE_MAX);
	buf_put_byte(b, '"');
	visible_put(b, shown);
	if (shown.n < s.n)
		buf_put_text(b, "…");
	buf_put_byte(b, '"');
	buf_put_byte(b, '\0');
	return b->failed ? "(no memory)" : b->p;
}

void
message_at_death(void (*hook)(enum status, const char *))
{
	if (hook_count == HOOKS_MAX)
		die(STATUS_BUG, "more than %d hooks", HOOKS_MAX);
	hooks[hook_count++] = hook;
}

void message_reconsider(enum status (*hook)(enum status, struct buf *))
{
	reconsider = hook;
}

uint64_t
message_log(void)
{
	struct {
		char host[256];
		uint64_t device, file, group;
	} log;
	struct stat file;
	memset(&log, 0, sizeof log);
	if (unwritten || fstat(STDERR_FILENO, &file) || gethostname(log.host, sizeof log.host - 1))
		return 0;
	log.device = (uint64_t)file.st_dev;
	log.file = (uint64_t)file.st_ino;
	/*
	 * Distinguishes this log from that of another command whose abort is in
	 * a file.
	 */
	log.group = (uint64_t)getpgrp();
	return hash64(&log, sizeof log);
}

void
message_before(void (*hook)(void))
{
	before = hook;
}

void *
xrealloc(void *p, size_t n)
{
	void *q = realloc(p, n ? n : 1);
	if (!q)
		die(STATUS_TRY_AGAIN, "no memory for %zu bytes", n);
	return q;
}

void *
xmalloc(size_t n)
{
	return xrealloc(NULL, n);
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);
	if (!p)
		die(STATUS_TRY_AGAIN, "no memory for %zu times %zu bytes", n, size);
	return p;
}

char *
xstring(struct slice s)
{
	if (s.n && memchr(s.p, '\0', s.n))
		die(STATUS_DATA, "%s holds a NUL byte", quoted(s));
	char *p = xmalloc(s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

void
buf_check(const struct buf *b, const char *what, const char *option)
{
	if (!b->failed)
		return;
	if (b->max && option)
		die(STATUS_DATA, "%s is larger than %zu bytes (see --%s)", what, b->max, option);
	if (b->max)
		die(STATUS_DATA, "%s is larger than %zu bytes", what, b->max);
	die(STATUS_TRY_AGAIN, "no memory for %s", what);
}
