/* SPDX-License-Identifier: MIT */
/*
 * show-datapipeline: the command lines that a definition of AWS Data Pipeline would run at a time,
 * with everything expanded that is known before the run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "batch/show-datapipeline/show.h"
#include "common/operate/definitions.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/text/shell.h"
#include "common/text/visible.h"
#include "common/time/iso.h"

enum { NEXT_MAX = 1000 };

static struct cfg {
	const char *at, *activated, *object, *pipeline_id;
	bool environment;
	int64_t next;
	int64_t now, first; /* of at and activated */
} cfg;

static const struct option_row options[] = {
    {.name = "at",
	.word = "TIME",
	.help = "show the run that is due then, or was last, 2026-11-20T21:30:00Z (now)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.at},
    {.name = "object",
	.word = "ID",
	.help = "this activity only",
	.kind = OPTION_TEXT,
	.to.text = &cfg.object},
    {.name = "environment",
	.help = "show also the machine, staging folders, dependencies, alarms and other fields",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.environment},
    {.name = "next",
	.word = "N",
	.help = "show also the next N times",
	.kind = OPTION_COUNT,
	.to.number = &cfg.next,
	.low = 1,
	.high = NEXT_MAX},
    {.name = "activated",
	.word = "TIME",
	.help = "the first activation, for a schedule that begins with it",
	.kind = OPTION_TEXT,
	.to.text = &cfg.activated},
    {.name = "pipeline-id",
	.word = "ID",
	.help = "the value of #{@pipelineId}",
	.kind = OPTION_TEXT,
	.to.text = &cfg.pipeline_id},
    {0},
};

static const struct option_row *const tables[] = {options, NULL};
static const struct program program = {.name = "show-datapipeline",
    .operands = "FILE",
    .about = "Shows the command lines that a definition of AWS Data Pipeline would run.",
    .tables = tables};

static bool failed;

/* A comment line, whose text cannot end it. */
static void
put_comment(struct buf *out, const char *name, struct slice text)
{
	buf_printf(out, "# %s: ", name);
	visible_put(out, text);
	buf_put_byte(out, '\n');
}

static void
put_time(struct buf *out, int64_t at)
{
	iso_put_timestamp(out, at, 0);
}

/* Reports mistakes in the expressions of a field. */
static void
judge(const struct dp_run *run, struct slice key, const struct expanded *e)
{
	for (size_t i = 0; i < e->faults.n; i++) {
		const struct dp_fault *f = &e->faults.items[i];
		message("%.*s.%.*s: %s%s", (int)run->object->id.n, run->object->id.p, (int)key.n,
		    key.p, f->is_warning ? "warning: " : "", f->text);
		failed |= !f->is_warning;
	}
	if (e->is_open && !e->faults.failed)
		message("%.*s.%.*s: a value is known to the service only, and its expression is "
			"left",
		    (int)run->object->id.n, run->object->id.p, (int)key.n, key.p);
}

/* The values of a list that a parameter or field of the object has; each is an argument of its own. */
static bool
put_list(struct dp_run *run, struct buf *out, struct slice value)
{
	struct slice name = dp_single_name(value);
	size_t n = 0;
	if (!name.n)
		return false;
	for (size_t i = 0; i < run->d->values_n; i++)
		n += slice_equal(run->d->values[i].key, name);
	if (n < 2)
		return false;
	for (size_t i = 0; i < run->d->values_n; i++)
		if (slice_equal(run->d->values[i].key, name)) {
			buf_put_byte(out, ' ');
			shell_put_quoted(out, run->d->values[i].value);
		}
	return true;
}

/* set -- 'a' 'b' */
static void
put_arguments(struct dp_run *run, struct buf *out)
{
	const struct dp_object *owner;
	const struct dp_field *f = dp_field(run->d, run->object, "scriptArgument", &owner);
	if (f)
		buf_put_text(out, "set --");
	for (; f; f = dp_next_value(owner, f)) {
		struct expanded e;
		if (put_list(run, out, f->value))
			continue;
		expand_field(run, f->value, &e);
		judge(run, f->key, &e);
		buf_put_byte(out, ' ');
		shell_put_quoted(out, buf_slice(&e.text));
		buf_free(&e.text);
		if (!dp_next_value(owner, f))
			break;
	}
	if (dp_field(run->d, run->object, "scriptArgument", NULL))
		buf_put_byte(out, '\n');
}

/* Each field of an object as a comment. */
static void
put_fields(struct dp_run *run, struct buf *out, const struct dp_object *o, const char *role)
{
	struct buf name = {0};
	struct dp_run inner = *run;
	if (!o)
		return;
	inner.object = o;
	inner.node = run->object;
	buf_printf(&name, "%s%c", role, '\0');
	put_comment(out, name.p, o->id);
	for (size_t i = 0; i < o->n; i++) {
		struct expanded e = {0};
		buf_reset(&name);
		buf_printf(&name, "  %.*s%c", (int)o->fields[i].key.n, o->fields[i].key.p, '\0');
		if (o->fields[i].kind == DP_VALUE_REF)
			buf_put_slice(&e.text, o->fields[i].value);
		else if (o->fields[i].kind == DP_VALUE_TEXT)
			expand_field(&inner, o->fields[i].value, &e);
		if (name.n && *o->fields[i].key.p != '*')
			put_comment(out, name.p, buf_slice(&e.text));
		buf_free(&e.text);
	}
	buf_free(&name);
}

/* INPUT1_STAGING_DIR and the others, with the place that each folder mirrors. */
static void
put_staging(struct dp_run *run, struct buf *out)
{
	static const char *const sides[][2] = {{"input", "INPUT"}, {"output", "OUTPUT"}};
	const struct dp_field *stage = dp_field(run->d, run->object, "stage", NULL);
	if (!stage || !slice_equal_caseless(stage->value, SLICE("true")))
		return;
	for (size_t i = 0; i < 2; i++) {
		const struct dp_object *owner;
		const struct dp_field *f = dp_field(run->d, run->object, sides[i][0], &owner);
		for (size_t n = 1; f; n++, f = dp_next_value(owner, f)) {
			struct dp_run inner = *run;
			struct expanded e = {0};
			inner.object = dp_object(run->d, f->value);
			const struct dp_field *path =
			    inner.object ? dp_field(run->d, inner.object, "directoryPath", NULL)
					 : NULL;
			if (!path && inner.object)
				path = dp_field(run->d, inner.object, "filePath", NULL);
			if (path)
				expand_field(&inner, path->value, &e);
			char name[40];
			snprintf(name, sizeof name, "%s%zu_STAGING_DIR", sides[i][1], n);
			put_comment(out, name, buf_slice(&e.text));
			buf_free(&e.text);
		}
	}
}

static void
put_environment(struct dp_run *run, struct buf *out)
{
	static const char *const roles[] = {"runsOn", "precondition", "dependsOn", "onFail",
	    "onSuccess", "onLateAction", "input", "output"};
	static const char *const own[] = {"workerGroup", "attemptTimeout", "maximumRetries",
	    "retryDelay", "stdout", "stderr", "pipelineLogUri", "lateAfterTimeout"};
	put_staging(run, out);
	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		const struct dp_field *f = dp_field(run->d, run->object, own[i], NULL);
		struct expanded e = {0};
		if (!f)
			continue;
		expand_field(run, f->value, &e);
		put_comment(out, own[i], buf_slice(&e.text));
		buf_free(&e.text);
	}
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		const struct dp_object *owner;
		const struct dp_field *f = dp_field(run->d, run->object, roles[i], &owner);
		for (; f; f = dp_next_value(owner, f))
			put_fields(run, out, dp_object(run->d, f->value), roles[i]);
	}
}

