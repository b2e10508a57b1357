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

struct pair {
	struct template name, value;
};

struct line {
	struct slice name;
	const char *key; /* the same */
	struct template value;
};

/* One kind of request: its options, and the templates that they are. */
struct form {
	const struct request_options *given;
	const struct option_names *names;
	struct template url;
	struct pair *params;
	struct line *headers; /* of --header, and its own, which replace those of the same name */
	size_t n_headers;
	struct body body;
	struct hosts hosts;
};

/* The names of the options, for messages. */
static const struct option_names {
	const char *url, *header, *param, *body;
} names[REQUEST_KINDS] = {
    [REQUEST_MAIN] = {"url", "header", "param", "body"},
    [REQUEST_CREATE] = {"create-url", "create-header", "create-param", "create-body"},
    [REQUEST_POLL] = {"poll-url", "poll-header", "poll-param", "poll-body"},
    [REQUEST_DELETE] = {"delete-url", "delete-header", "delete-param", "delete-body"},
};

static struct form forms[REQUEST_KINDS];

/* Headers and parameters that only ever hold a secret. */
bool
request_is_secret_name(struct slice name)
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

void
request_refuse_literal(const char *option, struct slice name, const struct template *value)
{
	if (request_is_secret_name(name) && value->n && !variables_hold_secret(value))
		refuse(option, name);
}

