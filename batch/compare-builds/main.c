/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath, mkdtemp */
/*
 * compare-builds: whether a new build loads what the old one does. It runs batches of both with
 * input that run-batch captured, as rehearsals that the databases roll back, and compares the
 * streams that reach the loaders, record by record.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch/compare-builds/compare.h"
#include "common/operate/events.h"
#include "common/operate/sources.h"
#include "common/operate/state.h"
#include "common/program/message.h"
#include "common/program/options.h"

enum { STATUS_WARNED = 79 }; /* of a batch: the rows are loaded, a later step failed */

static struct cfg {
	const char *old, *new, *captures, *keep;
	bool json;
} cfg;

static const struct option_row options[] = {
    {.name = "old",
	.word = "FOLDER",
	.help = "the installation that runs now; without it, compare with what the captured run "
		"loaded",
	.kind = OPTION_TEXT,
	.to.text = &cfg.old},
    {.name = "new",
	.word = "FOLDER",
	.help = "the installation to check",
	.kind = OPTION_TEXT,
	.to.text = &cfg.new},
    {.name = "captures",
	.word = "FOLDER",
	.help = "a copy of another host's runs, BATCH/ID/capture",
	.kind = OPTION_TEXT,
	.to.text = &cfg.captures},
    {.name = "keep",
	.word = "FOLDER",
	.help = "keep the streams of both builds here",
	.kind = OPTION_TEXT,
	.to.text = &cfg.keep},
    {.name = "json",
	.help = "one JSON object for each batch",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.json},
    {0},
};

static const struct program program = {
    .name = "compare-builds",
    .operands = "BATCH ...",
    .about = "Compares what two builds load from the same captured input.",
    .operand_words = "list-batches --csv 2>/dev/null | sed \"1d;s/,.*//\"",
    .tables = (const struct option_row *const[]){options, sources_options, NULL},
};

static struct build builds[SIDES];
static const char *captures; /* the absolute path: a batch may change its folder */

/* Whether a rehearsal went through; else the verdict is set. */
static bool
went_through(struct comparison *c, const struct rehearsal *r, int side)
{
	/* The same input, and another opinion of it. */
	bool judged = side == NEW && (r->status == STATUS_DATA || r->status == STATUS_REFUSED ||
					 r->status == STATUS_INCOMPLETE);
	if (r->status == 0 || r->status == STATUS_WARNED)
		return true;
	comparison_set(c, judged ? DIFFERENT : NOT_COMPARED, "%s ended with %d: %.*s",
	    c->side[side], r->status, (int)(r->message.n < 1000 ? r->message.n : 1000),
	    r->message.n ? r->message.p : "");
	return false;
}

static void
compare_captured(struct comparison *c, const struct batch *const batches[SIDES],
    const struct captured *input, const char *folder)
{
	struct rehearsal r[SIDES] = {{0}};
	struct buf input_folder = {0}, why = {0};
	buf_printf(&input_folder, "%s/input%c", folder, '\0');
	buf_check(&input_folder, "a path", NULL);
	bool good = captured_copy(input, input_folder.p, &why);
	if (!good)
		comparison_set(c, NOT_COMPARED, "%.*s", (int)why.n, why.p);
	for (int i = 0; i < SIDES && good; i++) {
		struct buf path = {0};
		if (!batches[i])
			continue;
		buf_printf(&path, "%s/%s%c", folder, i == OLD ? "old" : "new", '\0');
		buf_check(&path, "a path", NULL);
		rehearse(&r[i], &builds[i], batches[i], input, input_folder.p, path.p);
		good = went_through(c, &r[i], i);
		buf_free(&path);
	}
	if (good)
		compare_streams(
		    c, (char *[]){batches[OLD] ? r[OLD].streams : input->folder, r[NEW].streams});
	/* The log of a rehearsal may have the reason why its stream is cut, such as a full disk. */
	for (int i = 0; i < SIDES; i++)
		if (c->verdict == NOT_COMPARED && good && r[i].message.n)
			buf_printf(&c->why, "; %s wrote last: %.*s", c->side[i],
			    (int)(r[i].message.n < 500 ? r[i].message.n : 500), r[i].message.p);
	if (good && batches[OLD])
		compare_counters(c, (char *[]){r[OLD].counters, r[NEW].counters});
	for (int i = 0; i < SIDES; i++)
		rehearsal_free(&r[i]);
	buf_free(&input_folder);
	buf_free(&why);
}

static bool
find_batches(struct comparison *c, const struct batch *batches[SIDES])
{
	for (int i = 0; i < SIDES; i++) {
		batches[i] = builds[i].path ? build_batch(&builds[i], c->batch) : NULL;
		if (builds[i].path && !batches[i])
			comparison_set(c, NOT_COMPARED, "%s has no such batch", c->side[i]);
		else if (batches[i] && !batches[i]->good)
			comparison_set(c, NOT_COMPARED, "%s, line %zu: %s", batches[i]->path,
			    batches[i]->mistake.line, batches[i]->mistake.text);
	}
	return c->verdict == IDENTICAL;
}