/* The number of the run that is due at the time, or was last; negative if there was none. */
static int64_t
due(const struct times *t)
{
	if (t->on_demand)
		return 0;
	int64_t n = dp_recurrence_find(&t->recurrence, cfg.now) - t->at_end;
	return t->count >= 0 && n >= t->count ? t->count - 1 : n;
}

static void
put_times(struct buf *out, const struct times *t, int64_t n)
{
	for (int64_t i = n + 1; i <= n + cfg.next; i++) {
		if (i < 0)
			continue;
		if (t->count >= 0 && i >= t->count) {
			buf_put_text(out, "# no further runs\n");
			return;
		}
		buf_put_text(out, "# next: ");
		put_time(out, times_begin(t, i));
		buf_put_byte(out, '\n');
	}
}

static void
put_command(struct dp_run *run, struct buf *out)
{
	static const char *const keys[] = {"command", "scriptUri"};
	for (size_t i = 0; i < 2; i++) {
		const struct dp_field *f = dp_field(run->d, run->object, keys[i], NULL);
		struct expanded e;
		if (!f)
			continue;
		put_arguments(run, out);
		expand_field(run, f->value, &e);
		judge(run, f->key, &e);
		if (i)
			buf_put_text(out, "# the script ");
		buf_put_slice(out, buf_slice(&e.text));
		buf_put_byte(out, '\n');
		buf_free(&e.text);
	}
}

