/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/stream/stream_impl.h"
#include "common/stream/text_out.h"

struct text_out {
	struct buf b;
	size_t whole; /* bytes of b that may be written; this does not cut a record */
	bool broken;
};

/* Half a pipe: the reader takes one block while the next is made. */
enum { WRITE_BLOCK = STREAM_BLOCK / 2 };

static struct text_out out;
static void (*append_kept)(void);

/*
 * Writes the complete records; moves an unfinished one to the front. False with
 * errno set.
 */
static bool
write_whole(void)
{
	size_t n = out.whole;
	if (!n)
		return true;
	if (!io_write(STDOUT_FILENO, out.b.p, n))
		return false;
	stream_count_out(0, n);
	memmove(out.b.p, out.b.p + n, out.b.n - n);
	out.b.n -= n;
	out.whole = 0;
	return true;
}

static void
take_kept(void)
{
	void (*append)(void) = append_kept;
	append_kept = NULL;
	if (append)
		append();
	if (append && !out.b.failed)
		out.whole = out.b.n;
}

static void
flush(bool dying)
{
	if (dying)
		take_kept();
	if (out.broken || write_whole())
		return;
	out.broken = true;
	/*
	 * The first failure was already reported, and its status is the one
	 * that counts.
	 */
	if (!dying)
		die_errno(STATUS_IO, "cannot write standard output");
}

static void
flush_at_death(enum status status, const char *why)
{
	(void)status;
	(void)why;
	flush(true);
}

struct text_out *
text_out_open(void)
{
	counters_start();
	/* If nothing is written, no write can fail, so check now. */
	int flags = fcntl(STDOUT_FILENO, F_GETFL);
	if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
		die(STATUS_IO, "standard output is not open for writing");
	/* One character of a record may become six of text. */
	out.b.max = (size_t)6 * STREAM_RECORD_MAX + STREAM_BLOCK;
	if (!buf_reserve(&out.b, STREAM_BLOCK))
		die(STATUS_TRY_AGAIN, "no memory for the output");
	io_widen(STDOUT_FILENO);
	if (isatty(STDOUT_FILENO))
		progress_forbid();
	io_before_waiting(flush);
	message_at_death(flush_at_death);
	return &out;
}

void
text_out_before_failure(void (*append)(void))
{
	append_kept = append;
}

struct buf *
text_out_buf(struct text_out *t)
{
	return &t->b;
}

void
text_out_other(struct text_out *t)
{
	buf_check(&t->b, "a record's text", NULL);
	t->whole = t->b.n;
	if (t->whole >= WRITE_BLOCK)
		flush(false);
}

void
text_out_record(struct text_out *t)
{
	text_out_other(t);
	stream_count_out(1, 0);
}

void
text_out_finish(struct text_out *t, struct stream_in *in)
{
	text_out_other(t);
	flush(false);
	/* NFS and similar systems report a failed write only here. */
	if (close(STDOUT_FILENO)) {
		t->broken = true;
		die_errno(STATUS_IO, "cannot close standard output");
	}
	stream_finish(in, NULL);
}
