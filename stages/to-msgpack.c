/* SPDX-License-Identifier: MIT */
/*
 * to-msgpack: records to msgpack that any program reads: one map a record, or one array
 * (--rows). Values that msgpack has no type for are text, or (--ext mam) our extension types.
 */
#include <inttypes.h>
#include <unistd.h>

#include "common/json/value_text.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/mp.h"
#include "common/stream/stream.h"
#include "common/stream/text_out.h"

static struct cfg {
	bool rows;
	const char *header, *ext;
} cfg = {.header = "none", .ext = "none"};

static const struct option_row options[] = {
    {.name = "rows",
	.help = "write each record as an array of its values, without names",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.rows},
    {.name = "header",
	.word = "none|first",
	.help = "with --rows: whether the first array has the names (none)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.header,
	.choices = "none|first"},
    {.name = "ext",
	.word = "none|mam",
	.help = "mam: decimals, dates and datetimes as extension types, else as text (none)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.ext,
	.choices = "none|mam"},
    {0},
};

static const struct option_row *const tables[] = {options, NULL};
static const struct program program = {.name = "to-msgpack",
    .about = "Writes records as msgpack for other programs.",
    .tables = tables};

static struct {
	struct stream_in *in;
	struct text_out *out;
	struct record record;
	struct schema names; /* of the rows; their types mean nothing */
	bool begun;
} w;

/* Appends the whole object at p: all of it as it is but decimals, dates and datetimes. */
static void
put_object(struct buf *b, const char *p, const char *end)
{
	static struct buf text;
	while (p < end) {
		struct mp_token t;
		struct value v;
		const char *after = mp_read(p, end, &t);
		bool plain = t.type != MP_EXT || t.ext == EXT_TIMESTAMP || *cfg.ext == 'm';
		if (plain) {
			buf_put(b, p, (size_t)(after - p));
		} else {
			buf_reset(&text);
			value_read(p, after, &v);
			value_text(&text, &v, NULL);
			buf_check(&text, "a value", NULL);
			mp_buf_str(b, buf_slice(&text));
		}
		p = after;
	}
}

static void
write_header(struct buf *b)
{
	if (*cfg.header == 'n')
		return;
	mp_buf_array(b, w.names.n);
	for (size_t i = 0; i < w.names.n; i++)
		mp_buf_str(b, w.names.fields[i].name);
	text_out_other(w.out);
}

/* The first record has the names of all rows. */
static void
begin_rows(const struct record *r)
{
	for (size_t i = 0; i < r->n; i++)
		schema_add(&w.names, r->cells[i].name, VALUE_TEXT);
	buf_check(&w.names.names, "the names of the rows", NULL);
	w.begun = true;
	write_header(text_out_buf(w.out));
}

static void
check_row(const struct record *r)
{
	for (size_t i = 0; i < r->n && i < w.names.n; i++)
		if (!slice_equal(r->cells[i].name, w.names.fields[i].name))
			die(STATUS_DATA,
			    "record %" PRIu64
			    ": the first record has the field %s where this one has "
			    "%s: --rows writes no names",
			    stream_record_number(w.in), quoted(w.names.fields[i].name),
			    quoted(r->cells[i].name));
	if (r->n != w.names.n)
		die(STATUS_DATA,
		    "record %" PRIu64
		    ": has %zu fields, the first record %zu: --rows writes no names",
		    stream_record_number(w.in), r->n, w.names.n);
}

static void
write_record(struct slice raw)
{
	struct buf *b = text_out_buf(w.out);
	struct record *r = &w.record;
	if (!cfg.rows && !stream_schema(w.in)->n) {
		put_object(b, raw.p, raw.p + raw.n);
		text_out_record(w.out);
		return;
	}
	stream_decode(w.in, raw, r);
	if (cfg.rows && !w.begun)
		begin_rows(r);
	if (cfg.rows)
		check_row(r);
	if (cfg.rows)
		mp_buf_array(b, r->n);
	else
		mp_buf_map(b, r->n);
	for (size_t i = 0; i < r->n; i++) {
		struct slice value = r->cells[i].value.raw;
		if (!cfg.rows)
			mp_buf_str(b, r->cells[i].name);
		put_object(b, value.p, value.p + value.n);
	}
	text_out_record(w.out);
}

int
main(int argc, char **argv)
{
	options_parse(&program, argc, argv);
	if (*cfg.header == 'f' && !cfg.rows)
		die(STATUS_USAGE, "--header is only for --rows: a map has its names");
	if (isatty(STDOUT_FILENO))
		die(STATUS_USAGE, "standard output is a terminal, and msgpack is not text: use "
				  "to-table or to-json");
	w.out = text_out_open();
	w.in = stream_in_open(STDIN_FILENO, NULL);
	struct slice raw;
	enum stream_kind kind;
	while ((kind = stream_next(w.in, &raw)) != STREAM_END)
		if (kind == STREAM_RECORD)
			write_record(raw);
	text_out_finish(w.out, w.in);
	return STATUS_OK;
}
