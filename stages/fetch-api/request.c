/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/request.h"
#include "common/file.h"
#include "common/http.h"
#include "common/http_header.h"
#include "common/json_read.h"
#include "common/json_write.h"
#include "common/message.h"
#include "common/mp_path.h"
#include "common/url.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/names.h"
#include "stages/fetch-api/shown.h"

enum { BODY_FILE_MAX = 16 * 1024 * 1024, BODY_MAX = 64 * 1024 * 1024, URL_MAX = 64 * 1024 };

struct pair {
	struct template name, value;
};

static struct template url, body;
static struct pair *params;
static struct {
	struct slice name;
	struct template value;
} * headers;
static bool body_is_json, add_json_type;

/* ---- options ---- */

/* Headers and parameters that only ever hold a secret. */
static bool
is_secret_name(struct slice name)
{
	static const char *const words[] = {"authorization", "proxy-authorization", "cookie",
	    "x-api-key", "api-key", "api_key", "apikey", "access-token", "access_token",
	    "x-auth-token", "x-auth-api", "developer-token", "developertoken", "client_secret",
	    "refresh_token", "password", NULL};
	for (size_t i = 0; words[i]; i++)
		if (header_is(name, words[i]))
			return true;
	return false;
}

_Noreturn static void
refuse(const char *option, struct slice name)
{
	die(STATUS_USAGE,
	    "--%s: %s holds a secret, and an argument is visible to every user of the machine: use "
	    "--auth, or --secret NAME=env:VARIABLE and {NAME}",
	    option, quoted(name));
}

static void
refuse_literal(const char *option, struct slice name, const struct template *value)
{
	if (is_secret_name(name) && value->n && !names_hold_secret(value))
		refuse(option, name);
}

/* The same of a URL's own query. */
static void
refuse_literals_in(struct slice text)
{
	const char *at = text.n ? memchr(text.p, '?', text.n) : NULL, *end = text.p + text.n;
	while (at) {
		struct slice pair = {at + 1, (size_t)(end - at - 1)};
		at = memchr(pair.p, '&', pair.n);
		if (at)
			pair.n = (size_t)(at - pair.p);
		const char *equals = memchr(pair.p, '=', pair.n);
		if (!equals)
			continue;
		struct slice name = {pair.p, (size_t)(equals - pair.p)};
		if (is_secret_name(name) && pair.n > name.n + 1 && equals[1] != '{')
			refuse("url", name);
	}
}

static bool
is_token(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f ||
		    strchr("\"(),/:;<=>?@[\\]{}", s.p[i]))
			return false;
	return s.n > 0;
}

static void
read_headers(void)
{
	headers = xcalloc(config.header.n, sizeof *headers);
	for (size_t i = 0; i < config.header.n; i++) {
		const char *text = config.header.items[i], *colon = strchr(text, ':');
		struct slice name = {text, colon ? (size_t)(colon - text) : 0};
		if (!colon || !is_token(name))
			die(STATUS_USAGE, "--header: %s is not NAME: VALUE",
			    quoted(slice_of(text)));
		if (header_is(name, "host") || header_is(name, "content-length") ||
		    header_is(name, "transfer-encoding") || header_is(name, "accept-encoding"))
			die(STATUS_USAGE, "--header: %s is not yours to set", quoted(name));
		for (const char *c = colon; *c; c++)
			if ((unsigned char)*c < ' ' && *c != '\t')
				die(STATUS_USAGE, "--header: %s holds a control character",
				    quoted(name));
		headers[i].name = name;
		headers[i].value =
		    names_template("header", slice_trim(slice_of(colon + 1)), TEMPLATE_HEADER);
		refuse_literal("header", name, &headers[i].value);
	}
}

static void
read_params(void)
{
	params = xcalloc(config.param.n, sizeof *params);
	for (size_t i = 0; i < config.param.n; i++) {
		const char *text = config.param.items[i], *equals = strchr(text, '=');
		if (!equals || equals == text)
			die(STATUS_USAGE, "--param: %s is not NAME=VALUE", quoted(slice_of(text)));
		struct slice name = {text, (size_t)(equals - text)};
		params[i].name = names_template("param", name, TEMPLATE_TEXT);
		params[i].value = names_template("param", slice_of(equals + 1), TEMPLATE_TEXT);
		refuse_literal("param", name, &params[i].value);
	}
}

