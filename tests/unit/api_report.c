/* SPDX-License-Identifier: MIT */
#include "common/web/api_report.h"
#include "common/json/json_read.h"
#include "tests/unit/unit.h"

/* The report on the text: "error NAME", "code NAME" or "". */
static bool
reports(const char *json, const char *expected)
{
	static const char *const words[] = {"", "code ", "error "};
	struct buf body = {0}, got = {0};
	struct json_error error;
	struct slice name = {0};
	CHECK(json_to_msgpack(slice_of(json), JSON_DUPLICATES_ERROR, &body, &error));
	buf_put_text(&got, words[api_report_find(buf_slice(&body), &name)]);
	buf_put_slice(&got, name);
	bool good = slice_is(buf_slice(&got), expected);
	if (!good)
		fprintf(stderr, "%s: got %.*s\n", json, (int)got.n, got.p);
	buf_free(&body);
	buf_free(&got);
	return good;
}

static void
test_error(void)
{
	CHECK(reports(
	    "{\"data\":null,\"errors\":[{\"message\":\"Not authorized\"}]}", "error errors"));
	CHECK(reports("{\"error\":\"invalid_auth\",\"ok\":false}", "error error"));
	CHECK(reports("{\"ok\":false}", "error ok"));
	CHECK(reports("{\"Success\":\"False\",\"data\":[]}", "error Success"));
	CHECK(reports("{\"error\":true}", "error error"));
	CHECK(reports("{\"error\":1}", "error error"));
	CHECK(reports("{\"errors\":[\"one\"]}", "error errors"));
	CHECK(reports("{\"errors\":{\"account\":[\"is unknown\"]}}", "error errors"));
	CHECK(reports("{\"error\":{\"code\":1,\"message\":\"unknown\"}}", "error error"));
	CHECK(reports("{\"error\":{\"code\":0,\"message\":\"internal\"}}", "error error"));
	CHECK(reports("{\"error\":{\"status\":\"x\"}}", "error error"));
	/* A code before the error member does not hide it. */
	CHECK(reports("{\"code\":7,\"message\":\"m\",\"error\":\"e\"}", "error error"));
}

static void
test_code(void)
{
	CHECK(reports("{\"code\":40100,\"message\":\"QPS limit\",\"data\":null}", "code code"));
	CHECK(reports("{\"code\":\"E1\",\"msg\":\"no\"}", "code code"));
	CHECK(reports("{\"status\":\"error\",\"data\":[]}", "code status"));
	CHECK(reports("{\"status\":404}", "code status"));
	CHECK(reports("{\"result\":\"failed\"}", "code result"));
	CHECK(reports("{\"success\":0}", "code success"));
	CHECK(reports("{\"errcode\":40013,\"errmsg\":\"bad id\"}", "code errmsg"));
	CHECK(reports("{\"fault\":{\"faultstring\":\"no\"}}", "code fault"));
}

static void
test_nothing(void)
{
	CHECK(reports("{\"errors\":null,\"error\":{},\"success\":true}", ""));
	CHECK(reports("{\"errors\":[],\"error\":\"\",\"ok\":null}", ""));
	CHECK(reports("{\"errors\":[{}],\"error\":0}", ""));
	CHECK(reports("{\"error\":{\"code\":\"ok\",\"message\":\"\",\"log_id\":\"2\"}}", ""));
	CHECK(reports("{\"error\":{\"code\":200,\"message\":\"OK\"}}", ""));
	CHECK(reports("{\"errors\":{\"count\":0}}", ""));
	CHECK(reports("{\"error\":\"none\",\"errors\":\"0\"}", ""));
	CHECK(reports("{\"code\":0,\"message\":\"OK\"}", ""));
	CHECK(reports("{\"code\":1,\"message\":\"m\"}", ""));
	CHECK(reports("{\"code\":\"200\",\"message\":\"m\"}", ""));
	CHECK(reports("{\"code\":7}", ""));
	CHECK(reports("{\"status\":\"COMPLETED\",\"result\":500}", ""));
	CHECK(reports("[{\"error\":\"e\"}]", ""));
	CHECK(reports("\"error\"", ""));
	struct slice name;
	CHECK(api_report_find((struct slice){0}, &name) == API_REPORT_NOTHING);
}

static void
test_words(void)
{
	CHECK(api_report_is_success(slice_of("")));
	CHECK(api_report_is_success(slice_of("OK.")));
	CHECK(api_report_is_success(slice_of("204")));
	CHECK(!api_report_is_success(slice_of("404")));
	CHECK(!api_report_is_success(slice_of("not ok")));
}

int
main(void)
{
	test_error();
	test_code();
	test_nothing();
	test_words();
	return unit_done("api_report");
}
