/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>

#include "common/program/message.h"
#include "common/stream/stream_impl.h"

_Noreturn void
stream_broken(const struct stream_in *in, const char *what)
{
	die(STATUS_INCOMPLETE, "the input breaks mam-stream(5) after %" PRIu64 " records: %s",
	    in->total, what);
}

_Noreturn void
stream_ended_early(const struct stream_in *in)
{
	if (in->place == BEFORE_HEADER && in->n == in->at)
		die(STATUS_INCOMPLETE, "the input is empty: the stage before never started");
	die(STATUS_INCOMPLETE,
	    "input ended after %" PRIu64
	    " records without its end mark: the stage before was killed or its output cut",
	    in->total);
}

/* {"type": "SCHEMA" and the like, with or without spaces. */
static bool
is_singer(struct slice s)
{
	static const char *const words[] = {"{\"type\":\"SCHEMA\"", "{\"type\":\"STATE\""};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t at = 0, k = 0;
		for (; at < s.n && words[i][k]; at++) {
			if (s.p[at] == ' ')
				continue;
			if (s.p[at] != words[i][k])
				break;
			k++;
		}
		if (!words[i][k])
			return true;
	}
	return false;
}

/* Reports how the first bytes look and which stage reads them. */
_Noreturn void
stream_no_stream(struct stream_in *in)
{
	struct slice s = slice_trim(stream_in_peek(in));
	unsigned char c = s.n ? (unsigned char)s.p[0] : ' ';
	if (is_singer(s))
		die(STATUS_DATA, "this looks like the output of a Singer tap: use from-singer");
	if (c == '{' || c == '[')
		die(STATUS_DATA, "this looks like JSON lines: use from-json");
	if (s.n >= 2 && memcmp(s.p, "PK", 2) == 0)
		die(STATUS_DATA,
		    "this looks like a zip file: use from-csv, or unzip -p | from-json");
	if (s.n >= 2 && memcmp(s.p, "\x1f\x8b", 2) == 0)
		die(STATUS_DATA, "this looks like gzip: use from-csv, or gzip -dc | from-json");
	/* A map or an array; a mam-stream begins with an ext. */
	if ((c >= 0x80 && c < 0xa0) || (c >= 0xdc && c <= 0xdf))
		die(STATUS_DATA, "this looks like msgpack of another program: use from-msgpack");
	if ((c >= 0x20 && c < 0x7f) || c == 0xef || (c >= 0xe3 && c <= 0xe9) || c == 0xff ||
	    c == 0xfe)
		die(STATUS_DATA, "this looks like text, no stream: use from-csv or from-json");
	die(STATUS_DATA, "this is not a stream of mam-stream(5): it begins with %s",
	    quoted((struct slice){s.p, s.n < 16 ? s.n : 16}));
}

/* A seal is of its own stream; the digest that is reported is of all of them. */
static void
begin_digest(struct stream_in *in)
{
	if (!in->digest || in->streams == 1)
		return;
	if (!in->digest_all) {
		in->digest_all = records_digest_new();
		records_digest_copy(in->digest_all, in->digest);
	}
	records_digest_reset(in->digest);
}

static void
end_digest(struct stream_in *in, struct slice claimed)
{
	char own[RECORDS_DIGEST_TEXT];
	if (!in->digest)
		return;
	records_digest_end(in->digest);
	records_digest_text(in->digest, own);
	if (claimed.n && !slice_is(claimed, own))
		die(STATUS_INCOMPLETE,
		    "the end mark's digest of the records differs: it was changed on its way, or "
		    "its writer computes it otherwise");
	if (in->digest_all)
		records_digest_end(in->digest_all);
	records_digest_text(in->digest_all ? in->digest_all : in->digest, in->digest_text);
}

static void
take_header(struct stream_in *in, struct slice payload)
{
	struct header header;
	const char *wrong = control_read_header(payload, &header);
	if (wrong)
		stream_broken(in, wrong);
	if (header.version != STREAM_VERSION)
		die(STATUS_DATA,
		    "the input is of stream version %" PRId64 ", this program reads %d",
		    header.version, STREAM_VERSION);
	bool dry = header.dry || stream_rehearsal();
	if (in->streams++ && dry != in->dry)
		die(STATUS_DATA, "a rehearsal (dry run) and a real stream cannot be read as one");
	in->dry = dry;
	in->place = IN_STREAM;
	in->records = 0;
	schema_reset(&in->schema);
	hash_reset(in->hash);
	in->hashed = in->at;
	begin_digest(in);
	if (in->out)
		stream_out_follow(in->out, header.run, dry);
	if (in->observer)
		in->observer->header(&header);
}

