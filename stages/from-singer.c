/* SPDX-License-Identifier: MIT */
/*
 * from-singer: the messages of a Singer tap to typed records: SCHEMA is the schema of one
 * stream, RECORD a record of it, STATE a state item. A stream that breaks its own rules is an error.
 * Singer has no end mark, so run the tap as a command: the records are sealed only if it exits with 0.
 */
#include <inttypes.h>
#include <unistd.h>

#include "common/json/json_read.h"
#include "common/json/singer.h"
#include "common/json/value_text.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/field_lookup.h"
#include "common/record/mp.h"
#include "common/stream/invalid_text.h"
#include "common/stream/source.h"
#include "common/stream/stream.h"
#include "common/stream/unpack.h"

enum { STREAMS_MAX = 10000 };

static struct cfg {
	const char *stream, *number, *date_time, *extra, *state_key;
} cfg = {.number = "float", .date_time = "timestamp", .extra = "error", .state_key = "singer"};

static const struct option_row options[] = {
    {.name = "stream",
	.word = "NAME",
	.help = "the stream to read, where the tap sends several",
	.kind = OPTION_TEXT,
	.to.text = &cfg.stream},
    {.name = "number",
	.word = "float|decimal",
	.help = "type of numbers without multipleOf (float)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.number,
	.choices = "float|decimal"},
    {.name = "date-time",
	.word = "timestamp|datetime|text",
	.help = "type of texts with format date-time (timestamp)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.date_time,
	.choices = "timestamp|datetime|text"},
    {.name = "extra",
	.word = "error|drop",
	.help = "what to do with a property that the schema lacks (error)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.extra,
	.choices = "error|drop"},
    {.name = "state-key",
	.word = "KEY",
	.help = "key of the state items (singer)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.state_key},
    {0},
};

static const struct option_row *const tables[] = {
    options, invalid_text_options, unpack_options, source_options, NULL};
static const struct program program = {.name = "from-singer",
    .about = "Reads the messages of a Singer tap and writes its records.",
    .tables = tables,
    .command = true};

static struct decoder {
	struct source *source;
	struct stream_out *out;
	bool command;
	struct json_reader *reader;
	struct singer_choices choices;
	struct option_list streams; /* names that were seen, as owned texts */
	struct slice stream;        /* the one that is read; p is NULL before it is known */
	struct singer_schema schema, next;
	bool has_schema;
	struct field_lookup lookup;
	struct slice
	    *values; /* of the record, by field; p is NULL for a property that is missing */
	struct buf row;
	uint64_t record, extra;
	int64_t version, activated; /* -1: none */
	bool any;
} d = {.version = -1, .activated = -1};

_Noreturn static void
fail(const char *what, struct slice at)
{
	uint64_t line, column;
	json_value_position(d.reader, &line, &column);
	die(STATUS_DATA, "line %" PRIu64 ": %s%s%s", line, what, at.p ? ": " : "",
	    at.p ? quoted(at) : "");
}

_Noreturn static void
fail_field(struct slice field, struct slice value, const char *why)
{
	static struct buf shown;
	struct value v;
	buf_reset(&shown);
	if (value.n && value_read(value.p, value.p + value.n, &v) && v.type != VALUE_JSON)
		value_text(&shown, &v, NULL);
	die(STATUS_DATA, "record %" PRIu64 ": %s: %s%s%s", d.record, quoted(field),
	    shown.n ? quoted(buf_slice(&shown)) : "", shown.n ? " " : "", why);
}

static struct slice
text_member(struct slice message, const char *name)
{
	struct slice s = singer_member(message, name);
	struct mp_token t;
	if (!s.n || !mp_read(s.p, s.p + s.n, &t) || t.type != MP_STR)
		return (struct slice){0};
	return (struct slice){t.p, t.n};
}

/* Streams. */

static bool
note_stream(struct slice name)
{
	for (size_t i = 0; i < d.streams.n; i++)
		if (slice_is(name, d.streams.items[i]))
			return false;
	if (d.streams.n == STREAMS_MAX)
		die(STATUS_DATA, "the tap sends more than %d streams", STREAMS_MAX);
	d.streams.items = xrealloc(d.streams.items, (d.streams.n + 1) * sizeof *d.streams.items);
	d.streams.items[d.streams.n++] = xstring(name);
	return true;
}

/* "campaigns", "ads" and 3 more */
static const char *
stream_list(void)
{
	enum { SHOWN = 20 };
	static struct buf b;
	buf_reset(&b);
	for (size_t i = 0; i < d.streams.n && i < SHOWN; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", quoted(slice_of(d.streams.items[i])));
	if (d.streams.n > SHOWN)
		buf_printf(&b, " and %zu more", d.streams.n - SHOWN);
	buf_put_byte(&b, '\0');
	return b.failed ? "" : b.p;
}

static bool next_message(struct slice *message);

/* Several streams and no choice: names all of them, unless that means waiting for a tap that works. */
_Noreturn static void
fail_streams(void)
{
	struct slice message;
	while (!d.command && next_message(&message)) {
		struct slice name = text_member(message, "stream");
		if (name.p)
			note_stream(name);
	}
	die(STATUS_DATA, "the tap sends several streams, choose one with --stream: %s%s",
	    stream_list(), d.command ? " and perhaps more" : "");
}

/* Whether a message of this stream is for us. */
static bool
is_wanted(struct slice name)
{
	if (note_stream(name) && !cfg.stream && d.streams.n > 1)
		fail_streams();
	if (!d.stream.p)
		d.stream = slice_of(cfg.stream ? cfg.stream : d.streams.items[0]);
	return slice_equal(name, d.stream);
}

/* Messages. */

static void
send_schema(void)
{
	struct schema s = {0};
	struct buf item = {0};
	for (size_t i = 0; i < d.schema.n; i++) {
		const char *wrong =
		    schema_add(&s, d.schema.fields[i].name, d.schema.fields[i].type);
		if (wrong)
			fail(wrong, d.schema.fields[i].name);
	}
	schema_write(&s, &item);
	buf_check(&item, "the schema", NULL);
	stream_out_item(d.out, buf_slice(&item));
	buf_free(&item);
	schema_free(&s);
}

/* A schema that is sent again, as many taps do after each page, changes nothing. */
static void
take_schema(struct slice message)
{
	struct slice at;
	const char *wrong = singer_schema_read(&d.next, singer_member(message, "schema"),
	    singer_member(message, "key_properties"), &d.choices, &at);
	if (wrong)
		fail(wrong, at);
	if (d.has_schema && slice_equal(buf_slice(&d.schema.source), buf_slice(&d.next.source)))
		return;
	struct singer_schema old = d.schema;
	d.schema = d.next;
	d.next = old;
	d.has_schema = true;
	d.values = xrealloc(d.values, (d.schema.n + 1) * sizeof *d.values);
	field_lookup_free(&d.lookup);
	for (size_t i = 0; i < d.schema.n; i++)
		if (field_lookup_add(&d.lookup, d.schema.fields[i].name) < 0)
			die(STATUS_TRY_AGAIN, "no memory for a schema");
	send_schema();
}

static int64_t
version_of(struct slice message)
{
	struct slice s = singer_member(message, "version");
	struct mp_token t;
	if (!s.n || !mp_read(s.p, s.p + s.n, &t) || t.type != MP_INT || t.i < 0)
		return -1;
	return t.i;
}

/* Where the values of the record are, by field. */
static void
find_values(struct slice record)
{
	struct mp_token t, key;
	if (!record.n)
		fail("a RECORD without a record", (struct slice){0});
	const char *end = record.p + record.n, *p = mp_read(record.p, end, &t);
	if (t.type != MP_MAP)
		fail("a RECORD without an object as its record", (struct slice){0});
	for (size_t i = 0; i < d.schema.n; i++)
		d.values[i] = (struct slice){0};
	for (size_t i = 0; i < t.n; i++) {
		const char *value = mp_read(p, end, &key);
		struct slice name = {key.p, key.n};
		p = mp_skip(value, end);
		long field = field_lookup_at(&d.lookup, i, name);
		if (field >= 0)
			d.values[field] = (struct slice){value, (size_t)(p - value)};
		else if (*cfg.extra == 'e')
			fail_field(name, (struct slice){0},
			    "is not in the schema of the stream (see --extra)");
		else
			d.extra++;
	}
}

static void
put_field(const struct singer_field *f, struct slice s)
{
	struct value v;
	bool null = !s.n || !value_read(s.p, s.p + s.n, &v) || v.type == VALUE_NULL;
	if (null && f->key)
		fail_field(f->name, (struct slice){0}, "is a key property and has no value");
	if (!s.n && f->required)
		fail_field(f->name, (struct slice){0}, "is required by the schema and is missing");
	if (null && s.n && !f->nullable)
		fail_field(f->name, (struct slice){0}, "is null, which its schema does not allow");
	if (null) {
		mp_buf_nil(&d.row);
		return;
	}
	const char *wrong = singer_put_value(f, &d.choices, &v, &d.row);
	if (wrong)
		fail_field(f->name, s, wrong);
}

static void
take_record(struct slice message)
{
	d.record++;
	if (!d.has_schema)
		fail("a RECORD before the SCHEMA of its stream", d.stream);
	int64_t version = version_of(message);
	if (version != d.version && d.version >= 0)
		fail("a RECORD of another version than those before: rows of two versions do not "
		     "belong together",
		    (struct slice){0});
	d.version = version;
	find_values(singer_member(message, "record"));
	buf_reset(&d.row);
	mp_buf_array(&d.row, d.schema.n);
	for (size_t i = 0; i < d.schema.n; i++)
		put_field(&d.schema.fields[i], d.values[i]);
	buf_check(&d.row, "a record", NULL);
	if (d.row.n > STREAM_RECORD_MAX)
		die(STATUS_DATA, "record %" PRIu64 ": is larger than %d MiB", d.record,
		    STREAM_RECORD_MAX >> 20);
	stream_out_record(d.out, buf_slice(&d.row));
}

/* All rows of other versions are to be deleted: none of them may be among the records that were sent. */
static void
take_version(struct slice message)
{
	int64_t version = version_of(message);
	if (version < 0)
		fail("an ACTIVATE_VERSION without a version", (struct slice){0});
	if (d.record && d.version != version)
		fail(
		    "an ACTIVATE_VERSION of another version than the records before, which are not "
		    "valid then",
		    (struct slice){0});
	d.version = d.activated = version;
}

static void
take_state(struct slice message)
{
	struct slice value = singer_member(message, "value");
	struct buf payload = {0}, item = {0};
	if (!value.n)
		fail("a STATE without a value", (struct slice){0});
	mp_buf_map(&payload, 2);
	mp_buf_str(&payload, SLICE("key"));
	mp_buf_str(&payload, slice_of(cfg.state_key));
	mp_buf_str(&payload, SLICE("value"));
	buf_put_slice(&payload, value);
	buf_check(&payload, "a state", NULL);
	mp_buf_ext(&item, EXT_STATE, buf_slice(&payload));
	buf_check(&item, "a state", NULL);
	stream_out_item(d.out, buf_slice(&item));
	buf_free(&payload);
	buf_free(&item);
}

static void
take_message(struct slice message)
{
	struct slice type = text_member(message, "type");
	d.any = true;
	if (slice_is(type, "STATE")) {
		take_state(message);
		return;
	}
	bool known = slice_is(type, "SCHEMA") || slice_is(type, "RECORD") ||
		     slice_is(type, "ACTIVATE_VERSION") || slice_is(type, "BATCH");
	if (!type.p)
		fail("a message without a type: this is not the output of a Singer tap",
		    (struct slice){0});
	if (!known)
		fail("an unknown type of message", type);
	struct slice name = text_member(message, "stream");
	if (!name.n)
		fail("a message without the name of its stream", type);
	if (!is_wanted(name))
		return;
	if (slice_is(type, "BATCH"))
		fail("a BATCH message names files beside the stream, which are not read: configure "
		     "the "
		     "tap without batch_config",
		    (struct slice){0});
	if (slice_is(type, "SCHEMA"))
		take_schema(message);
	else if (slice_is(type, "RECORD"))
		take_record(message);
	else
		take_version(message);
}

static bool
next_message(struct slice *message)
{
	enum json_status status = invalid_text_next_json(d.reader, message);
	if (status == JSON_BAD) {
		const struct json_error *e = json_error(d.reader);
		die(STATUS_DATA, "line %" PRIu64 ", column %" PRIu64 ": %s%s%s", e->line, e->column,
		    e->what, e->at.n ? ": " : "", e->at.n ? quoted(e->at) : "");
	}
	return status == JSON_VALUE;
}

static void
set_up(void)
{
	static const struct json_rules rules = {
	    .objects_only = true, .value_max = STREAM_RECORD_MAX};
	d.choices.number_decimal = *cfg.number == 'd';
	d.choices.date_time = cfg.date_time[0] == 't' && cfg.date_time[1] == 'i' ? VALUE_TIMESTAMP
			      : *cfg.date_time == 'd'                            ? VALUE_DATETIME
										 : VALUE_TEXT;
	d.reader = json_reader_new(&rules);
	if (!d.reader)
		die(STATUS_TRY_AGAIN, "no memory for the reader");
}

/* What is wrong although every message is right, and the counters. */
static void
finish(void)
{
	source_check_empty(d.source, d.any);
	if (cfg.stream && !d.has_schema && !source_allow_empty())
		die(STATUS_DATA, "the tap has no stream %s%s%s", quoted(slice_of(cfg.stream)),
		    d.streams.n ? "; it has " : "", stream_list());
	if (d.extra)
		stream_count("extra_dropped", d.extra);
	if (d.activated >= 0)
		stream_count("activated_version", (uint64_t)d.activated);
	invalid_text_report();
}

int
main(int argc, char **argv)
{
	stream_out_abort_on_exit();
	struct operands operands = options_parse(&program, argc, argv);
	set_up();
	d.command = operands.command != NULL;
	d.out = stream_out_open(STDOUT_FILENO);
	d.source = source_open(&operands, d.out);
	unpack_init(d.source);
	while (unpack_next()) {
		struct slice message;
		invalid_text_begin();
		json_reset(d.reader);
		while (next_message(&message))
			take_message(message);
	}
	finish();
	stream_finish(source_stream(d.source), d.out);
	return STATUS_OK;
}
