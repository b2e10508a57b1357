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

/* One deployment of n batches with the schedule of the first. */
static void
put_deployment(struct buf *b, const struct planned *const *first, size_t n, const char *entrypoint,
    const char *pool)
{
	buf_put_text(b, "\n  entrypoint: ");
	json_write_text(b, slice_of(entrypoint));
	buf_put_text(b, "\n  parameters:\n    batches: ");
	put_names(b, first, n);
	buf_put_text(b, "\n  schedules:\n  - {cron: ");
	json_write_text(b, first[0]->cron);
	buf_put_text(b, ", timezone: ");
	json_write_text(b, zone_name(first[0]));
	buf_put_text(b, "}\n  work_pool: {name: ");
	json_write_text(b, slice_of(pool));
	buf_put_text(b, "}\n");
}

/* The pool of a batch with a deployment of its own, or NULL. */
static const char *
own_pool(const struct option_list *own, struct slice name)
{
	for (size_t i = 0; i < own->n; i++)
		if (strncmp(own->items[i], name.p, name.n) == 0 && own->items[i][name.n] == '=')
			return own->items[i] + name.n + 1;
	return NULL;
}

static void
check_own(const struct plan *plan, const struct option_list *own)
{
	for (size_t i = 0; i < own->n; i++) {
		const char *equals = strchr(own->items[i], '=');
		if (!equals || !equals[1])
			die(STATUS_USAGE, "--own: %s is not NAME=POOL",
			    quoted(slice_of(own->items[i])));
		struct slice name = {own->items[i], (size_t)(equals - own->items[i])};
		bool found = false;
		for (size_t j = 0; j < plan->n; j++)
			found |= slice_equal(plan->items[j].batch->name, name);
		if (!found)
			die(STATUS_CONFIG, "--own: no batch with a schedule has the name %s",
			    quoted(name));
	}
}

void
write_prefect(struct buf *b, const struct plan *plan, const struct prefect *prefect)
{
	const struct planned **sorted = sorted_by_slot(plan);
	size_t kept = 0;
	check_own(plan, &prefect->own);
	buf_put_text(b, "# Made by schedule-batches: one deployment for all batches of a "
			"schedule.\ndeployments:\n");
	for (size_t i = 0; i < plan->n; i++) {
		const struct planned *p = sorted[i];
		if (needs_both_days(&p->schedule))
			die(STATUS_CONFIG,
			    "%s: the schedule \"%.*s\" runs on days that fit both day fields, and "
			    "Prefect would run it on days that fit either; use --format systemd",
			    p->batch->path, (int)p->schedule.fields.n, p->schedule.fields.p);
		const char *pool = own_pool(&prefect->own, p->batch->name);
		if (!pool) {
			sorted[kept++] = p;
			continue;
		}
		buf_put_text(b, "- name: ");
		json_write_text(b, p->batch->name);
		put_deployment(b, &p, 1, prefect->entrypoint, pool);
	}
	for (size_t i = 0, n; i < kept; i += n) {
		n = slot_length(sorted + i, kept - i);
		buf_put_text(b, "- name: ");
		put_name(b, sorted[i]);
		put_deployment(b, sorted + i, n, prefect->entrypoint, prefect->work_pool);
	}
	free(sorted);
}
