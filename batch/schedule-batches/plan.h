/* SPDX-License-Identifier: MIT */
#ifndef BATCH_SCHEDULE_BATCHES_PLAN_H
#define BATCH_SCHEDULE_BATCHES_PLAN_H

#include "common/batch/schedule.h"
#include "common/operate/batches.h"

/* A batch with its schedule; all of them are good. */
struct planned {
	const struct batch *batch;
	struct schedule schedule;
	const struct zone *zone;
	struct slice cron; /* its five fields, in the form that every cron reads */
};

struct plan {
	struct planned *items; /* by name */
	size_t n;
	const char *run_batch; /* its absolute path */
	char *folders;         /* MAM_BATCHES for it, or NULL: it finds them by itself */
	const char *state;     /* MAM_STATE_DIR for it, or NULL: the default */
	const char *user;      /* or NULL */
};

/*
 * The batches of the folders that have a schedule; with names, those batches.
 * Reports all mistakes, then dies with STATUS_CONFIG: a batch that was silently
 * left out would never run.
 */
struct plan plan_make(const struct option_list *folders, const struct operands *names);

/*
 * A field of cron in the form that every cron reads: digits, lists, ranges and steps of a range. The
 * words of the user are kept if they are that.
 */
void put_field(struct buf *b, const struct schedule *s, size_t field);
/* All five, with a space between them. */
void put_fields(struct buf *b, const struct schedule *s);
/* The bits from low to high as a list with ranges, "*" if they are all set; plus is added to each number. */
void put_numbers(
    struct buf *b, uint64_t bits, unsigned low, unsigned high, const char *range, int plus);
/* Whether all days of the month, or of the week, are in the schedule. */
bool every_day(const struct schedule *s);
bool every_weekday(const struct schedule *s);
bool every_month(const struct schedule *s);

/*
 * The zone by a name that other programs know: Etc/GMT-9 for +09:00. Dies with
 * STATUS_CONFIG if it has no such name. Lives for ever.
 */
struct slice zone_name(const struct planned *p);
/*
 * Both day fields are restricted and both must fit, since one begins with "*": cron's own rule, which
 * other programs do not have.
 */
bool needs_both_days(const struct schedule *s);

/* Folders for the setting MAM_BATCHES, with absolute paths; it lives for ever. */
char *plan_folders(const struct option_list *folders);

/* The forms. They append to the buffer, or collect files; they die with STATUS_CONFIG on a schedule that the launcher cannot express. */
void write_crontab(struct buf *b, const struct plan *plan, const char *host_zone);
void write_cronie(struct buf *b, const struct plan *plan);
void write_systemd(const struct plan *plan);
struct prefect {
	const char *entrypoint, *work_pool;
	struct option_list own; /* "NAME=POOL": a deployment of this batch alone, in that pool */
};
void write_prefect(struct buf *b, const struct plan *plan, const struct prefect *prefect);
void write_json(struct buf *b, const struct plan *plan);

struct ecs {
	const char *cluster, *task_definition, *role, *container;
	struct option_list subnets, security_groups;
};
/* One object a line, or one file for each batch. */
void write_eventbridge(struct buf *b, const struct plan *plan, const struct ecs *ecs, bool files);

/* A file of the output; all are written at the end, so that a mistake writes none. Both are kept. */
void output_add(const char *name, const struct buf *text);
/* Writes them into the folder, which is made, each whole or not at all. Dies with STATUS_IO. */
void output_write(const char *folder);
/* A message for each file of the folder with this beginning and ending that was not written. */
void output_report_others(const char *folder, const char *beginning, const char *ending);

#endif
