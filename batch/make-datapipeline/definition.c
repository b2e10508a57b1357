/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "batch/make-datapipeline/make.h"
#include "common/json/json_write.h"
#include "common/text/ascii.h"
#include "common/text/shell.h"
#include "common/time/iso.h"

enum {
	MINUTE = 60 * 1000, /* milliseconds */
	RETRY_WAIT = MINUTE,
	RETRY_WAIT_MAX = 60 * MINUTE,
	MARGIN = 15, /* minutes, to fetch the build and to report */
	START = 30,  /* minutes that a machine may need before its task begins */
	SUBJECT_MAX = 100,
};

int64_t
minutes_of(const struct settings *s, const struct head *head)
{
	int64_t tries = head->retries > 0 ? head->retries + 1 : 1;
	int64_t wait = head->retry_wait ? head->retry_wait : RETRY_WAIT;
	int64_t all = tries * (head->timeout ? head->timeout : s->timeout);
	for (int64_t i = 1; i < tries; i++) {
		all += wait > RETRY_WAIT_MAX ? RETRY_WAIT_MAX : wait;
		wait = wait > RETRY_WAIT_MAX ? wait : wait * 2;
	}
	return (all + MINUTE - 1) / MINUTE + MARGIN;
}

static void
put_text(struct buf *b, const char *name, struct slice value)
{
	buf_printf(b, ",\n   \"%s\": ", name);
	json_write_text(b, value);
}

static void
put_option(struct buf *b, const char *name, const char *value)
{
	if (value)
		put_text(b, name, slice_of(value));
}

static void
put_ref(struct buf *b, const char *name, const char *id)
{
	buf_printf(b, ",\n   \"%s\": {\"ref\": \"%s\"}", name, id);
}

static void
put_minutes(struct buf *b, const char *name, int64_t minutes)
{
	buf_printf(b, ",\n   \"%s\": \"%" PRId64 " Minutes\"", name, minutes);
}

static void
begin(struct buf *b, const char *id, const char *type)
{
	buf_printf(b, "  {\"id\": \"%s\", \"name\": \"%s\"", id, id);
	if (type)
		buf_printf(b, ", \"type\": \"%s\"", type);
}

static void
put_default(struct buf *b, const struct settings *s)
{
	begin(b, "Default", NULL);
	put_text(b, "scheduleType", SLICE("cron"));
	put_ref(b, "schedule", "Schedule");
	put_text(b, "failureAndRerunMode", SLICE("NONE"));
	put_text(b, "role", slice_of(s->role));
	put_text(b, "resourceRole", slice_of(s->resource_role));
	put_option(b, "pipelineLogUri", s->log_uri);
	buf_put_text(b, "},\n");
}

static void
put_schedule(struct buf *b, const struct dp_recurrence *times)
{
	struct buf text = {0};
	begin(b, "Schedule", "Schedule");
	dp_recurrence_put(&text, times);
	put_text(b, "period", buf_slice(&text));
	buf_reset(&text);
	iso_put_datetime(&text, times->start * 1000000);
	put_text(b, "startDateTime", buf_slice(&text));
	buf_put_text(b, "},\n");
	buf_free(&text);
}

static void
put_machine(struct buf *b, const struct settings *s, int64_t minutes)
{
	begin(b, "Machine", "Ec2Resource");
	put_text(b, "imageId", slice_of(s->image));
	put_text(b, "instanceType", slice_of(s->instance_type));
	put_option(b, "subnetId", s->subnet);
	put_option(b, "keyPair", s->key_pair);
	put_option(b, "region", s->region);
	if (s->groups.n) {
		buf_put_text(b, ",\n   \"securityGroupIds\": [");
		for (size_t i = 0; i < s->groups.n; i++) {
			buf_put_text(b, i ? ", " : "");
			json_write_text(b, slice_of(s->groups.items[i]));
		}
		buf_put_byte(b, ']');
	}
	put_minutes(b, "terminateAfter", minutes + START);
	put_text(b, "actionOnTaskFailure", SLICE("terminate"));
	put_text(b, "actionOnResourceFailure", SLICE("retryAll"));
	put_text(b, "maximumRetries", SLICE("1"));
	put_text(b, "retryDelay", SLICE("5 Minutes"));
	buf_put_text(b, "},\n");
}

