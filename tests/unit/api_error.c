/* SPDX-License-Identifier: MIT */
#include "common/web/api_error.h"
#include "common/json/json_read.h"
#include "tests/unit/unit.h"

static struct api_errors errors;

/*
 * "code/message" of each error, a space after each, then "inside" where an
 * error member has something.
 */
static bool
finds(const char *json, const char *expected)
{
	struct buf body = {0}, got = {0};
	struct json_error error;
	CHECK(json_to_msgpack(slice_of(json), JSON_DUPLICATES_ERROR, &body, &error));
	api_errors_find(&errors, buf_slice(&body));
	for (size_t i = 0; i < errors.n; i++) {
		buf_put_slice(&got, errors.list[i].code);
		buf_put_byte(&got, '/');
		buf_put_slice(&got, errors.list[i].message);
		buf_put_byte(&got, ' ');
	}
	buf_put_text(&got, errors.inside ? "inside" : "");
	bool good = slice_is(buf_slice(&got), expected);
	if (!good)
		fprintf(stderr, "%s: got %.*s\n", json, (int)got.n, got.p);
	buf_free(&body);
	buf_free(&got);
	return good;
}

static void
test_media(void)
{
	CHECK(finds("{\"rid\":\"f4\",\"errors\":[{\"code\":\"0003\",\"message\":\"Frequency\","
		    "\"details\":[]}]}",
	    "0003/Frequency inside"));
	CHECK(
	    finds("{\"errors\":null,\"rval\":{\"values\":[{\"errors\":null},{\"errors\":[{\"code\":"
		  "\"F1\",\"message\":\"m\","
		  "\"details\":[{\"requestKey\":\"k\"}]},{\"code\":\"F2\",\"message\":\"n\"}]}]}}",
		"F1/m F2/n inside"));
	CHECK(finds("{\"error\":{\"message\":\"(#4) "
		    "limit\",\"type\":\"OAuthException\",\"code\":4,\"error_subcode\":9}}",
	    "4/(#4) limit inside"));
	CHECK(finds(
	    "[{\"error\":{\"code\":400,\"message\":\"bad\",\"status\":\"INVALID_ARGUMENT\"}}]",
	    "400/bad inside"));
	CHECK(finds("{\"code\":40100,\"message\":\"QPS limit\",\"data\":{}}", "40100/QPS limit "));
	CHECK(finds("{\"error\":\"invalid_grant\",\"error_description\":\"no\"}",
	    "invalid_grant/no inside"));
	CHECK(finds("{\"errors\":[\"one\",\"two\"]}", "/one /two inside"));
	CHECK(finds("{\"Error\":{\"Code\":117,\"Message\":\"CallRateExceeded\"}}",
	    "117/CallRateExceeded inside"));
	CHECK(finds("{\"request_status\":\"ERROR\",\"debug_message\":\"why\",\"display_message\":"
		    "\"sorry\",\"error_code\":\"E1001\"}",
	    "E1001/why "));
}

static void
test_none(void)
{
	CHECK(finds("{\"errors\":null,\"rval\":{\"values\":[]}}", ""));
	CHECK(finds("{\"error\":{}}", ""));
	CHECK(finds("{\"errors\":[]}", ""));
	/* A status alone is a word of many answers. */
	CHECK(finds("{\"status\":\"COMPLETED\"}", ""));
	/* Records with fields of any name are not errors. */
	CHECK(finds("[{\"code\":1,\"message\":\"m\",\"title\":\"t\"}]", ""));
	CHECK(finds("{\"data\":[{\"message\":\"m\",\"code\":7}]}", ""));
	CHECK(finds("7", ""));
	CHECK(finds("\"error\"", ""));
	CHECK(finds("[[[]]]", ""));
	api_errors_find(&errors, (struct slice){0});
	CHECK(!errors.n && !errors.inside);
}

/* The more specific word wins in any place. */
static void
test_rank(void)
{
	CHECK(finds(
	    "{\"error\":{\"status\":\"S\",\"errorCode\":\"E\",\"code\":\"C\"}}", "C/ inside"));
	CHECK(
	    finds("{\"error\":{\"title\":\"T\",\"detail\":\"D\",\"message\":\"M\"}}", "/M inside"));
	CHECK(
	    finds("{\"error\":{\"code\":true,\"message\":{\"a\":1},\"msg\":\"x\"}}", "/x inside"));
}

/* Codes that are numbers stay readable however many there are. */
static void
test_many(void)
{
	struct buf text = {0}, expected = {0};
	buf_put_text(&text, "{\"errors\":[");
	for (int i = 0; i < 40; i++) {
		buf_printf(&text,
		    "%s{\"status\":-9223372036854775801,\"error\":-9223372036854775802,"
		    "\"error_code\":-9223372036854775803,\"errorCode\":-9223372036854775804,"
		    "\"code\":%d}",
		    i ? "," : "", i - 20);
		if (i < API_ERRORS_MAX)
			buf_printf(&expected, "%d/ ", i - 20);
	}
	buf_put_text(&text, "]}");
	buf_put_byte(&text, '\0');
	buf_put_text(&expected, "inside");
	buf_put_byte(&expected, '\0');
	CHECK(finds(text.p, expected.p));
	buf_reset(&text);
	/* As deep as an answer can be. */
	for (int i = 0; i < 63; i++)
		buf_put_text(&text, "[");
	buf_put_text(&text, "{\"error\":\"deep\"}");
	for (int i = 0; i < 63; i++)
		buf_put_text(&text, "]");
	buf_put_byte(&text, '\0');
	CHECK(finds(text.p, "inside"));
	buf_free(&text);
	buf_free(&expected);
}

int
main(void)
{
	test_media();
	test_none();
	test_rank();
	test_many();
	buf_free(&errors.text);
	return unit_done("api_error");
}
