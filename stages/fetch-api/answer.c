/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/json/json_read.h"
#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/web/api_report.h"
#include "common/web/http_header.h"
#include "stages/fetch-api/answer.h"
#include "stages/fetch-api/large.h"
#include "stages/fetch-api/redact.h"

enum { SHOWN_ERRORS = 3 };

void
answer_init(struct answer *a, enum decoder decoder, uint64_t max)
{
	*a = (struct answer){0};
	spool_init(&a->body, max, decoder == DECODER_JSON ? SIZE_MAX : SPOOL_MEMORY);
}

void
answer_may_be_large(struct answer *a)
{
	a->may_be_large = config.decoder == DECODER_JSON && large_is_possible();
	if (a->may_be_large)
		a->body.keep = LARGE_MEMORY;
}

bool
answer_put(void *context, const char *p, size_t n)
{
	struct answer *a = context;
	if (!p) {
		spool_reset(&a->body);
		tail_reset(&a->tail);
		return true;
	}
	tail_put(&a->tail, p, n);
	return spool_put(&a->body, p, n);
}

/* detail completes the reason, or is NULL. */
static void
set_shape(struct answer *a, enum shape shape, const char *what, const char *detail)
{
	a->shape = shape;
	buf_reset(&a->why);
	buf_put_text(&a->why, what);
	buf_put_text(&a->why, detail ? detail : "");
}

static bool
is_success(const struct answer *a)
{
	return a->http.status >= 200 && a->http.status < 300;
}

/*
 * Only 204 and 205 mean "no content". 200 promises some; 201 and 202 are not asked again,
 * since that would do the work twice. With --until an empty 202 is one more poll.
 */
static void
check_empty(struct answer *a)
{
	long status = a->http.status;
	bool of_job = a->kind == REQUEST_CREATE || a->kind == REQUEST_DELETE;
	if (!is_success(a) || of_job || status == 204 || status == 205 || config.allow_empty ||
	    (status == 202 && (config.n_until || a->kind == REQUEST_POLL)))
		return;
	if (status == 202)
		set_shape(a, SHAPE_BAD,
		    "the answer is empty: the work is accepted, not done (see --until and "
		    "--allow-empty)",
		    NULL);
	else
		set_shape(a, status == 201 ? SHAPE_BAD : SHAPE_CUT,
		    "the answer is empty (see --allow-empty)", NULL);
	a->accepted_by_rule = true;
}

/* 206 is a part of the content. Good only for a request that asks for a part. */
static void
check_part(struct answer *a)
{
	if (a->http.status != 206 || a->shape != SHAPE_GOOD)
		return;
	for (size_t i = 0; i < config.header.n; i++) {
		const char *colon = strchr(config.header.items[i], ':');
		struct slice name = {
		    config.header.items[i], (size_t)(colon - config.header.items[i])};
		if (header_is(name, "range"))
			return;
	}
	set_shape(a, SHAPE_CUT, "the answer is a part, and no part was asked for", NULL);
	a->accepted_by_rule = true;
}

static void
not_json(struct answer *a, const struct json_error *error)
{
	struct buf place = {0};
	buf_printf(
	    &place, "line %d column %d: %s", (int)error->line, (int)error->column, error->what);
	buf_put_byte(&place, '\0');
	if (place.failed || a->json.failed)
		die(STATUS_TRY_AGAIN, "no memory for an answer");
	set_shape(a, error->cut ? SHAPE_CUT : SHAPE_BAD, "the answer is not JSON: ", place.p);
	buf_free(&place);
}

static bool
is_lines(const struct answer *a)
{
	struct slice type;
	header_find(buf_slice(&a->http.headers), "content-type", &type);
	return is_success(a) && header_is_json_lines(type);
}

