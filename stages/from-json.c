/* SPDX-License-Identifier: MIT */
/*
 * from-json: JSON text to records, exactly. The text is a sequence of values, on
 * lines or not; each element of an array is a record. Anything that RFC 8259 does not
 * allow is an error with its line and column. Memory is a block and one record, however
 * long the text is.
 */
#include <inttypes.h>
#include <unistd.h>

#include "common/json/json_read.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/mp.h"
#include "common/stream/invalid_text.h"
#include "common/stream/missing.h"
#include "common/stream/source.h"
#include "common/stream/stream.h"
#include "common/stream/unpack.h"

static struct cfg {
	const char *record_path, *wrap, *duplicate_keys, *header;
	bool single;
} cfg = {.duplicate_keys = "error", .header = "none"};

static const struct option_row options[] = {
    {.name = "record-path",
	.word = "PATH",
	.help = "where the records are in each value: rval.values, [].results[], data{day}",
	.kind = OPTION_TEXT,
	.to.text = &cfg.record_path},
    {.name = "wrap",
	.word = "NAME",
	.help = "make a value that is not an object a record with this one field",
	.kind = OPTION_TEXT,
	.to.text = &cfg.wrap},
    {.name = "single",
	.help = "read exactly one JSON text, like the body of a response",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.single},
    {.name = "header",
	.word = "none|first",
	.help = "first: the first array has the names of the rows after it (none)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.header,
	.choices = "none|first"},
    {.name = "duplicate-keys",
	.word = "error|first|last",
	.help = "which member counts if an object has a name twice (error)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.duplicate_keys,
	.choices = "error|first|last"},
    {0},
};

static const struct option_row *const tables[] = {
    options, invalid_text_options, unpack_options, source_options, NULL};
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
	struct buf extra;   /* name and value, as msgpack, of the fields beside the chunks … */
	size_t n_extra;
	size_t n_members; /* … and of the path's "{FIELD}" steps, of the current record */
	struct buf members;
	bool rows;           /* --header first */
	struct schema names; /* of the rows of the current file; empty before its header */
	bool any;            /* a value was seen, even an array without records */
} d;

static void
set_up_path(void)
{
	const char *wrong = json_path_parse_records(&d.path, slice_of(cfg.record_path));
	if (wrong)
		die(STATUS_USAGE, "--record-path: %s: %s", quoted(slice_of(cfg.record_path)),
		    wrong);
	for (size_t i = 0; i < d.path.n; i++) {
		const struct json_step *step = &d.path.steps[i];
		d.n_members += step->members;
		for (size_t j = 0; step->members && j < i; j++)
			if (d.path.steps[j].members &&
			    slice_equal(d.path.steps[j].name, step->name))
				die(STATUS_USAGE, "--record-path: %s: the field %s is there twice",
				    quoted(slice_of(cfg.record_path)), quoted(step->name));
		if (step->members && step->name.n > NAME_MAX_BYTES)
			die(STATUS_USAGE, "--record-path: a name is longer than %d bytes",
			    NAME_MAX_BYTES);
	}
	d.rules.path = &d.path;
	d.rules.path_must_lead = !source_allow_empty();
}

static void
set_up(void)
{
	d.rows = strcmp(cfg.header, "first") == 0;
	if (d.rows && cfg.wrap)
		die(STATUS_USAGE, "--header first and --wrap exclude each other");
	d.rules = (struct json_rules){.single = cfg.single,
	    .none_is_fine = source_allow_empty(),
	    .objects_only = !cfg.wrap && !d.rows,
	    .records = true,
	    .lone_replaced = invalid_text_replaces() ? invalid_text_replaced() : NULL,
	    .elements = true,
	    .value_max = STREAM_RECORD_MAX};
	if (strcmp(cfg.duplicate_keys, "error") != 0)
		d.rules.duplicates = strcmp(cfg.duplicate_keys, "first") == 0
					 ? JSON_DUPLICATES_FIRST
					 : JSON_DUPLICATES_LAST;
	if (cfg.record_path)
		set_up_path();
	d.wrap = slice_of(cfg.wrap ? cfg.wrap : "");
	if (d.wrap.n > NAME_MAX_BYTES)
		die(STATUS_USAGE, "--wrap: the name is longer than %d bytes", NAME_MAX_BYTES);
}

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

