/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/request.h"
#include "common/program/http.h"
#include "common/program/message.h"
#include "common/web/http_header.h"
#include "common/web/url.h"
#include "stages/fetch-api/body.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/hosts.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/variables.h"

enum { URL_MAX = 64 * 1024 };

struct pair {
	struct template name, value;
};

static struct template url;
static struct pair *params;
static struct {
	struct slice name;
	struct template value;
} * headers;

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
	if (is_secret_name(name) && value->n && !variables_hold_secret(value))
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

/* Two headers of one name would leave it to the server whose credentials count. */
static void
refuse_auth_header(struct slice name)
{
	const char *own = config.auth == AUTH_NONE      ? NULL
			  : config.auth == AUTH_API_KEY ? config.api_key_header
							: "authorization";
	if (own && header_is(name, own))
		die(STATUS_USAGE, "--header: %.*s is set by --auth already", (int)name.n, name.p);
}

/*
 * A parameter or header whose value is JSON: values are escaped in its strings. Without
 * a string in it, it may as well be a list of the API's own, such as [{from},{to}].
 */
static bool
is_quoted_json(struct slice text)
{
	return text.n && memchr(text.p, '"', text.n) && template_is_json(text);
}

static enum template_place
place_of_param(struct slice name, struct slice value)
{
	if (slice_is(name, "query") && template_is_graphql(value))
		return TEMPLATE_GRAPHQL;
	return is_quoted_json(value) ? TEMPLATE_JSON : TEMPLATE_TEXT;
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
			die(STATUS_USAGE, "--header: %.*s is set automatically", (int)name.n,
			    name.p);
		refuse_auth_header(name);
		for (size_t k = 0; k < i && header_is(name, "content-type"); k++)
			if (header_is(headers[k].name, "content-type"))
				die(STATUS_USAGE,
				    "--header: Content-Type is given twice, so it is unclear what "
				    "the body is");
		for (const char *c = colon; *c; c++)
			if ((unsigned char)*c < ' ' && *c != '\t')
				die(STATUS_USAGE, "--header: %s holds a control character",
				    quoted(name));
		headers[i].name = name;
		struct slice value = slice_trim(slice_of(colon + 1));
		headers[i].value = variables_template(
		    "header", value, is_quoted_json(value) ? TEMPLATE_JSON : TEMPLATE_HEADER);
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
		params[i].name = variables_template("param", name, TEMPLATE_TEXT);
		struct slice value = slice_of(equals + 1);
		params[i].value = variables_template("param", value, place_of_param(name, value));
		refuse_literal("param", name, &params[i].value);
	}
}

/* The Content-Type that --header gives; p NULL: none, "" for one that is a template. */
static struct slice
given_type(void)
{
	struct slice type = {0};
	for (size_t i = 0; i < config.header.n; i++)
		if (header_is(headers[i].name, "content-type"))
			type = headers[i].value.n == 1 ? headers[i].value.parts[0].text : SLICE("");
	return type;
}

/* A parameter that another option sets would be replaced without a word. */
static void
refuse_param(const char *param, const char *option)
{
	for (size_t i = 0; i < config.param.n && param; i++) {
		const struct template *name = &params[i].name;
		if (name->n == 1 && !name->parts[0].field && slice_is(name->parts[0].text, param))
			die(STATUS_USAGE, "--param: %s is set by --%s already",
			    quoted(name->parts[0].text), option);
	}
}

static void
check_place(const struct place *place)
{
	if (place->body_path && !body_is_json())
		die(STATUS_USAGE, "a place in the body (%s) needs a --body of JSON",
		    quoted(slice_of(place->body_path)));
}

static bool
headers_hold_secret(void)
{
	for (size_t i = 0; i < config.header.n; i++)
		if (variables_hold_secret(&headers[i].value))
			return true;
	return false;
}

/* The option beside --header that holds a secret, or NULL. */
static const char *
secret_option(void)
{
	for (size_t i = 0; i < config.param.n; i++)
		if (variables_hold_secret(&params[i].name) ||
		    variables_hold_secret(&params[i].value))
			return "param";
	if (variables_hold_secret(&url))
		return "url";
	return config.body && body_holds_secret() ? "body" : NULL;
}

void
request_init(void)
{
	struct slice text = slice_of(config.url);
	url = variables_template("url", text, TEMPLATE_URL);
	if (!url_is_http(text) && !(url.n && url.parts[0].field))
		die(STATUS_USAGE, "--url: %s is not an http or https URL", redact(text));
	if (url_has_user(text))
		die(STATUS_USAGE,
		    "--url: user and password do not belong in a URL: use --auth basic");
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f)
			die(STATUS_USAGE,
			    "--url: %s holds a space or a control character: write %%20, or use "
			    "--param",
			    redact(text));
	refuse_literals_in(text);
	read_headers();
	read_params();
	if (config.body)
		body_init(given_type());
	refuse_param(config.offset.param, "offset-param");
	refuse_param(config.limit.param, "limit-param");
	refuse_param(config.page.param, "page-param");
	refuse_param(config.api_key_param, "api-key-param");
	check_place(&config.offset);
	check_place(&config.limit);
	check_place(&config.page);
	check_place(&config.cursor);
	hosts_init(&url, headers_hold_secret(), secret_option());
}

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
		die(STATUS_DATA, "%s--url: %s is not an http or https URL", record_prefix(),
		    redact(buf_slice(b)));
	if (url_has_user(buf_slice(b)))
		die(STATUS_DATA, "%s--url: user and password do not belong in a URL",
		    record_prefix());
}

