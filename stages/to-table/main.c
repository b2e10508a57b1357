/* SPDX-License-Identifier: MIT */
/*
 * to-table: records as an aligned table, to look into any pipe. cell.c makes
 * every part of a value visible; table.c takes the layout from the first rows,
 * so that memory does not grow with the input; vertical.c writes one field a line.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/program/options.h"
#include "common/stream/stream.h"
#include "common/stream/text_out.h"
#include "stages/to-table/table.h"

enum { WIDTH = 40, WIDTH_MAX = 10000 };

static struct cfg {
	int64_t limit;
	int64_t width; /* 0: not given */
	bool vertical;
} cfg = {.limit = INT64_MAX};

static const struct option_row options[] = {
    {.name = "limit",
	.word = "N",
	.help = "show the first N records and count the rest (all)",
	.kind = OPTION_COUNT,
	.to.number = &cfg.limit,
	.low = 0,
	.high = INT64_MAX},
    {.name = "vertical",
	.help = "one field a line (by itself on a terminal that is too narrow)",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.vertical},
    {.name = "width",
	.word = "N",
	.help = "cut values wider than N columns (40; _reject is not cut)",
	.kind = OPTION_COUNT,
	.to.number = &cfg.width,
	.low = 2,
	.high = WIDTH_MAX},
    {0},
};

static const struct option_row *const tables[] = {options, NULL};
static const struct program program = {
    .name = "to-table", .about = "Writes records as a table for people.", .tables = tables};

/* no-color.org: any text in NO_COLOR switches colour off. */
static bool
wants_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

/* The columns of the terminal on standard output; 0 if it is not one, or does not know. */
static size_t
terminal_width(void)
{
	struct winsize size;
	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		return 0;
	return size.ws_col;
}

static struct table_style
style(void)
{
	size_t width = (size_t)cfg.width;
	return (struct table_style){
	    .most = width ? width : WIDTH,
	    .vertical_most = width ? width : WIDTH_MAX,
	    .reject_most = width ? width : WIDTH_MAX,
	    .width_given = width > 0,
	    .vertical = cfg.vertical,
	    .terminal = terminal_width(),
	    .colour = wants_colour(),
	};
}

static void
show(struct stream_in *in, struct text_out *out, struct slice raw)
{
	static struct record r;
	stream_decode(in, raw, &r);
	table_add(&r);
	if (stream_record_number(in) == (uint64_t)cfg.limit)
		table_flush();
	text_out_record(out);
}

/* Writes the remarks after the rows. */
static void
conclude(const struct stream_in *in, struct text_out *out)
{
	uint64_t n = stream_record_number(in), limit = (uint64_t)cfg.limit;
	table_flush();
	if (!n)
		buf_put_text(text_out_buf(out), "(no records)\n");
	else if (n > limit)
		buf_printf(text_out_buf(out), "(%" PRIu64 " more record%s)\n", n - limit,
		    n - limit == 1 ? "" : "s");
}

int
main(int argc, char **argv)
{
	options_parse(&program, argc, argv);
	struct text_out *out = text_out_open();
	struct table_style chosen = style();
	table_init(text_out_buf(out), &chosen);
	text_out_before_failure(table_flush);
	struct stream_in *in = stream_in_open(STDIN_FILENO, NULL);
	struct slice raw;
	enum stream_kind kind;
	while ((kind = stream_next(in, &raw)) != STREAM_END)
		if (kind == STREAM_RECORD && stream_record_number(in) <= (uint64_t)cfg.limit)
			show(in, out, raw);
	conclude(in, out);
	text_out_finish(out, in);
	return STATUS_OK;
}
