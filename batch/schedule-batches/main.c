/* SPDX-License-Identifier: MIT */
/*
 * schedule-batches prints the schedules in the heads of the batches in the
 * format of a launcher. Each entry calls run-batch with the batch's name, so
 * the launcher needs to know only the time.
 */
#include <stdio.h>
#include <stdlib.h>

#include "batch/schedule-batches/plan.h"
#include "common/program/message.h"
#include "common/program/options.h"

static struct cfg {
	struct option_list folders;
	const char *format, *output, *run_batch, *zone, *user, *state;
	const char *subnets, *security_groups;
	struct ecs ecs;
	struct prefect prefect;
} cfg = {.ecs.container = "mam-etl"};

static const struct option_row options[] = {
    {.name = "batches",
	.word = "FOLDER",
	.help = "a folder with batches, may be repeated (MAM_BATCHES, or pipelines/ of the "
		"installation)",
	.kind = OPTION_LIST,
	.to.list = &cfg.folders},
    {.name = "format",
	.word = "crontab|cronie|systemd|eventbridge|prefect|json",
	.help = "the launcher to write for",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.format,
	.choices = "crontab|cronie|systemd|eventbridge|prefect|json"},
    {.name = "output",
	.word = "FOLDER",
	.help = "where the files of systemd and of eventbridge go",
	.kind = OPTION_TEXT,
	.to.text = &cfg.output},
    {.name = "run-batch",
	.word = "PATH",
	.help = "the program that is called with a batch's name (run-batch beside this program)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.run_batch},
    {.name = "zone",
	.word = "NAME",
	.help = "crontab: the zone of the clock of the host that runs it (this host's)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.zone},
    {.name = "state",
	.word = "FOLDER",
	.help = "the state folder of run-batch (MAM_STATE_DIR)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.state},
    {.name = "user",
	.word = "NAME",
	.help = "the user that runs the batches: the field of /etc/cron.d, or User= of a service",
	.kind = OPTION_TEXT,
	.to.text = &cfg.user},
    {0},
};

static const struct option_row launcher_options[] = {
    {.name = "cluster",
	.word = "ARN",
	.help = "eventbridge: the cluster of ECS",
	.kind = OPTION_TEXT,
	.to.text = &cfg.ecs.cluster},
    {.name = "task-definition",
	.word = "ARN",
	.help = "eventbridge: the task definition",
	.kind = OPTION_TEXT,
	.to.text = &cfg.ecs.task_definition},
    {.name = "role",
	.word = "ARN",
	.help = "eventbridge: the role with which the scheduler starts tasks",
	.kind = OPTION_TEXT,
	.to.text = &cfg.ecs.role},
    {.name = "container",
	.word = "NAME",
	.help = "eventbridge: the container of the task definition (mam-etl)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.ecs.container},
    {.name = "subnets",
	.word = "ID,...",
	.help = "eventbridge: the subnets of the task",
	.kind = OPTION_TEXT,
	.to.text = &cfg.subnets},
    {.name = "security-groups",
	.word = "ID,...",
	.help = "eventbridge: the security groups of the task",
	.kind = OPTION_TEXT,
	.to.text = &cfg.security_groups},
    {.name = "entrypoint",
	.word = "FILE:FLOW",
	.help = "prefect: the flow that runs a list of batches",
	.kind = OPTION_TEXT,
	.to.text = &cfg.prefect.entrypoint},
    {.name = "work-pool",
	.word = "NAME",
	.help = "prefect: the work pool",
	.kind = OPTION_TEXT,
	.to.text = &cfg.prefect.work_pool},
    {.name = "own",
	.word = "NAME=POOL",
	.help = "prefect: this batch has a deployment of its own, in that work pool; may be "
		"repeated",
	.kind = OPTION_LIST,
	.to.list = &cfg.prefect.own},
    {0},
};

static const struct option_row *const tables[] = {options, launcher_options, NULL};
static const struct program program = {.name = "schedule-batches",
    .operands = "[NAME ...]",
    .about = "Writes the schedules of the batches for a launcher.",
    .tables = tables};

static bool
is_format(const char *name)
{
	return strcmp(cfg.format, name) == 0;
}

static void
require(const char *option, const char *value)
{
	if (!value)
		die(STATUS_USAGE, "--format %s needs --%s", cfg.format, option);
}

static void
check_options(void)
{
	if (!cfg.format)
		die(STATUS_USAGE,
		    "--format is missing: crontab, cronie, systemd, eventbridge, prefect or json");
	if (is_format("systemd"))
		require("output", cfg.output);
	else if (cfg.output && !is_format("eventbridge"))
		die(STATUS_USAGE, "--output is for --format systemd and eventbridge");
	if (cfg.zone && !is_format("crontab"))
		die(STATUS_USAGE,
		    "--zone is for --format crontab: the others have the schedule's own zone");
	if (is_format("eventbridge")) {
		require("cluster", cfg.ecs.cluster);
		require("task-definition", cfg.ecs.task_definition);
		require("role", cfg.ecs.role);
		require("subnets", cfg.subnets);
		cfg.ecs.subnets = options_split("subnets", cfg.subnets);
		if (cfg.security_groups)
			cfg.ecs.security_groups =
			    options_split("security-groups", cfg.security_groups);
	}
	if (is_format("prefect")) {
		require("entrypoint", cfg.prefect.entrypoint);
		require("work-pool", cfg.prefect.work_pool);
	}
	if (!cfg.state)
		cfg.state = getenv("MAM_STATE_DIR");
	if (cfg.state && !*cfg.state)
		cfg.state = NULL;
	if (cfg.state && (cfg.state[0] != '/' || strpbrk(cfg.state, "\"\n")))
		die(STATUS_USAGE, "--state: %s is not an absolute path",
		    quoted(slice_of(cfg.state)));
	/* Both become a word of a line. */
	if (cfg.user && (!*cfg.user || strpbrk(cfg.user, " \t\n%\"'\\")))
		die(STATUS_USAGE, "--user: %s is not a user's name", quoted(slice_of(cfg.user)));
	if (cfg.run_batch && (cfg.run_batch[0] != '/' || strchr(cfg.run_batch, '\n')))
		die(STATUS_USAGE, "--run-batch: %s is not an absolute path",
		    quoted(slice_of(cfg.run_batch)));
}

static const char *
run_batch_here(void)
{
	struct buf path = {0};
	buf_printf(&path, "%s/run-batch%c", batches_program_folder(), '\0');
	buf_check(&path, "a path", NULL);
	return path.p;
}

static void
print(const struct buf *b)
{
	buf_check(b, "the output", NULL);
	if (b->n)
		fwrite(b->p, 1, b->n, stdout);
	if (fflush(stdout) || ferror(stdout) || fclose(stdout))
		die_errno(STATUS_IO, "cannot write standard output");
}

static void
write_format(struct buf *out, const struct plan *plan)
{
	if (is_format("crontab"))
		write_crontab(out, plan, cfg.zone);
	else if (is_format("cronie"))
		write_cronie(out, plan);
	else if (is_format("systemd"))
		write_systemd(plan);
	else if (is_format("eventbridge"))
		write_eventbridge(out, plan, &cfg.ecs, cfg.output != NULL);
	else if (is_format("prefect"))
		write_prefect(out, plan, &cfg.prefect);
	else
		write_json(out, plan);
}

int
main(int argc, char **argv)
{
	struct operands names = options_parse(&program, argc, argv);
	check_options();
	struct option_list folders = batches_folders(&cfg.folders);
	const char *named = getenv("MAM_BATCHES");
	struct plan plan = plan_make(&folders, &names);
	plan.run_batch = cfg.run_batch ? cfg.run_batch : run_batch_here();
	plan.user = cfg.user;
	plan.state = cfg.state;
	if (cfg.folders.n || (named && *named))
		plan.folders = plan_folders(&folders);
	if (!plan.n)
		die(STATUS_CONFIG, "no batch has a schedule");

	struct buf out = {0};
	write_format(&out, &plan);
	if (cfg.output) {
		output_write(cfg.output);
		output_report_others(cfg.output, is_format("systemd") ? "mam-batch@" : "",
		    is_format("systemd") ? ".timer" : ".json");
	}
	print(&out);
	return STATUS_OK;
}