static struct slice
read_file(const char *path)
{
	struct buf b = {.max = BODY_FILE_MAX};
	if (!file_read(path, &b))
		die_errno(STATUS_IO, "--body: cannot read %s", quoted(slice_of(path)));
	buf_check(&b, "the file of --body", NULL);
	return buf_slice(&b); /* kept: the template points into it */
}

static void
read_body(void)
{
	struct slice text =
	    config.body[0] == '@' ? read_file(config.body + 1) : slice_of(config.body);
	struct slice start = slice_trim(text), type = {0};
	for (size_t i = 0; i < config.header.n; i++)
		if (header_is(headers[i].name, "content-type"))
			type = headers[i].value.n == 1 ? headers[i].value.parts[0].text : SLICE("");
	bool form = header_is(header_media_type(type), "application/x-www-form-urlencoded");
	add_json_type = !type.p && start.n && (start.p[0] == '{' || start.p[0] == '[');
	body_is_json = add_json_type || header_is_json(type);
	if (!type.p && !add_json_type && start.n)
		die(STATUS_USAGE,
		    "--body: it does not look like JSON: give its --header 'Content-Type: ...'");
	body = names_template("body", text,
	    body_is_json ? TEMPLATE_JSON
	    : form       ? TEMPLATE_FORM
			 : TEMPLATE_TEXT);
}

static void
check_place(const struct place *place)
{
	if (place->body_path && !body_is_json)
		die(STATUS_USAGE, "a place in the body (%s) needs a --body of JSON",
		    quoted(slice_of(place->body_path)));
}

void
request_init(void)
{
	struct slice text = slice_of(config.url);
	url = names_template("url", text, TEMPLATE_URL);
	if (!url_is_http(text) && !(url.n && url.parts[0].field))
		die(STATUS_USAGE, "--url: %s is no http or https URL", shown(text));
	if (url_has_user(text))
		die(STATUS_USAGE,
		    "--url: user and password do not belong into a URL: use --auth basic");
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f)
			die(STATUS_USAGE,
			    "--url: %s holds a space or a control character: write %%20, or use "
			    "--param",
			    shown(text));
	refuse_literals_in(text);
	read_headers();
	read_params();
	if (config.body)
		read_body();
	check_place(&config.offset);
	check_place(&config.limit);
	check_place(&config.page);
	check_place(&config.cursor);
}

/* ---- filling ---- */

/* Appends a NUL that does not count. */
static void
terminate(struct buf *b)
{
	buf_put_byte(b, '\0');
	buf_check(b, "a URL", NULL);
	b->n--;
}

static void
check_url(const struct buf *b)
{
	if (b->n && (!url_is_http(buf_slice(b)) || memchr(b->p, '\0', b->n)))
		die(STATUS_DATA, "%s--url: %s is no http or https URL", shown_where(),
		    shown(buf_slice(b)));
	if (url_has_user(buf_slice(b)))
		die(STATUS_DATA, "%s--url: user and password do not belong into a URL",
		    shown_where());
}

static void
fill_url(struct request *q)
{
	struct buf name = {0}, value = {0};
	buf_reset(&q->url);
	q->url.max = URL_MAX;
	names_fill(&url, "url", &q->url);
	terminate(&q->url);
	check_url(&q->url);
	for (size_t i = 0; i < config.param.n; i++) {
		struct buf longer = {.max = URL_MAX};
		buf_reset(&name);
		buf_reset(&value);
		names_fill(&params[i].name, "param", &name);
		names_fill(&params[i].value, "param", &value);
		url_put_more(&longer, buf_slice(&q->url), buf_slice(&name), buf_slice(&value));
		terminate(&longer);
		buf_free(&q->url);
		q->url = longer;
	}
	buf_free(&name);
	buf_free(&value);
}

