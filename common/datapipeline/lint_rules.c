/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "common/datapipeline/lint_impl.h"
#include "common/text/ascii.h"
#include "common/time/iso.h"

enum {
	MINUTE = 60,
	DAY = 86400,
	PERIOD_MIN = 15 * MINUTE,
	PERIOD_MAX = 3 * 365 * DAY + DAY,
	RETRIES_MAX = 5,
	ACTIVE_MAX = 5,
	DELAY_MIN = 2 * MINUTE,
	GROUPS_MAX = 128,
	MILLION = 1000000,
};

static const struct dp_field *
own(const struct dp_object *o, const char *key)
{
	return dp_own_field(o, slice_of(key));
}

static void
check_required(struct dp_lint *lint, const struct dp_object *o, const struct dp_type *type)
{
	struct dp_slot slot;
	struct {
		size_t n;
		char names[160];
	} groups[GROUPS_MAX] = {0};
	for (size_t at = 0; dp_type_slot(type, &at, &slot);) {
		char key[128];
		snprintf(key, sizeof key, "%.*s", (int)slot.name.n, slot.name.p);
		bool there = dp_field(lint->d, o, key, NULL) != NULL;
		if (slot.required && !there) {
			struct dp_field f = {.key = slot.name};
			lint_add(lint, DP_ERROR, o, &f, "required", "is required, and missing");
		}
		size_t group = (size_t)slot.group % GROUPS_MAX;
		if (!group)
			continue;
		char *names = groups[group].names;
		snprintf(names + strlen(names), sizeof groups[group].names - strlen(names), "%s%s",
		    *names ? " and " : "", key);
		groups[group].n += there;
	}
	for (size_t i = 0; i < GROUPS_MAX; i++) {
		if (!groups[i].names[0])
			continue;
		if (!groups[i].n)
			lint_add(lint, DP_ERROR, o, NULL, "one-of", "one of %s is required",
			    groups[i].names);
		else if (groups[i].n > 1)
			lint_add(lint, i == 'w' ? DP_WARNING : DP_ERROR, o, NULL, "one-of",
			    i == 'w' ? "%s are both given: runsOn counts" : "%s exclude each other",
			    groups[i].names);
	}
}

/* The number of a field, with its parameters put in; false if it has none that is known. */
static bool
number_of(
    const struct dp_lint *lint, const struct dp_object *o, const struct dp_field *f, int64_t *n)
{
	struct buf value = {0};
	bool good = f && lint_value(lint, o, f, &value) &&
		    parse_integer(buf_slice(&value), 0, INT32_MAX, n);
	buf_free(&value);
	return good;
}

/* The limits of fields that many types have. */
static void
check_limits(struct dp_lint *lint, const struct dp_object *o)
{
	const struct dp_field *retries = own(o, "maximumRetries"), *delay = own(o, "retryDelay"),
			      *active = own(o, "maxActiveInstances"),
			      *log = own(o, "pipelineLogUri");
	int64_t n;
	if (number_of(lint, o, retries, &n) && n > RETRIES_MAX)
		lint_add(
		    lint, DP_ERROR, o, retries, "retry", "%d retries are the limit", RETRIES_MAX);
	if (number_of(lint, o, active, &n) && (n < 1 || n > ACTIVE_MAX))
		lint_add(
		    lint, DP_ERROR, o, active, "limit", "is not a number from 1 to %d", ACTIVE_MAX);
	n = delay ? lint_period(lint, o, "retryDelay") : -1;
	if (n >= 0 && n < DELAY_MIN)
		lint_add(lint, DP_ERROR, o, delay, "retry", "2 minutes are the shortest delay");
	if (log && !lint_is_open(log->value) &&
	    (log->value.n < 6 || memcmp(log->value.p, "s3://", 5) != 0))
		lint_add(lint, DP_ERROR, o, log, "uri", "does not begin with s3://");
	const struct dp_field *late = own(o, "onLateAction"), *type = own(o, "scheduleType");
	if (late && !dp_field(lint->d, o, "lateAfterTimeout", NULL))
		lint_add(lint, DP_ERROR, o, late, "required", "needs lateAfterTimeout");
	if (type && lint_is_on_demand(lint) && !slice_is(o->id, "Default"))
		lint_add(lint, DP_ERROR, o, type, "schedule",
		    "the object Default is on demand, and only it may have scheduleType then");
	if (type && !slice_is(o->id, "Default") &&
	    slice_equal_caseless(type->value, SLICE("ondemand")))
		lint_add(lint, DP_ERROR, o, type, "schedule",
		    "ondemand is for all objects, and belongs to the object Default");
}

