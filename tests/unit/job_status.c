/* SPDX-License-Identifier: MIT */
#include "common/web/job_status.h"
#include "common/json/json_read.h"
#include "common/json/json_write.h"
#include "tests/unit/unit.h"

static struct slice
msgpack(struct buf *b, const char *json)
{
	struct json_error error;
	buf_reset(b);
	CHECK(json_to_msgpack(slice_of(json), JSON_DUPLICATES_ERROR, b, &error));
	return buf_slice(b);
}

static void
test_words(void)
{
	struct job_words w = {0};
	CHECK(!job_words_parse(&w, JOB_COMPLETED, SLICE("Job Completed | DONE")));
	CHECK(w.n[JOB_COMPLETED] == 2);
	CHECK(slice_is(w.list[JOB_COMPLETED][0], "Job Completed"));
	CHECK(slice_is(w.list[JOB_COMPLETED][1], "DONE"));
	CHECK(!job_words_repeated(&w).n);
	CHECK(job_words_parse(&w, JOB_RUNNING, SLICE("")));
	CHECK(job_words_parse(&w, JOB_RUNNING, SLICE("A||B")));
	CHECK(job_words_parse(&w, JOB_RUNNING, SLICE("A|")));
	/* A word may be given twice for one state, not for two. */
	CHECK(!job_words_parse(&w, JOB_COMPLETED, SLICE("DONE")));
	CHECK(!job_words_repeated(&w).n);
	CHECK(!job_words_parse(&w, JOB_FAILED, SLICE("DONE")));
	CHECK(slice_is(job_words_repeated(&w), "DONE"));
	job_words_free(&w);
	CHECK(w.n[JOB_COMPLETED] == 0);
	char many[2 * 101];
	for (size_t i = 0; i < sizeof many; i++)
		many[i] = i % 2 ? '|' : 'a';
	CHECK(!job_words_parse(&w, JOB_FAILED, (struct slice){many, 2 * 100 - 1}));
	job_words_free(&w);
	CHECK(job_words_parse(&w, JOB_FAILED, (struct slice){many, 2 * 101 - 1}));
	job_words_free(&w);
}

struct state_case {
	const char *path, *body;
	enum job_state state;
	const char *word;
};

static void
test_states(void)
{
	static const struct state_case cases[] = {
	    {"s", "{\"s\":\"DONE\"}", JOB_COMPLETED, "DONE"},
	    {"s", "{\"s\":\"RUN\"}", JOB_RUNNING, "RUN"},
	    {"s", "{\"s\":\"BAD\"}", JOB_FAILED, "BAD"},
	    {"s", "{\"s\":\"NONE\"}", JOB_SKIPPED, "NONE"},
	    /* Words are compared whole and in their case. */
	    {"s", "{\"s\":\"done\"}", JOB_UNKNOWN, "done"},
	    {"s", "{\"s\":\"DONE \"}", JOB_UNKNOWN, "DONE "},
	    {"s", "{\"s\":[\"DONE\"]}", JOB_UNKNOWN, "[\"DONE\"]"},
	    /* Numbers and bool as JSON has them. */
	    {"s", "{\"s\":3}", JOB_FAILED, "3"},
	    {"s", "{\"s\":true}", JOB_COMPLETED, "true"},
	    {"s", "{\"s\":false}", JOB_UNKNOWN, "false"},
	    /* Nothing there. */
	    {"s", "{\"s\":null}", JOB_MISSING, ""},
	    {"s", "{\"s\":\"\"}", JOB_MISSING, ""},
	    {"s", "{\"t\":1}", JOB_MISSING, ""},
	    {"data.0.s", "{\"data\":[]}", JOB_MISSING, ""},
	    {"data[].s", "{\"data\":[]}", JOB_MISSING, ""},
	    {"data[].s", "{\"data\":null}", JOB_MISSING, ""},
	    {"data[].s", "7", JOB_MISSING, ""},
	    /* Of several the one that keeps us waiting, or the bad one. */
	    {"data[].s", "{\"data\":[{\"s\":\"DONE\"},{\"s\":\"RUN\"}]}", JOB_RUNNING, "RUN"},
	    {"data[].s", "{\"data\":[{\"s\":\"BAD\"},{\"s\":\"RUN\"}]}", JOB_FAILED, "BAD"},
	    {"data[].s", "{\"data\":[{\"s\":\"BAD\"},{\"s\":\"ODD\"}]}", JOB_UNKNOWN, "ODD"},
	    {"data[].s", "{\"data\":[{\"s\":\"DONE\"},{\"s\":\"NONE\"}]}", JOB_COMPLETED, "DONE"},
	};
	struct job_words w = {0};
	struct buf body = {0}, word = {0};
	CHECK(!job_words_parse(&w, JOB_COMPLETED, SLICE("DONE|true")));
	CHECK(!job_words_parse(&w, JOB_RUNNING, SLICE("RUN")));
	CHECK(!job_words_parse(&w, JOB_FAILED, SLICE("BAD|3")));
	CHECK(!job_words_parse(&w, JOB_SKIPPED, SLICE("NONE")));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct json_path path = {0};
		CHECK(!json_path_parse(&path, slice_of(cases[i].path)));
		CHECK(job_state_find(&w, msgpack(&body, cases[i].body), &path, &word) ==
		      cases[i].state);
		CHECK(slice_is(buf_slice(&word), cases[i].word));
		json_path_free(&path);
	}
	struct json_path path = {0};
	CHECK(!json_path_parse(&path, SLICE("s")));
	CHECK(job_state_find(&w, (struct slice){0}, &path, &word) == JOB_MISSING);
	json_path_free(&path);
	job_words_free(&w);
	buf_free(&body);
	buf_free(&word);
}

