/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/stream/unpack.h"
#include "stages/from-csv/config.h"
#include "stages/from-csv/decode.h"
#include "stages/from-csv/doubt.h"
#include "stages/from-csv/drop_last.h"
#include "stages/from-csv/escape.h"
#include "stages/from-csv/rows.h"
#include "stages/from-csv/text.h"

/*
 * Short fields are copied in one step of this size; both sides have that much
 * room after (CSV_SLACK).
 */
enum { STEP = 32 };

static struct {
	struct source *source;
	struct stream_out *out;
	struct schema schema, sent; /* of this file; the one in force at the reader's */
	size_t columns;             /* of the file; the fields beside its chunks come after */
	struct buf extra;           /* their values, msgpack */
	bool any;
	uint64_t lines_skipped, rows_dropped, blank;
} r;

void
rows_init(struct source *source, struct stream_out *out)
{
	r.source = source;
	r.out = out;
}

bool
rows_any(void)
{
	return r.any;
}

/* A quote before the text does not count: media quote headers or do not. */
static bool
line_begins(struct slice line, struct slice text)
{
	if (line.n && line.p[0] == config.quote && text.p[0] != config.quote) {
		line.p++;
		line.n--;
	}
	return line.n >= text.n && memcmp(line.p, text.p, text.n) == 0;
}

static void
skip_lines(void)
{
	struct slice line;
	for (int64_t i = 0; i < config.skip; i++) {
		if (!text_line(true, &line)) {
			if (!text_any())
				return;
			text_check_kind();
			die(STATUS_DATA, "the file ends within the %" PRId64 " lines of --skip",
			    config.skip);
		}
		r.lines_skipped++;
	}
}

static void
skip_until(void)
{
	struct slice line, text = slice_of(config.skip_until);
	while (text_line(false, &line)) {
		if (line_begins(line, text))
			return;
		text_line(true, &line);
		r.lines_skipped++;
	}
	if (!text_any())
		return;
	text_check_kind();
	die(STATUS_DATA, "no line begins with --skip-until %s", quoted(text));
}

static void
add_field(struct slice name, enum value_type type, const char *where, size_t column)
{
	if (!name.n)
		die(STATUS_DATA, "%s: column %zu has no name (see --names)", where, column);
	const char *wrong = schema_add(&r.schema, name, type);
	if (!wrong)
		return;
	long twin = schema_find(&r.schema, name);
	if (twin >= 0)
		die(STATUS_DATA, "%s: columns %ld and %zu are both named %s (see --names)", where,
		    twin + 1, column, quoted(name));
	die(STATUS_DATA, "%s: column %zu: %s", where, column, wrong);
}

static void
take_given_names(void)
{
	for (size_t i = 0; i < config.names.n; i++)
		add_field(slice_of(config.names.items[i]), VALUE_TEXT, "--names", i + 1);
}

/* The first row that is not a blank line. */
static bool
header_row(struct csv_row *row)
{
	while (text_row(row)) {
		if (row->n)
			return true;
		r.blank++;
	}
	return false;
}

/* The text before the header may hide UTF-16 without a byte order mark from decode.c. */
static void
check_nul(struct slice name, const char *where, size_t column)
{
	if (!config.encoding && !config.drop_nul && name.n && memchr(name.p, '\0', name.n))
		die(STATUS_DATA,
		    "%s: the name of column %zu holds NUL: give --encoding UTF-16LE or UTF-16BE if "
		    "the text is that, --drop-nul to drop NUL, or --encoding UTF-8 to keep it",
		    where, column);
}

static void
take_names(const struct csv_row *row)
{
	if (row->columns > FIELDS_MAX)
		die(STATUS_DATA, "%s: %zu columns are more than %d", text_where(row->line),
		    row->columns, FIELDS_MAX);
	for (size_t i = 0; i < row->columns; i++) {
		struct slice name = text_field(row, i);
		check_nul(name, text_where(row->line), i + 1);
		add_field(name, VALUE_TEXT, text_where(row->line), i + 1);
	}
}

/* The file's header must equal --names, completely and in the same order. */
static void
check_names(const struct csv_row *row)
{
	size_t n = row->columns < config.names.n ? row->columns : config.names.n;
	for (size_t i = 0; i < n; i++) {
		struct slice name = text_field(row, i);
		if (!slice_is(name, config.names.items[i]))
			die(STATUS_DATA, "%s: column %zu is named %s, not %s (--names)",
			    text_where(row->line), i + 1, quoted(name),
			    quoted(slice_of(config.names.items[i])));
	}
	if (row->columns > n)
		die(STATUS_DATA, "%s: column %zu, %s, is not among --names", text_where(row->line),
		    n + 1, quoted(text_field(row, n)));
	if (config.names.n > n)
		die(STATUS_DATA, "%s: there is no column %s (--names)", text_where(row->line),
		    quoted(slice_of(config.names.items[n])));
}

