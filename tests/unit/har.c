/* SPDX-License-Identifier: MIT */
#include "common/web/har.h"
#include "common/json/json_read.h"
#include "common/record/mp_path.h"
#include "tests/unit/unit.h"

static struct buf text, value;

/* The entry as JSON, and read back as msgpack. */
static struct slice
written(const struct har_entry *e)
{
	struct json_error error;
	buf_reset(&text);
	buf_reset(&value);
	har_put_entry(&text, e);
	CHECK(!text.failed && !memchr(text.p, '\n', text.n));
	CHECK(json_to_msgpack(buf_slice(&text), JSON_DUPLICATES_ERROR, &value, &error));
	return buf_slice(&value);
}

static bool
holds(const char *part)
{
	buf_put_byte(&text, '\0');
	text.n--;
	bool good = strstr(text.p, part) != NULL;
	if (!good)
		fprintf(stderr, "no %s in %s\n", part, text.p);
	return good;
}

static void
test_round_trip(void)
{
	struct har_entry e = {
	    .started = 1764201600007,
	    .resolved = 10,
	    .connected = 30,
	    .secured = 100,
	    .ready = 110,
	    .first = 5000,
	    .total = 6123,
	    .new_connection = true,
	    .step = SLICE("fetch-api[add]"),
	    .address = "127.0.0.1",
	    .port = 4711,
	    .method = SLICE("POST"),
	    .url = SLICE("https://h/p?a=%C3%A9&b&&c=1=2"),
	    .sent_headers = SLICE("Host: h\r\nContent-Type: application/json\r\n"),
	    .has_sent = true,
	    .sent = SLICE("{\"a\":\"\xe6\x97\xa5\n\"}"),
	    .sent_size = 13,
	    .version = SLICE("HTTP/2"),
	    .reason = SLICE(""),
	    .status = 200,
	    .headers = SLICE("Content-Type: text/csv\r\nX: \xff\r\nX: 2\r\n"),
	    .body = SLICE("a\0b"),
	    .body_size = 3,
	    .received = 3,
	    .framed = true,
	};
	struct har_played p;
	struct buf lines = {0};
	CHECK(har_read(&p, written(&e)) == NULL);
	CHECK(holds("{\"startedDateTime\":\"2025-11-27T00:00:00.007Z\",\"time\":6.123,"));
	CHECK(holds("\"dns\":0.010,\"connect\":0.090,\"ssl\":0.070,\"send\":0.010,\"wait\":4.890,"
		    "\"receive\":1.123}"));
	CHECK(holds("\"queryString\":[{\"name\":\"a\",\"value\":\"\xc3\xa9\"},{\"name\":\"b\","
		    "\"value\":\"\"},{\"name\":\"c\",\"value\":\"1=2\"}]"));
	CHECK(slice_is(p.method, "POST") && slice_equal(p.url, e.url));
	CHECK(p.has_sent && !p.sent_cut && slice_equal(p.sent, e.sent) && p.sent_size == 13);
	CHECK(p.status == 200 && p.result == HAR_ANSWERED && p.framed && !p.is_private);
	CHECK(slice_is(p.step, "fetch-api[add]"));
	CHECK(p.body_base64 && slice_is(p.body, "YQBi") && !p.body_cut && !p.body_missing);
	har_put_headers(&lines, p.headers);
	CHECK(slice_is(buf_slice(&lines), "Content-Type: text/csv\r\nX: \xef\xbf\xbd\r\nX: 2\r\n"));
	buf_free(&lines);
}

static void
test_cut_and_failed(void)
{
	struct har_played p;
	struct har_entry e = {
	    .method = SLICE("GET"),
	    .url = SLICE("http://h/"),
	    .status = 200,
	    .body = SLICE("\xe6\x97\xa5\xe6\x97"),
	    .body_size = 100,
	    .body_cut = true,
	    .result = HAR_STOPPED,
	    .total = 7,
	};
	CHECK(har_read(&p, written(&e)) == NULL);
	CHECK(p.body_cut && slice_is(p.body, "\xe6\x97\xa5") && !p.body_base64);
	CHECK(p.result == HAR_STOPPED && !p.has_sent);
	CHECK(holds("\"dns\":0.000,\"connect\":0.007,\"ssl\":-1,\"send\":0.000,\"wait\":0.000,"));
	e.ready = 2;
	e.first = 3;
	written(&e);
	CHECK(holds("\"dns\":-1,\"connect\":-1,\"ssl\":-1,\"send\":0.002,\"wait\":0.001,"));
	e = (struct har_entry){.method = SLICE("GET"),
	    .url = SLICE("http://h/"),
	    .result = HAR_FAILED,
	    .why = SLICE("reset"),
	    .is_private = true};
	CHECK(har_read(&p, written(&e)) == NULL);
	CHECK(p.status == 0 && p.result == HAR_FAILED && slice_is(p.why, "reset") && p.is_private);
	CHECK(holds("\"_error\":\"reset\""));
	e.body_left_out = true;
	e.status = 200;
	e.result = HAR_ANSWERED;
	CHECK(har_read(&p, written(&e)) == NULL && p.body_cut && p.result == HAR_ANSWERED);
}

