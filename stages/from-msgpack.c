/* SPDX-License-Identifier: MIT */
/*
 * from-msgpack: msgpack of other programs to records. The input is a sequence of
 * objects: maps, which are records, or arrays, whose elements are records or (--fields,
 * --header) the values of one. Memory is a block and one record, however long the input is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "common/json/value_text.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/mp.h"
#include "common/record/mp_foreign.h"
#include "common/record/mp_records.h"
#include "common/record/record_check.h"
#include "common/stream/invalid_text.h"
#include "common/stream/source.h"
#include "common/stream/stream.h"
#include "common/stream/unpack.h"

static struct cfg {
	const char *record_path, *fields, *header, *nan, *ext;
} cfg = {.header = "none", .nan = "error", .ext = "error"};

static const struct option_row options[] = {
    {.name = "record-path",
	.word = "PATH",
	.help = "where the records are in each object: data.rows, [].results[], days{day}",
	.kind = OPTION_TEXT,
	.to.text = &cfg.record_path},
    {.name = "fields",
	.word = "NAME,...",
	.help = "the records are arrays, and these are the names of their values",
	.kind = OPTION_TEXT,
	.to.text = &cfg.fields},
    {.name = "header",
	.word = "none|first",
	.help = "first: the first array has the names of the values in the others (none)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.header,
	.choices = "none|first"},
    {.name = "nan",
	.word = "error|null|keep",
	.help = "what to do with a float that is NaN or infinite (error)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.nan,
	.choices = "error|null|keep"},
    {.name = "ext",
	.word = "error|bytes|mam",
	.help = "what to do with extension types: keep their bytes, or read those of to-msgpack "
		"(error)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.ext,
	.choices = "error|bytes|mam"},
    {0},
};

static const struct option_row *const tables[] = {
    options, invalid_text_options, unpack_options, source_options, NULL};
static const struct program program = {.name = "from-msgpack",
    .about = "Reads msgpack of other programs and writes it as records.",
    .tables = tables,
    .command = true};

static struct decoder {
	struct source *source;
	struct stream_out *out;
	struct json_path path;
	struct mp_records *walk;
	struct mp_foreign_rules rules;
	struct record_check *check;
	bool rows;
	struct schema names; /* of the values of a row; empty before the file's header */
	uint64_t file, record;
	struct buf extra; /* name and value of the fields beside the chunks */
	size_t n_members; /* fields that the path's "{FIELD}" steps give */
	struct buf made;
	bool any;
} d;

static const struct schema no_schema;

static void
set_up_path(void)
{
	const char *wrong = json_path_parse_records(&d.path, slice_of(cfg.record_path));
	if (wrong)
		die(STATUS_USAGE, "--record-path: %s: %s", quoted(slice_of(cfg.record_path)),
		    wrong);
	for (size_t i = 0; i < d.path.n; i++)
		d.n_members += d.path.steps[i].members;
}

static void
set_up_fields(void)
{
	struct option_list names = options_split("fields", cfg.fields);
	if (d.rows)
		die(STATUS_USAGE, "--fields and --header first exclude each other");
	d.rows = true;
	for (size_t i = 0; i < names.n; i++) {
		struct slice name = slice_of(names.items[i]);
		const char *wrong = schema_find(&d.names, name) >= 0
					? "is there twice"
					: schema_add(&d.names, name, VALUE_TEXT);
		if (wrong)
			die(STATUS_USAGE, "--fields: %s %s", quoted(name), wrong);
	}
}

static void
set_up(void)
{
	d.rows = strcmp(cfg.header, "first") == 0;
	if (cfg.fields)
		set_up_fields();
	if (cfg.record_path)
		set_up_path();
	d.rules.ext = *cfg.ext == 'b'   ? MP_FOREIGN_EXT_BYTES
		      : *cfg.ext == 'm' ? MP_FOREIGN_EXT_MAM
					: MP_FOREIGN_EXT_ERROR;
	d.rules.nan = *cfg.nan == 'n'   ? MP_FOREIGN_NAN_NULL
		      : *cfg.nan == 'k' ? MP_FOREIGN_NAN_KEEP
					: MP_FOREIGN_NAN_ERROR;
	d.rules.replaced = invalid_text_replaces() ? invalid_text_replaced() : NULL;
	const struct mp_records_rules rules = {.path = &d.path,
	    .rows = d.rows,
	    .path_must_lead = !source_allow_empty(),
	    .value_max = STREAM_RECORD_MAX};
	d.walk = mp_records_new(&rules);
	d.check = record_check_new();
	if (!d.walk || !d.check)
		die(STATUS_TRY_AGAIN, "no memory for the reader");
}