/* The same of a URL's own query. */
static void
refuse_literals_in(const char *option, struct slice text)
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
		if (request_is_secret_name(name) && pair.n > name.n + 1 && equals[1] != '{')
			refuse(option, name);
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
refuse_auth_header(const char *option, struct slice name)
{
	static const char *const own[][5] = {
	    [AUTH_BEARER] = {"authorization"},
	    [AUTH_BASIC] = {"authorization"},
	    [AUTH_OAUTH2_REFRESH_TOKEN] = {"authorization"},
	    [AUTH_OAUTH2_CLIENT_CREDENTIALS] = {"authorization"},
	    [AUTH_OAUTH1] = {"authorization"},
	    [AUTH_LINE_JWS] = {"authorization", "date"},
	    [AUTH_AWS_SIGV4] = {"authorization", "x-amz-date", "x-amz-security-token",
		"x-amz-content-sha256"},
	};
	const char *key[] = {config.api_key_header, NULL};
	const char *const *list = config.auth == AUTH_API_KEY ? key : own[config.auth];
	for (; *list; list++)
		if (header_is(name, *list))
			die(STATUS_USAGE, "--%s: %.*s is set by --auth already", option,
			    (int)name.n, name.p);
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

/* The header of one option, checked. */
static struct line
read_header(const char *option, const char *text)
{
	const char *colon = strchr(text, ':');
	struct slice name = {text, colon ? (size_t)(colon - text) : 0};
	struct line line = {.name = name, .key = xstring(name)};
	if (!colon || !is_token(name))
		die(STATUS_USAGE, "--%s: %s is not NAME: VALUE", option, quoted(slice_of(text)));
	if (header_is(name, "host") || header_is(name, "content-length") ||
	    header_is(name, "transfer-encoding") || header_is(name, "accept-encoding"))
		die(STATUS_USAGE, "--%s: %.*s is set automatically", option, (int)name.n, name.p);
	refuse_auth_header(option, name);
	for (const char *c = colon; *c; c++)
		if ((unsigned char)*c < ' ' && *c != '\t')
			die(STATUS_USAGE, "--%s: %s holds a control character", option,
			    quoted(name));
	struct slice value = slice_trim(slice_of(colon + 1));
	line.value = variables_template(
	    option, value, is_quoted_json(value) ? TEMPLATE_JSON : TEMPLATE_HEADER);
	request_refuse_literal(option, name, &line.value);
	return line;
}

static void
add_headers(struct form *f, const char *option, const struct option_list *list)
{
	size_t before = f->n_headers;
	f->headers = xrealloc(f->headers, (f->n_headers + list->n + 1) * sizeof *f->headers);
	for (size_t i = 0; i < list->n; i++) {
		struct line line = read_header(option, list->items[i]);
		for (size_t k = before; k < f->n_headers && header_is(line.name, "content-type");
		     k++)
			if (header_is(f->headers[k].name, "content-type"))
				die(STATUS_USAGE,
				    "--%s: Content-Type is given twice, so it is unclear what "
				    "the body is",
				    option);
		f->headers[f->n_headers++] = line;
	}
}

/* Removes the headers from .. to that have one of the same name after them. */
static void
drop_replaced(struct form *f, size_t to)
{
	size_t n = 0;
	for (size_t i = 0; i < f->n_headers; i++) {
		bool replaced = false;
		for (size_t k = to; k < f->n_headers && i < to; k++)
			replaced |= header_is(f->headers[i].name, f->headers[k].key);
		if (!replaced)
			f->headers[n++] = f->headers[i];
	}
	f->n_headers = n;
}

static void
read_headers(struct form *f)
{
	bool main = f == &forms[REQUEST_MAIN];
	add_headers(f, "header", &config.header);
	size_t shared = f->n_headers;
	if (main)
		return;
	/* The type that the main request has for its body says nothing of a request without one. */
	for (size_t i = 0; i < shared && !f->given->body; i++)
		if (header_is(f->headers[i].name, "content-type")) {
			f->headers[i--] = f->headers[--f->n_headers];
			shared--;
		}
	add_headers(f, f->names->header, &f->given->header);
	drop_replaced(f, shared);
}

static void
read_params(struct form *f)
{
	const struct option_list *list = &f->given->param;
	const char *option = f->names->param;
	f->params = xcalloc(list->n, sizeof *f->params);
	for (size_t i = 0; i < list->n; i++) {
		const char *text = list->items[i], *equals = strchr(text, '=');
		if (!equals || equals == text)
			die(STATUS_USAGE, "--%s: %s is not NAME=VALUE", option,
			    quoted(slice_of(text)));
		struct slice name = {text, (size_t)(equals - text)};
		f->params[i].name = variables_template(option, name, TEMPLATE_TEXT);
		struct slice value = slice_of(equals + 1);
		f->params[i].value = variables_template(option, value, place_of_param(name, value));
		request_refuse_literal(option, name, &f->params[i].value);
	}
}

/* The Content-Type that a header gives; p NULL: none, "" for one that is a template. */
static struct slice
given_type(const struct form *f)
{
	struct slice type = {0};
	for (size_t i = 0; i < f->n_headers; i++) {
		const struct template *value = &f->headers[i].value;
		if (header_is(f->headers[i].name, "content-type"))
			type = value->n == 1 ? value->parts[0].text : SLICE("");
	}
	return type;
}

/* A parameter that another option sets would be replaced without a word. */
static void
refuse_param(const struct form *f, const char *param, const char *option)
{
	for (size_t i = 0; i < f->given->param.n && param; i++) {
		const struct template *name = &f->params[i].name;
		if (name->n == 1 && !name->parts[0].field && slice_is(name->parts[0].text, param))
			die(STATUS_USAGE, "--%s: %s is set by --%s already", f->names->param,
			    quoted(name->parts[0].text), option);
	}
}

static void
check_place(const struct form *f, const struct place *place)
{
	if (place->body_path && !f->body.is_json)
		die(STATUS_USAGE, "a place in the body (%s) needs a --body of JSON",
		    quoted(slice_of(place->body_path)));
}

static bool
headers_hold_secret(const struct form *f)
{
	for (size_t i = 0; i < f->n_headers; i++)
		if (variables_hold_secret(&f->headers[i].value))
			return true;
	return false;
}

/* The option beside --header that holds a secret, or NULL. */
static const char *
secret_option(const struct form *f)
{
	for (size_t i = 0; i < f->given->param.n; i++)
		if (variables_hold_secret(&f->params[i].name) ||
		    variables_hold_secret(&f->params[i].value))
			return f->names->param;
	if (variables_hold_secret(&f->url))
		return f->names->url;
	return f->given->body && body_holds_secret(&f->body) ? f->names->body : NULL;
}

static void
read_url(struct form *f)
{
	struct slice text = slice_of(f->given->url);
	const char *option = f->names->url;
	f->url = variables_template(option, text, TEMPLATE_URL);
	if (!url_is_http(text) && !(f->url.n && f->url.parts[0].field))
		die(STATUS_USAGE, "--%s: %s is not an http or https URL", option, redact(text));
	if (url_has_user(text))
		die(STATUS_USAGE,
		    "--%s: user and password do not belong in a URL: use --auth basic", option);
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f)
			die(STATUS_USAGE,
			    "--%s: %s holds a space or a control character: write %%20, or use "
			    "--param",
			    option, redact(text));
	refuse_literals_in(option, text);
}