/* The fields beside the chunks get into each record, after the file's own. */
static void
add_extra(void)
{
	const struct record *extra = source_extra(r.source);
	const struct schema *beside = source_extra_schema(r.source);
	buf_reset(&r.extra);
	for (size_t i = 0; i < extra->n; i++) {
		struct slice name = beside->fields[i].name;
		if (schema_find(&r.schema, name) >= 0)
			die(STATUS_DATA,
			    "the file has a column %s, and a field that comes with it is named so "
			    "(fetch-api --include NAME=FIELD gives another name)",
			    quoted(name));
		const char *wrong = schema_add(&r.schema, name, beside->fields[i].type);
		if (wrong)
			die(STATUS_DATA, "the fields that come with the file: %s", wrong);
		buf_put_slice(&r.extra, extra->cells[i].value.raw);
	}
	buf_check(&r.extra, "the fields that come with the file", NULL);
}

/* Sends the schema only when it changes, not for each of many similar files. */
static void
send_schema(void)
{
	if (schema_equal(&r.schema, &r.sent))
		return;
	struct buf b = {0};
	schema_write(&r.schema, &b);
	buf_check(&b, "the schema", NULL);
	stream_out_item(r.out, buf_slice(&b));
	buf_free(&b);
	schema_copy(&r.sent, &r.schema);
}

/* False if the file ends before its header. */
static bool
take_header(void)
{
	struct csv_row row;
	schema_reset(&r.schema);
	if (config.header != HEADER_NONE) {
		if (!header_row(&row))
			return false;
		text_check_kind();
		doubt_header(&row);
		if (row.bad)
			die(STATUS_DATA, "%s: field %zu has text after its closing quote",
			    text_where(row.line), row.bad);
		if (config.header == HEADER_CHECK)
			check_names(&row);
	}
	if (config.header == HEADER_FIRST)
		take_names(&row);
	else
		take_given_names();
	if (config.header == HEADER_NONE)
		doubt_header(NULL);
	r.columns = r.schema.n;
	add_extra();
	send_schema();
	return true;
}

static inline char *
put_field(char *o, const struct csv_row *row, const struct csv_field *f)
{
	const char *p = row->p + f->at;
	bool escaped = config.escape && memchr(p, ESCAPE_MARK, f->n);
	if (escaped && !f->quoted && escape_is_null((struct slice){p, f->n}))
		return mp_put_nil(o);
	if (f->n < STEP && !f->doubled && !escaped) {
		o = mp_put_str_head(o, f->n);
		memcpy(o, p, STEP);
		return o + f->n;
	}
	if (!f->doubled && !escaped) {
		o = mp_put_str_head(o, f->n);
		memcpy(o, p, f->n);
		return o + f->n;
	}
	/* Its length is known only afterwards, and so is how long the head will be. */
	size_t n = (size_t)(csv_unquote(row, f, config.quote, o + MP_HEAD_MAX) - o) - MP_HEAD_MAX;
	char *text = o + MP_HEAD_MAX;
	n = escaped ? escape_undo(text, n) : n;
	o = mp_put_str_head(o, n);
	memmove(o, text, n);
	return o + n;
}

/* Bytes that put_record needs at most, with those that it may spoil. */
static size_t
record_room(const struct csv_row *row)
{
	return row->n + r.extra.n + (row->columns + 1) * MP_HEAD_MAX + STEP;
}

static char *
put_record(char *o, const struct csv_row *row)
{
	o = mp_put_array_head(o, r.schema.n);
	for (size_t i = 0; i < row->columns; i++)
		o = put_field(o, row, &row->fields[i]);
	if (r.extra.n) {
		memcpy(o, r.extra.p, r.extra.n);
		o += r.extra.n;
	}
	return o;
}

/* Of any field; p NULL: none. Null is an escape for a whole field without quotes. */
static struct slice
unknown_escape(const struct csv_row *row)
{
	size_t n = row->columns < FIELDS_MAX ? row->columns : FIELDS_MAX;
	for (size_t i = 0; i < n; i++) {
		const struct csv_field *f = &row->fields[i];
		struct slice text = {row->p + f->at, f->n};
		struct slice unknown = escape_unknown(text);
		if (unknown.p && (f->quoted || !escape_is_null(text)))
			return unknown;
	}
	return (struct slice){0};
}

