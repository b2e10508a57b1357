/* SPDX-License-Identifier: MIT */
/*
 * to-singer: records to the messages of a Singer tap, for any Singer target: one SCHEMA, a
 * RECORD for each record, a STATE for each state item.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "common/json/json_write.h"
#include "common/json/singer.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/mp.h"
#include "common/record/number.h"
#include "common/stream/missing.h"
#include "common/stream/stream.h"
#include "common/stream/text_out.h"

static struct cfg {
	const char *stream, *key, *decimal;
	int64_t scale;
} cfg = {.decimal = "number", .scale = -1};

static const struct option_row options[] = {
    {.name = "stream",
	.word = "NAME",
	.help = "name of the stream, which targets make the name of a table or file",
	.kind = OPTION_TEXT,
	.to.text = &cfg.stream},
    {.name = "key",
	.word = "FIELD,...",
	.help = "fields that identify a record (key_properties)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.key},
    {.name = "decimal",
	.word = "number|string",
	.help = "decimals as numbers with all digits, or as texts with format singer.decimal "
		"(number)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.decimal,
	.choices = "number|string"},
    {.name = "scale",
	.word = "N",
	.help = "digits after the point that decimals may have, as multipleOf of their schema",
	.kind = OPTION_COUNT,
	.to.number = &cfg.scale,
	.low = 0,
	.high = 100},
    {0},
};

static const struct option_row *const tables[] = {options, NULL};
static const struct program program = {.name = "to-singer",
    .about = "Writes records as the messages of a Singer tap.",
    .tables = tables};

static struct {
	struct stream_in *in;
	struct text_out *out;
	struct option_list key;
	struct buf stream; /* its name as JSON */
	struct buf heads;  /* "NAME": of each field, one after the other */
	size_t *ends;
	bool *keys;
	size_t n;
	struct record record;
} w;

static bool
is_key(struct slice name)
{
	for (size_t i = 0; i < w.key.n; i++)
		if (slice_is(name, w.key.items[i]))
			return true;
	return false;
}

/* The words of JSON Schema for a type, after its list of types has begun. */
static void
put_type(struct buf *b, enum value_type type)
{
	switch (type) {
	case VALUE_BOOL:
		buf_put_text(b, "\"boolean\"]");
		break;
	case VALUE_INT:
		buf_put_text(b, "\"integer\"]");
		break;
	case VALUE_FLOAT:
		buf_put_text(b, "\"number\"]");
		break;
	case VALUE_DECIMAL:
		if (*cfg.decimal == 's') {
			buf_put_text(b, "\"string\"],\"format\":\"singer.decimal\"");
			break;
		}
		buf_put_text(b, "\"number\"]");
		if (cfg.scale == 0)
			buf_put_text(b, ",\"multipleOf\":1");
		else if (cfg.scale > 0)
			buf_printf(b, ",\"multipleOf\":1e-%" PRId64, cfg.scale);
		break;
	case VALUE_BYTES:
		buf_put_text(b, "\"string\"],\"contentEncoding\":\"base64\"");
		break;
	case VALUE_DATE:
		buf_put_text(b, "\"string\"],\"format\":\"date\"");
		break;
	case VALUE_DATETIME:
	case VALUE_TIMESTAMP:
		buf_put_text(b, "\"string\"],\"format\":\"date-time\"");
		break;
	case VALUE_JSON:
		buf_put_text(b, "\"object\",\"array\"]");
		break;
	default:
		buf_put_text(b, "\"string\"]");
		break;
	}
}

static void
check_keys(const struct schema *schema)
{
	struct slice *names = xcalloc(schema->n + 1, sizeof *names);
	for (size_t i = 0; i < schema->n; i++)
		names[i] = schema->fields[i].name;
	for (size_t i = 0; i < w.key.n; i++) {
		struct slice name = slice_of(w.key.items[i]);
		if (schema_find(schema, name) < 0)
			die(STATUS_DATA, "--key: the records have no field %s%s", quoted(name),
			    missing_among("; they have ", name, names, schema->n));
	}
}

/* {"type":"SCHEMA",…} and what each record of it repeats. */
static void
write_schema(const struct schema *schema)
{
	struct buf *b = text_out_buf(w.out);
	check_keys(schema);
	w.n = schema->n;
	w.ends = xrealloc(w.ends, (w.n + 1) * sizeof *w.ends);
	w.keys = xrealloc(w.keys, (w.n + 1) * sizeof *w.keys);
	buf_reset(&w.heads);
	buf_put_text(b, "{\"type\":\"SCHEMA\",\"stream\":");
	buf_put_slice(b, buf_slice(&w.stream));
	buf_put_text(b, ",\"schema\":{\"type\":\"object\",\"properties\":{");
	for (size_t i = 0; i < w.n; i++) {
		const struct field *f = &schema->fields[i];
		w.keys[i] = is_key(f->name);
		buf_put_byte(&w.heads, i ? ',' : '{');
		json_write_text(&w.heads, f->name);
		buf_put_byte(&w.heads, ':');
		w.ends[i] = w.heads.n;
		buf_put_text(b, i ? "," : "");
		json_write_text(b, f->name);
		buf_put_text(b, w.keys[i] ? ":{\"type\":[" : ":{\"type\":[\"null\",");
		put_type(b, f->type);
		buf_put_byte(b, '}');
	}
	buf_check(&w.heads, "the names of a schema", NULL);
	buf_put_text(b, "}},\"key_properties\":[");
	for (size_t i = 0; i < w.key.n; i++) {
		buf_put_text(b, i ? "," : "");
		json_write_text(b, slice_of(w.key.items[i]));
	}
	buf_put_text(b, "]}\n");
	text_out_other(w.out);
}

