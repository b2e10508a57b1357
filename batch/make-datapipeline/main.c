/* SPDX-License-Identifier: MIT */
/*
 * make-datapipeline: a definition of AWS Data Pipeline for each batch, from the head of the batch and
 * settings that all of them share.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "batch/make-datapipeline/make.h"
#include "common/datapipeline/lint.h"
#include "common/program/file.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/program/zone_file.h"
#include "common/time/iso.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

static struct cfg {
	struct option_list folders;
	struct settings settings;
	const char *output, *start, *groups;
	bool keep_offset;
	int64_t now;
} cfg = {.settings = {.launcher = "/opt/mam-etl/deploy/launcher",
	     .role = "DataPipelineDefaultRole",
	     .resource_role = "DataPipelineDefaultResourceRole",
	     .instance_type = "t3.small",
	     .timeout = (int64_t)6 * HOUR}};

static const struct option_row options[] = {
    {.name = "batches",
	.word = "FOLDER",
	.help = "the batches are here; may be repeated (MAM_BATCHES, else pipelines/)",
	.kind = OPTION_LIST,
	.to.list = &cfg.folders},
    {.name = "output",
	.word = "FOLDER",
	.help = "write NAME.json for each batch; else one batch goes to standard output",
	.kind = OPTION_TEXT,
	.to.text = &cfg.output},
    {.name = "start",
	.word = "TIME",
	.help = "the first run is at this time or later, 2026-11-20T13:00:00Z (now)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.start},
    {.name = "keep-offset",
	.help = "a zone whose clock changes keeps the offset that it has at the start",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.keep_offset},
    {.name = "timeout",
	.word = "DURATION",
	.help = "the longest attempt of a batch whose head has no timeout (6h)",
	.kind = OPTION_DURATION,
	.to.number = &cfg.settings.timeout,
	.low = MINUTE,
	.high = (int64_t)30 * DAY},
    {0},
};

static const struct option_row machine_options[] = {
    {.name = "image-id",
	.word = "AMI",
	.help = "the image of the machines, such as ami-0123456789abcdef0",
	.kind = OPTION_TEXT,
	.to.text = &cfg.settings.image},
    {.name = "artifact",
	.word = "URI",
	.help = "the build that the launcher fetches, s3://BUCKET/OS/BRANCH/mam-etl.tar.gz",
	.kind = OPTION_TEXT,
	.to.text = &cfg.settings.artifact},
    {.name = "launcher",
	.word = "PATH",
	.help = "the program on the machine that fetches the build and runs the batch "
		"(/opt/mam-etl/deploy/launcher)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.settings.launcher},
    {.name = "log-uri",
	.word = "URI",
	.help = "where logs go, s3://BUCKET/logs/",
	.kind = OPTION_TEXT,
	.to.text = &cfg.settings.log_uri},
    {.name = "topic",
	.word = "ARN",
	.help = "the topic of SNS that hears of failed and late runs",
	.kind = OPTION_TEXT,
	.to.text = &cfg.settings.topic},
    {.name = "role",
	.word = "NAME",
	.help = "the role of the service (DataPipelineDefaultRole)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.settings.role},
    {.name = "resource-role",
	.word = "NAME",
	.help = "the role of the machines (DataPipelineDefaultResourceRole)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.settings.resource_role},
    {.name = "instance-type",
	.word = "TYPE",
	.help = "the type of the machines (t3.small)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.settings.instance_type},
    {.name = "subnet",
	.word = "ID",
	.help = "the subnet of the machines",
	.kind = OPTION_TEXT,
	.to.text = &cfg.settings.subnet},
    {.name = "security-groups",
	.word = "ID,...",
	.help = "the security groups of the machines",
	.kind = OPTION_TEXT,
	.to.text = &cfg.groups},
    {.name = "key-pair",
	.word = "NAME",
	.help = "the key pair of the machines",
	.kind = OPTION_TEXT,
	.to.text = &cfg.settings.key_pair},
    {.name = "region",
	.word = "NAME",
	.help = "the region of the machines (that of the pipeline)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.settings.region},
    {0},
};

static const struct option_row *const tables[] = {options, machine_options, NULL};
static const struct program program = {.name = "make-datapipeline",
    .operands = "[NAME ...]",
    .about = "Makes definitions of AWS Data Pipeline from the heads of the batches.",
    .tables = tables};

static void
check_options(const struct operands *names)
{
	uint32_t nanoseconds;
	cfg.now = (int64_t)time(NULL);
	if (!cfg.settings.image)
		die(STATUS_USAGE,
		    "--image-id is missing: the default image of Data Pipeline is out "
		    "of support");
	if (!cfg.settings.artifact)
		die(STATUS_USAGE, "--artifact is missing: the build that the launcher fetches, "
				  "s3://BUCKET/OS/BRANCH/mam-etl.tar.gz");
	if (cfg.start && !iso_read_timestamp(slice_of(cfg.start), &cfg.now, &nanoseconds))
		die(STATUS_USAGE, "--start: %s is not a time such as 2026-11-20T13:00:00Z",
		    quoted(slice_of(cfg.start)));
	if (!cfg.output && names->n != 1)
		die(STATUS_USAGE, "name one batch, or give --output FOLDER");
	if (cfg.groups)
		cfg.settings.groups = options_split("security-groups", cfg.groups);
	if (!cfg.settings.topic)
		message("without --topic no message reports a run whose machine did not start");
	if (!cfg.settings.log_uri)
		message("without --log-uri the logs go away with the machines");
}

/* The next change of a zone's clock after an instant, by days; 0 if there is none in two years. */
static int64_t
next_change(const struct zone *zone, int64_t from)
{
	for (int64_t at = from; at < from + (int64_t)2 * 366 * 86400; at += 86400)
		if (zone_offset(zone, at) != zone_offset(zone, from))
			return at;
	return 0;
}

