/* SPDX-License-Identifier: MIT */
/*
 * pass: the smallest stage there can be, for tests of the stream itself. Hands
 * every item on; with --decode reads every value; with --chunks copies the bytes
 * of a source into byte chunks, one file a --chunks run; --fail N fails at record
 * N; --reject N rejects it.
 */
#include <inttypes.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/mp.h"
#include "common/stream/source.h"
#include "common/stream/stream.h"

static struct cfg {
	bool decode, chunks, bytes, null;
	int64_t fail, reject;
} cfg;

static const struct option_row options[] = {
    {.name = "decode", .help = "read every value", .kind = OPTION_FLAG, .to.flag = &cfg.decode},
    {.name = "chunks",
	.help = "bytes in, byte chunks out",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.chunks},
    {.name = "bytes",
	.help = "byte chunks in, one record a file out",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.bytes},
    {.name = "null",
	.help = "put nothing out, as a loader",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.null},
    {.name = "fail",
	.word = "N",
	.help = "fail with 65 at record N",
	.kind = OPTION_COUNT,
	.to.number = &cfg.fail,
	.high = INT64_MAX},
    {.name = "reject",
	.word = "N",
	.help = "reject record N",
	.kind = OPTION_COUNT,
	.to.number = &cfg.reject,
	.high = INT64_MAX},
    {0},
};

static const struct option_row *const tables[] = {options, reject_options, source_options, NULL};
static const struct program program = {
    .name = "pass", .about = "Hands a stream on, for tests.", .tables = tables, .command = true};

static void
send_chunk_schema(struct stream_out *out)
{
	struct schema s = {0};
	struct buf item = {0};
	schema_add(&s, SLICE("chunk"), VALUE_BYTES);
	schema_write(&s, &item);
	stream_out_item(out, buf_slice(&item));
}

static void
make_chunks(const struct operands *operands, struct stream_out *out)
{
	struct source *source = source_open(operands, out);
	static char block[5000];
	uint64_t all = 0;
	while (source_next_file(source)) {
		send_chunk_schema(out);
		size_t n;
		while ((n = source_read(source, block, sizeof block)) > 0) {
			struct buf b = {0};
			mp_buf_array(&b, 1);
			mp_buf_bin(&b, (struct slice){block, n});
			stream_out_record(out, buf_slice(&b));
			buf_free(&b);
			all += n;
		}
	}
	source_check_empty(source, all > 0);
	stream_finish(source_stream(source), out);
}

/* {"bytes": N, extra fields …} for each file. */
static void
count_bytes(const struct operands *operands, struct stream_out *out)
{
	struct source *source = source_open(operands, out);
	static char block[777];
	uint64_t any = 0;
	while (source_next_file(source)) {
		uint64_t all = 0;
		size_t n;
		while ((n = source_read(source, block, sizeof block)) > 0)
			all += n;
		const struct record *extra = source_extra(source);
		struct buf b = {0};
		mp_buf_map(&b, 1 + extra->n);
		mp_buf_str(&b, SLICE("bytes"));
		mp_buf_uint(&b, all);
		for (size_t i = 0; i < extra->n; i++) {
			mp_buf_str(&b, extra->cells[i].name);
			buf_put_slice(&b, extra->cells[i].value.raw);
		}
		stream_out_record(out, buf_slice(&b));
		buf_free(&b);
		any += all;
	}
	source_check_empty(source, any > 0);
	stream_finish(source_stream(source), out);
}

static void
take_record(struct stream_in *in, struct stream_out *out, struct slice raw)
{
	static struct record r;
	uint64_t number = stream_record_number(in);
	if (cfg.decode || number == (uint64_t)cfg.reject)
		stream_decode(in, raw, &r);
	if (number == (uint64_t)cfg.fail)
		die(STATUS_DATA, "record %" PRIu64 ": asked to fail", number);
	if (number == (uint64_t)cfg.reject)
		reject(&r, number, r.cells[0].name, "reject", "asked to reject");
	else if (out)
		stream_out_record(out, raw);
}

static void
hand_on(struct stream_in *in, struct stream_out *out)
{
	struct slice raw;
	for (;;) {
		enum stream_kind kind = stream_next(in, &raw);
		if (kind == STREAM_END)
			break;
		if (kind == STREAM_RECORD)
			take_record(in, out, raw);
		else if (out)
			stream_out_item(out, raw);
	}
	stream_finish(in, out);
}

int
main(int argc, char **argv)
{
	struct operands operands = options_parse(&program, argc, argv);
	struct stream_out *out = cfg.null ? NULL : stream_out_open(STDOUT_FILENO);
	if (cfg.chunks)
		make_chunks(&operands, out);
	else if (cfg.bytes)
		count_bytes(&operands, out);
	else
		hand_on(stream_in_open(STDIN_FILENO, out), out);
	return STATUS_OK;
}
