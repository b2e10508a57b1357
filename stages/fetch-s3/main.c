/* SPDX-License-Identifier: MIT */
/*
 * fetch-s3 reads objects of Amazon S3 and writes them as byte chunks, or one of them to a
 * file. get.c fetches an object, resumed where a connection breaks off, and verifies it
 * (verify.c); list.c finds the objects of a prefix; sink.c writes the stream or the file.
 * Signing, retries and the meaning of S3's errors are in common/aws.
 */
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/mp.h"
#include "common/stream/replay.h"
#include "common/stream/stream.h"
#include "stages/fetch-s3/fetch.h"

struct config config;
struct counts counts;

static const struct option_row options[] = {
    {.name = "prefix",
	.help = "fetch all objects whose keys begin with KEY",
	.kind = OPTION_FLAG,
	.to.flag = &config.prefix},
    {.name = "output",
	.word = "FILE",
	.help = "write the bytes of one object to FILE, when they are whole and verified",
	.kind = OPTION_TEXT,
	.to.text = &config.output},
    {.name = "include",
	.word = "FIELD,...",
	.help =
	    "put bucket, key, size, etag or last_modified into every record, also as NAME=FIELD",
	.kind = OPTION_TEXT,
	.to.text = &config.include},
    {.name = "region",
	.word = "REGION",
	.help = "the region of the bucket (AWS_REGION, the profile)",
	.kind = OPTION_TEXT,
	.to.text = &config.region},
    {.name = "allow-empty",
	.help = "accept a --prefix that no object has",
	.kind = OPTION_FLAG,
	.to.flag = &config.allow_empty},
    {.name = "dry-run",
	.help = "make the whole pipe a rehearsal: loaders roll back",
	.kind = OPTION_FLAG,
	.to.flag = &config.dry_run},
    {0},
};

static const struct option_row *const tables[] = {options, NULL};
static const struct program program = {.name = "fetch-s3",
    .operands = "s3://BUCKET/KEY ...",
    .about = "Reads objects of Amazon S3 as byte chunks, or one of them into a file.",
    .tables = tables};

static struct s3_address *
read_addresses(const struct operands *operands)
{
	struct s3_address *list = xcalloc(operands->n, sizeof *list);
	if (!operands->n)
		die(STATUS_USAGE, "which object? Give s3://BUCKET/KEY (see fetch-s3 --help)");
	for (size_t i = 0; i < operands->n; i++) {
		struct slice text = slice_of(operands->items[i]);
		const char *wrong = s3_address_read(&list[i], text, !config.prefix);
		if (wrong)
			die(STATUS_USAGE, "%s %s", quoted(text), wrong);
	}
	if (!config.output)
		return list;
	if (operands->n > 1 || config.prefix)
		die(STATUS_USAGE, "--output takes one object, not %s",
		    config.prefix ? "a --prefix" : "several");
	if (config.include || config.dry_run)
		die(STATUS_USAGE, "--output writes the bytes alone: --%s is for a stream",
		    config.include ? "include" : "dry-run");
	return list;
}

/* With a file for output, a wrong command line is not to travel down a pipe. */
static bool
has_output(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--output") == 0 || strncmp(argv[i], "--output=", 9) == 0)
			return true;
	return false;
}

int
main(int argc, char **argv)
{
	if (has_output(argc, argv))
		stream_out_none();
	else
		stream_out_abort_on_exit();
	struct operands operands = options_parse(&program, argc, argv);
	struct s3_address *list = read_addresses(&operands);
	if (sink_open())
		return STATUS_OK;
	struct aws *a = aws_open_or_die(config.region);
	for (size_t i = 0; i < operands.n; i++)
		if (config.prefix)
			get_prefix(a, &list[i]);
		else
			get_object(a, &list[i], false);
	if (!counts.objects && !config.allow_empty)
		die(STATUS_REFUSED, "no object's key begins so: %s (see --allow-empty)",
		    quoted(slice_of(operands.items[0])));
	stream_count("requests", counts.requests);
	stream_count("retries", counts.retries);
	stream_count("objects", counts.objects);
	sink_finish();
	return STATUS_OK;
}
