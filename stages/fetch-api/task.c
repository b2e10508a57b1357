/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/task.h"
#include "common/program/message.h"
#include "stages/fetch-api/fetch.h"

void
task_clear(struct task *t)
{
	t->record = NULL;
	t->number = 0;
	coverage_clear(&t->coverage);
	t->poll = (struct poll_notes){0};
	job_clear(&t->job);
	t->token = 0;
}

void
task_take(struct task *t, struct slice raw, const struct schema *schema, uint64_t number)
{
	task_clear(t);
	buf_reset(&t->raw);
	buf_put_slice(&t->raw, raw);
	schema_copy(&t->schema, schema);
	buf_check(&t->raw, "an input record", NULL);
	buf_check(&t->schema.names, "an input record", NULL);
	/* stream_decode has found it good. */
	if (!record_read(&t->decoded, &t->schema, buf_slice(&t->raw), false))
		die(STATUS_BUG, "record %llu cannot be copied", (unsigned long long)number);
	t->record = &t->decoded;
	t->number = number;
}

char *
task_reserve(size_t n)
{
	struct task *t = fetch.task;
	return t->waits ? output_reserve(&t->output, n) : stream_out_reserve(fetch.out, n);
}

void
task_commit(size_t used)
{
	struct task *t = fetch.task;
	if (t->waits)
		output_commit(&t->output, used);
	else
		stream_out_commit(fetch.out, used);
}

void
task_item(struct slice raw)
{
	struct task *t = fetch.task;
	if (t->waits)
		output_item(&t->output, raw);
	else
		stream_out_item(fetch.out, raw);
}

void
task_flush(void)
{
	if (!fetch.task->waits)
		stream_out_flush(fetch.out);
}
