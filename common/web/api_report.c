/* SPDX-License-Identifier: MIT */
#include "common/web/api_report.h"
#include "common/record/mp.h"
#include "common/record/mp_path.h"
#include "common/web/http_header.h"

enum member { OTHER, ERROR, FLAG, FAULT, CODE, STATUS, RESULT, MESSAGE };

static const struct {
	const char *name;
	enum member kind;
} members[] = {
    {"error", ERROR},
    {"errors", ERROR},
    {"errorDetail", ERROR},
    {"errorDetails", ERROR},
    {"operationErrors", ERROR},
    {"batchErrors", ERROR},
    {"success", FLAG},
    {"succeeded", FLAG},
    {"isSuccess", FLAG},
    {"ok", FLAG},
    {"fault", FAULT},
    {"exception", FAULT},
    {"errorCode", FAULT},
    {"error_code", FAULT},
    {"errcode", FAULT},
    {"errorMessage", FAULT},
    {"error_message", FAULT},
    {"error_msg", FAULT},
    {"errmsg", FAULT},
    {"error_description", FAULT},
    {"code", CODE},
    {"status", STATUS},
    {"result", RESULT},
    {"message", MESSAGE},
    {"msg", MESSAGE},
    {"detail", MESSAGE},
    {0},
};

static enum member
kind_of(struct slice name)
{
	for (size_t i = 0; members[i].name; i++)
		if (header_is(name, members[i].name))
			return members[i].kind;
	return OTHER;
}

static bool
is_one_of(struct slice text, const char *const *words)
{
	for (; *words; words++)
		if (header_is(text, *words))
			return true;
	return false;
}

static bool
is_false(struct slice text)
{
	static const char *const words[] = {"false", "no", "0", NULL};
	return is_one_of(text, words);
}

bool
api_report_is_success(struct slice text)
{
	static const char *const words[] = {"0", "ok", "okay", "success", "successful", "succeeded",
	    "false", "none", "null", "no error", NULL};
	int64_t n;
	text = slice_trim(text);
	if (text.n && text.p[text.n - 1] == '.')
		text.n--;
	return !text.n || is_one_of(text, words) ||
	       (text.n == 3 && parse_integer(text, 200, 299, &n));
}

/* A status or result of work that failed: a word, or as a status a number of HTTP. */
static bool
is_failure(const struct mp_token *t, bool number)
{
	static const char *const words[] = {"error", "errors", "fail", "failed", "failure", "ko",
	    "denied", "forbidden", "unauthorized", NULL};
	if (t->type == MP_STR)
		return is_one_of((struct slice){t->p, t->n}, words);
	return number && t->type == MP_INT && t->i >= 400 && t->i <= 599;
}

/* Whether a code, a message or a text reports an error. */
static bool
scalar_reports(const struct mp_token *t, struct slice value)
{
	if (t->type == MP_STR)
		return !api_report_is_success((struct slice){t->p, t->n});
	if (t->type == MP_INT)
		return t->i != 0 && (t->i < 200 || t->i > 299);
	return mp_is_something(value);
}

/* An error object: by its code and message where it has them, else by anything in it. */
static bool
object_reports(const char *p, const char *end, size_t pairs)
{
	bool known = false, any = false;
	for (size_t i = 0; i < pairs; i++) {
		struct mp_token key, t;
		const char *value = mp_read(p, end, &key);
		mp_read(value, end, &t);
		p = mp_skip(value, end);
		struct slice raw = {value, (size_t)(p - value)};
		any |= mp_is_something(raw);
		enum member kind =
		    key.type == MP_STR ? kind_of((struct slice){key.p, key.n}) : OTHER;
		if (kind != CODE && kind != MESSAGE && kind != FAULT)
			continue;
		known = true;
		if (scalar_reports(&t, raw))
			return true;
	}
	return any && !known;
}

/* The value of an error member: an object, a text, a number, or a list of them. */
static bool
error_reports(struct slice value)
{
	struct mp_token t;
	const char *end = value.p + value.n, *p = mp_read(value.p, end, &t);
	if (t.type == MP_MAP)
		return object_reports(p, end, t.n);
	if (t.type != MP_ARRAY)
		return t.type == MP_INT ? t.i != 0 : scalar_reports(&t, value);
	for (size_t i = 0; i < t.n; i++) {
		struct mp_token element;
		const char *inside = mp_read(p, end, &element), *next = mp_skip(p, end);
		struct slice raw = {p, (size_t)(next - p)};
		if (element.type == MP_MAP ? object_reports(inside, end, element.n)
					   : mp_is_something(raw))
			return true;
		p = next;
	}
	return false;
}

/* success or ok: false and "false" report an error. 0 may also be a number of successes. */
static enum api_report
flag_reports(const struct mp_token *t)
{
	if (t->type == MP_INT)
		return t->i == 0 ? API_REPORT_CODE : API_REPORT_NOTHING;
	bool no =
	    t->type == MP_BOOL ? !t->b : t->type == MP_STR && is_false((struct slice){t->p, t->n});
	return no ? API_REPORT_ERROR : API_REPORT_NOTHING;
}

/* A code at the top: 1 is a success of many APIs there, and a boolean is not a code. */
static bool
code_reports(const struct mp_token *t, struct slice value)
{
	if (t->type == MP_INT)
		return t->i != 1 && scalar_reports(t, value);
	return t->type == MP_STR && !slice_is((struct slice){t->p, t->n}, "1") &&
	       scalar_reports(t, value);
}

static enum api_report
reports(enum member kind, const struct mp_token *t, struct slice value)
{
	bool code = false;
	switch (kind) {
	case ERROR:
		return error_reports(value) ? API_REPORT_ERROR : API_REPORT_NOTHING;
	case FLAG:
		return flag_reports(t);
	case FAULT:
		code = t->type == MP_MAP ? mp_is_something(value) : scalar_reports(t, value);
		break;
	case CODE:
		code = code_reports(t, value);
		break;
	case STATUS:
	case RESULT:
		code = is_failure(t, kind == STATUS);
		break;
	case OTHER:
	case MESSAGE:
		break;
	}
	return code ? API_REPORT_CODE : API_REPORT_NOTHING;
}

enum api_report
api_report_find(struct slice body, struct slice *name)
{
	struct mp_token top;
	const char *end = body.p + body.n, *p = body.n ? mp_read(body.p, end, &top) : NULL;
	enum api_report found = API_REPORT_NOTHING;
	struct slice code = {0};
	bool message = false;
	if (!p || top.type != MP_MAP)
		return API_REPORT_NOTHING;
	for (size_t i = 0; i < top.n; i++) {
		struct mp_token key, t;
		const char *value = mp_read(p, end, &key);
		mp_read(value, end, &t);
		/* The last one ends with the body, which may be large. */
		p = i + 1 < top.n ? mp_skip(value, end) : end;
		struct slice raw = {value, (size_t)(p - value)}, text = {key.p, key.n};
		enum member kind = key.type == MP_STR ? kind_of(text) : OTHER;
		message |= kind == MESSAGE && t.type == MP_STR && t.n;
		enum api_report this = reports(kind, &t, raw);
		if (this == API_REPORT_NOTHING)
			continue;
		if (kind == CODE) {
			code = text;
			continue;
		}
		*name = text;
		found = this;
		if (this == API_REPORT_ERROR)
			return found;
	}
	/* A code alone may be anything; with a message it is the API's answer to the request. */
	if (found == API_REPORT_NOTHING && code.n && message) {
		*name = code;
		found = API_REPORT_CODE;
	}
	return found;
}