/* Whether a JSON text is an entry that can be read. */
static bool
reads(const char *json)
{
	struct json_error error;
	struct har_played p;
	buf_reset(&value);
	return json_to_msgpack(slice_of(json), JSON_DUPLICATES_ERROR, &value, &error) &&
	       !har_read(&p, buf_slice(&value));
}

static void
test_strangers(void)
{
	CHECK(!reads("7"));
	CHECK(!reads("{}"));
	CHECK(!reads("{\"request\":{},\"response\":{}}"));
	CHECK(!reads("{\"request\":[],\"response\":[]}"));
	CHECK(!reads(
	    "{\"request\":{\"method\":\"GET\",\"url\":\"u\"},\"response\":{\"headers\":[]}}"));
	CHECK(
	    !reads("{\"request\":{\"method\":\"GET\",\"url\":\"u\"},\"response\":{\"status\":1000,"
		   "\"headers\":[]}}"));
	CHECK(
	    !reads("{\"request\":{\"method\":\"GET\",\"url\":\"u\"},\"response\":{\"status\":1}}"));
	CHECK(reads("{\"request\":{\"method\":\"GET\",\"url\":\"u\",\"postData\":7},\"response\":{"
		    "\"status\":200,\"headers\":[7,{},{\"name\":1}],\"content\":[]}}"));
	struct har_played p;
	struct buf lines = {0};
	har_read(&p, buf_slice(&value));
	har_put_headers(&lines, p.headers);
	CHECK(slice_is(buf_slice(&lines), ": \r\n: \r\n"));
	CHECK(p.framed && p.result == HAR_ANSWERED && !p.has_sent && !p.body_missing);
	CHECK(reads("{\"request\":{\"method\":\"GET\",\"url\":\"u\"},\"response\":{\"status\":200,"
		    "\"headers\":[],\"content\":{\"size\":5}}}"));
	har_read(&p, buf_slice(&value));
	CHECK(p.body_missing);
	buf_free(&lines);
}

static bool
like(const char *pattern, const char *s)
{
	return har_like(slice_of(pattern), slice_of(s));
}

static void
test_like(void)
{
	CHECK(like("", ""));
	CHECK(like("***", ""));
	CHECK(like("***", "abc"));
	CHECK(like("a***c", "abbc") && like("a***c", "ac") && !like("a***c", "acb"));
	CHECK(like("a=***&b=***", "a=1&b=2&b=3") && !like("a=***&b=***x", "a=1&b=2"));
	CHECK(like("******b", "aab") && !like("a**b", "axb") && like("a**b", "a**b"));
	CHECK(!like("ab", "abc") && !like("abc", "ab") && !like("", "a"));
	CHECK(like("***ab***ab", "xababab") && !like("***ab***ac", "xababab"));
}

static void
test_file(void)
{
	struct json_error error;
	struct har_entry e = {.method = SLICE("GET"), .url = SLICE("http://h/")};
	buf_reset(&text);
	buf_reset(&value);
	har_put_head(&text, "mam-etl fetch-api", "0.1.0");
	buf_put_text(&text, "\n");
	har_put_entry(&text, &e);
	buf_put_text(&text, ",\n");
	har_put_entry(&text, &e);
	buf_put_slice(&text, har_tail);
	CHECK(json_to_msgpack(buf_slice(&text), JSON_DUPLICATES_ERROR, &value, &error));
}

int
main(void)
{
	test_round_trip();
	test_cut_and_failed();
	test_strangers();
	test_like();
	test_file();
	buf_free(&text);
	buf_free(&value);
	return unit_done("har");
}
