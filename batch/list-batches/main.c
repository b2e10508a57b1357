/* SPDX-License-Identifier: MIT */
/*
 * list-batches: a team's batches, when they run, and which of them nothing runs. Reads the heads of
 * all batches below some folders, and compares them with the launchers.
 */
#include <time.h>

#include "batch/list-batches/last.h"
#include "batch/list-batches/list.h"
#include "common/operate/sources.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/time/iso.h"

enum { DAY = 86400, DAYS_MAX = 100000 };

static struct cfg {
	struct option_list launched, launchers;
	bool missing, files, media;
	const char *at;
	struct todo todo;
	struct filter filter;
} cfg = {.filter.sunset = -1};

static const struct option_row options[] = {
    {.name = "os",
	.word = "NAME",
	.help = "only batches that run on this system",
	.kind = OPTION_TEXT,
	.to.text = &cfg.filter.os},
    {.name = "target",
	.word = "WORD",
	.help = "only batches whose target is this table, or this kind of database",
	.kind = OPTION_TEXT,
	.to.text = &cfg.filter.target},
    {.name = "owner",
	.word = "NAME",
	.help = "only batches of this owner",
	.kind = OPTION_TEXT,
	.to.text = &cfg.filter.owner},
    {.name = "sunset",
	.word = "DAYS",
	.help = "only batches whose API is switched off within so many days, or was already",
	.kind = OPTION_COUNT,
	.to.number = &cfg.filter.sunset,
	.low = 0,
	.high = DAYS_MAX},
    {0},
};

static const struct option_row launch_options[] = {
    {.name = "launched",
	.word = "KIND:FILE",
	.help =
	    "a source of launches: crontab:, systemd:, datapipeline:, prefect:, script: or file:, "
	    "may be repeated",
	.kind = OPTION_LIST,
	.to.list = &cfg.launched},
    {.name = "launcher",
	.word = "NAME",
	.help =
	    "a program that runs the batch that it is given, as run-batch does; may be repeated",
	.kind = OPTION_LIST,
	.to.list = &cfg.launchers},
    {.name = "unused",
	.help = "only batches that nothing launches",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.filter.unused},
    {.name = "missing",
	.help = "list launches that lead to no batch of these folders",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.missing},
    {.name = "files",
	.help = "list files beside the batches that no living batch uses",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.files},
    {.name = "media",
	.help = "list the media files: version, sunset, and whether this build can read them",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.media},
    {.name = "todo",
	.word = "remove|secrets|os",
	.help = "a checklist in Markdown: batches to remove, secrets to move, batches to bring to "
		"another system",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.todo.kind,
	.choices = "remove|secrets|os"},
    {.name = "output",
	.word = "FOLDER",
	.help = "write the checklist as one file for each batch",
	.kind = OPTION_TEXT,
	.to.text = &cfg.todo.folder},
    {.name = "at",
	.word = "TIME",
	.help = "take this for the present time, 2026-11-20T13:00:00Z",
	.kind = OPTION_TEXT,
	.to.text = &cfg.at},
    {0},
};

static const struct option_row *const tables[] = {
    sources_options, rows_options, options, launch_options, NULL};
static const struct program program = {.name = "list-batches",
    .about = "Lists the batches, and compares them with the launchers.",
    .tables = tables};

static void
check_options(enum rows_format format)
{
	bool todo_remove = cfg.todo.kind && strcmp(cfg.todo.kind, "remove") == 0;
	bool todo_os = cfg.todo.kind && strcmp(cfg.todo.kind, "os") == 0;
	if (cfg.filter.unused + cfg.missing + cfg.files + cfg.media + (cfg.todo.kind != NULL) > 1)
		die(STATUS_USAGE,
		    "--unused, --missing, --files, --media and --todo exclude each other");
	if (cfg.todo.kind && (format == ROWS_JSON || format == ROWS_CSV))
		die(STATUS_USAGE, "--todo writes Markdown only");
	if (cfg.todo.folder && !cfg.todo.kind)
		die(STATUS_USAGE, "--output needs --todo");
	if ((cfg.filter.unused || cfg.missing || todo_remove) && !cfg.launched.n)
		die(STATUS_USAGE, "%s needs --launched: nothing else shows the launches",
		    cfg.missing   ? "--missing"
		    : todo_remove ? "--todo remove"
				  : "--unused");
	if (todo_os && !cfg.filter.os)
		die(STATUS_USAGE, "--todo os needs --os NAME, the system that the batches leave");
	cfg.filter.unused |= todo_remove;
}

static int64_t
present_time(void)
{
	int64_t seconds = (int64_t)time(NULL);
	uint32_t nanoseconds;
	if (cfg.at && !iso_read_timestamp(slice_of(cfg.at), &seconds, &nanoseconds))
		die(STATUS_USAGE, "--at: %s is not a time such as 2026-11-20T13:00:00Z",
		    quoted(slice_of(cfg.at)));
	return seconds;
}

int
main(int argc, char **argv)
{
	options_parse(&program, argc, argv);
	enum rows_format format = rows_format();
	check_options(format);
	int64_t now = present_time();
	struct option_list folders = batches_folders(&sources.batches);
	struct entries all = entries_read(&folders, now);
	struct launches found = launched_read(&all, &folders, &cfg.launched, &cfg.launchers);
	cfg.filter.today = (now - (now % DAY + DAY) % DAY) / DAY;
	cfg.todo.os = cfg.filter.os;
	enum status status = all.mistakes ? STATUS_CONFIG : STATUS_OK;
	if (!cfg.media && media_report(&all.media, cfg.filter.today))
		status = STATUS_CONFIG;

	if (cfg.media) {
		if (!list_media(format, &all.media, cfg.filter.today))
			status = STATUS_CONFIG;
	} else if (cfg.missing) {
		list_missing(format, &found);
	} else if (cfg.files || cfg.todo.kind) {
		struct extra_files files = files_read(&folders, &all);
		if (cfg.files)
			list_files(format, &files);
		else
			todo_write(&cfg.todo, &all, &cfg.filter, &files);
	} else {
		enum status history = last_runs_read(&all);
		status = status ? status : history;
		list_batches(format, &all, &cfg.filter);
	}
	return (int)status;
}