static void
read_form(struct form *f)
{
	read_url(f);
	read_headers(f);
	read_params(f);
	if (f->given->body)
		body_init(&f->body, f->names->body, f->given->body, given_type(f));
	refuse_param(f, config.api_key_param, "api-key-param");
	hosts_init(&f->hosts, f->names->url, &f->url, headers_hold_secret(f), secret_option(f),
	    f->given->body ? f->names->body : NULL);
}

void
request_init(void)
{
	static const struct request_options *given[REQUEST_KINDS] = {
	    [REQUEST_MAIN] = &config.request,
	    [REQUEST_CREATE] = &config.create,
	    [REQUEST_POLL] = &config.poll,
	    [REQUEST_DELETE] = &config.delete,
	};
	for (size_t kind = 0; kind < REQUEST_KINDS; kind++) {
		forms[kind].given = given[kind];
		forms[kind].names = &names[kind];
		if (given[kind]->url)
			read_form(&forms[kind]);
	}
	const struct form *f = &forms[REQUEST_MAIN];
	refuse_param(f, config.offset.param, "offset-param");
	refuse_param(f, config.limit.param, "limit-param");
	refuse_param(f, config.page.param, "page-param");
	check_place(f, &config.offset);
	check_place(f, &config.limit);
	check_place(f, &config.page);
	check_place(f, &config.cursor);
}

static void
fill_url(const struct form *f, struct request *q)
{
	struct buf name = {0}, value = {0};
	const char *option = f->names->param;
	buf_reset(&q->url);
	q->url.max = REQUEST_URL_MAX;
	variables_fill(&f->url, f->names->url, &q->url);
	request_terminate(&q->url);
	request_check_url(&q->url, f->names->url);
	for (size_t i = 0; i < f->given->param.n; i++) {
		struct buf longer = {.max = REQUEST_URL_MAX};
		buf_reset(&name);
		buf_reset(&value);
		variables_fill(&f->params[i].name, option, &name);
		variables_fill(&f->params[i].value, option, &value);
		url_put_more(&longer, buf_slice(&q->url), buf_slice(&name), buf_slice(&value));
		request_terminate(&longer);
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
fill_headers(const struct form *f, struct request *q)
{
	buf_reset(&q->headers);
	q->headers.max = HTTP_HEADERS_MAX;
	for (size_t i = 0; i < f->n_headers; i++) {
		buf_put_slice(&q->headers, f->headers[i].name);
		buf_put_text(&q->headers, ": ");
		fill_header(q, f->headers[i].name, &f->headers[i].value);
		buf_put_byte(&q->headers, '\n');
	}
	if (f->given->body && body_type(&f->body))
		buf_printf(&q->headers, "Content-Type: %s\n", body_type(&f->body));
	buf_check(&q->headers, "the headers of a request", NULL);
}

void
request_fill(struct request *q, enum request_kind kind)
{
	const struct form *f = &forms[kind];
	q->kind = kind;
	q->method = f->given->method;
	fill_url(f, q);
	hosts_check(&f->hosts, q);
	fill_headers(f, q);
	q->has_body = f->given->body;
	q->json = q->has_body && f->body.is_json;
	buf_reset(&q->body);
	if (q->has_body)
		body_fill(&f->body, q);
}