static void
check_schedule(struct dp_lint *lint, const struct dp_object *o)
{
	const struct dp_field *period = own(o, "period"), *start = own(o, "startDateTime"),
			      *end = own(o, "endDateTime"), *times = own(o, "occurrences"),
			      *at = own(o, "startAt");
	int64_t seconds = lint_period(lint, o, "period"), first, last;
	bool starts = start && iso_read_datetime(start->value, &first);
	if (seconds >= 0 && seconds < PERIOD_MIN)
		lint_add(lint, DP_ERROR, o, period, "period", "15 minutes are the shortest period");
	if (seconds > PERIOD_MAX)
		lint_add(lint, DP_ERROR, o, period, "period", "3 years are the longest period");
	if (end && times)
		lint_add(lint, DP_ERROR, o, times, "one-of",
		    "endDateTime and occurrences exclude each other");
	if (starts && end && iso_read_datetime(end->value, &last) && last <= first)
		lint_add(lint, DP_ERROR, o, end, "schedule", "is not later than startDateTime");
	/* A live definition has begun long ago. */
	if (starts && !lint->d->is_wire && first / MILLION < lint->now - DAY)
		lint_add(lint, DP_WARNING, o, start, "schedule",
		    "is more than a day ago: the activation is refused, or all runs since then "
		    "are made up for");
	else if (starts && !lint->d->is_wire && first / MILLION < lint->now)
		lint_add(lint, DP_WARNING, o, start, "schedule",
		    "is in the past: the runs since then are made up for at once");
	if (at && slice_is(at->value, "ONDEMAND_ACTIVATION_TIME") && !lint_is_on_demand(lint))
		lint_add(lint, DP_ERROR, o, at, "schedule",
		    "needs scheduleType ondemand in the object Default");
}

/* An activity, resource or data node runs by a schedule, or on demand. */
static void
check_is_scheduled(struct dp_lint *lint, const struct dp_object *o)
{
	if (!lint_is_on_demand(lint) && !dp_field(lint->d, o, "schedule", NULL))
		lint_add(lint, DP_ERROR, o, NULL, "schedule",
		    "it has no schedule: neither it nor Default refers to one");
}

static bool
is_image(struct slice value)
{
	if ((value.n != 12 && value.n != 21) || memcmp(value.p, "ami-", 4) != 0)
		return false;
	for (size_t i = 4; i < value.n; i++)
		if (!is_digit(value.p[i]) && !(value.p[i] >= 'a' && value.p[i] <= 'f'))
			return false;
	return true;
}

static void
check_price(struct dp_lint *lint, const struct dp_object *o, const struct dp_field *price)
{
	int64_t whole;
	const char *point = memchr(price->value.p, '.', price->value.n);
	struct slice number = {
	    price->value.p, point ? (size_t)(point - price->value.p) : price->value.n};
	if (!lint_is_open(price->value) && (!parse_integer(number, 0, 19, &whole)))
		lint_add(lint, DP_ERROR, o, price, "number", "is not a price between 0 and 20");
}