/* A first byte that no JSON text has shows another format. */
static const char *
other_format(const struct json_error *e)
{
	if (e->line != 1 || e->column != 1 || !e->at.n ||
	    strcmp(e->what, "a value is expected") != 0)
		return "";
	return e->at.p[0] == '<' ? " (the input looks like HTML or XML)"
				 : " (if the input is CSV, use from-csv)";
}

_Noreturn static void
fail(void)
{
	static const char *const see[] = {
	    [JSON_FAULT_NONE] = "",
	    [JSON_FAULT_REPEATED] = " (see --duplicate-keys)",
	    [JSON_FAULT_NO_OBJECT] = " (see --wrap and --record-path)",
	    [JSON_FAULT_NO_PATH] = "",
	    [JSON_FAULT_PATH_KIND] = "",
	    [JSON_FAULT_FULL] = "",
	    [JSON_FAULT_RESERVED] =
		" (another {FIELD} or fetch-api --include NAME=FIELD avoids it)",
	};
	const struct json_error *e = json_error(d.reader);
	struct slice wanted;
	size_t n = 0;
	const struct slice *passed = json_passed_names(d.reader, &n, &wanted);
	bool lists = e->fault == JSON_FAULT_NO_PATH && n > 0;
	die(STATUS_DATA, "%s%s%s%s%s%s%s", where(e->line, e->column), e->what, e->at.n ? ": " : "",
	    e->at.n ? quoted(e->at) : "", see[e->fault], other_format(e),
	    lists ? missing_among("; there is ", wanted, passed, n) : "");
}

_Noreturn static void
fail_record(const char *what)
{
	uint64_t line, column;
	json_value_position(d.reader, &line, &column);
	die(STATUS_DATA, "%s%s", where(line, column), what);
}

_Noreturn static void
fail_taken(struct slice name)
{
	die(STATUS_DATA,
	    "the input's file already has a field %s; use another name in --wrap or --record-path",
	    quoted(name));
}

/* The fields beside the chunks go into every record of the file. */
static void
take_extra(void)
{
	const struct record *extra = source_extra(d.source);
	buf_reset(&d.extra);
	d.n_extra = extra->n;
	for (size_t i = 0; i < extra->n; i++) {
		struct slice name = extra->cells[i].name;
		mp_buf_str(&d.extra, name);
		buf_put_slice(&d.extra, extra->cells[i].value.raw);
		if (cfg.wrap && slice_equal(name, d.wrap))
			fail_taken(name);
		for (size_t j = 0; j < d.path.n; j++)
			if (d.path.steps[j].members && slice_equal(name, d.path.steps[j].name))
				fail_taken(name);
	}
	buf_check(&d.extra, "the fields beside the chunks", NULL);
}

static void
begin_file(void)
{
	const struct schema *beside = source_extra_schema(d.source);
	d.file++;
	schema_reset(&d.names);
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
	for (size_t i = 0; good && i < d.path.n; i++)
		if (d.path.steps[i].members)
			good = json_reserve_name(d.reader, d.path.steps[i].name);
	if (!good)
		die(STATUS_TRY_AGAIN, "no memory for the reader");
	schema_copy(&d.kept, beside);
}

/* The next value of the file; false at its end. */
static bool
next_value(struct slice *value)
{
	enum json_status status = invalid_text_next_json(d.reader, value);
	if (status == JSON_BAD)
		fail();
	return status == JSON_VALUE;
}

/* The fields that the path's "{FIELD}" steps give the current record. */
static void
take_members(void)
{
	buf_reset(&d.members);
	for (size_t i = 0; i < d.path.n; i++) {
		if (!d.path.steps[i].members)
			continue;
		mp_buf_str(&d.members, d.path.steps[i].name);
		mp_buf_str(&d.members, json_member_name(d.reader, i));
	}
	buf_check(&d.members, "the names of the record's members", NULL);
}

static char *
put_bytes(char *o, struct slice s)
{
	if (s.n)
		memcpy(o, s.p, s.n);
	return o + s.n;
}

