/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/batch/run.h"
#include "common/json/json_read.h"
#include "common/json/json_write.h"
#include "common/record/mp_path.h"
#include "common/text/utf8.h"
#include "common/text/visible.h"
#include "common/time/iso.h"

const char *const run_text_names[RUN_TEXTS] = {
    [RUN_ID] = "id",
    [RUN_BATCH] = "batch",
    [RUN_SLOT] = "slot",
    [RUN_STATE] = "state",
    [RUN_FROM] = "window_from",
    [RUN_TO] = "window_to",
    [RUN_STARTED] = "started",
    [RUN_ENDED] = "ended",
    [RUN_SEEN] = "seen",
    [RUN_DEADLINE] = "deadline",
    [RUN_TARGET] = "target",
    [RUN_OWNER] = "owner",
    [RUN_LAUNCHER] = "launcher",
    [RUN_LAUNCH] = "launch",
    [RUN_HOST] = "host",
    [RUN_BOOT] = "boot",
    [RUN_OS] = "os",
    [RUN_BUILD] = "build",
    [RUN_FOLDER] = "folder",
    [RUN_MESSAGE] = "message",
    [RUN_STAGES] = "stages",
};

const char *const run_number_names[RUN_NUMBERS] = {
    [RUN_ATTEMPT] = "attempt",
    [RUN_STATUS] = "status",
    [RUN_SIGNAL] = "signal_number",
    [RUN_PID] = "pid",
    [RUN_RECORDS] = "records",
    [RUN_INSERTED] = "rows_inserted",
    [RUN_UPDATED] = "rows_updated",
    [RUN_DELETED] = "rows_deleted",
    [RUN_REJECTED] = "rejected",
    [RUN_BYTES] = "bytes",
    [RUN_CPU] = "cpu_ms",
    [RUN_MEMORY] = "peak_memory",
};

void
run_reset(struct run *r)
{
	for (size_t i = 0; i < RUN_TEXTS; i++)
		buf_reset(&r->text[i]);
	for (size_t i = 0; i < RUN_NUMBERS; i++)
		r->number[i] = -1;
}

void
run_free(struct run *r)
{
	for (size_t i = 0; i < RUN_TEXTS; i++)
		buf_free(&r->text[i]);
}

void
run_set(struct run *r, enum run_text which, struct slice text)
{
	buf_reset(&r->text[which]);
	if (which != RUN_STAGES && text.n > RUN_TEXT_MAX)
		text.n = RUN_TEXT_MAX;
	/* The output of a batch may be anything; JSON and databases take neither NUL nor bad UTF-8. */
	if (utf8_valid(text) && (!text.n || !memchr(text.p, '\0', text.n)))
		buf_put_slice(&r->text[which], text);
	else
		visible_put(&r->text[which], text);
}

struct slice
run_get(const struct run *r, enum run_text which)
{
	return buf_slice(&r->text[which]);
}

bool
run_is(const struct run *r, enum run_text which, const char *text)
{
	return slice_is(run_get(r, which), text);
}

void
run_write_json(struct buf *out, const struct run *r)
{
	buf_printf(out, "{\"version\":%d", RUN_VERSION);
	for (size_t i = 0; i < RUN_TEXTS; i++) {
		struct slice text = buf_slice(&r->text[i]);
		if (!text.n)
			continue;
		buf_printf(out, ",\"%s\":", run_text_names[i]);
		if (i == RUN_STAGES)
			buf_put_slice(out, text);
		else if (!json_write_text(out, text))
			buf_put_text(out, "\"\"");
	}
	for (size_t i = 0; i < RUN_NUMBERS; i++)
		if (r->number[i] >= 0)
			buf_printf(out, ",\"%s\":%" PRId64, run_number_names[i], r->number[i]);
	buf_put_byte(out, '}');
}

static const char *
read_members(struct run *r, struct slice object)
{
	static const struct json_style style = {.decimal_text = false};
	struct mp_token t;
	if (!mp_member(object, "version", &t) || t.type != MP_INT || t.i < 1)
		return "has no version";
	if (t.i > RUN_VERSION)
		return "has a newer version than this program knows";
	for (size_t i = 0; i < RUN_TEXTS; i++) {
		if (i == RUN_STAGES || !mp_member(object, run_text_names[i], &t))
			continue;
		if (t.type != MP_STR)
			return "has a member of the wrong type";
		run_set(r, (enum run_text)i, (struct slice){t.p, t.n});
	}
	for (size_t i = 0; i < RUN_NUMBERS; i++) {
		if (!mp_member(object, run_number_names[i], &t))
			continue;
		if (t.type != MP_INT || t.i < 0)
			return "has a member of the wrong type";
		r->number[i] = t.i;
	}
	struct json_path path = {0};
	struct slice stages;
	if (!json_path_parse(&path, SLICE("stages")) && mp_path_get(object, &path, &stages))
		json_write(&r->text[RUN_STAGES], stages, &style);
	json_path_free(&path);
	return r->text[RUN_ID].n && r->text[RUN_BATCH].n ? NULL : "has no id or no batch";
}

const char *
run_read_json(struct run *r, struct slice text)
{
	struct buf object = {0};
	struct json_error error;
	run_reset(r);
	const char *wrong = "is not valid JSON";
	if (json_to_msgpack(text, JSON_DUPLICATES_ERROR, &object, &error))
		wrong = read_members(r, buf_slice(&object));
	buf_free(&object);
	return wrong;
}

void
run_put_time(struct buf *b, int64_t milliseconds)
{
	int64_t seconds = milliseconds / 1000, rest = milliseconds % 1000;
	if (rest < 0) {
		rest += 1000;
		seconds--;
	}
	struct buf whole = {0};
	iso_put_timestamp(&whole, seconds, 0);
	/* The fraction is always there: texts of one length sort as the times do. */
	if (whole.n)
		buf_put(b, whole.p, whole.n - 1);
	buf_printf(b, ".%03dZ", (int)rest);
	buf_free(&whole);
}

bool
run_read_time(struct slice text, int64_t *milliseconds)
{
	int64_t seconds;
	uint32_t nanoseconds;
	if (!iso_read_timestamp(text, &seconds, &nanoseconds))
		return false;
	*milliseconds = seconds * 1000 + nanoseconds / 1000000;
	return true;
}
