/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/json/counters_json.h"
#include "common/json/json_write.h"

static void
json_count(struct buf *out, const char *name, uint64_t n)
{
	buf_printf(out, ",\"%s\":%" PRIu64, name, n);
}

static void
json_seconds(struct buf *out, const char *name, double seconds)
{
	buf_printf(out, ",\"%s\":%.6f", name, seconds);
}

/* The stage's own entries. One that has no JSON form, such as NaN, ends the list. */
static void
json_extra(struct buf *out, const struct counters *c)
{
	const char *p = c->extra.p, *end = p + c->extra.n;
	for (size_t i = 0; i < c->extra_count; i++) {
		static const struct json_style style = {.decimal_text = false};
		size_t before = out->n;
		buf_put_byte(out, ',');
		const char *wrong = json_write_value(out, &p, end, &style);
		buf_put_byte(out, ':');
		if (!wrong)
			wrong = json_write_value(out, &p, end, &style);
		if (wrong) {
			out->n = before;
			return;
		}
	}
}

void
counters_write_json(struct buf *out, const struct counters *c, int exit)
{
	buf_printf(out, "{\"stage\":\"%s\",\"version\":\"%s\"", c->stage, c->version);
	json_count(out, "records_in", c->records_in);
	json_count(out, "records_out", c->records_out);
	json_count(out, "rejected", c->rejected);
	json_count(out, "bytes_in", c->bytes_in);
	json_count(out, "bytes_out", c->bytes_out);
	json_seconds(out, "seconds", c->seconds);
	json_seconds(out, "cpu_seconds", c->cpu_seconds);
	json_seconds(out, "blocked_reading", c->blocked_reading);
	json_seconds(out, "blocked_writing", c->blocked_writing);
	json_count(out, "peak_memory", c->peak_memory);
	json_extra(out, c);
	if (exit)
		buf_printf(out, ",\"exit\":%d", exit);
	buf_put_byte(out, '}');
}