static void
check_ec2(struct dp_lint *lint, const struct dp_object *o)
{
	const struct dp_field *image = dp_field(lint->d, o, "imageId", NULL),
			      *price = own(o, "spotBidPrice"), *groups = own(o, "securityGroups");
	struct buf value = {0};
	if (!image)
		lint_add(lint, DP_WARNING, o, NULL, "image",
		    "it has no imageId: the default image is old, knows IMDSv1 only, and changes "
		    "with the region");
	else if (lint_value(lint, o, image, &value) && !is_image(buf_slice(&value)))
		lint_add(lint, DP_ERROR, o, image, "image",
		    "%.*s is not the id of an image such as ami-0123456789abcdef0",
		    (int)(value.n > 60 ? 60 : value.n), value.p);
	buf_free(&value);
	if (!dp_field(lint->d, o, "terminateAfter", NULL))
		lint_add(lint, DP_WARNING, o, NULL, "timeout",
		    "it has no terminateAfter: a machine whose task hangs runs, and costs, for "
		    "ever");
	if (groups && own(o, "securityGroupIds"))
		lint_add(lint, DP_ERROR, o, groups, "one-of",
		    "securityGroups and securityGroupIds exclude each other");
	if (groups && own(o, "subnetId"))
		lint_add(lint, DP_ERROR, o, groups, "field",
		    "a machine in a subnet takes securityGroupIds");
	if (price)
		check_price(lint, o, price);
}

static bool
contains(struct slice text, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i + n <= text.n; i++)
		if (memcmp(text.p + i, word, n) == 0)
			return true;
	return false;
}

static size_t
count(const struct dp_object *o, const char *key)
{
	size_t n = 0;
	for (size_t i = 0; i < o->n; i++)
		n += slice_is(o->fields[i].key, key);
	return n;
}

/* "$1" to "$9", also in braces, that no scriptArgument fills. */
static void
check_arguments(struct dp_lint *lint, const struct dp_object *o, const struct dp_field *command)
{
	size_t given = count(o, "scriptArgument"), highest = 0;
	struct slice text = command->value;
	for (size_t i = 0; i + 1 < text.n; i++) {
		size_t digit = i + 1 + (text.p[i + 1] == '{');
		if (text.p[i] == '$' && digit < text.n && is_digit(text.p[digit]) &&
		    (i == 0 || text.p[i - 1] != '\\') && (size_t)(text.p[digit] - '0') > highest)
			highest = (size_t)(text.p[digit] - '0');
	}
	/* A list in a parameter gives more than one. */
	const struct dp_field *first = own(o, "scriptArgument");
	if (highest > given && !(first && lint_is_open(first->value)))
		lint_add(lint, DP_WARNING, o, command, "argument",
		    "uses $%zu, and %zu scriptArgument are given", highest, given);
}

static void
check_staging(struct dp_lint *lint, const struct dp_object *o, const struct dp_field *command)
{
	static const char *const sides[][2] = {{"input", "INPUT"}, {"output", "OUTPUT"}};
	const struct dp_field *stage = dp_field(lint->d, o, "stage", NULL);
	bool on = stage && slice_equal_caseless(stage->value, SLICE("true"));
	if (on && !own(o, "input") && !own(o, "output"))
		lint_add(lint, DP_WARNING, o, stage, "staging",
		    "without input and output nothing is staged");
	for (size_t i = 0; i < 2; i++)
		for (size_t n = 1; n <= 9; n++) {
			char name[32];
			snprintf(name, sizeof name, "%s%zu_STAGING_DIR", sides[i][1], n);
			if (contains(command->value, name) && (!on || n > count(o, sides[i][0])))
				lint_add(lint, DP_ERROR, o, command, "staging",
				    "uses %s, which needs stage true and %s %zu", name, sides[i][0],
				    n);
		}
}

static void
check_command(struct dp_lint *lint, const struct dp_object *o, const struct dp_field *command)
{
	check_arguments(lint, o, command);
	check_staging(lint, o, command);
	if (memchr(command->value.p, '\n', command->value.n))
		lint_add(lint, DP_WARNING, o, command, "command",
		    "has more than one line: the shell that runs it is not documented, and does "
		    "not stop at a line that fails; call one program");
	if (contains(command->value, "169.254.169.254") &&
	    !contains(command->value, "latest/api/token"))
		lint_add(lint, DP_WARNING, o, command, "imds",
		    "asks for metadata without a token: an image that requires IMDSv2 refuses it");
	int64_t retries;
	const struct dp_field *f = dp_field(lint->d, o, "maximumRetries", NULL);
	if ((contains(command->value, "run-batch") || contains(command->value, "/launcher ")) &&
	    number_of(lint, o, f, &retries) && retries)
		lint_add(lint, DP_WARNING, o, f, "retry",
		    "run-batch tries again by itself what may be tried again, and this repeats "
		    "also what failed for good; set 0");
}