static void
test_adopt_words(void)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
	    {"id=detail~of : ([0-9a-f-]+)", true},
	    {"a.b.id=errors[].message~([0-9]+)", true},
	    {"id=\"a~b\"~(x)", true},
	    {"id=detail~a=(b)~c", true},
	    {"", false},
	    {"id", false},
	    {"id=detail", false},
	    {"=detail~(x)", false},
	    {"id=~(x)", false},
	    {"id[]=detail~(x)", false},
	    {"id=detail~x", false},
	    {"id=detail~(x", false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct job_adopt a = {0};
		CHECK(!job_adopt_parse(&a, slice_of(cases[i].text)) == cases[i].good);
		job_adopt_free(&a);
	}
}

struct adopt_case {
	const char *rule, *body, *values; /* NULL: none */
};

static void
test_adopt(void)
{
	static const char amazon[] = "reportId=detail~is a duplicate of : ([0-9A-Za-z-]+)";
	static const struct adopt_case cases[] = {
	    {amazon,
		"{\"code\":\"425\",\"detail\":\"The Request is a duplicate of : "
		"0b3e7e4e-1b1c-4a11-9d52-6c1f2f2f6b1a\"}",
		"{\"reportId\":\"0b3e7e4e-1b1c-4a11-9d52-6c1f2f2f6b1a\"}"},
	    {amazon, "{\"code\":\"425\",\"detail\":\"Too early\"}", NULL},
	    {amazon, "{\"detail\":\"The Request is a duplicate of : \"}", NULL},
	    {amazon, "{\"detail\":425}", NULL},
	    {amazon, "{\"message\":\"The Request is a duplicate of : 1\"}", NULL},
	    {"a.b=errors[].m~job ([0-9]+)",
		"{\"errors\":[{\"m\":\"no\"},{\"m\":\"job 111111111111111111\"}]}",
		"{\"a\":{\"b\":\"111111111111111111\"}}"},
	    /* A group that took no part. */
	    {"id=m~x|(y)", "{\"m\":\"x\"}", NULL},
	    {"id=m~(x*)y", "{\"m\":\"y\"}", NULL},
	};
	static const struct json_style style = {0};
	struct buf body = {0}, values = {0}, text = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct job_adopt a = {0};
		buf_reset(&values);
		buf_reset(&text);
		CHECK(!job_adopt_parse(&a, slice_of(cases[i].rule)));
		bool found = job_adopt_find(&a, msgpack(&body, cases[i].body), &values);
		CHECK(found == !!cases[i].values);
		if (found) {
			json_write(&text, buf_slice(&values), &style);
			CHECK(slice_is(buf_slice(&text), cases[i].values));
		}
		job_adopt_free(&a);
	}
	/* Only the beginning of a long text is looked at. */
	struct job_adopt a = {0};
	CHECK(!job_adopt_parse(&a, SLICE("id=m~(z)")));
	buf_reset(&text);
	buf_put_text(&text, "{\"m\":\"");
	for (size_t i = 0; i < 5000; i++)
		buf_put_byte(&text, 'a');
	buf_put_text(&text, "z\"}");
	buf_put_byte(&text, '\0');
	CHECK(!job_adopt_find(&a, msgpack(&body, text.p), &values));
	CHECK(!job_adopt_find(&a, (struct slice){0}, &values));
	job_adopt_free(&a);
	buf_free(&body);
	buf_free(&values);
	buf_free(&text);
}

int
main(void)
{
	test_words();
	test_states();
	test_adopt_words();
	test_adopt();
	return unit_done("job_status");
}
