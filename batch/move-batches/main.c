/* SPDX-License-Identifier: MIT */
/*
 * move-batches: moves live pipelines of one target database from one operating system to another, by
 * the image of their machines and the build that these fetch, and back.
 */
#include <stdlib.h>
#include <time.h>

#include "batch/move-batches/move.h"
#include "common/operate/sources.h"
#include "common/operate/state.h"
#include "common/program/message.h"

static struct cfg {
	const char *target, *to, *region, *saved;
	struct option_list pipelines;
	bool undo;
	struct moving moving;
} cfg;

static const struct option_row options[] = {
    {.name = "target",
	.word = "WORD",
	.help = "the pipelines of this target: mysql, mysql:DATABASE or mysql:DATABASE.TABLE",
	.kind = OPTION_TEXT,
	.to.text = &cfg.target},
    {.name = "pipeline",
	.word = "ID",
	.help = "this pipeline, with any target; may be repeated",
	.kind = OPTION_LIST,
	.to.list = &cfg.pipelines},
    {.name = "to",
	.word = "SYSTEM",
	.help = "move to this --system; with --undo, undo only moves to it",
	.kind = OPTION_TEXT,
	.to.text = &cfg.to},
    {.name = "from",
	.word = "SYSTEM",
	.help = "move only pipelines on this --system",
	.kind = OPTION_TEXT,
	.to.text = &cfg.moving.from},
    {.name = "dry-run",
	.help = "show the changes, and change nothing",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.moving.dry},
    {.name = "undo",
	.help = "put the old definitions back",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.undo},
    {.name = "no-validate",
	.help = "put a definition without having the service validate it first",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.moving.no_validate},
    {.name = "saved",
	.word = "FOLDER",
	.help = "the old and the new definitions are saved here (moves/ in the state folder)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.saved},
    {.name = "region",
	.word = "NAME",
	.help = "the region (AWS_REGION, the profile, the machine's)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.region},
    {0},
};

static const struct option_row *const tables[] = {options, live_option_rows, sources_options, NULL};
static const struct program program = {.name = "move-batches",
    .operands = "[FILE ...]",
    .about = "Moves pipelines of AWS Data Pipeline to another operating system, and back.",
    .tables = tables};

static const struct dp_system *
system_named(const char *option, const char *name)
{
	for (size_t i = 0; i < cfg.moving.systems_n; i++)
		if (slice_is(cfg.moving.systems[i].name, name))
			return &cfg.moving.systems[i];
	die(STATUS_USAGE, "--%s: there is no --system %s; give its image and its build", option,
	    quoted(slice_of(name)));
}

static void
check_options(void)
{
	cfg.moving.systems = live_systems(&cfg.moving.systems_n);
	if (!cfg.target && !cfg.pipelines.n)
		die(STATUS_USAGE, "give --target or --pipeline: which pipelines to move");
	if (!cfg.to && !cfg.undo)
		die(STATUS_USAGE, "--to is missing: the system to move to");
	if (cfg.to)
		cfg.moving.to = system_named("to", cfg.to);
	if (cfg.moving.from && system_named("from", cfg.moving.from) == cfg.moving.to)
		die(STATUS_USAGE, "--from and --to are the same system");
	if (!cfg.undo && cfg.moving.systems_n < 2)
		die(STATUS_USAGE, "give a --system for the old and one for the new system");
}

static bool
is_named(const struct live *l)
{
	for (size_t i = 0; i < cfg.pipelines.n; i++)
		if (strcmp(cfg.pipelines.items[i], l->id) == 0)
			return true;
	return false;
}

/* Whether it is selected; *mixed: it has other targets as well. */
static bool
is_wanted(const struct live *l, bool *mixed)
{
	size_t fit = 0;
	for (size_t i = 0; cfg.target && i < l->targets_n; i++)
		fit += live_is_target(l->targets[i], slice_of(cfg.target));
	*mixed = !is_named(l) && fit && fit < l->targets_n;
	return is_named(l) || fit;
}

static void
check_named(const struct lives *lives)
{
	for (size_t i = 0; i < cfg.pipelines.n; i++) {
		bool found = false;
		for (size_t j = 0; j < lives->n; j++)
			found |= strcmp(cfg.pipelines.items[i], lives->items[j].id) == 0;
		if (!found)
			die(STATUS_CONFIG, "there is no pipeline %s",
			    quoted(slice_of(cfg.pipelines.items[i])));
	}
}

/* Plans all before anything is changed. Returns how many are refused. */
static size_t
plan_all(struct lives *lives, struct plan *plans, size_t *n)
{
	size_t refused = 0;
	for (size_t i = 0; i < lives->n; i++) {
		bool mixed;
		if (!is_wanted(&lives->items[i], &mixed))
			continue;
		struct plan *p = &plans[(*n)++];
		if (cfg.undo)
			plan_undo(&cfg.moving, &lives->items[i], p);
		else
			plan_move(&cfg.moving, &lives->items[i], p);
		if (mixed && p->step != STEP_NOTHING && p->step != STEP_REFUSED) {
			p->step = STEP_REFUSED;
			buf_put_text(&p->why,
			    "it has other targets, too; name it with --pipeline if "
			    "it is to move");
		}
		plan_show(p);
		refused += p->step == STEP_REFUSED;
	}
	if (!*n)
		die(STATUS_CONFIG,
		    "no pipeline has the target %s; list-datapipelines shows their targets",
		    quoted(slice_of(cfg.target ? cfg.target : "")));
	return refused;
}

/* Stops at the first that fails: the cause is often the same for all. */
static enum status
do_all(struct plan *plans, size_t n)
{
	size_t done = 0, all = 0;
	for (size_t i = 0; i < n; i++)
		all += plans[i].step != STEP_NOTHING && plans[i].step != STEP_REFUSED;
	for (size_t i = 0; i < n; i++) {
		struct failure f = {0};
		if (plans[i].step == STEP_NOTHING || plans[i].step == STEP_REFUSED)
			continue;
		if (!plan_do(&cfg.moving, &plans[i], &f)) {
			message("%s (%s): %s", plans[i].live->id, plans[i].live->name, f.text);
			message("%zu of %zu are %s; run the same again to go on%s", done, all,
			    cfg.undo ? "back" : "moved", cfg.undo ? "" : ", or with --undo");
			return f.status;
		}
		done++;
	}
	message("%zu of %zu are %s", done, all, cfg.undo ? "back" : "moved");
	return STATUS_OK;
}

static void
lock(const char *folder)
{
	int fd;
	long holder;
	enum state_lock result = state_lock(folder, "move-batches", &fd, &holder);
	if (result == STATE_BUSY)
		die(STATUS_TRY_AGAIN, "another move-batches runs (process %ld)", holder);
	if (result == STATE_FAILED)
		die_errno(STATUS_IO, "cannot lock %s", folder);
}

int
main(int argc, char **argv)
{
	struct operands files = options_parse(&program, argc, argv);
	check_options();
	const char *folder = state_folder(sources.state);
	size_t n = 0;
	cfg.moving.now = (int64_t)time(NULL);
	cfg.moving.folder = cfg.saved ? cfg.saved : state_path(folder, "moves", NULL);
	if (!cfg.moving.dry) {
		lock(folder);
		cfg.moving.history = sources_open_history(true);
	}
	if (!files.n)
		cfg.moving.aws = aws_open_or_die(cfg.region);
	struct option_list folders = batches_folders(&sources.batches);
	struct batches all = batches_find(&folders);
	struct lives lives = live_read(cfg.moving.aws, &files, &all);
	check_named(&lives);
	struct plan *plans = xcalloc(lives.n + 1, sizeof *plans);
	size_t refused = plan_all(&lives, plans, &n);
	if (refused)
		die(STATUS_CONFIG, "%zu of %zu cannot be %s, so nothing is changed", refused, n,
		    cfg.undo ? "put back" : "moved");
	if (cfg.moving.dry)
		return STATUS_OK;
	enum status status = do_all(plans, n);
	history_close(cfg.moving.history);
	return status ? (int)status : saved_unrecorded() ? STATUS_TRY_AGAIN : STATUS_OK;
}
