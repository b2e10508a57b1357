/* SPDX-License-Identifier: MIT */
/*
 * infer: a draft of normalize's operands, with the evidence beside each, from a
 * sample of records. tree.c counts the forms of the values of each field, with
 * numbers.c and times.c; verdict.c and verdict_numbers.c decide which type and rules
 * fit them all, and leave a field text where there is a doubt; draft.c writes the lines.
 */
#include <unistd.h>

#include "common/program/message.h"
#include "common/program/options.h"
#include "common/stream/stream.h"
#include "common/stream/text_out.h"
#include "stages/infer/draft.h"
#include "stages/infer/tree.h"

static int64_t sample = 10000;

static const struct option_row options[] = {
    {.name = "sample",
	.word = "N",
	.help = "look at the first N records, 0 for all (10000)",
	.kind = OPTION_COUNT,
	.to.number = &sample,
	.low = 0,
	.high = INT64_MAX},
    {0},
};
static const struct option_row *const tables[] = {options, NULL};
static const struct program program = {.name = "infer",
    .about = "Writes a draft of normalize's operands, with the evidence beside each.",
    .tables = tables};

static void
take_schema(const struct schema *schema)
{
	if (schema->n && slice_is(schema->fields[0].name, "chunk") &&
	    schema->fields[0].type == VALUE_BYTES)
		die(STATUS_DATA, "the input is bytes that are not decoded yet: put from-csv or "
				 "from-json before");
	tree_schema(schema);
}

static void
take_record(struct stream_in *in, struct slice raw)
{
	static struct record r;
	stream_decode(in, raw, &r);
	tree_add(&r, stream_record_number(in));
}

int
main(int argc, char **argv)
{
	options_parse(&program, argc, argv);
	struct text_out *out = text_out_open();
	struct stream_in *in = stream_in_open(STDIN_FILENO, NULL);
	uint64_t most = sample ? (uint64_t)sample : UINT64_MAX;
	struct slice raw;
	enum stream_kind kind;
	while ((kind = stream_next(in, &raw)) != STREAM_END)
		if (kind == STREAM_SCHEMA)
			take_schema(stream_schema(in));
		else if (kind == STREAM_RECORD && stream_record_number(in) <= most)
			take_record(in, raw);
	uint64_t records = stream_record_number(in);
	draft_put(text_out_buf(out), records < most ? records : most, records);
	text_out_other(out);
	text_out_finish(out, in);
	return STATUS_OK;
}