/* JSON Lines: an array of its values, even of a single one. */
static void
read_lines(struct answer *a, struct slice text)
{
	const struct json_rules rules = {.duplicates = config.duplicates};
	struct json_reader *r = json_reader_new(&rules);
	struct buf values = {0};
	struct slice value;
	enum json_status status;
	size_t n = 0;
	if (!r)
		die(STATUS_TRY_AGAIN, "no memory for an answer");
	json_text(r, text);
	for (; (status = json_next(r, &value)) == JSON_VALUE; n++)
		buf_put_slice(&values, value);
	if (status == JSON_END) {
		mp_buf_array(&a->json, n);
		buf_put_slice(&a->json, buf_slice(&values));
	} else {
		not_json(a, json_error(r));
	}
	buf_check(&values, "an answer", NULL);
	buf_check(&a->json, "an answer", NULL);
	buf_free(&values);
	json_reader_free(r);
}

/* True if the answer was read from its file. */
static bool
read_large(struct answer *a)
{
	struct json_error error = {0};
	enum large large = is_lines(a) ? LARGE_HOLD : large_read(a, &error);
	if (large == LARGE_BAD)
		not_json(a, &error);
	if (large == LARGE_HOLD)
		large_hold(a);
	return large != LARGE_HOLD;
}

static void
read_json(struct answer *a)
{
	struct json_error error = {0};
	a->is_large = !spool_is_whole(&a->body);
	if (a->is_large && read_large(a))
		return;
	struct slice text = spool_start(&a->body);
	if (!slice_trim(text).n)
		check_empty(a);
	else if (is_lines(a))
		read_lines(a, text);
	else if (!json_to_msgpack(text, config.duplicates, &a->json, &error))
		not_json(a, &error);
}

static bool
begins(struct slice s, const char *text)
{
	return s.n >= strlen(text) && header_is((struct slice){s.p, strlen(text)}, text);
}

/* Without byte order mark and white space. */
static struct slice
skip_mark(struct slice s)
{
	if (s.n >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0)
		s = (struct slice){s.p + 3, s.n - 3};
	return slice_trim(s);
}

/* Checks the file of a successful answer. True if the result is already certain. */
static bool
check_file(struct answer *a)
{
	if (!a->body.n) {
		check_empty(a);
		return true;
	}
	if (!a->http.framed) {
		set_shape(a, SHAPE_BAD,
		    "the answer has no length, so a truncated one could not be detected", NULL);
		return true;
	}
	if (a->body.n > 4 && memcmp(spool_start(&a->body).p, "PK\3\4", 4) == 0 &&
	    !tail_is_of_zip(&a->tail)) {
		set_shape(a, SHAPE_CUT_FILE, "the answer is a zip file without its end: it was cut",
		    NULL);
		return true;
	}
	return config.accept_json;
}

/*
 * A file is expected. An API's error in its place is usually JSON, even with
 * status 200.
 */
static void
sniff(struct answer *a)
{
	struct slice type, coding, start = spool_start(&a->body), text = skip_mark(start);
	header_find(buf_slice(&a->http.headers), "content-type", &type);
	header_find(buf_slice(&a->http.headers), "content-encoding", &coding);
	/*
	 * gzip is handed on as it is: the decoder after sees by its sums
	 * whether it is whole, libcurl does not.
	 */
	if (coding.n && !header_is(coding, "identity") && !header_is(coding, "gzip") &&
	    !header_is(coding, "x-gzip"))
		set_shape(a, SHAPE_BAD,
		    "the answer has a content coding that was not asked for: ", redact(coding));
	struct json_error error;
	if (is_success(a) && (check_file(a) || header_is_json_lines(type)))
		return;
	/* A body that looks like JSON but is not is the file. */
	if (text.n && (*text.p == '{' || *text.p == '[') && spool_is_whole(&a->body))
		json_to_msgpack(start, JSON_DUPLICATES_LAST, &a->json, &error);
	if (!is_success(a))
		return;
	if (a->json.n || (header_is_json(type) && a->body.n))
		set_shape(a, SHAPE_BAD,
		    "the answer is JSON where a file was expected (see --accept-json)", NULL);
	else if (header_is(header_media_type(type), "text/html") ||
		 begins(text, "<!doctype html") || begins(text, "<html"))
		set_shape(a, SHAPE_BAD,
		    "the answer is an HTML page where a file was expected (see --accept-json)",
		    NULL);
}