/* "file 2, record 3: ", the file only where there are several. */
static const char *
where(void)
{
	static char text[64];
	int n = d.file > 1 ? snprintf(text, sizeof text, "file %" PRIu64 ", ", d.file) : 0;
	snprintf(text + n, sizeof text - (size_t)n, "record %" PRIu64 ": ", d.record);
	return text;
}

/* An object of msgpack as text, for a message. */
static const char *
shown(struct slice object)
{
	static struct buf b;
	struct value v;
	buf_reset(&b);
	if (!object.n || !value_read(object.p, object.p + object.n, &v))
		return "";
	buf_put_text(&b, ": ");
	if (v.type == VALUE_TEXT || v.type == VALUE_BYTES) {
		buf_put_text(&b, quoted(v.s));
	} else if (v.type == VALUE_BAD || v.type == VALUE_DECIMAL || v.type == VALUE_DATE ||
		   v.type == VALUE_DATETIME) {
		struct mp_token t;
		mp_read(object.p, object.p + object.n, &t);
		buf_printf(&b, "%d (see --ext)", t.ext);
	} else if (v.type == VALUE_NULL) {
		buf_put_text(&b, "nil");
	} else if (value_text(&b, &v, NULL)) {
		buf_put_text(&b, "a nested value");
	}
	buf_put_byte(&b, '\0');
	return b.failed ? "" : b.p;
}

/* A first byte that no msgpack of records has shows another format. */
static const char *
other_format(struct slice at)
{
	if (mp_records_offset(d.walk) || d.path.n || !at.n)
		return "";
	switch (*at.p) {
	case '{':
	case '[':
		return " (the input looks like JSON: use from-json)";
	case '<':
		return " (the input looks like HTML or XML)";
	default:
		return *at.p >= ' ' && *at.p < 127 ? " (the input looks like text)" : "";
	}
}

_Noreturn static void
fail_walk(void)
{
	struct slice at;
	const char *what = mp_records_error(d.walk, &at);
	const char *other = other_format(at);
	d.record++;
	die(STATUS_DATA, "%sbyte %" PRIu64 ": %s%s%s%s", where(), mp_records_offset(d.walk), what,
	    *other ? "" : shown(at), other,
	    !*other && !d.path.n && strstr(what, "not a map") ? " (see --record-path)" : "");
}

_Noreturn static void
fail_record(struct slice field, const char *what, const char *more)
{
	die(STATUS_DATA, "%s%s%s%s%s", where(), field.n ? quoted(field) : "", field.n ? ": " : "",
	    what, more);
}

/* The fields beside the chunks go into every record of the file. */
static void
begin_file(void)
{
	const struct record *extra = source_extra(d.source);
	d.file++;
	d.record = 0;
	if (!cfg.fields)
		schema_reset(&d.names);
	buf_reset(&d.extra);
	for (size_t i = 0; i < extra->n; i++) {
		mp_buf_str(&d.extra, extra->cells[i].name);
		buf_put_slice(&d.extra, extra->cells[i].value.raw);
	}
	buf_check(&d.extra, "the fields beside the chunks", NULL);
	mp_records_reset(d.walk);
}

static bool
next_record(struct slice *record)
{
	for (;;) {
		switch (mp_records_next(d.walk, record)) {
		case MP_RECORDS_RECORD:
			d.record++;
			return true;
		case MP_RECORDS_MORE: {
			size_t room;
			char *p = mp_records_space(d.walk, &room);
			if (!p)
				die(STATUS_TRY_AGAIN, "no memory for a block of msgpack");
			mp_records_filled(d.walk, unpack_read(p, room));
			break;
		}
		case MP_RECORDS_END:
			return false;
		case MP_RECORDS_BAD:
			fail_walk();
		}
	}
}

