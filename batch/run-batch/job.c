/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "batch/run-batch/job.h"
#include "common/batch/schedule.h"
#include "common/operate/state.h"
#include "common/program/message.h"
#include "common/program/zone_file.h"
#include "common/time/iso.h"

enum { DAY_SECONDS = 86400, DAY_MILLISECONDS = 86400 * 1000 };

/* The head that the options alone would make, read by the same rules as a file's. */
static void
add_line(struct buf *text, const char *key, const char *value)
{
	if (value)
		buf_printf(text, "# %s: %s\n", key, value);
}

/* Options override keys of the head. */
static void
apply_options(struct job *job)
{
	struct buf text = {0};
	struct head given;
	struct head_mistake mistake;
	add_line(&text, "batch", cfg.name);
	add_line(&text, "schedule", cfg.schedule);
	add_line(&text, "target", cfg.target);
	add_line(&text, "owner", cfg.owner);
	for (size_t i = 0; i < cfg.secrets.n; i++)
		add_line(&text, "secrets", cfg.secrets.items[i]);
	for (size_t i = 0; i < cfg.settings.n; i++)
		add_line(&text, "settings", cfg.settings.items[i]);
	buf_check(&text, "the options", NULL);
	if (!head_read(buf_slice(&text), &given, &mistake))
		die(STATUS_USAGE, "--%s", mistake.text);
	/* The buffer lives on: slices of the head point into it. */
	struct head *h = &job->head;
	if (cfg.name)
		job->name = h->name = given.name;
	if (cfg.schedule)
		h->schedule = given.schedule;
	if (cfg.target)
		h->target = given.target;
	if (cfg.owner)
		h->owner = given.owner;
	for (size_t i = 0; i < given.secret_count && h->secret_count < HEAD_WORDS_MAX; i++)
		h->secrets[h->secret_count++] = given.secrets[i];
	for (size_t i = 0; i < given.setting_count && h->setting_count < HEAD_WORDS_MAX; i++)
		h->settings[h->setting_count++] = given.settings[i];
	if (cfg.timeout >= 0)
		h->timeout = cfg.timeout;
	if (cfg.retries >= 0)
		h->retries = cfg.retries;
	if (cfg.retry_wait >= 0)
		h->retry_wait = cfg.retry_wait;
	else if (!h->retry_wait)
		h->retry_wait = 60 * 1000;
	if (cfg.window >= 0) {
		if (cfg.window % DAY_MILLISECONDS)
			die(STATUS_USAGE, "--window is not a number of whole days");
		h->window_days = cfg.window / DAY_MILLISECONDS;
	}
}

struct job
job_read(const struct operands *operands)
{
	struct job job = {0};
	if (operands->command && operands->n)
		die(STATUS_USAGE, "give a NAME, or a command after \"--\", not both");
	if (!operands->command && !operands->n)
		die(STATUS_USAGE, "which batch? give a NAME, or a command after \"--\"");
	if (operands->command) {
		const char *slash = strrchr(operands->command[0], '/');
		job.head.retries = -1;
		job.argv = operands->command;
		job.name = slice_of(slash ? slash + 1 : operands->command[0]);
	} else {
		struct option_list folders = {0};
		/* A path needs no folders, which may not exist. */
		if (!strchr(operands->items[0], '/'))
			folders = batches_folders(&cfg.batches);
		struct batch batch = batches_one(&folders, operands->items[0]);
		char **argv = xcalloc(operands->n + 1, sizeof *argv);
		argv[0] = batch.path;
		for (size_t i = 1; i < operands->n; i++)
			argv[i] = xstring(slice_of(operands->items[i]));
		job.argv = argv;
		job.name = batch.name;
		job.head = batch.head;
	}
	apply_options(&job);
	if (!head_name_is_good(job.name))
		die(STATUS_CONFIG, "%s cannot be the name of a batch, give it one with --name",
		    quoted(job.name));
	return job;
}

/* The zone of the schedule; NULL if the head has none. */
static const struct zone *
zone_of(const struct job *job, struct schedule *schedule)
{
	struct slice at;
	const char *wrong;
	if (!job->head.schedule.n)
		return NULL;
	if ((wrong = schedule_read(job->head.schedule, schedule, &at)))
		die(STATUS_BUG, "the schedule %s", wrong);
	const struct zone *zone = zone_named(schedule->zone, &wrong);
	if (!zone)
		die(STATUS_CONFIG, "schedule: the zone %s %s", quoted(schedule->zone), wrong);
	return zone;
}

static int64_t
read_day(const char *option, const char *text)
{
	int64_t days;
	if (!iso_read_date(slice_of(text), &days))
		die(STATUS_USAGE, "--%s: %s is not a day, YYYY-MM-DD", option,
		    quoted(slice_of(text)));
	return days;
}

