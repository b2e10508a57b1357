/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* struct winsize */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "common/json/counters_json.h"
#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/stream/stream_impl.h"

struct counters stage_counters;
static struct timespec started;
static bool progress_shown, progress_forbidden;

enum { EXTRAS_MAX = 32 };
static struct extra {
	const char *name;
	struct buf value;
} extras[EXTRAS_MAX];
static size_t extra_count;
static struct buf summary; /* stream_summary */

static double
since(const struct timespec *start)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)(t.tv_sec - start->tv_sec) + (double)(t.tv_nsec - start->tv_nsec) / 1e9;
}

static void
report_death(enum status status, const char *why)
{
	(void)why;
	counters_report((int)status);
}

void
counters_start(void)
{
	if (started.tv_sec)
		return;
	clock_gettime(CLOCK_MONOTONIC, &started);
	message_at_death(report_death);
	message_before(progress_clear);
}

void
stream_count_out(uint64_t records, uint64_t bytes)
{
	stage_counters.records_out += records;
	stage_counters.bytes_out += bytes;
}

void
stream_counter(const char *name, struct slice value)
{
	size_t i = 0;
	while (i < extra_count && strcmp(extras[i].name, name) != 0)
		i++;
	if (i == EXTRAS_MAX)
		die(STATUS_BUG, "more than %d counters", EXTRAS_MAX);
	if (i == extra_count)
		extras[extra_count++].name = name;
	buf_reset(&extras[i].value);
	buf_put_slice(&extras[i].value, value);
	buf_check(&extras[i].value, "a counter", NULL);
}

void
counters_digest(const char *digest)
{
	struct buf value = {0};
	mp_buf_str(&value, slice_of(digest));
	buf_check(&value, "a counter", NULL);
	stream_counter("digest", buf_slice(&value));
	buf_free(&value);
}

void
stream_count(const char *name, uint64_t n)
{
	char raw[MP_HEAD_MAX];
	stream_counter(name, (struct slice){raw, (size_t)(mp_put_uint(raw, n) - raw)});
}

void
stream_summary(struct slice text)
{
	buf_reset(&summary);
	buf_put_slice(&summary, text);
	buf_check(&summary, "the summary", NULL);
}

const struct counters *
counters_now(void)
{
	static struct buf pairs;
	struct counters *c = &stage_counters;
	struct rusage use;
	getrusage(RUSAGE_SELF, &use);
	c->stage = message_stage();
	c->version = MAM_VERSION;
	c->seconds = since(&started);
	c->cpu_seconds = (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
			 (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
	c->peak_memory = (uint64_t)use.ru_maxrss * 1024; /* Linux counts in KiB */
	buf_reset(&pairs);
	for (size_t i = 0; i < extra_count; i++) {
		mp_buf_str(&pairs, slice_of(extras[i].name));
		buf_put_slice(&pairs, buf_slice(&extras[i].value));
	}
	c->extra = buf_slice(&pairs);
	c->extra_count = extra_count;
	return c;
}

static void
put_bytes(struct buf *b, uint64_t n)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	double scaled = (double)n;
	size_t i = 0;
	for (; scaled >= 1000 && i < 4; i++)
		scaled /= 1000;
	buf_printf(b, i ? "%.1f %s" : "%.0f %s", scaled, units[i]);
}

static void
write_text(const struct counters *c)
{
	struct buf b = {0};
	uint64_t records = c->records_in > c->records_out ? c->records_in : c->records_out;
	buf_printf(&b, "%" PRIu64 " records in, %" PRIu64 " out, %" PRIu64 " rejected, ",
	    c->records_in, c->records_out, c->rejected);
	buf_put_slice(&b, buf_slice(&summary));
	buf_put_text(&b, summary.n > 0 ? ", " : "");
	put_bytes(&b, c->bytes_in);
	buf_put_text(&b, " in, ");
	put_bytes(&b, c->bytes_out);
	buf_printf(&b, " out, %.3f s", c->seconds);
	if (records && c->seconds > 0)
		buf_printf(&b, ", %.0f records/s", (double)records / c->seconds);
	buf_put_byte(&b, '\0');
	if (!b.failed)
		message("%s", b.p);
	buf_free(&b);
}

static void
write_line(int fd, const struct buf *line)
{
	if (!line->failed)
		io_write(fd, line->p, line->n);
}

/* The batch runner's copy: MAM_RUN_DIR/STAGE.PID.json, complete under that name or not there. */
static void
write_file(const char *folder, const struct buf *line)
{
	char path[4096], part[4104];
	int n = snprintf(
	    path, sizeof path, "%s/%s.%ld.json", folder, message_program(), (long)getpid());
	if (n < 0 || (size_t)n >= sizeof path) {
		message("MAM_RUN_DIR is too long");
		return;
	}
	snprintf(part, sizeof part, "%s.part", path);
	FILE *f = fopen(part, "w");
	bool good = f && fwrite(line->p, 1, line->n, f) == line->n;
	if (f && fclose(f))
		good = false;
	if (good && rename(part, path) == 0)
		return;
	message("cannot write %s: %s", path, strerror(errno));
	unlink(part);
}

void
counters_report(int exit)
{
	const struct counters *c = counters_now();
	const char *log = getenv("MAM_LOG"), *folder = getenv("MAM_RUN_DIR");
	/*
	 * The work is done or has failed by now. A log without a reader changes
	 * neither.
	 */
	signal(SIGPIPE, SIG_IGN);
	progress_clear();
	struct buf line = {0};
	counters_write_json(&line, c, exit);
	buf_put_byte(&line, '\n');
	if (log && strcmp(log, "json") == 0)
		write_line(STDERR_FILENO, &line);
	else if (!exit && !(log && strcmp(log, "quiet") == 0))
		write_text(c);
	if (folder && *folder)
		write_file(folder, &line);
	buf_free(&line);
}

void
progress_forbid(void)
{
	progress_forbidden = true;
}

enum { CLEAR_LINE = 4 }; /* bytes of "\r\033[K" */

/* 0: not known. A stage's name and numbers are ASCII, so bytes are columns. */
static size_t
terminal_columns(void)
{
	struct winsize size;
	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void
progress_show(uint64_t records, uint64_t bytes)
{
	static int wanted = -1;
	static struct timespec last;
	if (wanted < 0)
		wanted = isatty(STDERR_FILENO) && !progress_forbidden && !getenv("MAM_LOG");
	if (!wanted || (last.tv_sec && since(&last) < 0.2))
		return;
	clock_gettime(CLOCK_MONOTONIC, &last);
	double seconds = since(&started);
	struct buf b = {0};
	buf_printf(&b, "\r\033[K%s: %" PRIu64 " records, ", message_stage(), records);
	put_bytes(&b, bytes);
	buf_printf(
	    &b, ", %.0f s, %.0f records/s", seconds, seconds > 0 ? (double)records / seconds : 0.0);
	/* One that is longer than a line of the terminal could not be cleared. */
	size_t most = terminal_columns();
	if (most && b.n > most + CLEAR_LINE - 1)
		b.n = most + CLEAR_LINE - 1;
	write_line(STDERR_FILENO, &b);
	buf_free(&b);
	progress_shown = true;
}

void
progress_clear(void)
{
	if (progress_shown)
		io_write(STDERR_FILENO, "\r\033[K", 4);
	progress_shown = false;
}
