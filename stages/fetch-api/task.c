/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/program/message.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/task.h"

void
task_clear(struct task *t)
{
	t->record = NULL;
	t->number = 0;
	t->several = false;
	t->group.n = 0;
	coverage_clear(&t->coverage);
	t->poll = (struct poll_notes){0};
	job_clear(&t->job);
	t->token = 0;
}

void
task_focus(struct task *t, size_t i)
{
	bool one = i < t->group.n;
	if (!t->group.n)
		return;
	const struct task_record *r = &t->group.list[one ? i : 0];
	t->record = &r->record;
	t->number = r->number;
	t->several = config.group && !one;
}

void
task_take(struct task *t, struct group *group)
{
	struct group old = t->group;
	task_clear(t);
	t->group = *group;
	*group = old;
	task_focus(t, t->group.n);
}

void
group_add(struct group *g, struct slice raw, const struct schema *schema, uint64_t number)
{
	if (g->n == g->cap) {
		size_t cap = g->cap ? 2 * g->cap : 1;
		g->list = xrealloc(g->list, cap * sizeof *g->list);
		memset(g->list + g->cap, 0, (cap - g->cap) * sizeof *g->list);
		g->cap = cap;
	}
	struct task_record *r = &g->list[g->n++];
	buf_reset(&r->raw);
	buf_put_slice(&r->raw, raw);
	schema_copy(&r->schema, schema);
	buf_check(&r->raw, "an input record", NULL);
	buf_check(&r->schema.names, "an input record", NULL);
	/* stream_decode has found it good. */
	if (!record_read(&r->record, &r->schema, buf_slice(&r->raw), false))
		die(STATUS_BUG, "record %" PRIu64 " cannot be copied", number);
	r->number = number;
}

void
group_copy(struct group *to, const struct group *from)
{
	to->n = 0;
	for (size_t i = 0; i < from->n; i++)
		group_add(
		    to, buf_slice(&from->list[i].raw), &from->list[i].schema, from->list[i].number);
}

/* Where the current task writes to; NULL: the stream. */
static struct output *
output_of(struct task *t)
{
	return t->holds ? &t->held : t->waits ? &t->output : NULL;
}

char *
task_reserve(size_t n)
{
	struct output *o = output_of(fetch.task);
	return o ? output_reserve(o, n) : stream_out_reserve(fetch.out, n);
}

void
task_commit(size_t used)
{
	struct output *o = output_of(fetch.task);
	if (o)
		output_commit(o, used);
	else
		stream_out_commit(fetch.out, used);
}

void
task_item(struct slice raw)
{
	struct output *o = output_of(fetch.task);
	if (o)
		output_item(o, raw);
	else
		stream_out_item(fetch.out, raw);
}

void
task_release(void)
{
	struct task *t = fetch.task;
	output_move(&t->held, t->waits ? &t->output : NULL);
}

void
task_forget(void)
{
	output_forget(&fetch.task->held);
}

void
task_flush(void)
{
	if (!fetch.task->waits)
		stream_out_flush(fetch.out);
}