/* The schedule in the zone's offset at its first run, with a warning of its effect. */
static bool
keep_offset(const struct batch *b, const struct schedule *s, const struct zone *zone,
    struct dp_recurrence *times, char why[DP_WHY])
{
	int64_t first;
	struct buf name = {0}, day = {0};
	if (!schedule_next(s, zone, cfg.now - 1, &first))
		return false;
	int32_t offset = zone_offset(zone, first), minutes = (offset < 0 ? -offset : offset) / 60;
	buf_printf(
	    &name, "%c%02d:%02d", offset < 0 ? '-' : '+', (int)minutes / 60, (int)minutes % 60);
	buf_check(&name, "a zone", NULL);
	struct zone *fixed = zone_fixed(buf_slice(&name));
	if (!fixed)
		return false;
	bool good = dp_recurrence_of(s, fixed, cfg.now, times, why);
	int64_t change = next_change(zone, first);
	if (good && change) {
		iso_put_date(&day, change / 86400);
		int32_t later = zone_offset(zone, change) - offset;
		message(
		    "%s: keeps the offset %.*s: from about %.*s on it runs %d minutes %s by the "
		    "clock of %.*s",
		    b->path, (int)name.n, name.p, (int)day.n, day.p,
		    (int)(later < 0 ? -later : later) / 60, later < 0 ? "earlier" : "later",
		    (int)s->zone.n, s->zone.p);
	}
	zone_free(fixed);
	buf_free(&name);
	buf_free(&day);
	return good;
}

