/* SPDX-License-Identifier: MIT */
#include "common/record/mp_records.h"
#include "common/json/json_read.h"
#include "common/json/json_write.h"
#include "common/record/mp.h"
#include "tests/unit/unit.h"

/* The records of JSON texts (as msgpack), in blocks of step bytes: as JSON lines, or "! ERROR" at the end. */
static const char *
walked(const char *json, const char *path_text, bool rows, bool must_lead, size_t step)
{
	static struct buf in, out;
	struct json_path path = {0};
	struct json_error json_error;
	buf_reset(&in);
	buf_reset(&out);
	CHECK(!*path_text || json_path_parse_records(&path, slice_of(path_text)) == NULL);
	struct slice rest = slice_of(json), line;
	while (slice_take_line(&rest, &line))
		CHECK(json_to_msgpack(line, JSON_DUPLICATES_ERROR, &in, &json_error));
	const struct mp_records_rules rules = {
	    .path = &path, .rows = rows, .path_must_lead = must_lead, .value_max = 1 << 20};
	struct mp_records *w = mp_records_new(&rules);
	const struct json_style style = {0};
	enum mp_records_status status;
	struct slice record;
	size_t at = 0;
	while ((status = mp_records_next(w, &record)) == MP_RECORDS_RECORD ||
	       status == MP_RECORDS_MORE) {
		if (status == MP_RECORDS_RECORD) {
			for (size_t i = 0; i < path.n; i++)
				if (path.steps[i].members) {
					buf_put_slice(&out, mp_records_member(w, i));
					buf_put_byte(&out, '=');
				}
			json_write(&out, record, &style);
			buf_put_byte(&out, '\n');
			continue;
		}
		size_t room, n = in.n - at < step ? in.n - at : step;
		char *p = mp_records_space(w, &room);
		CHECK(p && room >= n);
		if (n)
			memcpy(p, in.p + at, n);
		at += n;
		mp_records_filled(w, n);
	}
	if (status == MP_RECORDS_BAD) {
		struct slice fault;
		buf_printf(&out, "! %s", mp_records_error(w, &fault));
	}
	buf_put_byte(&out, '\0');
	mp_records_free(w);
	json_path_free(&path);
	return out.p;
}

static void
check(const char *json, const char *path, bool rows, bool must_lead, const char *wanted)
{
	static const size_t steps[] = {1, 3, 1000};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		const char *got = walked(json, path, rows, must_lead, steps[i]);
		if (strcmp(got, wanted) != 0)
			fprintf(stderr, "%s by %s: %s\n", json, path, got);
		CHECK(strcmp(got, wanted) == 0);
	}
}

static void
without_path(void)
{
	check(
	    "{\"a\":1}\n{\"a\":{\"b\":[2]}}", "", false, true, "{\"a\":1}\n{\"a\":{\"b\":[2]}}\n");
	check("[{\"a\":1},{\"a\":2}]\n[]\n{\"a\":3}", "", false, true,
	    "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
	check("[[{\"a\":1}]]", "", false, true, "! a value that is not a map");
	check("null", "", false, true, "! a value that is not a map");
	check("[1,2]\n[3]", "", true, true, "[1,2]\n[3]\n");
	check("{\"a\":1}", "", true, true, "! a value that is not an array");
	check("", "", false, true, "");
}

static void
by_path(void)
{
	check("{\"x\":[[[9]]],\"d\":{\"r\":[{\"a\":1},{\"a\":2}]},\"d2\":\"long\"}", "d.r", false,
	    true, "{\"a\":1}\n{\"a\":2}\n");
	check("{\"d\":{\"a\":1}}", "d", false, true, "{\"a\":1}\n");
	check("{\"d\":null}\n{\"d\":[]}", "d", false, true, "");
	check("{\"e\":1}", "d", false, true, "! the record path leads nowhere");
	check("{\"e\":1}", "d", false, false, "");
	check("{\"d\":1}", "d.e", false, true, "! the record path needs a map here");
	check("{\"d\":1}", "d[]", false, true, "! the record path needs an array here");
	check("[{\"r\":[{\"a\":1}]},{\"r\":[{\"a\":2}]}]", "[].r[]", false, true,
	    "{\"a\":1}\n{\"a\":2}\n");
	check("{\"d\":[{\"a\":1},{\"a\":2}]}", "d.1", false, true, "{\"a\":2}\n");
	check("{\"d\":[{\"a\":1}]}", "d.5", false, true, "! the record path leads nowhere");
	check("{\"d\":{\"x\":[{\"a\":1}],\"y\":{\"a\":2}}}", "d{day}", false, true,
	    "x={\"a\":1}\ny={\"a\":2}\n");
	check("{\"d\":[[1,2],[3,4]]}", "d[]", true, true, "[1,2]\n[3,4]\n");
	check("{\"d\":[[1,2],[3,4]]}", "d", true, true, "[[1,2],[3,4]]\n");
}

static void
bad_bytes(void)
{
	struct json_path path = {0};
	const struct mp_records_rules rules = {.path = &path, .value_max = 64};
	struct slice record, fault;
	size_t room;
	struct mp_records *w = mp_records_new(&rules);
	memcpy(mp_records_space(w, &room), "\x81\xa1\x61\x01\xc1", 5);
	mp_records_filled(w, 5);
	CHECK(mp_records_next(w, &record) == MP_RECORDS_RECORD && record.n == 4);
	CHECK(mp_records_next(w, &record) == MP_RECORDS_BAD);
	CHECK(strcmp(mp_records_error(w, &fault), "the byte 0xc1 is not msgpack") == 0);
	CHECK(mp_records_offset(w) == 4);
	mp_records_reset(w);
	memcpy(mp_records_space(w, &room), "\x81\xa1", 2);
	mp_records_filled(w, 2);
	CHECK(mp_records_next(w, &record) == MP_RECORDS_MORE);
	mp_records_filled(w, 0);
	CHECK(mp_records_next(w, &record) == MP_RECORDS_BAD);
	CHECK(strcmp(mp_records_error(w, &fault), "the input ends inside an object") == 0);
	/* A text of 4 GiB that never comes: no more than value_max is kept. */
	mp_records_reset(w);
	char *p = mp_records_space(w, &room);
	memset(p, 'x', room);
	memcpy(p, "\x81\xa1\x61\xdb\xff\xff\xff\xff", 8);
	mp_records_filled(w, 100);
	CHECK(mp_records_next(w, &record) == MP_RECORDS_BAD);
	CHECK(strcmp(mp_records_error(w, &fault), "a value is too large") == 0);
	mp_records_free(w);
}

int
main(void)
{
	without_path();
	by_path();
	bad_bytes();
	return unit_done("mp_records");
}
