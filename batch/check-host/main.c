/* SPDX-License-Identifier: MIT */
/*
 * check-host: whether this machine can run batches. It is linked statically and uses no library of the
 * other programs, so that it runs, and explains, where they do not start; what needs a library is done
 * by check-target, secret and from-csv, which it runs.
 */
#include <stdlib.h>

#include "batch/check-host/export.h"
#include "batch/check-host/host.h"

enum { SECOND = 1000, HOUR = 3600 * SECOND };

static struct cfg {
	const char *profile, *export;
	bool json;
} cfg;
static struct host host = {.free = 256 * 1024 * 1024, .timeout = 90 * SECOND};

static const struct option_row options[] = {
    {.name = "profile",
	.word = "ec2-datapipeline|fargate|dev",
	.help = "the kind of machine (dev)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.profile,
	.choices = "ec2-datapipeline|fargate|dev"},
    {.name = "target",
	.word = "TARGET",
	.help =
	    "a target of check-target, and after a space the name of its password's secret; may be "
	    "repeated",
	.kind = OPTION_LIST,
	.to.list = &host.targets},
    {.name = "batches",
	.word = "FOLDER",
	.help = "the batches are here; may be repeated (MAM_BATCHES, else pipelines/)",
	.kind = OPTION_LIST,
	.to.list = &host.batches},
    {.name = "state",
	.word = "FOLDER",
	.help = "run-batch keeps its state here (MAM_STATE_DIR, else ~/.local/state/mam-etl)",
	.kind = OPTION_TEXT,
	.to.text = &host.state},
    {.name = "free",
	.word = "SIZE",
	.help = "free space that each folder needs (256M)",
	.kind = OPTION_SIZE,
	.to.number = &host.free,
	.low = 0,
	.high = INT64_MAX / 4},
    {.name = "cacert",
	.word = "FILE",
	.help = "certificates that vouch for https servers, in place of the system's",
	.kind = OPTION_TEXT,
	.to.text = &host.cacert},
    {.name = "skip",
	.word = "GROUP",
	.help = "leave these checks out; may be repeated",
	.kind = OPTION_LIST,
	.to.list = &host.skip},
    {.name = "timeout",
	.word = "DURATION",
	.help = "the longest time that a check of targets or secrets may take (90s)",
	.kind = OPTION_DURATION,
	.to.number = &host.timeout,
	.low = SECOND,
	.high = HOUR},
    {.name = "json",
	.help = "one JSON object for each result in place of TAP",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.json},
    {.name = "export",
	.word = "serverspec|goss",
	.help = "write the checks for another tool instead of running them",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.export,
	.choices = "serverspec|goss"},
    {0},
};

static const struct option_row *const tables[] = {options, NULL};
static const struct program program = {.name = "check-host",
    .operands = "[BATCH ...]",
    .about = "Checks whether this machine can run batches.",
    .tables = tables};

static const struct group {
	const char *name;
	void (*check)(const struct host *h);
} groups[] = {
    {"system", check_system},
    {"libraries", check_libraries},
    {"commands", check_commands},
    {"user", check_user},
    {"certificates", check_certificates},
    {"clock", check_clock},
    {"encodings", check_encodings},
    {"folders", check_folders},
    {"limits", check_limits},
    {"batches", check_batches},
    {"zones", check_zones},
    {"settings", check_settings},
    {"secrets", check_secrets},
    {"media", check_media},
    {"sunset", check_sunset},
    {"targets", check_targets},
};
enum { GROUPS = sizeof groups / sizeof *groups };

static bool
is_listed(const struct option_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->items[i], name) == 0)
			return true;
	return false;
}

static void
check_skip(void)
{
	for (size_t i = 0; i < host.skip.n; i++) {
		bool known = false;
		for (size_t k = 0; k < GROUPS; k++)
			known |= strcmp(host.skip.items[i], groups[k].name) == 0;
		if (known)
			continue;
		struct buf b = {0};
		for (size_t k = 0; k < GROUPS; k++)
			buf_printf(&b, "%s%s", k ? ", " : "", groups[k].name);
		die(STATUS_USAGE, "--skip: %s is not a group: %.*s",
		    quoted(slice_of(host.skip.items[i])), (int)b.n, b.p);
	}
}

int
main(int argc, char **argv)
{
	struct operands operands = options_parse(&program, argc, argv);
	host.names = (struct option_list){operands.items, operands.n};
	host.bin = batches_program_folder();
	if (cfg.profile && strcmp(cfg.profile, "fargate") == 0)
		host.profile = PROFILE_FARGATE;
	else if (cfg.profile && strcmp(cfg.profile, "ec2-datapipeline") == 0)
		host.profile = PROFILE_DATAPIPELINE;
	check_skip();
	if (cfg.json && cfg.export)
		die(STATUS_USAGE, "--json and --export exclude each other");
	if (cfg.json)
		checks_as_json();
	if (cfg.export)
		export_as(cfg.export);
	/* Of the programs that are run, plain messages are read. */
	unsetenv("MAM_STEP");
	if (setenv("MAM_LOG", "text", 1))
		die_errno(STATUS_TRY_AGAIN, "cannot set MAM_LOG");
	read_batches(&host);
	read_media(&host);
	for (size_t i = 0; i < GROUPS; i++)
		if (!is_listed(&host.skip, groups[i].name))
			groups[i].check(&host);
	if (!cfg.export)
		return checks_end();
	export_end();
	return 0;
}