static bool
times_of(const struct batch *b, bool named, struct dp_recurrence *times)
{
	struct schedule s;
	struct slice at;
	const char *wrong = NULL;
	char why[DP_WHY] = "";
	if (!b->good) {
		message("%s, line %zu: %s", b->path, b->mistake.line, b->mistake.text);
		return false;
	}
	if (!b->head.schedule.n) {
		if (named)
			message("%s has no schedule", b->path);
		return false;
	}
	schedule_read(b->head.schedule, &s, &at); /* head_read has checked it */
	const struct zone *zone = zone_named(s.zone, &wrong);
	if (!zone) {
		message("%s: schedule: %s %s", b->path, quoted(s.zone), wrong);
		return false;
	}
	if (dp_recurrence_of(&s, zone, cfg.now, times, why) ||
	    (cfg.keep_offset && keep_offset(b, &s, zone, times, why)))
		return true;
	message("%s: the schedule \"%.*s\" cannot be a Schedule of Data Pipeline: %s", b->path,
	    (int)b->head.schedule.n, b->head.schedule.p, why);
	return false;
}

static void
report(void *context, const struct dp_finding *f)
{
	const struct batch *b = context;
	/* Without a topic or a log the options were judged already. */
	if (strcmp(f->rule, "alarm") == 0 || strcmp(f->rule, "log") == 0)
		return;
	message("%s: %s%.*s%s%.*s: %s", b->path, f->is_warning ? "warning: " : "", (int)f->object.n,
	    f->object.p, f->field.n ? "." : "", (int)f->field.n, f->field.n ? f->field.p : "",
	    f->text);
}

/* The definition of one batch; the lint reads it first. */
static bool
make(const struct batch *b, const struct dp_recurrence *times, struct buf *text)
{
	struct dp_definition d;
	struct json_error error;
	put_definition(text, &cfg.settings, b, times);
	buf_check(text, "a definition", NULL);
	const char *wrong = dp_read(&d, buf_slice(text), &error);
	if (wrong)
		die(STATUS_CONFIG, "%s: the definition is not JSON: %s", b->path, wrong);
	struct dp_lint lint = {
	    .d = &d, .report = report, .context = (void *)(uintptr_t)b, .now = cfg.now};
	dp_lint(&lint);
	dp_free(&d);
	return !lint.errors;
}

static void
write_one(const struct batch *b, const struct buf *text)
{
	struct buf path = {0};
	if (!cfg.output) {
		if (fwrite(text->p, 1, text->n, stdout) != text->n || fflush(stdout))
			die_errno(STATUS_IO, "cannot write to standard output");
		return;
	}
	buf_printf(&path, "%s/%.*s.json%c", cfg.output, (int)b->name.n, b->name.p, '\0');
	buf_check(&path, "a path", NULL);
	if (!file_replace(path.p, buf_slice(text)))
		die_errno(STATUS_IO, "cannot write %s", path.p);
	buf_free(&path);
}

static bool
is_wanted(const struct batch *b, const struct operands *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (slice_is(b->name, names->items[i]))
			return true;
	return !names->n;
}

int
main(int argc, char **argv)
{
	struct operands names = options_parse(&program, argc, argv);
	check_options(&names);
	struct option_list folders = batches_folders(&cfg.folders);
	struct batches all = batches_find(&folders);
	struct buf *texts = xcalloc(all.n + 1, sizeof *texts);
	bool good = true;
	for (size_t i = 0; i < names.n; i++)
		batches_one(&folders, names.items[i]);
	for (size_t i = 0; i < all.n; i++) {
		const struct batch *b = &all.items[i];
		struct dp_recurrence times;
		bool named = names.n > 0;
		if (!is_wanted(b, &names) || (b->good && !b->head.schedule.n && !named))
			continue;
		good &= times_of(b, named, &times) && make(b, &times, &texts[i]);
		if (i && slice_equal(b->name, all.items[i - 1].name)) {
			message("two batches have the name %s: %s and %s", quoted(b->name),
			    all.items[i - 1].path, b->path);
			good = false;
		}
	}
	if (!good)
		die(STATUS_CONFIG, "nothing is written: a batch that is left out would never run");
	if (cfg.output && mkdir(cfg.output, 0777) && errno != EEXIST)
		die_errno(STATUS_IO, "cannot make the folder %s", cfg.output);
	for (size_t i = 0; i < all.n; i++)
		if (texts[i].n)
			write_one(&all.items[i], &texts[i]);
	return STATUS_OK;
}
