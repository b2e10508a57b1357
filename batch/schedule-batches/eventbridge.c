/* SPDX-License-Identifier: MIT */
#include "batch/schedule-batches/plan.h"
#include "common/json/json_write.h"
#include "common/program/message.h"

/*
 * Amazon EventBridge Scheduler: the request CreateSchedule, whose target starts a task of ECS. Its
 * cron has a sixth field for the year and counts the days of the week from 1; one of the two day
 * fields must be "?".
 */

enum { NAME_BYTES_MAX = 64 }; /* of a schedule */

static void
put_member(struct buf *b, const char *name, const char *value)
{
	json_write_text(b, slice_of(name));
	buf_put_byte(b, ':');
	if (!json_write_text(b, slice_of(value)))
		die(STATUS_USAGE, "%s: %s is not UTF-8", name, quoted(slice_of(value)));
}

static void
put_list(struct buf *b, const struct option_list *list)
{
	buf_put_byte(b, '[');
	for (size_t i = 0; i < list->n; i++) {
		buf_put_text(b, i ? "," : "");
		json_write_text(b, slice_of(list->items[i]));
	}
	buf_put_byte(b, ']');
}

static void
put_expression(struct buf *b, const struct planned *p)
{
	const struct schedule *s = &p->schedule;
	bool days = !every_day(s), weekdays = !every_weekday(s);
	bool either = !s->any_day && !s->any_weekday;
	if (either && (!days || !weekdays))
		days = weekdays = false; /* one of them is every day */
	if (days && weekdays)
		die(STATUS_CONFIG,
		    "%s: the schedule \"%.*s\" restricts the day of the month and the day of the "
		    "week, and EventBridge takes one of them; use --format systemd, or two batches",
		    p->batch->path, (int)s->fields.n, s->fields.p);
	buf_put_text(b, "cron(");
	put_numbers(b, s->minutes, 0, 59, "-", 0);
	buf_put_byte(b, ' ');
	put_numbers(b, s->hours, 0, 23, "-", 0);
	buf_put_byte(b, ' ');
	if (weekdays)
		buf_put_byte(b, '?');
	else if (days)
		put_numbers(b, s->days, 1, 31, "-", 0);
	else
		buf_put_byte(b, '*');
	buf_put_byte(b, ' ');
	put_numbers(b, s->months, 1, 12, "-", 0);
	buf_put_byte(b, ' ');
	if (weekdays)
		put_numbers(b, s->weekdays, 0, 6, "-", 1);
	else
		buf_put_byte(b, '?');
	buf_put_text(b, " *)");
}

/* The command of the container. The scheduler puts the time that it is for in place of the mark. */
static void
put_input(struct buf *b, const struct planned *p, const struct ecs *ecs)
{
	buf_put_text(b, "{\"containerOverrides\":[{");
	put_member(b, "name", ecs->container);
	buf_put_text(b, ",\"command\":[\"run-batch\",");
	json_write_text(b, p->batch->name);
	buf_put_text(b, ",\"--slot\",\"<aws.scheduler.scheduled-time>\"]}]}");
}

static void
put_target(struct buf *b, const struct planned *p, const struct ecs *ecs)
{
	struct buf input = {0};
	put_input(&input, p, ecs);
	buf_check(&input, "a command", NULL);
	buf_put_text(b, "\"Target\":{");
	put_member(b, "Arn", ecs->cluster);
	buf_put_byte(b, ',');
	put_member(b, "RoleArn", ecs->role);
	buf_put_text(b, ",\"EcsParameters\":{");
	put_member(b, "TaskDefinitionArn", ecs->task_definition);
	buf_put_text(b, ",\"TaskCount\":1,\"LaunchType\":\"FARGATE\",\"NetworkConfiguration\":{"
			"\"awsvpcConfiguration\":{\"Subnets\":");
	put_list(b, &ecs->subnets);
	if (ecs->security_groups.n) {
		buf_put_text(b, ",\"SecurityGroups\":");
		put_list(b, &ecs->security_groups);
	}
	buf_put_text(b, "}}},\"Input\":");
	json_write_text(b, buf_slice(&input));
	/* The call of ECS is repeated for an hour; the batch's own retries are run-batch's. */
	buf_put_text(b, ",\"RetryPolicy\":{\"MaximumEventAgeInSeconds\":3600,"
			"\"MaximumRetryAttempts\":20}}");
	buf_free(&input);
}

static void
put_schedule(struct buf *b, const struct planned *p, const struct ecs *ecs)
{
	struct buf expression = {0};
	struct slice name = p->batch->name;
	if (name.n > NAME_BYTES_MAX)
		die(STATUS_CONFIG, "%s: EventBridge takes names of at most %d bytes, not %s",
		    p->batch->path, NAME_BYTES_MAX, quoted(name));
	put_expression(&expression, p);
	buf_put_text(b, "{\"Name\":");
	json_write_text(b, name);
	buf_put_text(b, ",\"ScheduleExpression\":");
	json_write_text(b, buf_slice(&expression));
	buf_put_text(b, ",\"ScheduleExpressionTimezone\":");
	json_write_text(b, zone_name(p));
	buf_put_text(b, ",\"FlexibleTimeWindow\":{\"Mode\":\"OFF\"},\"State\":\"ENABLED\",");
	put_target(b, p, ecs);
	buf_put_text(b, "}\n");
	buf_free(&expression);
}

void
write_eventbridge(struct buf *b, const struct plan *plan, const struct ecs *ecs, bool files)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct planned *p = &plan->items[i];
		if (!files) {
			put_schedule(b, p, ecs);
			continue;
		}
		struct buf text = {0}, name = {0};
		put_schedule(&text, p, ecs);
		buf_printf(&name, "%.*s.json%c", (int)p->batch->name.n, p->batch->name.p, '\0');
		buf_check(&name, "a name", NULL);
		output_add(name.p, &text);
	}
}