/* The pairs of one record: those of its members, its own n, and those beside the chunks. */
static void
send_pairs(size_t n, struct slice first, struct slice own)
{
	n += d.n_members + d.n_extra;
	if (n > FIELDS_MAX)
		fail_record("a record with more than 4096 fields, including those of the path and "
			    "of the input's file");
	size_t most = MP_HEAD_MAX + d.members.n + first.n + own.n + d.extra.n;
	char *from = stream_out_reserve(d.out, most);
	char *o = put_bytes(mp_put_map_head(from, n), buf_slice(&d.members));
	o = put_bytes(put_bytes(o, first), own);
	o = put_bytes(o, buf_slice(&d.extra));
	size_t size = (size_t)(o - from), measured;
	if (size > STREAM_RECORD_MAX)
		fail_record("a value is too large");
	if (first.n && mp_measure(from, o, &measured) != MP_OK)
		fail_record("nested deeper than 64 levels, including the record of --wrap");
	stream_out_commit(d.out, size);
}

static void
send_wrapped(struct slice value)
{
	char head[MP_HEAD_MAX + NAME_MAX_BYTES];
	char *o = put_bytes(mp_put_str_head(head, d.wrap.n), d.wrap);
	send_pairs(1, (struct slice){head, (size_t)(o - head)}, value);
}

/* --header first: the names of the rows that follow. */
static void
take_header(struct slice value, size_t n)
{
	const char *p = value.p, *end = value.p + value.n;
	for (size_t i = 0; i < n; i++) {
		struct mp_token name;
		p = mp_read(p, end, &name);
		if (name.type != MP_STR)
			fail_record("a name in the header row is not a text");
		struct slice text = {name.p, name.n};
		const char *wrong = schema_find(&d.names, text) >= 0 ? "a name is there twice"
				    : schema_find(&d.kept, text) >= 0
					? "the input's file already has this field"
					: schema_add(&d.names, text, VALUE_TEXT);
		for (size_t j = 0; !wrong && j < d.path.n; j++)
			if (d.path.steps[j].members && slice_equal(d.path.steps[j].name, text))
				wrong = "the record path gives this name, too";
		if (wrong)
			die(STATUS_DATA, "the header row: %s: %s", quoted(text), wrong);
	}
	if (!n)
		fail_record("the header row is empty");
}

static void
send_row(struct slice value, size_t n)
{
	static struct buf b;
	if (n != d.names.n) {
		uint64_t line, column;
		json_value_position(d.reader, &line, &column);
		die(STATUS_DATA, "%sthe row has %zu values, the header row has %zu",
		    where(line, column), n, d.names.n);
	}
	const char *p = value.p, *end = value.p + value.n;
	buf_reset(&b);
	for (size_t i = 0; i < n; i++) {
		const char *after = mp_skip(p, end);
		mp_buf_str(&b, d.names.fields[i].name);
		buf_put(&b, p, (size_t)(after - p));
		p = after;
	}
	buf_check(&b, "a row", NULL);
	send_pairs(n, (struct slice){0}, buf_slice(&b));
}

static void
send_record(struct slice value)
{
	struct mp_token t;
	const char *body = mp_read(value.p, value.p + value.n, &t);
	struct slice inside = {body, (size_t)(value.p + value.n - body)};
	if (d.n_members)
		take_members();
	if (d.rows && t.type != MP_ARRAY)
		fail_record("a value that is not an array (see --header)");
	if (d.rows && !d.names.n)
		take_header(inside, t.n);
	else if (d.rows)
		send_row(inside, t.n);
	else if (t.type != MP_MAP)
		send_wrapped(value);
	else if (d.n_members || d.n_extra)
		send_pairs(t.n, (struct slice){0}, inside);
	else
		stream_out_record(d.out, value);
}

static void
decode_file(void)
{
	struct slice value;
	begin_file();
	invalid_text_begin();
	while (next_value(&value))
		send_record(value);
	d.any |= json_any(d.reader) || unpack_packed();
}

int
main(int argc, char **argv)
{
	stream_out_abort_on_exit();
	struct operands operands = options_parse(&program, argc, argv);
	set_up();
	d.out = stream_out_open(STDOUT_FILENO);
	d.source = source_open(&operands, d.out);
	unpack_init(d.source);
	while (unpack_next())
		decode_file();
	source_check_empty(d.source, d.any);
	invalid_text_report();
	stream_finish(source_stream(d.source), d.out);
	return STATUS_OK;
}