/* A word for the shell: in quotes unless it is plain. */
static void
put_word(struct buf *b, struct slice word)
{
	bool plain = word.n > 0;
	for (size_t i = 0; i < word.n; i++)
		plain &= is_letter(word.p[i]) || is_digit(word.p[i]) ||
			 (word.p[i] && strchr("/._-:=@+,%", word.p[i]));
	if (plain) {
		buf_put_slice(b, word);
		return;
	}
	shell_put_quoted(b, word);
}

/* One line: which shell runs it, and whether its input is closed, is not documented. */
static void
put_command(struct buf *b, const struct settings *s, const struct batch *batch)
{
	struct buf command = {0};
	buf_put_text(&command, "MAM_LAUNCHER=datapipeline MAM_LAUNCH_ID=#{@pipelineId} ");
	put_word(&command, slice_of(s->launcher));
	buf_put_byte(&command, ' ');
	put_word(&command, slice_of(s->artifact));
	buf_put_text(&command, " --slot #{format(@scheduledStartTime,'YYYY-MM-dd')}T"
			       "#{format(@scheduledStartTime,'HH:mm:ss')}Z ");
	put_word(&command, batch->name);
	put_text(b, "command", buf_slice(&command));
	buf_free(&command);
}

static void
put_activity(struct buf *b, const struct settings *s, const struct batch *batch, int64_t minutes)
{
	begin(b, "Run", "ShellCommandActivity");
	put_ref(b, "runsOn", "Machine");
	put_command(b, s, batch);
	put_minutes(b, "attemptTimeout", minutes);
	/* run-batch has retries of its own, which know what may be tried again. */
	put_text(b, "maximumRetries", SLICE("0"));
	put_text(b, "maxActiveInstances", SLICE("1"));
	if (s->topic)
		put_ref(b, "onFail", "Failed");
	if (s->topic && batch->head.late) {
		put_minutes(b, "lateAfterTimeout", (batch->head.late + MINUTE - 1) / MINUTE);
		put_ref(b, "onLateAction", "Late");
	}
	buf_put_byte(b, '}');
}

static void
put_alarm(struct buf *b, const struct settings *s, const struct batch *batch, const char *id,
    const char *what, const char *message)
{
	struct buf subject = {0};
	buf_put_text(b, ",\n");
	begin(b, id, "SnsAlarm");
	buf_printf(&subject, "%s: %.*s", what, (int)batch->name.n, batch->name.p);
	if (subject.n > SUBJECT_MAX)
		subject.n = SUBJECT_MAX;
	put_text(b, "topicArn", slice_of(s->topic));
	put_text(b, "subject", buf_slice(&subject));
	put_text(b, "message", slice_of(message));
	put_text(b, "role", slice_of(s->role));
	buf_put_byte(b, '}');
	buf_free(&subject);
}

void
put_definition(struct buf *b, const struct settings *s, const struct batch *batch,
    const struct dp_recurrence *times)
{
	int64_t minutes = minutes_of(s, &batch->head);
	buf_put_text(b, "{\"objects\": [\n");
	put_default(b, s);
	put_schedule(b, times);
	put_machine(b, s, minutes);
	put_activity(b, s, batch, minutes);
	if (s->topic)
		put_alarm(b, s, batch, "Failed", "failed",
		    "Pipeline #{node.@pipelineId}, run of #{node.@scheduledStartTime}: "
		    "#{node.errorMessage}");
	if (s->topic && batch->head.late)
		put_alarm(b, s, batch, "Late", "late",
		    "Pipeline #{node.@pipelineId}, run of #{node.@scheduledStartTime} has not "
		    "begun.");
	buf_put_text(b, "\n]}\n");
}
