/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/program/message.h"
#include "common/text/shell.h"
#include "common/web/http_header.h"
#include "common/web/url.h"
#include "stages/fetch-api/credential.h"
#include "stages/fetch-api/job_values.h"
#include "stages/fetch-api/print.h"

/* In single quotes, but nothing for nothing. */
static void
put_literal(struct slice text)
{
	if (!text.n)
		return;
	struct buf b = {0};
	shell_put_quoted(&b, text);
	buf_check(&b, "a word", NULL);
	fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
}

/* The value of a secret, in double quotes. */
static void
put_source(const char *name)
{
	const char *rest;
	switch (secret_kind(name, &rest)) {
	case SECRET_ENV:
		printf("\"$%s\"", rest);
		return;
	case SECRET_FILE:
		printf("\"$(cat ");
		put_literal(slice_of(rest));
		printf(")\"");
		return;
	default: /* exec: */
		printf("\"$(%s)\"", rest);
	}
}

/* One word of the command, with the values of secrets in their places. */
static void
put_word(struct slice text)
{
	size_t from = 0;
	const char *name;
	if (!text.n)
		printf("''");
	for (size_t i = 0; i < text.n;) {
		size_t n = credential_at(text.p + i, text.n - i, &name);
		const char *variable = NULL;
		if (!n)
			n = job_values_mark_at(text.p + i, text.n - i, &variable);
		if (!n) {
			i++;
			continue;
		}
		put_literal((struct slice){text.p + from, i - from});
		if (variable)
			printf("\"$%s\"", variable);
		else
			put_source(name);
		from = i += n;
	}
	put_literal((struct slice){text.p + from, text.n - from});
}

static void
put_option(const char *option, struct slice value)
{
	printf(" \\\n  %s ", option);
	put_word(value);
}

static void
put_header(const char *name, const char *start, struct slice value)
{
	struct buf line = {0};
	buf_printf(&line, "%s: %s", name, start);
	buf_put_slice(&line, value);
	buf_check(&line, "a header", NULL);
	put_option("-H", buf_slice(&line));
	buf_free(&line);
}

/* The secret of an option as a mark: nothing was read. */
static struct slice
mark_of(struct secret *s, const char *option, const char *name)
{
	credential_load(s, option, name);
	return secret_value(s);
}

/* curl has a signer of its own, whose form needs the region. Without a token an empty header is left out. */
static void
put_aws(void)
{
	struct buf text = {0};
	if (config.aws_region) {
		buf_printf(&text, "aws:amz:%s:%s", config.aws_region, config.aws_service);
		buf_check(&text, "an option", NULL);
		put_option("--aws-sigv4", buf_slice(&text));
	} else {
		printf(" \\\n  --aws-sigv4 \"aws:amz:$AWS_REGION:\"");
		put_literal(slice_of(config.aws_service));
	}
	printf(" \\\n  -u \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\"");
	printf(" \\\n  -H \"X-Amz-Security-Token: ${AWS_SESSION_TOKEN:-}\"");
	buf_free(&text);
}

/* What the command needs and does not hold, as a comment before it. */
static void
put_comment(void)
{
	switch (config.auth) {
	case AUTH_OAUTH2_REFRESH_TOKEN:
	case AUTH_OAUTH2_CLIENT_CREDENTIALS:
		printf("# ACCESS_TOKEN: an access token of %s\n", config.token_url);
		return;
	case AUTH_OAUTH1:
		printf(
		    "# AUTHORIZATION: an OAuth 1.0a signature of this request, which curl cannot "
		    "make; it is good once, for some minutes\n");
		return;
	case AUTH_LINE_JWS:
		printf("# DATE: the time as in \"Wed, 22 Dec 2021 00:00:00 GMT\"; AUTHORIZATION: "
		       "Bearer and a JWS of this request at that time, which curl cannot make\n");
		return;
	case AUTH_AWS_SIGV4:
		printf("# AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN: the "
		       "credentials, as \"aws configure export-credentials --format env\" "
		       "prints them\n");
		return;
	case AUTH_NONE:
	case AUTH_BEARER:
	case AUTH_API_KEY:
	case AUTH_BASIC:
		return;
	}
}

