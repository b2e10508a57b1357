/* SPDX-License-Identifier: MIT */
/*
 * describe: what is in a stream. facts.c keeps what the stream says about itself,
 * fields.c what its values are. The report is also written if the input turns out to
 * be cut, aborted or damaged: up to there. The status is then that of the fault.
 */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/program/options.h"
#include "common/stream/text_out.h"
#include "stages/describe/facts.h"
#include "stages/describe/fields.h"
#include "stages/describe/report.h"

enum { WIDTH = 80, WIDTH_LEAST = 60, WIDTH_MOST = 200 };

static struct cfg {
	bool json;
	int64_t width; /* 0: that of the terminal, or WIDTH */
} cfg;

static const struct option_row options[] = {
    {.name = "json",
	.help = "write one JSON object instead of text",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.json},
    {.name = "width",
	.word = "N",
	.help = "columns of the text (the terminal's, or 80)",
	.kind = OPTION_COUNT,
	.to.number = &cfg.width,
	.low = WIDTH_LEAST,
	.high = WIDTH_MOST},
    {0},
};

static const struct option_row *const tables[] = {options, NULL};
static const struct program program = {.name = "describe",
    .about = "Describes a stream: its fields and their values, its seal, its stages.",
    .tables = tables};

static struct text_out *out;

static size_t
report_width(void)
{
	struct winsize size;
	if (cfg.width)
		return (size_t)cfg.width;
	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return WIDTH;
	return size.ws_col < WIDTH_LEAST  ? WIDTH_LEAST
	       : size.ws_col > WIDTH_MOST ? WIDTH_MOST
					  : size.ws_col;
}

static void
report(void)
{
	if (cfg.json)
		report_json(text_out_buf(out));
	else
		report_text(text_out_buf(out), report_width());
}

/* Where a stream never began there is nothing to describe. */
static void
report_failure(void)
{
	if (facts.streams)
		report();
}

static void
take_fault(enum status status, const char *why)
{
	facts_fail(status, why);
}

static void
read_all(struct stream_in *in)
{
	struct slice raw;
	enum stream_kind kind;
	while ((kind = stream_next(in, &raw)) != STREAM_END) {
		switch (kind) {
		case STREAM_RECORD:
			facts.records++;
			fields_add(stream_schema(in), stream_parts(in), raw);
			break;
		case STREAM_SCHEMA:
			fields_schema(stream_schema(in));
			break;
		case STREAM_STATE:
			facts_take_state(raw);
			break;
		case STREAM_COVERAGE:
			facts_take_coverage(raw);
			break;
		case STREAM_END:
			break;
		}
		facts.bytes = stream_in_position(in);
	}
	facts.bytes = stream_in_position(in);
}

int
main(int argc, char **argv)
{
	options_parse(&program, argc, argv);
	out = text_out_open();
	text_out_before_failure(report_failure);
	/* Called before the hook of text_out, which writes the report. */
	message_at_death(take_fault);
	struct stream_in *in = stream_in_open(STDIN_FILENO, NULL);
	stream_in_observe(in, &facts_observer);
	read_all(in);
	text_out_before_failure(NULL);
	report();
	text_out_finish(out, in);
	return STATUS_OK;
}
