/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/stream/stream_impl.h"

static void
set_input(struct stream_in *in, int fd, const char *name)
{
	struct stat status;
	if (isatty(fd))
		die(STATUS_USAGE,
		    "%s is a terminal, and a stream is expected: put "
		    "from-json, from-csv or fetch-api before",
		    name);
	in->fd = fd;
	in->name = name;
	in->file = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
	io_widen(fd);
}

struct stream_in *
stream_in_open(int fd, struct stream_out *out)
{
	return stream_in_open_named(fd, "standard input", out);
}

void
stream_in_continue(struct stream_in *in, int fd, const char *name)
{
	close(in->fd);
	set_input(in, fd, name);
	in->at = in->n = in->hashed = in->digested = 0;
	in->eof = false;
	in->place = BEFORE_HEADER;
	in->total = 0;
	if (in->file)
		stream_doubt_data(in);
}

struct stream_in *
stream_in_open_named(int fd, const char *name, struct stream_out *out)
{
	struct stream_in *in = xcalloc(1, sizeof *in);
	set_input(in, fd, name);
	counters_start();
	in->out = out;
	in->cap = STREAM_BLOCK;
	in->p = xmalloc(in->cap);
	in->hash = hash_new();
	in->check = record_check_new();
	in->stages.max = STAGES_MAX_BYTES;
	if (!in->hash || !in->check)
		die(STATUS_TRY_AGAIN, "no memory for the input");
	if (!out) {
		capture_open(&in->capture, "load-");
		in->digest = records_digest_new();
	}
	reject_open(fd);
	if (in->file)
		stream_doubt_data(in);
	return in;
}

void
stream_hash_consumed(struct stream_in *in)
{
	hash_update(in->hash, in->p + in->hashed, in->at - in->hashed);
	in->hashed = in->at;
}

void
stream_digest_consumed(struct stream_in *in)
{
	if (in->digest)
		records_digest_put(in->digest, in->p + in->digested, in->at - in->digested);
	if (in->digest_all)
		records_digest_put(in->digest_all, in->p + in->digested, in->at - in->digested);
	in->digested = in->at;
}

bool
stream_in_fill(struct stream_in *in)
{
	if (in->eof)
		return false;
	stream_hash_consumed(in);
	stream_digest_consumed(in);
	if (in->at) {
		memmove(in->p, in->p + in->at, in->n - in->at);
		in->n -= in->at;
		in->at = in->hashed = in->digested = 0;
	}
	if (in->n == in->cap) {
		if (in->cap >= STREAM_RECORD_MAX)
			die(STATUS_DATA, "record %" PRIu64 " is larger than %d bytes",
			    in->total + 1, STREAM_RECORD_MAX);
		in->cap *= 2;
		in->p = xrealloc(in->p, in->cap);
	}
	if (!in->out)
		progress_show(in->total, stage_counters.bytes_in);
	size_t got = io_read(in->fd, in->p + in->n, in->cap - in->n, in->name, in->out);
	if (!in->out)
		capture_put(&in->capture, in->p + in->n, got);
	in->n += got;
	in->eof = got == 0;
	return got > 0;
}

struct slice
stream_in_peek(struct stream_in *in)
{
	if (in->at == in->n)
		stream_in_fill(in);
	return (struct slice){in->p + in->at, in->n - in->at};
}

/* Offset of an ext item's type number; 0 if the byte does not begin an ext. */
static size_t
type_offset(unsigned char c)
{
	if (c >= 0xd4 && c <= 0xd8)
		return 1;
	return c == 0xc7 ? 2 : c == 0xc8 ? 3 : c == 0xc9 ? 5 : 0;
}

enum stream_first
stream_in_first(struct stream_in *in)
{
	struct slice s = stream_in_peek(in);
	if (!s.n)
		return FIRST_NOTHING;
	size_t at = type_offset((unsigned char)s.p[0]);
	if (!at)
		return FIRST_OTHER;
	while (in->n - in->at <= at)
		if (!stream_in_fill(in))
			return FIRST_CUT_HEADER;
	return in->p[in->at + at] == EXT_HEADER ? FIRST_HEADER : FIRST_OTHER;
}

/* raw is one whole record. */
static void
check_record(struct stream_in *in, struct slice raw)
{
	struct slice at;
	if (record_check(in->check, &in->schema, raw.p, raw.p + raw.n))
		return;
	const char *error = record_check_error(in->check, &at);
	if (!error)
		die(STATUS_BUG, "record %" PRIu64 " is whole and was not read", in->total);
	if (at.p)
		die(STATUS_DATA, "record %" PRIu64 ": %s: %s", in->total, quoted(at), error);
	die(STATUS_DATA, "record %" PRIu64 ": %s", in->total, error);
}

static void
count_record(struct stream_in *in)
{
	in->records++;
	in->total++;
	stage_counters.records_in++;
}