static void
fill_headers(struct request *q)
{
	buf_reset(&q->headers);
	q->headers.max = HTTP_HEADERS_MAX;
	for (size_t i = 0; i < config.header.n; i++) {
		buf_put_slice(&q->headers, headers[i].name);
		buf_put_text(&q->headers, ": ");
		names_fill(&headers[i].value, "header", &q->headers);
		buf_put_byte(&q->headers, '\n');
	}
	if (add_json_type)
		buf_put_text(&q->headers, "Content-Type: application/json\n");
	buf_check(&q->headers, "the headers of a request", NULL);
}

/* A body that is no JSON would be told by the server, but not where it is wrong. */
static void
check_body(const struct request *q)
{
	struct buf ignored = {0};
	struct json_error error;
	if (!json_to_msgpack(buf_slice(&q->body), JSON_DUPLICATES_ERROR, &ignored, &error))
		die(fetch.record ? STATUS_DATA : STATUS_USAGE,
		    "%s--body: the filled body is no JSON: line %d column %d: %s", shown_where(),
		    (int)error.line, (int)error.column, error.what);
	buf_free(&ignored);
}

void
request_fill(struct request *q)
{
	q->method = config.method;
	q->foreign = false;
	q->has_body = config.body;
	q->json = body_is_json;
	fill_url(q);
	fill_headers(q);
	buf_reset(&q->body);
	q->body.max = BODY_MAX;
	if (q->has_body)
		names_fill(&body, "body", &q->body);
	if (q->json)
		check_body(q);
}

/* ---- pages ---- */

static void
copy(struct buf *to, const struct buf *from)
{
	buf_reset(to);
	to->max = from->max;
	buf_put_slice(to, buf_slice(from));
	terminate(to);
}

void
request_copy(struct request *to, const struct request *from)
{
	copy(&to->url, &from->url);
	copy(&to->headers, &from->headers);
	copy(&to->body, &from->body);
	to->method = from->method;
	to->has_body = from->has_body;
	to->json = from->json;
	to->foreign = from->foreign;
}

static void
place_in_body(struct request *q, const struct place *place, struct slice value)
{
	static const struct json_style style = {0};
	struct buf before = {0}, after = {0};
	struct json_error error;
	/* It was JSON when it was filled. */
	if (!json_to_msgpack(buf_slice(&q->body), JSON_DUPLICATES_ERROR, &before, &error))
		die(STATUS_BUG, "the body is no JSON any more: %s", error.what);
	const char *wrong = mp_path_set(&after, buf_slice(&before), &place->path, value);
	if (wrong)
		die(STATUS_USAGE, "%s in the body: %s", quoted(slice_of(place->body_path)), wrong);
	buf_reset(&q->body);
	json_write(&q->body, buf_slice(&after), &style);
	buf_check(&after, "the body of a request", NULL);
	buf_check(&q->body, "the body of a request", NULL);
	buf_free(&before);
	buf_free(&after);
}

void
request_place(struct request *q, const struct place *place, struct slice value)
{
	if (place->body_path)
		place_in_body(q, place, value);
	if (!place->param)
		return;
	struct value v;
	struct buf text = {0}, url_with = {.max = URL_MAX};
	value_read(value.p, value.p + value.n, &v);
	const char *wrong = template_put_text(&text, &v);
	if (wrong)
		die(STATUS_DATA, "%sthe value for parameter %s %s", shown_where(),
		    quoted(slice_of(place->param)), wrong);
	buf_check(&text, "a parameter", NULL);
	url_put_param(&url_with, buf_slice(&q->url), slice_of(place->param), buf_slice(&text));
	terminate(&url_with);
	buf_free(&text);
	buf_free(&q->url);
	q->url = url_with;
}

void
request_follow(
    struct request *q, const struct request *first, struct slice base, struct slice reference)
{
	struct buf next = {.max = URL_MAX};
	if (memchr(reference.p, '\0', reference.n) || !http_put_resolved(&next, base, reference))
		die(STATUS_DATA, "%sthe link to the next page is no http or https URL: %s",
		    shown_where(), shown(reference));
	terminate(&next);
	check_url(&next);
	q->foreign = !url_same_origin(buf_slice(&first->url), buf_slice(&next));
	q->method = "GET";
	q->has_body = false;
	buf_free(&q->url);
	q->url = next;
}