/* The first instant of a day; where clocks skip midnight, the one after it. */
static int64_t
start_of_day(const struct zone *zone, int64_t days)
{
	int64_t earlier, later, local = days * DAY_SECONDS;
	if (!zone)
		return local;
	while (zone_instants(zone, local, &earlier, &later) == ZONE_NEVER)
		local += 60;
	return earlier;
}

int64_t
job_slot(const struct job *job, bool *exact)
{
	struct schedule schedule;
	const struct zone *zone = zone_of(job, &schedule);
	int64_t seconds, now = state_now() / 1000;
	uint32_t nanoseconds;
	*exact = true;
	if (cfg.slot) {
		if (!iso_read_timestamp(slice_of(cfg.slot), &seconds, &nanoseconds))
			die(STATUS_USAGE,
			    "--slot: %s is not a time with its zone, such as "
			    "2026-11-26T06:30:00+09:00",
			    quoted(slice_of(cfg.slot)));
		return seconds;
	}
	if (cfg.to)
		return start_of_day(zone, read_day("to", cfg.to));
	if (zone && schedule_last(&schedule, zone, now, &seconds))
		return seconds;
	*exact = false;
	return now;
}

struct window
job_window(const struct job *job, int64_t slot)
{
	struct window w = {0};
	struct schedule schedule;
	if (!cfg.from != !cfg.to)
		die(STATUS_USAGE, "--from and --to must be given together");
	if (cfg.from) {
		if (read_day("from", cfg.from) >= read_day("to", cfg.to))
			die(STATUS_USAGE, "--from %s is not before --to %s", cfg.from, cfg.to);
		buf_put_text(&w.from, cfg.from);
		buf_put_text(&w.to, cfg.to);
	} else if (job->head.window_days) {
		const struct zone *zone = zone_of(job, &schedule);
		if (!zone)
			die(STATUS_CONFIG,
			    "a window needs a schedule, whose zone decides which day it is");
		int64_t local = slot + zone_offset(zone, slot);
		int64_t day =
		    (local - (local % DAY_SECONDS + DAY_SECONDS) % DAY_SECONDS) / DAY_SECONDS;
		iso_put_date(&w.from, day - job->head.window_days);
		iso_put_date(&w.to, day);
	}
	buf_check(&w.from, "the window", NULL);
	buf_check(&w.to, "the window", NULL);
	return w;
}

static void
check_variable(struct buf *missing, struct slice name)
{
	char *text = xstring(name);
	const char *value = getenv(text);
	if (!value || !*value)
		buf_printf(missing, "%s%s", missing->n ? ", " : "", text);
	free(text);
}

/* A batch may change its folder, and a release of media files may be gone. */
static void
check_media(void)
{
	const char *folder = getenv("MAM_MEDIA");
	if (!folder || !*folder)
		return;
	char *path = realpath(folder, NULL);
	if (!path || access(path, R_OK | X_OK))
		die_errno(
		    STATUS_CONFIG, "MAM_MEDIA: cannot read the folder of media files %s", folder);
	if (setenv("MAM_MEDIA", path, 1))
		die_errno(STATUS_TRY_AGAIN, "cannot set MAM_MEDIA");
	free(path);
}

void
job_check_environment(const struct job *job)
{
	struct buf missing = {0};
	for (size_t i = 0; i < job->head.setting_count; i++)
		check_variable(&missing, job->head.settings[i]);
	for (size_t i = 0; i < job->head.secret_count; i++)
		if (!job->head.secrets[i].source.n)
			check_variable(&missing, job->head.secrets[i].variable);
	buf_put_byte(&missing, '\0');
	buf_check(&missing, "the missing variables", NULL);
	if (missing.n > 1)
		die(STATUS_CONFIG, "these environment variables are missing or empty: %s",
		    missing.p);
	buf_free(&missing);
	check_media();
}

char *const *
job_command(const struct job *job)
{
	size_t n = 0, arguments = 0;
	for (size_t i = 0; i < job->head.secret_count; i++)
		n += job->head.secrets[i].source.n > 0;
	if (!n)
		return job->argv;
	while (job->argv[arguments])
		arguments++;
	char **argv = xcalloc(2 * n + arguments + 4, sizeof *argv);
	struct buf program = {0};
	buf_printf(&program, "%s/secret%c", batches_program_folder(), '\0');
	buf_check(&program, "a path", NULL);
	size_t at = 0;
	argv[at++] = program.p;
	argv[at++] = xstring(SLICE("exec"));
	for (size_t i = 0; i < job->head.secret_count; i++) {
		const struct head_secret *s = &job->head.secrets[i];
		if (!s->source.n)
			continue;
		struct buf map = {0};
		buf_printf(&map, "%.*s=%.*s%c", (int)s->variable.n, s->variable.p, (int)s->source.n,
		    s->source.p, '\0');
		buf_check(&map, "a secret's name", NULL);
		argv[at++] = xstring(SLICE("--map"));
		argv[at++] = map.p;
	}
	argv[at++] = xstring(SLICE("--"));
	for (size_t i = 0; i < arguments; i++)
		argv[at++] = job->argv[i];
	return argv;
}
