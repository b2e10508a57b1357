/* SPDX-License-Identifier: MIT */
/*
 * from-json: JSON text to records, exactly. One value after the other, lines or
 * not, and of an array each element; what RFC 8259 does not allow is an error with
 * its line and column. Memory is a block and one record, whatever the text's length.
 */
#include <inttypes.h>
#include <unistd.h>

#include "common/json/json_read.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/mp.h"
#include "common/stream/source.h"
#include "common/stream/stream.h"

static struct cfg {
	const char *record_path, *wrap, *duplicate_keys;
	bool single;
} cfg = {.duplicate_keys = "error"};

static const struct option_row options[] = {
    {.name = "record-path",
	.word = "PATH",
	.help = "where the records stand in each value, e.g. rval.values or [].results[]",
	.kind = OPTION_TEXT,
	.to.text = &cfg.record_path},
    {.name = "wrap",
	.word = "NAME",
	.help = "make a value that is no object a record with this one field",
	.kind = OPTION_TEXT,
	.to.text = &cfg.wrap},
    {.name = "single",
	.help = "take exactly one JSON text, as an API's body is",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.single},
    {.name = "duplicate-keys",
	.word = "error|first|last",
	.help = "which one counts of a name that an object has twice (error)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.duplicate_keys,
	.choices = "error|first|last"},
    {0},
};

static const struct option_row *const tables[] = {options, source_options, NULL};
static const struct program program = {.name = "from-json",
    .about = "Reads JSON text, lines or not, and writes it as records.",
    .tables = tables,
    .command = true};

static struct decoder {
	struct source *source;
	struct stream_out *out;
	struct json_rules rules;
	struct json_path path;
	struct json_reader *reader;
	struct slice wrap;
	uint64_t file;      /* number of the current one, from 1 */
	struct schema kept; /* the fields beside the chunks that the reader knows of */
	struct buf extra;   /* name and value, msgpack, of each */
	size_t n_extra;
	bool any; /* a value was met, be it an array without records */
} d;

/* ---- setting up ---- */

static void
set_up(void)
{
	d.rules = (struct json_rules){.single = cfg.single,
	    .none_is_fine = source_allow_empty(),
	    .objects_only = !cfg.wrap,
	    .records = true,
	    .elements = true,
	    .value_max = STREAM_RECORD_MAX};
	if (strcmp(cfg.duplicate_keys, "error") != 0)
		d.rules.duplicates = strcmp(cfg.duplicate_keys, "first") == 0
					 ? JSON_DUPLICATES_FIRST
					 : JSON_DUPLICATES_LAST;
	if (cfg.record_path) {
		const char *wrong = json_path_parse(&d.path, slice_of(cfg.record_path));
		if (wrong)
			die(STATUS_USAGE, "--record-path: %s: %s",
			    quoted(slice_of(cfg.record_path)), wrong);
		d.rules.path = &d.path;
		d.rules.path_must_lead = !source_allow_empty();
	}
	d.wrap = slice_of(cfg.wrap ? cfg.wrap : "");
	if (d.wrap.n > NAME_MAX_BYTES)
		die(STATUS_USAGE, "--wrap: the name is longer than %d bytes", NAME_MAX_BYTES);
}

/* ---- trouble ---- */

/* "line 3, column 7: ", with the number of the file before it where there are several. */
static const char *
where(uint64_t line, uint64_t column)
{
	static struct buf b;
	buf_reset(&b);
	if (d.file > 1)
		buf_printf(&b, "file %" PRIu64 ", ", d.file);
	buf_printf(&b, "line %" PRIu64 ", column %" PRIu64 ": ", line, column);
	buf_put_byte(&b, '\0');
	return b.failed ? "" : b.p;
}

_Noreturn static void
fail(void)
{
	static const char *const see[] = {
	    [JSON_FAULT_NONE] = "",
	    [JSON_FAULT_REPEATED] = " (see --duplicate-keys)",
	    [JSON_FAULT_NO_OBJECT] = " (see --wrap and --record-path)",
	    [JSON_FAULT_NO_PATH] = " (see --allow-empty)",
	    [JSON_FAULT_RESERVED] = " (fetch-api --include NAME=FIELD gives another name)",
	};
	const struct json_error *e = json_error(d.reader);
	die(STATUS_DATA, "%s%s%s%s%s", where(e->line, e->column), e->what, e->at.n ? ": " : "",
	    e->at.n ? quoted(e->at) : "", see[e->fault]);
}