static void
check_shell(struct dp_lint *lint, const struct dp_object *o)
{
	static const char *const outputs[] = {"stdout", "stderr"};
	const struct dp_field *command = own(o, "command"), *script = own(o, "scriptUri"),
			      *argument = own(o, "scriptArgument");
	if (script && argument)
		lint_add(lint, DP_ERROR, o, argument, "field",
		    "is for command: a scriptUri takes no arguments");
	if (script && !lint_is_open(script->value) &&
	    (script->value.n < 6 || memcmp(script->value.p, "s3://", 5) != 0))
		lint_add(lint, DP_ERROR, o, script, "uri", "does not begin with s3://");
	bool remote = dp_field(lint->d, o, "runsOn", NULL) != NULL;
	for (size_t i = 0; i < 2; i++) {
		const struct dp_field *f = own(o, outputs[i]);
		if (f && remote && (f->value.n < 5 || memcmp(f->value.p, "s3://", 5) != 0) &&
		    (f->value.n < 2 || memcmp(f->value.p, "#{", 2) != 0))
			lint_add(lint, DP_ERROR, o, f, "uri",
			    "must begin with s3:// where runsOn is given: the machine goes away");
	}
	if (command && command->kind == DP_VALUE_TEXT)
		check_command(lint, o, command);
}

static void
check_activity(struct dp_lint *lint, const struct dp_object *o)
{
	const struct dp_object *machine = dp_target(lint->d, o, "runsOn");
	int64_t most = machine ? lint_period(lint, machine, "terminateAfter") : -1;
	int64_t attempt = lint_period(lint, o, "attemptTimeout");
	if (attempt > 0 && most > 0 && most <= attempt)
		lint_add(lint, DP_WARNING, o, dp_field(lint->d, o, "attemptTimeout", NULL),
		    "timeout",
		    "the machine ends first, by its terminateAfter; the task is TIMEDOUT then, "
		    "and its retries are ignored");
	if (attempt < 0 && !dp_field(lint->d, o, "attemptTimeout", NULL) && most < 0)
		lint_add(lint, DP_WARNING, o, NULL, "timeout",
		    "neither attemptTimeout nor the machine's terminateAfter ends a task that "
		    "hangs");
	if (!dp_field(lint->d, o, "onFail", NULL))
		lint_add(lint, DP_WARNING, o, NULL, "alarm",
		    "it has no onFail: no alarm reports a run that failed");
	if (machine && !dp_field(lint->d, o, "pipelineLogUri", NULL))
		lint_add(lint, DP_WARNING, o, NULL, "log",
		    "it has no pipelineLogUri: its log goes away with the machine");
}

static void
check_alarm(struct dp_lint *lint, const struct dp_object *o)
{
	const struct dp_field *topic = own(o, "topicArn");
	if (topic && !lint_is_open(topic->value) &&
	    (topic->value.n < 12 || memcmp(topic->value.p, "arn:aws", 7) != 0 ||
		!contains(topic->value, ":sns:")))
		lint_add(lint, DP_ERROR, o, topic, "uri", "is not the ARN of a topic of SNS");
}

void
lint_object(struct dp_lint *lint, const struct dp_object *o, const struct dp_type *type)
{
	check_limits(lint, o);
	if (!type)
		return;
	check_required(lint, o, type);
	enum dp_class class = dp_type_class(type);
	if (class == DP_ACTIVITY || class == DP_RESOURCE || class == DP_DATA_NODE)
		check_is_scheduled(lint, o);
	if (class == DP_ACTIVITY)
		check_activity(lint, o);
	if (class == DP_SCHEDULE)
		check_schedule(lint, o);
	if (slice_is(o->type, "Ec2Resource"))
		check_ec2(lint, o);
	if (slice_is(o->type, "ShellCommandActivity") ||
	    slice_is(o->type, "ShellCommandPrecondition"))
		check_shell(lint, o);
	if (slice_is(o->type, "SnsAlarm"))
		check_alarm(lint, o);
}