static void
take_record(struct stream_in *in, const struct mp_token *t, struct slice raw)
{
	if (in->place != IN_STREAM)
		stream_broken(in, "a record after the end mark");
	if (in->schema.n ? t->type != MP_ARRAY : t->type != MP_MAP)
		stream_broken(
		    in, in->schema.n ? "a record that is not an array although a schema came before"
				     : "a record that is not a map although no schema came before");
	if (in->schema.n && t->n != in->schema.n)
		stream_broken(in, "a record with another number of values than its schema");
	count_record(in);
	check_record(in, raw);
}

/* Whether the next byte begins a map or an array. */
static bool
is_record(const struct stream_in *in)
{
	unsigned char c = (unsigned char)in->p[in->at];
	return (c >= 0x80 && c < 0xa0) || (c >= 0xdc && c <= 0xdf);
}

/*
 * Checking a record also measures it, in one walk instead of two. If the record
 * is not all in the buffer or breaks a rule, this fails; the caller then
 * measures it and checks it again.
 */
static size_t
measured_by_check(struct stream_in *in)
{
	if (in->place != IN_STREAM || in->scan.going || in->at == in->n || !is_record(in))
		return 0;
	return record_check(in->check, &in->schema, in->p + in->at, in->p + in->n);
}

/* Finds the next whole object in the buffer. False at a clean end of file. */
static bool
next_object(struct stream_in *in, size_t *n)
{
	for (;;) {
		enum mp_status status = mp_scan(&in->scan, in->p + in->at, in->p + in->n, n);
		if (status == MP_OK)
			return true;
		if (status == MP_BAD)
			stream_broken(in, "bytes that are not msgpack, or nested deeper than 64");
		if (stream_in_fill(in))
			continue;
		if (in->place == AFTER_END && in->at == in->n)
			return false;
		stream_ended_early(in);
	}
}

enum stream_kind
stream_next(struct stream_in *in, struct slice *raw)
{
	if (in->place == BEFORE_HEADER) {
		enum stream_first first = stream_in_first(in);
		if (first == FIRST_OTHER)
			stream_no_stream(in);
		if (first != FIRST_HEADER)
			stream_ended_early(in);
	}
	size_t n = in->ahead ? in->ahead : measured_by_check(in);
	if (n) {
		in->ahead = 0;
		count_record(in);
		*raw = (struct slice){in->p + in->at, n};
		in->at += n;
		return STREAM_RECORD;
	}
	while (next_object(in, &n)) {
		struct mp_token t;
		const char *p = in->p + in->at;
		mp_read(p, in->p + in->n, &t);
		enum stream_kind kind = STREAM_RECORD;
		if (t.type != MP_EXT) {
			take_record(in, &t, (struct slice){p, n});
		} else if (!stream_take_item(in, &t, &kind)) {
			in->at += n;
			if (in->place == AFTER_END)
				in->hashed = in->at;
			continue;
		}
		*raw = (struct slice){p, n};
		in->at += n;
		return kind;
	}
	return STREAM_END;
}

bool
stream_ahead(struct stream_in *in)
{
	if (in->at == in->n || in->place != IN_STREAM)
		return false;
	/* stream_next does not measure and check it again. */
	in->ahead = measured_by_check(in);
	return in->ahead > 0;
}

const struct schema *
stream_schema(const struct stream_in *in)
{
	return &in->schema;
}

void
stream_in_observe(struct stream_in *in, const struct stream_observer *observer)
{
	in->observer = observer;
}

uint64_t
stream_in_position(const struct stream_in *in)
{
	return stage_counters.bytes_in - (in->n - in->at);
}

uint64_t
stream_record_number(const struct stream_in *in)
{
	return in->total;
}

bool
stream_in_dry(const struct stream_in *in)
{
	return in->dry;
}

const char *
stream_in_digest(const struct stream_in *in)
{
	return in->digest_text;
}

const struct record_parts *
stream_parts(const struct stream_in *in)
{
	return record_check_parts(in->check);
}

void
stream_decode(struct stream_in *in, struct slice raw, struct record *r)
{
	if (record_read(r, &in->schema, raw, false))
		return;
	if (r->at.p)
		die(STATUS_DATA, "record %" PRIu64 ": %s: %s", in->total, quoted(r->at), r->error);
	die(STATUS_DATA, "record %" PRIu64 ": %s", in->total, r->error);
}

void
stream_finish(struct stream_in *in, struct stream_out *out)
{
	if (in && in->place != AFTER_END)
		die(STATUS_BUG, "finished before its input ended");
	/* Rejects first: the end mark promises that they were written. */
	reject_finish();
	if (out) {
		/*
		 * For a source this sets records_out. The bytes of the header
		 * and the end mark do not count.
		 */
		stage_counters.records_out = out->records;
		stage_counters.bytes_out = out->bytes + out->b.n;
		stream_out_end(
		    out, in ? buf_slice(&in->stages) : (struct slice){0}, in ? in->stage_count : 0);
	}
	if (in && !out)
		counters_digest(in->digest_text);
	counters_report(0);
}