static void
show(const struct dp_definition *d, const struct dp_object *o)
{
	struct times t;
	struct buf out = {0};
	const char *wrong = times_of(d, o, cfg.first, &t);
	int64_t n = wrong ? -1 : due(&t);
	struct dp_run run = {.d = d, .object = o, .has_times = n >= 0};
	if (cfg.pipeline_id)
		run.pipeline_id = slice_of(cfg.pipeline_id);
	put_comment(&out, "activity", o->id);
	if (n >= 0) {
		run.start = t.on_demand ? cfg.first : dp_recurrence_time(&t.recurrence, n);
		run.end = t.on_demand ? cfg.first : dp_recurrence_time(&t.recurrence, n + 1);
		buf_put_text(&out, "# run: ");
		put_time(&out, times_begin(&t, n));
		buf_put_text(&out, ", for ");
		put_time(&out, run.start);
		buf_put_text(&out, " to ");
		put_time(&out, run.end);
		buf_put_byte(&out, '\n');
	}
	if (wrong) {
		message("%.*s %s", (int)o->id.n, o->id.p, wrong);
		failed = true;
	} else if (n < 0) {
		message("%.*s has its first run later than that", (int)o->id.n, o->id.p);
	} else if (t.guessed_start && !cfg.activated) {
		message("%.*s begins with its first activation, which is taken to be now: see "
			"--activated",
		    (int)o->id.n, o->id.p);
	}
	if (!wrong)
		put_times(&out, &t, n);
	if (cfg.environment)
		put_environment(&run, &out);
	if (n >= 0)
		put_command(&run, &out);
	buf_check(&out, "the output", NULL);
	if (fwrite(out.p, 1, out.n, stdout) != out.n)
		die_errno(STATUS_IO, "cannot write to standard output");
	buf_free(&out);
}

static int64_t
read_time(const char *option, const char *text, int64_t or_else)
{
	uint32_t nanoseconds;
	int64_t at = or_else;
	if (text && !iso_read_timestamp(slice_of(text), &at, &nanoseconds))
		die(STATUS_USAGE, "--%s: %s is not a time such as 2026-11-20T13:00:00Z", option,
		    quoted(slice_of(text)));
	return at;
}

int
main(int argc, char **argv)
{
	struct operands files = options_parse(&program, argc, argv);
	struct dp_definition d;
	struct buf json = {0};
	char why[DEFINITION_WHY];
	size_t shown = 0;
	if (files.n != 1)
		die(STATUS_USAGE, "give one file with a definition, or - for standard input");
	cfg.now = read_time("at", cfg.at, (int64_t)time(NULL));
	cfg.first = read_time("activated", cfg.activated, cfg.now);
	if (!definition_read_file(&d, &json, files.items[0], why))
		die(STATUS_DATA, "%s: %s", files.items[0], why);
	for (size_t i = 0; i < d.objects_n; i++) {
		const struct dp_object *o = &d.objects[i];
		if (dp_class_of(o->type) != DP_ACTIVITY ||
		    (cfg.object && !slice_is(o->id, cfg.object)))
			continue;
		show(&d, o);
		shown++;
	}
	if (!shown)
		die(STATUS_DATA, "%s has no activity%s%s", files.items[0], cfg.object ? " " : "",
		    cfg.object ? cfg.object : "");
	if (fflush(stdout))
		die_errno(STATUS_IO, "cannot write to standard output");
	return failed ? STATUS_DATA : STATUS_OK;
}