_Noreturn static void
fail(struct slice field, struct slice value, const char *why)
{
	die(STATUS_DATA, "record %" PRIu64 ": %s: %s%s%s", stream_record_number(w.in),
	    quoted(field), value.n ? quoted(value) : "", value.n ? " " : "", why);
}

static void
write_value(struct buf *b, size_t i, const struct cell *cell)
{
	const struct json_style style = {.decimal_text = *cfg.decimal == 's'};
	const struct value *v = &cell->value;
	if (w.keys[i] && v->type == VALUE_NULL)
		fail(cell->name, (struct slice){0}, "is null, and a field of --key");
	if (v->type == VALUE_DECIMAL && cfg.scale >= 0) {
		struct decimal_shape shape = decimal_shape(v->s);
		if (!shape.zero && shape.least > cfg.scale)
			fail(cell->name, v->s, "has more digits after the point than --scale");
	}
	const char *p = v->raw.p, *wrong = json_write_value(b, &p, v->raw.p + v->raw.n, &style);
	if (wrong) {
		char why[200];
		snprintf(why, sizeof why, "%s has no JSON form", wrong);
		fail(cell->name, (struct slice){0}, why);
	}
}

static void
write_record(struct slice raw)
{
	struct buf *b = text_out_buf(w.out);
	size_t from = 0;
	if (!stream_schema(w.in)->n)
		die(STATUS_DATA,
		    "record %" PRIu64 ": the records have no schema, which Singer needs: put "
		    "normalize before",
		    stream_record_number(w.in));
	stream_decode(w.in, raw, &w.record);
	buf_put_text(b, "{\"type\":\"RECORD\",\"stream\":");
	buf_put_slice(b, buf_slice(&w.stream));
	buf_put_text(b, ",\"record\":");
	for (size_t i = 0; i < w.n; i++) {
		buf_put(b, w.heads.p + from, w.ends[i] - from);
		from = w.ends[i];
		write_value(b, i, &w.record.cells[i]);
	}
	buf_put_text(b, "}}\n");
	text_out_record(w.out);
}

/* {"key": K, "value": V} as {K: V}; the value itself where it came from from-singer. */
static void
write_state(struct slice raw)
{
	static const struct json_style style;
	struct buf *b = text_out_buf(w.out);
	struct mp_token t, key = {0};
	mp_read(raw.p, raw.p + raw.n, &t);
	struct slice payload = {t.p, t.n}, name = singer_member(payload, "key"),
		     value = singer_member(payload, "value");
	if (name.n)
		mp_read(name.p, name.p + name.n, &key);
	bool theirs = key.type == MP_STR && slice_is((struct slice){key.p, key.n}, "singer");
	buf_put_text(b, "{\"type\":\"STATE\",\"value\":");
	const char *wrong = NULL;
	if (!theirs) {
		buf_put_byte(b, '{');
		wrong = name.n ? json_write(b, name, &style) : "a state without a key";
		buf_put_byte(b, ':');
	}
	if (!wrong)
		wrong = value.n ? json_write(b, value, &style) : "a state without a value";
	if (wrong)
		die(STATUS_DATA, "a state item after record %" PRIu64 ": %s has no JSON form",
		    stream_record_number(w.in), wrong);
	buf_put_text(b, theirs ? "}\n" : "}}\n");
	text_out_other(w.out);
}

int
main(int argc, char **argv)
{
	options_parse(&program, argc, argv);
	if (!cfg.stream || !*cfg.stream)
		die(STATUS_USAGE, "--stream is missing: the name of the stream");
	if (cfg.scale >= 0 && *cfg.decimal == 's')
		die(STATUS_USAGE, "--scale is for --decimal number");
	if (cfg.key)
		w.key = options_split("key", cfg.key);
	if (!json_write_text(&w.stream, slice_of(cfg.stream)))
		die(STATUS_USAGE, "--stream: %s is not valid UTF-8", quoted(slice_of(cfg.stream)));
	w.out = text_out_open();
	w.in = stream_in_open(STDIN_FILENO, NULL);
	struct slice raw;
	enum stream_kind kind;
	while ((kind = stream_next(w.in, &raw)) != STREAM_END) {
		if (kind == STREAM_SCHEMA)
			write_schema(stream_schema(w.in));
		else if (kind == STREAM_RECORD)
			write_record(raw);
		else if (kind == STREAM_STATE)
			write_state(raw);
	}
	text_out_finish(w.out, w.in);
	return STATUS_OK;
}
