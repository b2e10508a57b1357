/* SPDX-License-Identifier: MIT */
/*
 * What servers send in headers, and rules about it: the first byte chooses, the text up to
 * a line feed is the option, the rest is header lines. No wait is negative but for -1, and
 * a head of the limiter that was read is sealed again as it was.
 */
#include "common/web/condition.h"
#include "common/web/limiter.h"
#include "common/web/ratelimit.h"
#include "common/web/wait_header.h"
#include "tests/fuzz/fuzz.h"

static const int64_t now = INT64_C(1795697330000);

static void
ask_headers(struct slice option, struct slice lines, bool flag)
{
	struct wait_header w;
	struct wait_threshold t;
	struct buf value = {0};
	int64_t ms;
	if (!wait_header_parse(&w, option, flag))
		HOLDS(wait_header_read(&w, lines, now) >= -1);
	wait_header_free(&w);
	if (!wait_threshold_parse(&t, option, flag) && wait_threshold_passed(&t, lines, &value))
		HOLDS(value.n > 0);
	wait_threshold_free(&t);
	buf_free(&value);
	HOLDS(ratelimit_wait(lines, now) >= -1);
	HOLDS(wait_retry_after(option, now) >= -1);
	wait_date(option, &ms);
}

static void
ask_conditions(struct slice option, struct slice lines)
{
	struct api_errors none = {0};
	struct answer_view view = {.status = 403, .headers = lines, .errors = &none};
	struct conditions c;
	if (!conditions_parse(&c, option))
		conditions_hold(&c, &view);
	conditions_free(&c);
	if (!conditions_parse_body(&c, option))
		HOLDS(!conditions_hold(&c, &view)); /* there is no body */
	conditions_free(&c);
}

static void
read_limiter(struct slice page)
{
	struct limiter l;
	if (!limiter_read(&l, page))
		return;
	uint64_t hash = l.hash;
	limiter_seal(&l);
	HOLDS(l.hash == hash);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > 8192)
		return 0;
	struct slice text = {(const char *)data + 1, size - 1}, option;
	if (data[0] & 2)
		read_limiter(text);
	if (!slice_take_line(&text, &option))
		option = (struct slice){0};
	ask_headers(option, text, data[0] & 1);
	ask_conditions(option, text);
	return 0;
}
