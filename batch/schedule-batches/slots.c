/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "batch/schedule-batches/plan.h"
#include "common/json/json_write.h"
#include "common/program/message.h"

/* Batches with the same times and zone: a launcher such as Prefect starts them together. */
static int
by_slot(const void *a, const void *b)
{
	const struct planned *x = *(const struct planned *const *)a,
			     *y = *(const struct planned *const *)b;
	int order = slice_compare(x->schedule.zone, y->schedule.zone);
	if (!order)
		order = slice_compare(x->cron, y->cron);
	return order ? order : slice_compare(x->batch->name, y->batch->name);
}

static const struct planned **
sorted_by_slot(const struct plan *plan)
{
	const struct planned **sorted = xcalloc(plan->n + 1, sizeof(const struct planned *));
	for (size_t i = 0; i < plan->n; i++)
		sorted[i] = &plan->items[i];
	if (plan->n)
		qsort(sorted, plan->n, sizeof(const struct planned *), by_slot);
	return sorted;
}

/* How many from the first on have its schedule. */
static size_t
slot_length(const struct planned *const *first, size_t left)
{
	size_t n = 1;
	while (n < left && slice_equal(first[n]->cron, first[0]->cron) &&
	       slice_equal(first[n]->schedule.zone, first[0]->schedule.zone))
		n++;
	return n;
}

/* JSON text in quotes is YAML, too. */
static void
put_names(struct buf *b, const struct planned *const *first, size_t n)
{
	buf_put_byte(b, '[');
	for (size_t i = 0; i < n; i++) {
		buf_put_text(b, i ? ", " : "");
		json_write_text(b, first[i]->batch->name);
	}
	buf_put_byte(b, ']');
}

void
write_json(struct buf *b, const struct plan *plan)
{
	const struct planned **sorted = sorted_by_slot(plan);
	for (size_t i = 0, n; i < plan->n; i += n) {
		n = slot_length(sorted + i, plan->n - i);
		buf_put_text(b, "{\"cron\":");
		json_write_text(b, sorted[i]->cron);
		buf_put_text(b, ",\"timezone\":");
		json_write_text(b, zone_name(sorted[i]));
		buf_put_text(b, ",\"batches\":");
		put_names(b, sorted + i, n);
		buf_put_text(b, "}\n");
	}
	free(sorted);
}

/* Names of Prefect may not contain '/'. */
static void
put_name(struct buf *b, const struct planned *p)
{
	struct buf name = {0};
	buf_put_slice(&name, p->cron);
	buf_put_byte(&name, ' ');
	buf_put_slice(&name, p->schedule.zone);
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '/')
			name.p[i] = '~';
	json_write_text(b, buf_slice(&name));
	buf_free(&name);
}

void
write_prefect(struct buf *b, const struct plan *plan, const char *entrypoint, const char *work_pool)
{
	const struct planned **sorted = sorted_by_slot(plan);
	buf_put_text(b, "# Made by schedule-batches: one deployment for all batches of a "
			"schedule.\ndeployments:\n");
	for (size_t i = 0, n; i < plan->n; i += n) {
		n = slot_length(sorted + i, plan->n - i);
		if (needs_both_days(&sorted[i]->schedule))
			die(STATUS_CONFIG,
			    "%s: the schedule \"%.*s\" runs on days that fit both day fields, and "
			    "Prefect would run it on days that fit either; use --format systemd",
			    sorted[i]->batch->path, (int)sorted[i]->schedule.fields.n,
			    sorted[i]->schedule.fields.p);
		buf_put_text(b, "- name: ");
		put_name(b, sorted[i]);
		buf_put_text(b, "\n  entrypoint: ");
		json_write_text(b, slice_of(entrypoint));
		buf_put_text(b, "\n  parameters:\n    batches: ");
		put_names(b, sorted + i, n);
		buf_put_text(b, "\n  schedules:\n  - {cron: ");
		json_write_text(b, sorted[i]->cron);
		buf_put_text(b, ", timezone: ");
		json_write_text(b, zone_name(sorted[i]));
		buf_put_text(b, "}\n  work_pool: {name: ");
		json_write_text(b, slice_of(work_pool));
		buf_put_text(b, "}\n");
	}
	free(sorted);
}
