/* SPDX-License-Identifier: MIT */
/*
 * HTTP archives, and the texts that go into them. The input is a JSON text, of which each value is
 * read as an entry; then it is the URL, headers and bodies of an entry, which must be read back
 * as it was written.
 */
#include "common/web/har.h"
#include "common/json/json_read.h"
#include "common/web/query.h"
#include "tests/fuzz/fuzz.h"

static void
read_entry(struct slice json)
{
	struct buf value = {.max = 1024 * 1024}, lines = {0};
	struct json_error error;
	struct har_played p;
	if (json_to_msgpack(json, JSON_DUPLICATES_LAST, &value, &error) &&
	    !har_read(&p, buf_slice(&value))) {
		har_put_headers(&lines, p.headers);
		HOLDS(p.method.n && p.url.n && p.status >= 0);
		HOLDS(har_like(p.url, p.url) && har_like(SLICE("***"), p.url));
	}
	buf_free(&value);
	buf_free(&lines);
}

static void
write_entry(struct slice text)
{
	struct buf json = {0}, value = {0};
	struct json_error error;
	struct har_played p;
	struct har_entry e = {.method = SLICE("POST"),
	    .url = text,
	    .sent_headers = text,
	    .headers = text,
	    .has_sent = true,
	    .sent = text,
	    .sent_size = text.n,
	    .status = 200,
	    .body = text,
	    .body_size = text.n,
	    .reason = text,
	    .why = text};
	har_put_entry(&json, &e);
	HOLDS(!json.failed && !memchr(json.p, '\n', json.n));
	HOLDS(json_to_msgpack(buf_slice(&json), JSON_DUPLICATES_ERROR, &value, &error));
	const char *wrong = har_read(&p, buf_slice(&value));
	HOLDS(wrong == NULL || !text.n);
	HOLDS(wrong || p.body_base64 || slice_equal(p.body, text));
	buf_free(&json);
	buf_free(&value);
}

static void
sort_query(struct slice text)
{
	struct buf once = {0}, twice = {0};
	HOLDS(query_put_sorted(&once, &text, 1));
	struct slice sorted = buf_slice(&once);
	HOLDS(query_put_sorted(&twice, &sorted, 1));
	HOLDS(slice_equal(sorted, buf_slice(&twice)));
	buf_free(&once);
	buf_free(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = {(const char *)data, size};
	read_entry(text);
	write_entry(text);
	sort_query(text);
	return 0;
}