static void
put_credentials(struct buf *url)
{
	static struct secret secret;
	struct buf text = {0};
	switch (config.auth) {
	case AUTH_NONE:
		return;
	case AUTH_BEARER:
		put_header("Authorization", "Bearer ", mark_of(&secret, "token", config.token));
		return;
	case AUTH_OAUTH2_REFRESH_TOKEN:
	case AUTH_OAUTH2_CLIENT_CREDENTIALS:
		put_header("Authorization", "Bearer ",
		    mark_of(&secret, "refresh-token", "env:ACCESS_TOKEN"));
		return;
	case AUTH_BASIC:
		buf_printf(&text, "%s:", config.user);
		buf_put_slice(&text, mark_of(&secret, "password", config.password));
		buf_check(&text, "a password", NULL);
		put_option("-u", buf_slice(&text));
		break;
	case AUTH_OAUTH1:
		printf(" \\\n  -H \"Authorization: $AUTHORIZATION\"");
		return;
	case AUTH_LINE_JWS:
		printf(" \\\n  -H \"Date: $DATE\" \\\n  -H \"Authorization: $AUTHORIZATION\"");
		return;
	case AUTH_AWS_SIGV4:
		put_aws();
		return;
	case AUTH_API_KEY:
		if (config.api_key_header) {
			put_header(
			    config.api_key_header, "", mark_of(&secret, "api-key", config.api_key));
			return;
		}
		url_put_param(&text, buf_slice(url), slice_of(config.api_key_param),
		    mark_of(&secret, "api-key", config.api_key));
		buf_check(&text, "a URL", NULL);
		buf_reset(url);
		buf_put_slice(url, buf_slice(&text));
		buf_check(url, "a URL", NULL);
		break;
	}
	buf_free(&text);
}

/* curl adds a type of its own to every body. */
static void
put_body(const struct request *q)
{
	struct slice type;
	bool post = strcmp(q->method, "POST") == 0;
	if (!q->has_body && (strcmp(q->method, "GET") == 0 || strcmp(q->method, "DELETE") == 0))
		return;
	if (!header_find(buf_slice(&q->headers), "Content-Type", &type))
		put_option("-H", SLICE("Content-Type:"));
	put_option("--data-raw", buf_slice(&q->body));
	if (!post)
		put_option("-X", slice_of(q->method));
}

/* Of the requests of a job: which one it is, and where its values come from. */
static void
print_kind(enum request_kind kind)
{
	static const char *const told[REQUEST_KINDS] = {
	    "download", "create a job", "poll until it is done", "delete it"};
	if (!config.create.url)
		return;
	printf("# %s\n", told[kind]);
	job_values_print();
}

void
print_request(const struct request *q)
{
	struct buf url = {0};
	struct slice lines = buf_slice(&q->headers), name, value;
	buf_put_slice(&url, buf_slice(&q->url));
	buf_check(&url, "a URL", NULL);
	print_kind(q->kind);
	if (!q->foreign)
		put_comment();
	/* -g: brackets and braces of the URL are sent as they are. */
	printf("curl -g%s%s", q->has_body ? "" : "L",
	    config.decoder == DECODER_JSON || q->kind != REQUEST_MAIN ? " --compressed" : "");
	if (!q->has_body && strcmp(q->method, "DELETE") == 0)
		put_option("-X", slice_of(q->method));
	if (config.cacert)
		put_option("--cacert", slice_of(config.cacert));
	if (!q->foreign) {
		for (size_t at = 0; header_next(lines, &at, &name, &value);) {
			char *text = xstring(name);
			/* An empty value would remove the header. */
			if (value.n)
				put_header(text, "", value);
			else
				printf(" \\\n  -H '%s;'", text);
		}
		put_credentials(&url);
	}
	put_body(q);
	printf(" \\\n  ");
	put_word(buf_slice(&url));
	putchar('\n');
	buf_free(&url);
}

void
print_end(void)
{
	if (fflush(stdout) || ferror(stdout))
		die_errno(STATUS_IO, "cannot write standard output");
}
