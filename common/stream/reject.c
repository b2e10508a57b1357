/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/mp.h"
#include "common/stream/stream_impl.h"

enum { RAW_MAX = 64 * 1024, TOLD_MAX = 10 };

static const char *path;
static int64_t limit;
static struct stream_out *file;
static uint64_t count;
static bool finished;

const struct option_row reject_options[] = {
    {.name = "rejects",
	.word = "FILE",
	.help = "write bad records to this stream file",
	.kind = OPTION_TEXT,
	.to.text = &path},
    {.name = "max-rejects",
	.word = "N",
	.help = "fail when more than N records are bad (0)",
	.kind = OPTION_COUNT,
	.to.number = &limit,
	.low = 0,
	.high = INT64_MAX},
    {0},
};

void
reject_abort(const struct abort_note *note)
{
	if (file)
		stream_out_abort(file, note);
}

static void
abort_file(enum status status, const char *why)
{
	struct abort_note note = {
	    .stage = slice_of(message_stage()),
	    .why = slice_of(why),
	    .exit = status,
	    .log = message_log(),
	};
	reject_abort(&note);
}

/*
 * Empties the file. Refuses the file that is being read (a rejects file that is
 * repaired and loaded again) and one that another stage of the pipe writes.
 */
static void
claim(int fd, int in)
{
	struct stat own, input;
	if (fstat(fd, &own) || !S_ISREG(own.st_mode))
		return;
	if (fstat(in, &input) == 0 && own.st_dev == input.st_dev && own.st_ino == input.st_ino)
		die(STATUS_USAGE, "--rejects: %s is the input itself: name another file",
		    quoted(slice_of(path)));
	/* A file system without locks is accepted as it is. */
	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		die(STATUS_USAGE,
		    "--rejects: another stage writes to %s: give each stage a file of its own",
		    quoted(slice_of(path)));
	if (ftruncate(fd, 0))
		die_errno(STATUS_IO, "cannot empty %s for --rejects", quoted(slice_of(path)));
}

void
reject_open(int in)
{
	if (!path || file)
		return;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		die_errno(STATUS_IO, "cannot open %s for --rejects", quoted(slice_of(path)));
	claim(fd, in);
	file = stream_out_new(fd, "the rejects file");
	stream_out_start(file, false);
	message_at_death(abort_file);
}

void
reject_finish(void)
{
	if (file)
		stream_out_end(file, (struct slice){0}, 0);
	if (count > TOLD_MAX && !finished)
		message("%" PRIu64 " records were rejected; the first %d are listed above", count,
		    TOLD_MAX);
	file = NULL;
	finished = true;
}

static void
put_pair(struct buf *b, const char *name, struct slice text)
{
	mp_buf_str(b, slice_of(name));
	mp_buf_str(b, text);
}

/* The value of "_reject". field.p is NULL if the reject concerns the whole record. */
static void
put_note(struct buf *b, uint64_t number, struct slice field, const char *rule, const char *reason)
{
	mp_buf_str(b, SLICE("_reject"));
	mp_buf_map(b, 4 + (field.p != NULL));
	put_pair(b, "stage", slice_of(message_stage()));
	mp_buf_str(b, SLICE("record"));
	mp_buf_uint(b, number);
	if (field.p)
		put_pair(b, "field", field);
	put_pair(b, "rule", slice_of(rule));
	put_pair(b, "reason", slice_of(reason));
}

static void
send(struct buf *b)
{
	buf_check(b, "a rejected record", NULL);
	stream_out_record(file, buf_slice(b));
	buf_reset(b);
}

/* Counts the reject, reports it, and ends the stage if there were too many. */
static void
account(const char *where, uint64_t number, struct slice field, const char *reason)
{
	char name[256] = "";
	if (field.p)
		snprintf(
		    name, sizeof name, "%.*s: ", (int)(field.n < 240 ? field.n : 240), field.p);
	count++;
	stage_counters.rejected++;
	if (count > (uint64_t)limit && limit)
		die(STATUS_DATA, "%s %" PRIu64 ": %s%s (more than --max-rejects %" PRId64 ")",
		    where, number, name, reason, limit);
	if (count > (uint64_t)limit)
		die(STATUS_DATA, "%s %" PRIu64 ": %s%s", where, number, name, reason);
	if (count <= TOLD_MAX)
		message("rejected %s %" PRIu64 ": %s%s", where, number, name, reason);
}

void
reject(const struct record *r, uint64_t number, struct slice field, const char *rule,
    const char *reason)
{
	static struct buf b = {.max = STREAM_RECORD_MAX};
	if (file) {
		/*
		 * A record that was rejected before keeps its fields but not
		 * its old note.
		 */
		long old = record_find(r, SLICE("_reject"), 0);
		mp_buf_map(&b, r->n + (old < 0));
		for (size_t i = 0; i < r->n; i++) {
			if ((long)i == old)
				continue;
			mp_buf_str(&b, r->cells[i].name);
			buf_put_slice(&b, r->cells[i].value.raw);
		}
		put_note(&b, number, field, rule, reason);
		send(&b);
	}
	account("record", number, field, reason);
}

void
reject_raw(
    struct slice raw, const char *unit, uint64_t number, const char *rule, const char *reason)
{
	static struct buf b = {.max = STREAM_RECORD_MAX};
	if (file) {
		mp_buf_map(&b, 2);
		mp_buf_str(&b, SLICE("raw"));
		mp_buf_bin(&b, (struct slice){raw.p, raw.n < RAW_MAX ? raw.n : RAW_MAX});
		put_note(&b, number, (struct slice){0}, rule, reason);
		send(&b);
	}
	account(unit, number, (struct slice){0}, reason);
}

bool
reject_allowed(void)
{
	return count < (uint64_t)limit;
}

uint64_t
reject_count(void)
{
	return count;
}