void
answer_read(struct answer *a, enum decoder decoder)
{
	buf_reset(&a->json);
	a->shape = SHAPE_GOOD;
	a->accepted_by_rule = false;
	a->partial = false;
	a->errors.n = 0;
	a->errors.inside = false;
	if (decoder == DECODER_RAW)
		sniff(a);
	else
		read_json(a);
	check_part(a);
	if (a->json.n)
		api_errors_find(&a->errors, buf_slice(&a->json));
}

struct answer_view
answer_view(const struct answer *a)
{
	static const char *const words[REQUEST_KINDS] = {"download", "create", "poll", "delete"};
	return (struct answer_view){
	    .request = words[a->kind],
	    .status = a->http.status,
	    .headers = buf_slice(&a->http.headers),
	    .body = buf_slice(&a->json),
	    .errors = &a->errors,
	};
}

/* Whether an error is the one of before once more, as Google's details repeat the message of the whole. */
static bool
is_repeated(const struct api_errors *errors, size_t i)
{
	const struct api_error *e = &errors->list[i];
	for (size_t j = 0; j < i; j++) {
		const struct api_error *before = &errors->list[j];
		if (slice_equal(e->message, before->message) &&
		    (!e->code.n || slice_equal(e->code, before->code)))
			return true;
	}
	return false;
}

static void
put_error(struct buf *b, const struct api_error *e, long status)
{
	char text[24];
	snprintf(text, sizeof text, "%ld", status);
	/* {"code":403,"message":…} with status 403 says it once. */
	bool code = e->code.n && !(e->message.n && slice_is(e->code, text));
	if (code)
		buf_put_text(b, redact(e->code));
	if (code && e->message.n)
		buf_put_byte(b, ' ');
	if (e->message.n)
		buf_put_text(b, redact(e->message));
}

static void
put_errors(struct buf *b, const struct api_errors *errors, long status)
{
	size_t n = 0, skipped = 0;
	for (size_t i = 0; i < errors->n && n < SHOWN_ERRORS; i++) {
		const struct api_error *e = &errors->list[i];
		/* {"code":0,"message":"OK"} is not an error to show. */
		if ((api_report_is_success(e->code) && api_report_is_success(e->message)) ||
		    is_repeated(errors, i)) {
			skipped++;
			continue;
		}
		buf_put_text(b, n ? "; " : " ");
		n++;
		put_error(b, e, status);
	}
	if (errors->n > n + skipped)
		buf_printf(b, " (and %zu more)", errors->n - n - skipped);
}

/* Some servers give the reason in a header alone. */
static void
put_header_reason(struct buf *b, struct slice lines)
{
	static const char *const reasons[] = {"WWW-Authenticate", "X-Error-Message", "X-Error",
	    "X-Error-Code", "X-Amzn-ErrorType", "X-Ms-Error-Code", "Warning"};
	struct slice value;
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (header_find(lines, reasons[i], &value) && value.n) {
			buf_printf(b, " %s: %s", reasons[i], redact(value));
			return;
		}
}

const char *
answer_told(const struct request *q, const struct answer *a)
{
	static struct buf b;
	struct slice body =
	    spool_is_whole(&a->body) ? slice_trim(buf_slice(&a->body.memory)) : (struct slice){0};
	buf_reset(&b);
	buf_printf(&b, "%s%s %s: %ld", record_prefix(), q->method, redact_url(buf_slice(&q->url)),
	    a->http.status);
	if (a->errors.n)
		put_errors(&b, &a->errors, a->http.status);
	else if (a->shape != SHAPE_GOOD && is_success(a))
		buf_printf(&b, " %.*s", (int)a->why.n, a->why.p);
	/* a page of HTML would not help the reader */
	else if (!a->json.n && body.n && *body.p != '<')
		buf_printf(&b, " %s", redact(body));
	else if (!is_success(a))
		put_header_reason(&b, buf_slice(&a->http.headers));
	buf_put_byte(&b, '\0');
	return b.failed ? "(no memory)" : b.p;
}
