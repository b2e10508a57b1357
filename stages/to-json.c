/* SPDX-License-Identifier: MIT */
/*
 * to-json: records to JSON text, one record a line (or all in one array), with
 * fields in their order. A value that JSON cannot represent exactly is an error
 * that names record and field.
 */
#include <inttypes.h>
#include <unistd.h>

#include "common/json/json_write.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/mp.h"
#include "common/stream/stream.h"
#include "common/stream/text_out.h"

static struct cfg {
	bool array;
	struct json_style style;
} cfg;

static const struct option_row options[] = {
    {.name = "array",
	.help = "write one JSON array that holds all records",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.array},
    {.name = "decimal-text",
	.help = "write decimals in quotes, for readers that would round them",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.style.decimal_text},
    {0},
};

static const struct option_row *const tables[] = {options, NULL};
static const struct program program = {
    .name = "to-json", .about = "Writes records as JSON lines.", .tables = tables};

/*
 * The names of a schema as they are in front of each value, made once: {"day":
 * and ,"cost":
 */
struct heads {
	struct buf text;
	size_t *ends; /* of each head in text */
	size_t n;
};

static void
make_heads(struct heads *h, const struct schema *schema)
{
	buf_reset(&h->text);
	h->n = schema->n;
	h->ends = xrealloc(h->ends, h->n * sizeof *h->ends);
	for (size_t i = 0; i < h->n; i++) {
		buf_put_byte(&h->text, i ? ',' : '{');
		json_write_text(&h->text, schema->fields[i].name);
		buf_put_byte(&h->text, ':');
		h->ends[i] = h->text.n;
	}
	buf_check(&h->text, "the names of a schema", NULL);
}

_Noreturn static void
no_json(const struct stream_in *in, struct slice field, const char *what)
{
	die(STATUS_DATA, "record %" PRIu64 ": %s: %s has no JSON form", stream_record_number(in),
	    quoted(field), what);
}

static void
write_array_record(const struct stream_in *in, struct buf *b, const struct heads *h, const char *p,
    const char *end)
{
	size_t from = 0;
	for (size_t i = 0; i < h->n; i++) {
		buf_put(b, h->text.p + from, h->ends[i] - from);
		from = h->ends[i];
		const char *wrong = json_write_value(b, &p, end, &cfg.style);
		if (wrong)
			no_json(in, stream_schema(in)->fields[i].name, wrong);
	}
	buf_put_byte(b, '}');
}

/* stream_next has checked that every name is text and valid UTF-8. */
static void
write_map_record(
    const struct stream_in *in, struct buf *b, size_t pairs, const char *p, const char *end)
{
	buf_put_byte(b, '{');
	for (size_t i = 0; i < pairs; i++) {
		struct mp_token name;
		p = mp_read(p, end, &name);
		if (i)
			buf_put_byte(b, ',');
		struct slice field = {name.p, name.n};
		json_write_text(b, field);
		buf_put_byte(b, ':');
		const char *wrong = json_write_value(b, &p, end, &cfg.style);
		if (wrong)
			no_json(in, field, wrong);
	}
	buf_put_byte(b, '}');
}

static void
write_record(
    const struct stream_in *in, struct text_out *out, const struct heads *heads, struct slice raw)
{
	struct buf *b = text_out_buf(out);
	struct mp_token record;
	const char *end = raw.p + raw.n, *p = mp_read(raw.p, end, &record);
	if (cfg.array)
		buf_put(b, stream_record_number(in) > 1 ? ",\n" : "[\n", 2);
	if (record.type == MP_MAP)
		write_map_record(in, b, record.n, p, end);
	else
		write_array_record(in, b, heads, p, end);
	if (!cfg.array)
		buf_put_byte(b, '\n');
	text_out_record(out);
}

int
main(int argc, char **argv)
{
	options_parse(&program, argc, argv);
	struct text_out *out = text_out_open();
	struct stream_in *in = stream_in_open(STDIN_FILENO, NULL);
	struct heads heads = {0};
	struct slice raw;
	enum stream_kind kind;
	while ((kind = stream_next(in, &raw)) != STREAM_END) {
		if (kind == STREAM_SCHEMA)
			make_heads(&heads, stream_schema(in));
		else if (kind == STREAM_RECORD)
			write_record(in, out, &heads, raw);
	}
	if (cfg.array)
		buf_put_text(text_out_buf(out), stream_record_number(in) ? "\n]\n" : "[]\n");
	text_out_finish(out, in);
	return STATUS_OK;
}