static void
put_value(struct slice field, const char **p, const char *end)
{
	struct mp_foreign_error error;
	if (mp_foreign_value(&d.rules, p, end, &d.made, &error))
		return;
	const char *see = strcmp(error.what, "is not a finite number") == 0 ? " (see --nan)" : "";
	char more[512];
	snprintf(more, sizeof more, "%s%s", shown(error.at), see);
	fail_record(field, error.what, more);
}

/* --header first: the names of the values in the rows that follow. */
static void
take_header(const char *p, const char *end, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct mp_token t;
		const char *from = p;
		p = mp_read(p, end, &t);
		struct slice name = {t.p, t.n};
		if (t.type != MP_STR)
			fail_record((struct slice){0}, "a name in the header is not a text",
			    shown((struct slice){from, (size_t)(p - from)}));
		const char *wrong = schema_find(&d.names, name) >= 0
					? "the header has this name twice"
					: schema_add(&d.names, name, VALUE_TEXT);
		if (wrong)
			fail_record(name, wrong, "");
	}
	if (!n)
		fail_record((struct slice){0}, "the header is empty", "");
	d.record--;
}

static void
put_row(const char *p, const char *end, size_t n)
{
	if (n != d.names.n) {
		char what[96];
		snprintf(what, sizeof what, "the row has %zu values, the %s %zu", n,
		    cfg.fields ? "list of --fields" : "header", d.names.n);
		fail_record((struct slice){0}, what, "");
	}
	for (size_t i = 0; i < n; i++) {
		mp_buf_str(&d.made, d.names.fields[i].name);
		put_value(d.names.fields[i].name, &p, end);
	}
}

static void
put_pairs(const char *p, const char *end, size_t n)
{
	struct mp_foreign_error error;
	for (size_t i = 0; i < n; i++) {
		struct mp_token key;
		mp_read(p, end, &key);
		struct slice name = {key.p, key.type == MP_STR ? key.n : 0};
		if (!mp_foreign_key(&d.rules, &p, end, &d.made, &error))
			fail_record(name, error.what, shown(error.at));
		put_value(name, &p, end);
	}
}

static void
check_record(void)
{
	struct slice at;
	const char *p = d.made.p;
	if (d.made.n > STREAM_RECORD_MAX)
		fail_record((struct slice){0}, "the record is too large", "");
	if (record_check(d.check, &no_schema, p, p + d.made.n) == d.made.n)
		return;
	const char *error = record_check_error(d.check, &at);
	bool text = error && strcmp(error, "is not valid UTF-8") == 0;
	fail_record(at, error ? error : "nested deeper than 64 levels",
	    text ? " (see --invalid-text)" : "");
}

static void
send_record(struct slice raw)
{
	struct mp_token t;
	const char *end = raw.p + raw.n, *p = mp_read(raw.p, end, &t);
	if (d.rows && !d.names.n) {
		take_header(p, end, t.n);
		return;
	}
	buf_reset(&d.made);
	mp_buf_map(&d.made, t.n + d.n_members + source_extra(d.source)->n);
	for (size_t i = 0; d.n_members && i < d.path.n; i++) {
		if (!d.path.steps[i].members)
			continue;
		mp_buf_str(&d.made, d.path.steps[i].name);
		mp_buf_str(&d.made, mp_records_member(d.walk, i));
	}
	if (d.rows)
		put_row(p, end, t.n);
	else
		put_pairs(p, end, t.n);
	buf_put_slice(&d.made, buf_slice(&d.extra));
	buf_check(&d.made, "a record", NULL);
	check_record();
	stream_out_record(d.out, buf_slice(&d.made));
}

static void
decode_file(void)
{
	struct slice record;
	begin_file();
	while (next_record(&record))
		send_record(record);
	d.any |= mp_records_any(d.walk) || unpack_packed();
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