_Noreturn static void
fail_record(const char *what)
{
	uint64_t line, column;
	json_value_position(d.reader, &line, &column);
	die(STATUS_DATA, "%s%s", where(line, column), what);
}

/* ---- files ---- */

/* The fields beside the chunks go into every record of the file, which may have none of these names. */
static void
take_extra(void)
{
	const struct record *extra = source_extra(d.source);
	buf_reset(&d.extra);
	d.n_extra = extra->n;
	for (size_t i = 0; i < extra->n; i++) {
		mp_buf_str(&d.extra, extra->cells[i].name);
		buf_put_slice(&d.extra, extra->cells[i].value.raw);
		if (cfg.wrap && slice_equal(extra->cells[i].name, d.wrap))
			die(STATUS_DATA, "--wrap: the input's file brings a field %s itself",
			    quoted(d.wrap));
	}
	buf_check(&d.extra, "the fields beside the chunks", NULL);
}

static void
begin_file(void)
{
	const struct schema *beside = source_extra_schema(d.source);
	d.file++;
	take_extra();
	if (d.reader && schema_equal(&d.kept, beside)) {
		json_reset(d.reader);
		return;
	}
	json_reader_free(d.reader);
	d.reader = json_reader_new(&d.rules);
	bool good = d.reader != NULL;
	for (size_t i = 0; good && i < beside->n; i++)
		good = json_reserve_name(d.reader, beside->fields[i].name);
	if (!good)
		die(STATUS_TRY_AGAIN, "no memory for the reader");
	schema_copy(&d.kept, beside);
}

/* The next value of the file; false at its end. */
static bool
next_value(struct slice *value)
{
	for (;;) {
		switch (json_next(d.reader, value)) {
		case JSON_VALUE:
			return true;
		case JSON_MORE: {
			size_t room;
			char *p = json_space(d.reader, &room);
			if (!p)
				die(STATUS_TRY_AGAIN, "no memory for a block of text");
			json_filled(d.reader, source_read(d.source, p, room));
			break;
		}
		case JSON_END:
			return false;
		case JSON_BAD:
			fail();
		}
	}
}

/* ---- records ---- */

/* A value that is no object, or one that fields are added to. */
static void
send_changed(struct slice value, const struct mp_token *t)
{
	bool wrapped = t->type != MP_MAP;
	size_t fields = (wrapped ? 1 : t->n) + d.n_extra;
	if (fields > FIELDS_MAX)
		fail_record("a record with more than 4096 fields, those of the input's file "
			    "among them");
	size_t most = value.n + d.wrap.n + d.extra.n + (size_t)2 * MP_HEAD_MAX;
	char *o = stream_out_reserve(d.out, most), *from = o;
	o = mp_put_map_head(o, fields);
	if (wrapped) {
		o = mp_put_str_head(o, d.wrap.n);
		memcpy(o, d.wrap.p, d.wrap.n);
		o += d.wrap.n;
	} else {
		struct mp_token map;
		const char *body = mp_read(value.p, value.p + value.n, &map);
		value.n -= (size_t)(body - value.p);
		value.p = body;
	}
	memcpy(o, value.p, value.n);
	o += value.n;
	if (d.extra.n)
		memcpy(o, d.extra.p, d.extra.n);
	o += d.extra.n;
	size_t n = (size_t)(o - from);
	if (n > STREAM_RECORD_MAX)
		fail_record("a value is too large");
	if (wrapped && mp_measure(from, o, &n) != MP_OK)
		fail_record("nested deeper than 64 levels, the record of --wrap among them");
	stream_out_commit(d.out, n);
}

static void
send_record(struct slice value)
{
	struct mp_token t;
	mp_read(value.p, value.p + value.n, &t);
	if (t.type == MP_MAP && !d.n_extra)
		stream_out_record(d.out, value);
	else
		send_changed(value, &t);
}

static void
decode_file(void)
{
	struct slice value;
	begin_file();
	while (next_value(&value))
		send_record(value);
	d.any |= json_any(d.reader);
}

int
main(int argc, char **argv)
{
	stream_out_promise();
	struct operands operands = options_parse(&program, argc, argv);
	set_up();
	d.out = stream_out_open(STDOUT_FILENO);
	d.source = source_open(&operands, d.out);
	while (source_next_file(d.source))
		decode_file();
	source_check_empty(d.source, d.any);
	stream_finish(source_stream(d.source), d.out);
	return STATUS_OK;
}
