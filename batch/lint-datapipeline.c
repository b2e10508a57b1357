/* SPDX-License-Identifier: MIT */
/*
 * lint-datapipeline: mistakes in definitions of AWS Data Pipeline, ours or not, in the form of a
 * file or of the API. The service itself reports much of it only when a run is due.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "common/datapipeline/lint.h"
#include "common/json/json_shown.h"
#include "common/operate/definitions.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/text/visible.h"
#include "common/time/iso.h"

enum { VALUE_MAX = 120 }; /* bytes of a value that are shown */

static struct cfg {
	bool json, quiet;
	const char *at;
	int64_t now;
} cfg;

static const struct option_row options[] = {
    {.name = "json",
	.help = "one JSON object for each finding",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.json},
    {.name = "errors", .help = "errors only", .kind = OPTION_FLAG, .to.flag = &cfg.quiet},
    {.name = "at",
	.word = "TIME",
	.help = "take this for the present time, 2026-11-20T13:00:00Z",
	.kind = OPTION_TEXT,
	.to.text = &cfg.at},
    {0},
};

static const struct option_row *const tables[] = {options, NULL};
static const struct program program = {.name = "lint-datapipeline",
    .operands = "FILE ...",
    .about = "Checks definitions of AWS Data Pipeline.",
    .tables = tables};

static void
put_member(struct buf *line, const char *name, struct slice value)
{
	if (!value.n)
		return;
	buf_printf(line, ",\"%s\":", name);
	json_write_shown(line, value);
}

static void
put_json(struct buf *line, const char *file, const struct dp_finding *f)
{
	buf_printf(line, "{\"severity\":\"%s\",\"file\":", f->is_warning ? "warning" : "error");
	json_write_shown(line, slice_of(file));
	put_member(line, "object", f->object);
	put_member(line, "field", f->field);
	put_member(line, "value", f->value);
	put_member(line, "rule", slice_of(f->rule));
	put_member(line, "text", slice_of(f->text));
	buf_put_text(line, "}\n");
}

static void
put_text(struct buf *line, const char *file, const struct dp_finding *f)
{
	visible_put(line, slice_of(file));
	buf_printf(line, ": %s: ", f->is_warning ? "warning" : "error");
	if (f->object.n)
		visible_put(line, f->object);
	buf_put_text(line, f->object.n && f->field.n ? "." : "");
	visible_put(line, f->field);
	buf_put_text(line, f->object.n || f->field.n ? ": " : "");
	if (f->value.n) {
		struct slice value = f->value;
		if (value.n > VALUE_MAX)
			for (value.n = VALUE_MAX; value.n && (value.p[value.n] & 0xc0) == 0x80;)
				value.n--;
		buf_put_byte(line, '"');
		visible_put(line, value);
		buf_printf(line, "%s\": ", value.n < f->value.n ? "…" : "");
	}
	visible_put(line, slice_of(f->text));
	buf_printf(line, " [%s]\n", f->rule);
}

static void
show(void *context, const struct dp_finding *f)
{
	struct buf line = {0};
	if (f->is_warning && cfg.quiet)
		return;
	if (cfg.json)
		put_json(&line, context, f);
	else
		put_text(&line, context, f);
	buf_check(&line, "a line", NULL);
	if (fwrite(line.p, 1, line.n, stdout) != line.n)
		die_errno(STATUS_IO, "cannot write to standard output");
	buf_free(&line);
}

/* Whether the file is a definition without errors. */
static bool
lint_file(const char *file)
{
	struct dp_definition d;
	struct buf json = {0};
	char why[DEFINITION_WHY];
	if (!definition_read_file(&d, &json, file, why)) {
		struct dp_finding f = {.rule = "json", .text = why};
		show((void *)(uintptr_t)file, &f);
		buf_free(&json);
		return false;
	}
	struct dp_lint lint = {
	    .d = &d, .report = show, .context = (void *)(uintptr_t)file, .now = cfg.now};
	dp_lint(&lint);
	dp_free(&d);
	buf_free(&json);
	return !lint.errors;
}

int
main(int argc, char **argv)
{
	struct operands files = options_parse(&program, argc, argv);
	uint32_t nanoseconds;
	bool good = true;
	cfg.now = (int64_t)time(NULL);
	if (cfg.at && !iso_read_timestamp(slice_of(cfg.at), &cfg.now, &nanoseconds))
		die(STATUS_USAGE, "--at: %s is not a time such as 2026-11-20T13:00:00Z",
		    quoted(slice_of(cfg.at)));
	if (!files.n)
		die(STATUS_USAGE, "no file is given");
	for (size_t i = 0; i < files.n; i++)
		good &= lint_file(files.items[i]);
	if (fflush(stdout))
		die_errno(STATUS_IO, "cannot write to standard output");
	return good ? STATUS_OK : STATUS_DATA;
}