static void
compare_batch(struct comparison *c, struct history *h, const char *folder)
{
	const struct batch *batches[SIDES];
	struct captured input = {0};
	struct buf path = {0};
	buf_printf(&path, "%s/%.*s%c", folder, (int)c->batch.n, c->batch.p, '\0');
	buf_check(&path, "a path", NULL);
	if (find_batches(c, batches)) {
		if (!captured_find(&input, h, captures, c->batch)) {
			if (db_error_is_set(history_error(h)))
				die(history_error(h)->status, "cannot read the history: %s",
				    history_error(h)->text);
			comparison_set(c, NOT_COMPARED,
			    "no run that succeeded has captured streams here: run it once by "
			    "run-batch --capture all");
		} else if (mkdir(path.p, 0700)) {
			die_errno(STATUS_IO, "cannot make the folder %s", path.p);
		} else {
			buf_put_slice(&c->run, buf_slice(&input.run));
			compare_captured(c, batches, &input, path.p);
			if (!cfg.keep)
				state_remove(path.p);
		}
	}
	captured_free(&input);
	buf_free(&path);
}

/* The page of report-batches shows the last comparison of each batch. */
static void
record(struct history *h, const struct comparison *c, struct slice body)
{
	struct buf id = {0}, now = {0};
	state_put_id(&id);
	run_put_time(&now, state_now());
	buf_check(&id, "an id", NULL);
	buf_check(&now, "a time", NULL);
	if (!events_put(h, &(struct event){.id = buf_slice(&id),
			       .kind = SLICE("comparison"),
			       .batch = c->batch,
			       .at = buf_slice(&now),
			       .body = body}))
		die(history_error(h)->status, "cannot write to the history: %s",
		    history_error(h)->text);
	buf_free(&id);
	buf_free(&now);
}

static void
report(struct history *h, const struct comparison *c)
{
	struct buf json = {0};
	report_json(&json, c, builds);
	if (cfg.json) {
		buf_put_byte(&json, '\n');
		buf_check(&json, "a line", NULL);
		if (fwrite(json.p, 1, json.n, stdout) != json.n || fflush(stdout))
			die_errno(STATUS_IO, "cannot write to standard output");
		json.n--;
	} else {
		report_line(c);
	}
	record(h, c, buf_slice(&json));
	buf_free(&json);
}

static int
compare_names(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* The operands, or all batches of both builds. */
static struct slice *
names_of(const struct operands *operands, size_t *n)
{
	size_t most = operands->n + builds[OLD].batches.n + builds[NEW].batches.n + 1, kept = 0;
	struct slice *names = xcalloc(most, sizeof *names);
	*n = 0;
	for (size_t i = 0; i < operands->n; i++) {
		struct slice name = slice_of(operands->items[i]);
		if (!build_batch(&builds[OLD], name) && !build_batch(&builds[NEW], name))
			die(STATUS_CONFIG, "no build has a batch %s", quoted(name));
		names[(*n)++] = name;
	}
	for (int side = 0; side < SIDES && !operands->n; side++)
		for (size_t i = 0; i < builds[side].batches.n; i++)
			names[(*n)++] = builds[side].batches.items[i].name;
	qsort(names, *n, sizeof *names, compare_names);
	for (size_t i = 0; i < *n; i++)
		if (!kept || !slice_equal(names[i], names[kept - 1]))
			names[kept++] = names[i];
	*n = kept;
	return names;
}

static const char *
work_folder(const char *state)
{
	if (!cfg.keep) {
		char *folder = state_path(state, "compare-XXXXXX", NULL);
		if (!mkdtemp(folder))
			die_errno(STATUS_IO, "cannot make the folder %s", folder);
		return folder;
	}
	if (mkdir(cfg.keep, 0700) && errno != EEXIST)
		die_errno(STATUS_IO, "--keep: cannot make the folder %s", cfg.keep);
	return cfg.keep;
}

static void
open_builds(void)
{
	if (!cfg.new)
		die(STATUS_USAGE, "--new is required: the installation to check");
	if (cfg.captures && !(captures = realpath(cfg.captures, NULL)))
		die_errno(STATUS_CONFIG, "--captures: cannot read the folder %s", cfg.captures);
	if (cfg.old)
		builds[OLD] = build_open("old", cfg.old, &sources.batches);
	builds[NEW] = build_open("new", cfg.new, &sources.batches);
	message("comparing %s with %.*s (%s)", cfg.old ? builds[OLD].path : "captured runs",
	    (int)strlen(builds[NEW].path), builds[NEW].path, builds[NEW].version);
}

int
main(int argc, char **argv)
{
	struct operands operands = options_parse(&program, argc, argv);
	size_t n, count[VERDICTS] = {0};
	signal(SIGPIPE, SIG_IGN);
	open_builds();
	struct history *h = sources_open_history(true);
	const char *folder = work_folder(state_folder(sources.state));
	struct slice *names = names_of(&operands, &n);
	rehearse_catch_signals();
	for (size_t i = 0; i < n && !rehearse_canceled(); i++) {
		struct comparison c = {.batch = names[i],
		    .side = {cfg.old ? "the old build" : "the captured run", "the new build"}};
		compare_batch(&c, h, folder);
		if (rehearse_canceled())
			break;
		report(h, &c);
		count[c.verdict]++;
		buf_free(&c.why);
		buf_free(&c.run);
		buf_free(&c.streams);
	}
	if (!cfg.keep)
		state_remove(folder);
	if (rehearse_canceled())
		return 128 + rehearse_canceled();
	message("identical on %zu of %zu batches, %zu different, %zu not compared",
	    count[IDENTICAL], n, count[DIFFERENT], count[NOT_COMPARED]);
	return count[DIFFERENT] ? STATUS_DATA : count[NOT_COMPARED] ? STATUS_TRY_AGAIN : STATUS_OK;
}