static void
take_end(struct stream_in *in, struct slice payload)
{
	struct seal seal;
	const char *wrong = control_read_end(payload, &seal);
	if (wrong)
		stream_broken(in, wrong);
	stream_hash_consumed(in);
	uint64_t hash = hash_value(in->hash);
	if (seal.records != in->records)
		die(STATUS_INCOMPLETE,
		    "the end mark counts %" PRIu64 " records, but %" PRIu64 " came", seal.records,
		    in->records);
	if (seal.xxh3 != hash)
		die(STATUS_INCOMPLETE,
		    "the end mark's hash differs: the stream was changed on its way");
	end_digest(in, seal.digest);
	buf_put_slice(&in->stages, seal.stages);
	buf_check(&in->stages, "the counters of all streams", NULL);
	in->stage_count += seal.stage_count;
	in->place = AFTER_END;
	if (in->observer)
		in->observer->seal(&seal);
}

/* Prints the last message of the log in the name of the stage that failed. */
static void
repeat_failure(const struct abort_note *note)
{
	static char name[128];
	size_t n = note->stage.n < sizeof name - 1 ? note->stage.n : sizeof name - 1;
	memcpy(name, note->stage.p, n);
	const char *own = message_stage();
	message_set_stage(name);
	message("%.*s", (int)(note->why.n < 4000 ? note->why.n : 4000), note->why.p);
	message_set_stage(own);
}

static void (*before_abort)(void);

void
stream_on_abort(void (*undo)(void))
{
	before_abort = undo;
}

_Noreturn static void
take_abort(struct stream_in *in, struct slice payload)
{
	struct abort_note note;
	const char *wrong = control_read_abort(payload, &note);
	if (wrong)
		stream_broken(in, wrong);
	if (note.exit < 1 || note.exit > 255)
		stream_broken(in, "an abort without an exit status");
	/*
	 * The readers of our output and of the log may be gone; the exit status
	 * must still be the abort's.
	 */
	signal(SIGPIPE, SIG_IGN);
	if (in->observer)
		in->observer->aborted(&note);
	reject_abort(&note);
	if (before_abort)
		before_abort();
	if (in->out) {
		stream_out_abort(in->out, &note);
		/* Of several inputs, which one it is. */
		if (message_place())
			message("ends with an abort of %.*s: %s",
			    (int)(note.stage.n < 99 ? note.stage.n : 99), note.stage.p,
			    quoted(note.why));
	} else {
		io_flush_text(true);
		/*
		 * The stage that failed has already written its reason to the
		 * same log: that is the last line.
		 */
		bool is_there =
		    note.log && note.log == message_log() && !in->file && !io_text_follows_log();
		if (!is_there)
			repeat_failure(&note);
	}
	counters_report((int)note.exit);
	exit((int)note.exit);
}

static void
take_schema(struct stream_in *in, struct slice payload)
{
	const char *wrong = schema_read(&in->schema, payload);
	if (wrong)
		stream_broken(in, wrong);
	if (in->digest)
		records_digest_schema(in->digest, payload);
	if (in->digest_all)
		records_digest_schema(in->digest_all, payload);
}

/* An abort passes whatever it contains, and a schema has checks of its own. */
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

/* True if the item is for the caller. */
bool
stream_take_item(struct stream_in *in, const struct mp_token *t, enum stream_kind *kind)
{
	struct slice payload = {t->p, t->n};
	stream_digest_consumed(in);
	in->digested = (size_t)(t->p + t->n - in->p);
	if (t->ext != EXT_ABORT && t->ext != EXT_SCHEMA)
		check_item(in, payload);
	if (t->ext == EXT_HEADER) {
		if (in->place == IN_STREAM)
			stream_broken(in, "a header before the end of the stream");
		take_header(in, payload);
		return false;
	}
	if (in->place != IN_STREAM)
		stream_broken(in, "an item after the end mark that is not a header");
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
		stream_broken(in, "an item of an unknown kind");
	}
}
