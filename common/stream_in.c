/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/message.h"
#include "common/mp.h"
#include "common/stream_impl.h"

struct stream_in *
stream_in_open(int fd, struct stream_out *out)
{
	if (isatty(fd))
		die(STATUS_USAGE, "standard input is a terminal, and a stream is expected: put "
				  "from-json, from-csv or fetch-api before");
	counters_start();
	struct stream_in *in = xcalloc(1, sizeof *in);
	in->fd = fd;
	in->out = out;
	in->cap = STREAM_BLOCK;
	in->p = xmalloc(in->cap);
	in->hash = hash_new();
	in->check = record_check_new();
	in->stages.max = STAGES_MAX_BYTES;
	if (!in->hash || !in->check)
		die(STATUS_TRY_AGAIN, "no memory for the input");
	io_widen(fd);
	reject_open(fd);
	return in;
}

static void
hash_consumed(struct stream_in *in)
{
	hash_update(in->hash, in->p + in->hashed, in->at - in->hashed);
	in->hashed = in->at;
}

bool
stream_in_fill(struct stream_in *in)
{
	if (in->eof)
		return false;
	hash_consumed(in);
	if (in->at) {
		memmove(in->p, in->p + in->at, in->n - in->at);
		in->n -= in->at;
		in->at = in->hashed = 0;
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
	size_t got = io_read(in->fd, in->p + in->n, in->cap - in->n, "standard input", in->out);
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

/* Where an ext item keeps its type number; 0 when the byte begins no ext. */
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

/* ---- what went wrong ---- */

_Noreturn static void
broken(const struct stream_in *in, const char *what)
{
	die(STATUS_INCOMPLETE, "the input breaks mam-stream(5) after %" PRIu64 " records: %s",
	    in->total, what);
}

_Noreturn static void
ended_early(const struct stream_in *in)
{
	if (in->place == BEFORE_HEADER && in->n == in->at)
		die(STATUS_INCOMPLETE, "the input is empty: the stage before never started");
	die(STATUS_INCOMPLETE,
	    "input ended after %" PRIu64
	    " records without its end mark: the stage before was killed or its output cut",
	    in->total);
}

/* Says what the first bytes look like and who reads that. */
_Noreturn static void
no_stream(struct stream_in *in)
{
	struct slice s = slice_trim(stream_in_peek(in));
	unsigned char c = s.n ? (unsigned char)s.p[0] : ' ';
	if (c == '{' || c == '[')
		die(STATUS_DATA, "this looks like JSON lines: use from-json");
	if (s.n >= 2 && memcmp(s.p, "PK", 2) == 0)
		die(STATUS_DATA,
		    "this looks like a zip file: use from-csv, or unzip -p | from-json");
	if (s.n >= 2 && memcmp(s.p, "\x1f\x8b", 2) == 0)
		die(STATUS_DATA, "this looks like gzip: use from-csv, or gzip -dc | from-json");
	if ((c >= 0x20 && c < 0x7f) || c == 0xef || (c >= 0xe3 && c <= 0xe9) || c == 0xff ||
	    c == 0xfe)
		die(STATUS_DATA, "this looks like text, no stream: use from-csv or from-json");
	die(STATUS_DATA, "this is no stream of mam-stream(5): it begins with %s",
	    quoted((struct slice){s.p, s.n < 16 ? s.n : 16}));
}

/* ---- control items ---- */

static void
take_header(struct stream_in *in, struct slice payload)
{
	struct header header;
	const char *wrong = control_read_header(payload, &header);
	if (wrong)
		broken(in, wrong);
	if (header.version != STREAM_VERSION)
		die(STATUS_DATA,
		    "the input is of stream version %" PRId64 ", this program reads %d",
		    header.version, STREAM_VERSION);
	if (in->streams++ && header.dry != in->dry)
		die(STATUS_DATA, "a rehearsal (dry run) and a real stream cannot be read as one");
	in->dry = header.dry;
	if (in->streams == 1)
		buf_put_slice(&in->run, header.run);
	in->place = IN_STREAM;
	in->records = 0;
	schema_reset(&in->schema);
	hash_reset(in->hash);
	in->hashed = in->at;
	if (in->out)
		stream_out_follow(in->out, header.run, header.dry);
}

static void
take_end(struct stream_in *in, struct slice payload)
{
	struct seal seal;
	const char *wrong = control_read_end(payload, &seal);
	if (wrong)
		broken(in, wrong);
	hash_consumed(in);
	in->seal = hash_value(in->hash);
	if (seal.records != in->records)
		die(STATUS_INCOMPLETE,
		    "the end mark counts %" PRIu64 " records, but %" PRIu64 " came", seal.records,
		    in->records);
	if (seal.xxh3 != in->seal)
		die(STATUS_INCOMPLETE,
		    "the end mark's hash differs: the stream was changed on its way");
	buf_put_slice(&in->stages, seal.stages);
	buf_check(&in->stages, "the counters of all streams", NULL);
	in->stage_count += seal.stage_count;
	in->place = AFTER_END;
}

_Noreturn static void
take_abort(struct stream_in *in, struct slice payload)
{
	struct abort_note note;
	const char *wrong = control_read_abort(payload, &note);
	if (wrong)
		broken(in, wrong);
	if (note.exit < 1 || note.exit > 255)
		broken(in, "an abort without an exit status");
	/* Whoever reads our output or the log may be gone: the status to be seen is the abort's. */
	signal(SIGPIPE, SIG_IGN);
	reject_abort(&note);
	if (in->out) {
		stream_out_abort(in->out, &note);
	} else {
		io_flush_text(true);
		/* The first failure's reason is to be the last line of the log. */
		static char name[128];
		size_t n = note.stage.n < sizeof name - 1 ? note.stage.n : sizeof name - 1;
		memcpy(name, note.stage.p, n);
		const char *own = message_stage();
		message_set_stage(name);
		message("%.*s", (int)(note.why.n < 4000 ? note.why.n : 4000), note.why.p);
		message_set_stage(own);
	}
	counters_report((int)note.exit);
	exit((int)note.exit);
}

static void
take_schema(struct stream_in *in, struct slice payload)
{
	const char *wrong = schema_read(&in->schema, payload);
	if (wrong)
		broken(in, wrong);
}

/* An abort is to travel whatever is in it, and a schema has checks of its own. */
static void
check_item(const struct stream_in *in, struct slice payload)
{
	struct slice at;
	if (record_check_item(in->check, payload))
		return;
	const char *error = record_check_error(in->check, &at);
	die(STATUS_INCOMPLETE,
	    "the input breaks mam-stream(5) after %" PRIu64 " records: a control item: %s%s%s",
	    in->total, at.p ? quoted(at) : "", at.p ? ": " : "", error);
}

/* Returns true when the item is for the caller. */
static bool
take_item(struct stream_in *in, const struct mp_token *t, enum stream_kind *kind)
{
	struct slice payload = {t->p, t->n};
	if (t->ext != EXT_ABORT && t->ext != EXT_SCHEMA)
		check_item(in, payload);
	if (t->ext == EXT_HEADER) {
		if (in->place == IN_STREAM)
			broken(in, "a header before the end of the stream");
		take_header(in, payload);
		return false;
	}
	if (in->place != IN_STREAM)
		broken(in, "an item behind the end mark that is no header");
	switch (t->ext) {
	case EXT_SCHEMA:
		take_schema(in, payload);
		*kind = STREAM_SCHEMA;
		return true;
	case EXT_STATE:
		*kind = STREAM_STATE;
		return true;
	case EXT_COVERAGE:
		*kind = STREAM_COVERAGE;
		return true;
	case EXT_END:
		take_end(in, payload);
		return false;
	case EXT_ABORT:
		take_abort(in, payload);
	default:
		broken(in, "an item of an unknown kind");
	}
}

/* raw is whole. */
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
take_record(struct stream_in *in, const struct mp_token *t, struct slice raw)
{
	if (in->place != IN_STREAM)
		broken(in, "a record behind the end mark");
	if (in->schema.n ? t->type != MP_ARRAY : t->type != MP_MAP)
		broken(in, in->schema.n ? "a record that is no array although a schema came before"
					: "a record that is no map although no schema came before");
	if (in->schema.n && t->n != in->schema.n)
		broken(in, "a record with another number of values than its schema");
	in->records++;
	in->total++;
	stage_counters.records_in++;
	if (!in->checked)
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
 * A record is measured by checking it, which is one walk instead of two. It fails where the
 * record is not all in the buffer, or breaks a rule: then it is measured, and checked again.
 */
static size_t
measured_by_check(struct stream_in *in)
{
	if (in->place != IN_STREAM || in->scan.going || in->at == in->n || !is_record(in))
		return 0;
	return record_check(in->check, &in->schema, in->p + in->at, in->p + in->n);
}

/* The next whole object in the buffer; false at a clean end of file. */
static bool
next_object(struct stream_in *in, size_t *n)
{
	in->checked = true;
	if (in->ahead) {
		*n = in->ahead;
		in->ahead = 0;
		return true;
	}
	if ((*n = measured_by_check(in)))
		return true;
	in->checked = false;
	for (;;) {
		enum mp_status status = mp_scan(&in->scan, in->p + in->at, in->p + in->n, n);
		if (status == MP_OK)
			return true;
		if (status == MP_BAD)
			broken(in, "bytes that are no msgpack, or nested deeper than 64");
		if (stream_in_fill(in))
			continue;
		if (in->place == AFTER_END && in->at == in->n)
			return false;
		ended_early(in);
	}
}

enum stream_kind
stream_next(struct stream_in *in, struct slice *raw)
{
	if (in->place == BEFORE_HEADER) {
		enum stream_first first = stream_in_first(in);
		if (first == FIRST_OTHER)
			no_stream(in);
		if (first != FIRST_HEADER)
			ended_early(in);
	}
	size_t n;
	while (next_object(in, &n)) {
		struct mp_token t;
		const char *p = in->p + in->at;
		mp_read(p, in->p + in->n, &t);
		enum stream_kind kind = STREAM_RECORD;
		if (t.type != MP_EXT) {
			take_record(in, &t, (struct slice){p, n});
		} else if (!take_item(in, &t, &kind)) {
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
	/* What is measured and checked here is not looked at again by stream_next. */
	in->ahead = measured_by_check(in);
	return in->ahead > 0;
}

const struct schema *
stream_schema(const struct stream_in *in)
{
	return &in->schema;
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

struct slice
stream_run(const struct stream_in *in)
{
	return buf_slice(&in->run);
}

uint64_t
stream_seal(const struct stream_in *in)
{
	return in->seal;
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
	/* Rejects first: they are part of what the end mark says was done. */
	reject_finish();
	if (out) {
		/* A source gives records_out here; the header's bytes and the end mark itself are not counted. */
		stage_counters.records_out = out->records;
		stage_counters.bytes_out = out->bytes + out->b.n;
		stream_out_end(
		    out, in ? buf_slice(&in->stages) : (struct slice){0}, in ? in->stage_count : 0);
	}
	counters_report(0);
}
