/* SPDX-License-Identifier: MIT */
/*
 * put-s3 stores bytes as an object of Amazon S3. input.c reads them from where their end is
 * known to be one: a sealed stream of byte chunks, a command, a file. upload.c sends them in one
 * request or in parts and completes the object only after that end; settle.c finds out whether
 * an object is there when the answer was lost; headers.c makes the object's headers.
 */
#include <inttypes.h>

#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/stream/source.h"
#include "stages/put-s3/input.h"
#include "stages/put-s3/put.h"
#include "stages/put-s3/upload.h"

struct config config = {.part_size = 16 * 1024 * 1024};
struct counts counts;

static const struct option_row options[] = {
    {.name = "file",
	.word = "FILE",
	.help = "store FILE as it is instead of standard input",
	.kind = OPTION_TEXT,
	.to.text = &config.file},
    {.name = "content-type",
	.word = "TYPE",
	.help = "the Content-Type of the object",
	.kind = OPTION_TEXT,
	.to.text = &config.content_type},
    {.name = "metadata",
	.word = "NAME=VALUE",
	.help = "metadata of the object (x-amz-meta-NAME); may be repeated",
	.kind = OPTION_LIST,
	.to.list = &config.metadata},
    {.name = "if-none-match",
	.word = "*",
	.help = "store only if the key is free",
	.kind = OPTION_TEXT,
	.to.text = &config.if_none_match},
    {.name = "if-match",
	.word = "ETAG",
	.help = "store only over the object with this ETag",
	.kind = OPTION_TEXT,
	.to.text = &config.if_match},
    {.name = "encryption",
	.word = "AES256|aws:kms",
	.help = "encryption at rest (the bucket's default)",
	.kind = OPTION_CHOICE,
	.to.text = &config.encryption,
	.choices = "AES256|aws:kms"},
    {.name = "kms-key",
	.word = "ID",
	.help = "the key of --encryption aws:kms",
	.kind = OPTION_TEXT,
	.to.text = &config.kms_key},
    {.name = "part-size",
	.word = "SIZE",
	.help = "size of the first 1,000 parts, kept in memory (16M)",
	.kind = OPTION_SIZE,
	.to.number = &config.part_size,
	.low = S3_PART_MIN,
	.high = 1024 * 1024 * 1024},
    {.name = "no-checksum",
	.help = "send no checksums, for servers that do not take them",
	.kind = OPTION_FLAG,
	.to.flag = &config.no_checksum},
    {.name = "region",
	.word = "REGION",
	.help = "the region of the bucket (AWS_REGION, the profile)",
	.kind = OPTION_TEXT,
	.to.text = &config.region},
    {.name = "dry-run",
	.help = "upload everything, then abort the upload",
	.kind = OPTION_FLAG,
	.to.flag = &config.dry_run},
    {0},
};

static const struct option_row *const tables[] = {options, NULL};
static const struct program program = {.name = "put-s3",
    .operands = "s3://BUCKET/KEY",
    .about = "Stores a byte-chunk stream, a command's output or a file in Amazon S3.",
    .tables = tables,
    .command = true};

static struct s3_address
read_address(const struct operands *operands)
{
	struct s3_address address;
	if (operands->n != 1)
		die(STATUS_USAGE, "one object, as s3://BUCKET/KEY (see put-s3 --help)");
	struct slice text = slice_of(operands->items[0]);
	const char *wrong = s3_address_read(&address, text, true);
	if (!wrong && address.key.p[address.key.n - 1] == '/')
		wrong = "ends with /: give the whole key";
	if (wrong)
		die(STATUS_USAGE, "%s %s", quoted(text), wrong);
	if (config.file && operands->command)
		die(STATUS_USAGE, "--file and a command after -- exclude each other");
	return address;
}

static void
finish(bool dry)
{
	struct buf text = {0};
	stream_count("requests", counts.requests);
	stream_count("retries", counts.retries);
	stream_count("parts", counts.parts);
	stream_count("objects", counts.objects);
	buf_printf(&text, dry ? "dry run: %" PRIu64 " bytes fit" : "%" PRIu64 " bytes stored",
	    counts.bytes);
	stream_summary(buf_slice(&text));
	stream_count_out(0, dry ? 0 : counts.bytes);
	stream_finish(input_stream(), NULL);
}

int
main(int argc, char **argv)
{
	stream_out_none();
	struct operands operands = options_parse(&program, argc, argv);
	struct s3_address address = read_address(&operands);
	headers_init();
	struct aws *a = aws_open_or_die(config.region);
	input_open(&operands);
	bool dry = config.dry_run || input_is_dry();
	upload_begin(a, &address, input_size());
	source_on_signal(upload_look_at_signal);
	source_on_abort(upload_abort);
	for (;;) {
		size_t cap, n;
		char *p = upload_room(&cap);
		if (!(n = input_read(p, cap)))
			break;
		upload_take(n);
	}
	input_end();
	upload_finish(dry);
	finish(dry);
	return STATUS_OK;
}
