/* SPDX-License-Identifier: MIT */
/*
 * report-batches writes the history of all batches as one HTML page that needs no script and no
 * server, as metrics for Prometheus and as events of OpenLineage. It only reads.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "batch/report-batches/report.h"
#include "common/operate/sources.h"
#include "common/program/file.h"
#include "common/program/message.h"

enum { FILE_BYTES_MAX = 512 * 1024 * 1024 };

struct cfg cfg = {.slots = 14, .days = 63};

static const struct option_row rows[] = {
    {.name = "output",
	.word = "FILE",
	.help = "write the page to this file (standard output, unless another file is asked for)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.output},
    {.name = "slots",
	.word = "N",
	.help = "show so many slots of each batch (14)",
	.kind = OPTION_COUNT,
	.to.number = &cfg.slots,
	.low = 1,
	.high = OVERVIEW_SLOTS_MAX},
    {.name = "days",
	.word = "N",
	.help = "look back so many days in the history (63)",
	.kind = OPTION_COUNT,
	.to.number = &cfg.days,
	.low = 1,
	.high = 3660},
    {.name = "log-url",
	.word = "PREFIX",
	.help = "begin links to logs with this in place of file://",
	.kind = OPTION_TEXT,
	.to.text = &cfg.log_url},
    {.name = "prometheus",
	.word = "FILE",
	.help = "write metrics to this file, for the textfile collector",
	.kind = OPTION_TEXT,
	.to.text = &cfg.prometheus},
    {.name = "openlineage",
	.word = "FILE",
	.help = "write an event of OpenLineage for each start and end of a run to this file",
	.kind = OPTION_TEXT,
	.to.text = &cfg.openlineage},
    {0},
};

static const struct program program = {
    .name = "report-batches",
    .about = "Writes a page about all batches: what ran, failed, is late or missing.",
    .tables = (const struct option_row *const[]){rows, sources_options, NULL},
};

typedef void content_put(struct buf *b, const struct overview *o);

static void
write_file(const char *option, const char *path, content_put *put, const struct overview *o)
{
	struct buf b = {.max = FILE_BYTES_MAX};
	put(&b, o);
	buf_check(&b, option, option);
	if (!file_replace(path, buf_slice(&b)))
		die_errno(STATUS_IO, "--%s: cannot write %s", option, path);
	buf_free(&b);
}

static void
write_page(const struct overview *o)
{
	struct buf b = {.max = FILE_BYTES_MAX};
	page_put(&b, o);
	buf_check(&b, "the page", NULL);
	if (fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout) || close(STDOUT_FILENO))
		die_errno(STATUS_IO, "cannot write to standard output");
	buf_free(&b);
}

static void
check_prefix(void)
{
	static const char *const good[] = {"https://", "http://", "file://", "/", "./", "../"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (strncmp(cfg.log_url, good[i], strlen(good[i])) == 0)
			return;
	die(STATUS_USAGE, "--log-url: %s does not begin with https://, http://, file://, / or ./",
	    quoted(slice_of(cfg.log_url)));
}

int
main(int argc, char **argv)
{
	struct overview o;
	options_parse(&program, argc, argv);
	/* A server of the history that has gone is an error of its client library. */
	signal(SIGPIPE, SIG_IGN);
	if (cfg.log_url)
		check_prefix();
	struct option_list folders = batches_folders(&sources.batches);
	struct batches files = batches_find(&folders);
	page_media = media_of_batches(&files);
	struct history *h = sources_open_history(false);
	if (!overview_read(&o, h, &files, (size_t)cfg.slots, cfg.days) ||
	    !comparisons_read(h, o.since))
		die(history_error(h)->status, "cannot read the history: %s",
		    history_error(h)->text);
	history_close(h);
	if (cfg.output)
		write_file("output", cfg.output, page_put, &o);
	else if (!cfg.prometheus && !cfg.openlineage)
		write_page(&o);
	if (cfg.prometheus)
		write_file("prometheus", cfg.prometheus, prometheus_put, &o);
	if (cfg.openlineage)
		write_file("openlineage", cfg.openlineage, openlineage_put, &o);
	return 0;
}