static void
fill_url(struct request *q)
{
	struct buf name = {0}, value = {0};
	buf_reset(&q->url);
	q->url.max = URL_MAX;
	variables_fill(&url, "url", &q->url);
	terminate(&q->url);
	check_url(&q->url);
	for (size_t i = 0; i < config.param.n; i++) {
		struct buf longer = {.max = URL_MAX};
		buf_reset(&name);
		buf_reset(&value);
		variables_fill(&params[i].name, "param", &name);
		variables_fill(&params[i].value, "param", &value);
		url_put_more(&longer, buf_slice(&q->url), buf_slice(&name), buf_slice(&value));
		terminate(&longer);
		buf_free(&q->url);
		q->url = longer;
	}
	buf_free(&name);
	buf_free(&value);
}

/* An empty header is as good as none, and the server would take its default for it. */
static void
fill_header(struct request *q, struct slice name, const struct template *value)
{
	size_t at = q->headers.n;
	variables_fill(value, "header", &q->headers);
	bool empty = q->headers.n == at && value->n;
	for (; at < q->headers.n; at++)
		if (((unsigned char)q->headers.p[at] < ' ' && q->headers.p[at] != '\t') ||
		    q->headers.p[at] == 0x7f)
			die(fetch.task->record ? STATUS_DATA : STATUS_USAGE,
			    "%s--header: %s: the filled value holds a control character",
			    record_prefix(), quoted(name));
	if (empty)
		die(fetch.task->record ? STATUS_DATA : STATUS_USAGE,
		    "%s--header: %s: the filled value is empty", record_prefix(), quoted(name));
}

static void
fill_headers(struct request *q)
{
	buf_reset(&q->headers);
	q->headers.max = HTTP_HEADERS_MAX;
	for (size_t i = 0; i < config.header.n; i++) {
		buf_put_slice(&q->headers, headers[i].name);
		buf_put_text(&q->headers, ": ");
		fill_header(q, headers[i].name, &headers[i].value);
		buf_put_byte(&q->headers, '\n');
	}
	if (config.body && body_type())
		buf_printf(&q->headers, "Content-Type: %s\n", body_type());
	buf_check(&q->headers, "the headers of a request", NULL);
}

void
request_fill(struct request *q)
{
	q->method = config.method;
	fill_url(q);
	hosts_check(q);
	fill_headers(q);
	body_fill(q);
}

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
	to->wary = from->wary;
}

void
request_place(struct request *q, const struct place *place, struct slice value)
{
	if (place->body_path)
		body_place(q, place, value);
	if (!place->param)
		return;
	struct value v;
	struct buf text = {0}, url_with = {.max = URL_MAX};
	value_read(value.p, value.p + value.n, &v);
	const char *wrong = template_put_text(&text, &v);
	if (wrong)
		die(STATUS_DATA, "%sthe value for parameter %s %s", record_prefix(),
		    quoted(slice_of(place->param)), wrong);
	buf_check(&text, "a parameter", NULL);
	url_put_param(&url_with, buf_slice(&q->url), slice_of(place->param), buf_slice(&text));
	terminate(&url_with);
	buf_free(&text);
	buf_free(&q->url);
	q->url = url_with;
}

void
request_follow(struct request *q, const struct request *first, const struct http_answer *from,
    struct slice reference)
{
	struct slice base = buf_slice(&from->url);
	struct buf next = {.max = URL_MAX};
	if (memchr(reference.p, '\0', reference.n) || !http_put_resolved(&next, base, reference))
		die(STATUS_DATA, "%sthe link to the next page is not an http or https URL: %s",
		    record_prefix(), redact(reference));
	terminate(&next);
	check_url(&next);
	if (url_is_downgrade(base, buf_slice(&next)) ||
	    url_is_downgrade(buf_slice(&first->url), buf_slice(&next)))
		die(STATUS_REFUSED, "%sthe link to the next page leads from https to http: %s",
		    record_prefix(), redact_url(buf_slice(&next)));
	/* Once elsewhere, credentials are never sent again: no other host may choose which URL gets them. */
	q->foreign |= !url_same_origin(buf_slice(&first->url), base) ||
		      !url_same_origin(buf_slice(&first->url), buf_slice(&next));
	if (q->foreign && !from->home_private && !q->wary)
		q->wary = http_leads_inside;
	q->method = "GET";
	q->has_body = false;
	buf_free(&q->url);
	q->url = next;
}