/* The bytes of the row as they were in the file. */
static struct slice
raw_row(const struct csv_row *row)
{
	static struct buf b;
	if (!config.escape)
		return (struct slice){row->p, row->n};
	buf_reset(&b);
	escape_restore((struct slice){row->p, row->n}, &b);
	buf_check(&b, "a row", NULL);
	return buf_slice(&b);
}

/* Whether the row is not a record, and why. */
static bool
is_bad(const struct csv_row *row, struct outcome *outcome)
{
	static char reason[160];
	struct slice unknown = config.escape ? unknown_escape(row) : (struct slice){0};
	if (!row->bad && row->columns == r.columns && !unknown.p)
		return false;
	if (unknown.p)
		snprintf(reason, sizeof reason, "has the unknown escape %s", quoted(unknown));
	else if (row->bad)
		snprintf(
		    reason, sizeof reason, "field %zu has text after its closing quote", row->bad);
	else
		snprintf(reason, sizeof reason, "has %zu field%s, not %zu%s", row->columns,
		    row->columns == 1 ? "" : "s", r.columns, doubt_row(row));
	*outcome = (struct outcome){.raw = raw_row(row),
	    .line = row->line,
	    .rule = unknown.p  ? "escape"
		    : row->bad ? "quotes"
			       : "columns",
	    .reason = reason};
	return true;
}

static void
send(const struct outcome *outcome)
{
	if (outcome->record.p)
		stream_out_record(r.out, outcome->record);
	else
		reject_raw(
		    outcome->raw, text_unit(), outcome->line, outcome->rule, outcome->reason);
}

static void
hold_row(const struct csv_row *row)
{
	static struct buf b;
	struct outcome outcome = {.line = row->line};
	if (!is_bad(row, &outcome)) {
		buf_reset(&b);
		char *o = buf_reserve(&b, record_room(row));
		if (!o)
			die(STATUS_TRY_AGAIN, "no memory for a record");
		outcome.record = (struct slice){o, (size_t)(put_record(o, row) - o)};
	}
	drop_last_add(&outcome, send);
}

static void
send_row(const struct csv_row *row)
{
	struct outcome outcome;
	if (is_bad(row, &outcome)) {
		send(&outcome);
		return;
	}
	char *o = stream_out_reserve(r.out, record_room(row));
	stream_out_commit(r.out, (size_t)(put_record(o, row) - o));
}

/* Sends the rows; true if --stop-at ended them. */
static bool
take_rows(void)
{
	struct csv_row row;
	while (text_row(&row)) {
		/* In a file of one column an empty line is an empty field. */
		if (!row.n && r.columns > 1) {
			r.blank++;
			continue;
		}
		if (config.stop_at.n && config_stops_at(text_field(&row, 0)))
			return true;
		if (config.drop_last)
			hold_row(&row);
		else
			send_row(&row);
	}
	return false;
}

static void
drop_last(void)
{
	size_t n = drop_last_rows();
	if (n < (size_t)config.drop_last)
		die(STATUS_DATA, "the file has %zu row%s, fewer than --drop-last %" PRId64, n,
		    n == 1 ? "" : "s", config.drop_last);
	r.rows_dropped += n;
}

void
rows_of_file(void)
{
	text_begin();
	if (config.skip_until)
		skip_until();
	skip_lines();
	/* Where an archive is whole, its empty file is known to be empty. */
	r.any |= unpack_packed();
	if (!take_header())
		return;
	bool stopped = take_rows();
	if (!stopped && text_ends_in_row() && !unpack_packed() && source_may_be_cut(r.source))
		message("the last row has no line end: if the writer was cut off, so was the row "
			"(from-csv -- COMMAND notices that)");
	r.any |= text_any();
	if (stopped)
		text_drain();
	else if (config.expect_stop)
		die(STATUS_INCOMPLETE, "no row begins with --stop-at %s%s: the file is cut",
		    quoted(slice_of(config.stop_at.items[0])),
		    config.stop_at.n > 1 ? " or another one" : "");
	if (config.drop_last)
		drop_last();
}

static void
count(const char *name, uint64_t n)
{
	if (n)
		stream_count(name, n);
}

void
rows_count(void)
{
	count("lines_skipped", r.lines_skipped);
	count("blank_lines", r.blank);
	count("rows_dropped", r.rows_dropped);
	count("nul_dropped", decode_dropped());
}
