/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/stream/stream_impl.h"

/* The one that die() aborts; rejects have their own. */
static struct stream_out *main_out;
static bool no_stream;

/* Half a pipe: the reader takes one block while the next is written. */
enum { WRITE_BLOCK = STREAM_BLOCK / 2 };

struct stream_out *
stream_out_new(int fd, const char *name)
{
	struct stream_out *out = xcalloc(1, sizeof *out);
	out->fd = fd;
	out->name = name;
	out->b.max = STREAM_RECORD_MAX + STREAM_BLOCK;
	out->hash = hash_new();
	out->digest = records_digest_new();
	if (!out->hash || !buf_reserve(&out->b, STREAM_BLOCK))
		die(STATUS_TRY_AGAIN, "no memory for the output");
	return out;
}

static void
abort_main(enum status status, const char *why)
{
	if (!main_out) {
		if (no_stream || isatty(STDOUT_FILENO))
			return;
		main_out = stream_out_new(STDOUT_FILENO, "standard output");
	}
	struct abort_note note = {
	    .stage = slice_of(message_stage()),
	    .why = slice_of(why),
	    .exit = status,
	    .log = message_log(),
	};
	stream_out_abort(main_out, &note);
}

void
stream_out_abort_on_exit(void)
{
	static bool promised;
	counters_start();
	if (!promised)
		message_at_death(abort_main);
	promised = true;
}

void
stream_out_none(void)
{
	counters_start();
	no_stream = true;
}

struct stream_out *
stream_out_open(int fd)
{
	if (isatty(fd))
		die(STATUS_USAGE, "standard output is a terminal, and a stream is not text: add | "
				  "to-table or | to-json");
	stream_out_abort_on_exit();
	main_out = stream_out_new(fd, "standard output");
	io_widen(fd);
	capture_open(&main_out->capture, "fetch-");
	return main_out;
}

/*
 * The run's name: MAM_RUN_ID if the batch runner set it, else made of time and
 * process id.
 */
static struct slice
run_id(void)
{
	static char made[48];
	const char *given = getenv("MAM_RUN_ID");
	if (given && *given)
		return slice_of(given);
	struct tm tm;
	time_t t = time(NULL);
	gmtime_r(&t, &tm);
	size_t n = strftime(made, sizeof made, "%Y%m%dT%H%M%SZ-", &tm);
	snprintf(made + n, sizeof made - n, "%ld", (long)getpid());
	return slice_of(made);
}

static void
start(struct stream_out *out, struct slice run)
{
	char by[96];
	snprintf(by, sizeof by, "%s %s", message_program(), MAM_VERSION);
	control_write_header(&out->b, by, run, out->dry);
	out->started = true;
	out->digested = out->b.n;
}

bool
stream_rehearsal(void)
{
	const char *rehearsal = getenv("MAM_DRY_RUN");
	return rehearsal && strcmp(rehearsal, "1") == 0;
}

void
stream_out_start(struct stream_out *out, bool dry)
{
	if (out->started)
		return;
	out->dry = dry || stream_rehearsal();
	start(out, run_id());
}

void
stream_out_follow(struct stream_out *out, struct slice run, bool dry)
{
	if (out->started)
		return;
	out->dry = dry;
	start(out, run);
}

bool
stream_out_dry(const struct stream_out *out)
{
	return out->dry;
}

/* The records that were written since the last item or flush. */
static void
digest_written(struct stream_out *out)
{
	records_digest_put(out->digest, out->b.p + out->digested, out->b.n - out->digested);
	out->digested = out->b.n;
}

void
stream_out_flush(struct stream_out *out)
{
	if (!out->b.n)
		return;
	hash_update(out->hash, out->b.p, out->b.n);
	digest_written(out);
	if (!io_write(out->fd, out->b.p, out->b.n)) {
		out->broken = true;
		die_errno(STATUS_IO, "cannot write %s", out->name);
	}
	capture_put(&out->capture, out->b.p, out->b.n);
	out->bytes += out->b.n;
	out->b.n = out->digested = 0;
}

char *
stream_out_reserve(struct stream_out *out, size_t n)
{
	if (out->b.n >= WRITE_BLOCK || out->b.n + n > out->b.cap)
		stream_out_flush(out);
	char *p = buf_reserve(&out->b, n);
	if (!p)
		buf_check(&out->b, "a record", NULL);
	return p;
}

void
stream_out_commit(struct stream_out *out, size_t used)
{
	/*
	 * A filter that keeps its records cannot join a stream that has a
	 * schema with one that does not.
	 */
	unsigned char head = (unsigned char)out->b.p[out->b.n];
	if (out->schema && ((head & 0xf0) == 0x80 || head == 0xde || head == 0xdf))
		die(STATUS_DATA, "a record without a schema after records with one: "
				 "put normalize before, which makes all streams alike");
	out->b.n += used;
	out->records++;
}

static void
put(struct stream_out *out, struct slice raw)
{
	memcpy(stream_out_reserve(out, raw.n), raw.p, raw.n);
}

void
stream_out_item(struct stream_out *out, struct slice raw)
{
	struct mp_token t;
	put(out, raw);
	digest_written(out);
	if (mp_read(raw.p, raw.p + raw.n, &t) && t.type == MP_EXT && t.ext == EXT_SCHEMA) {
		out->schema = true;
		records_digest_schema(out->digest, (struct slice){t.p, t.n});
	}
	out->b.n += raw.n;
	out->digested = out->b.n;
}

void
stream_out_record(struct stream_out *out, struct slice raw)
{
	put(out, raw);
	stream_out_commit(out, raw.n);
}

void
stream_out_end(struct stream_out *out, struct slice stages, size_t stage_count)
{
	stream_out_flush(out);
	records_digest_end(out->digest);
	records_digest_text(out->digest, out->digest_text);
	if (out == main_out)
		counters_digest(out->digest_text);
	struct seal seal = {
	    .records = out->records,
	    .xxh3 = hash_value(out->hash),
	    .digest = slice_of(out->digest_text),
	    .stages = stages,
	    .stage_count = stage_count,
	};
	control_write_end(&out->b, &seal, counters_now());
	out->digested = out->b.n;
	buf_check(&out->b, "the end mark", NULL);
	stream_out_flush(out);
	out->ended = true;
	/* NFS and similar systems report a failed write only here. */
	if (close(out->fd)) {
		out->broken = true;
		die_errno(STATUS_IO, "cannot close %s", out->name);
	}
}

void
stream_out_abort(struct stream_out *out, const struct abort_note *note)
{
	if (out->broken || out->ended)
		return;
	out->broken = true;
	/* The summary of a failed stage shows the records that it sent before. */
	if (out == main_out) {
		stage_counters.records_out = out->records;
		stage_counters.bytes_out = out->bytes + out->b.n;
	}
	out->b.failed = false;
	if (!out->started)
		start(out, run_id());
	control_write_abort(&out->b, note, counters_now());
	stream_out_while_full(NULL);
	if (!out->b.failed)
		io_write(out->fd, out->b.p, out->b.n);
}
