/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "common/aws/impl.h"
#include "common/program/file.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/web/url.h"

/* The credentials of a container (ECS, Fargate, EKS Pod Identity). */

enum {
	CONNECT_TIME = 1000, /* milliseconds */
	ANSWER_TIME = 2000,
	TRIES = 3,
	TOKEN_MAX = 16 * 1024,
};

static bool
take(void *context, const char *p, size_t n)
{
	struct buf *body = context;
	buf_put(body, p, n);
	return !body->failed;
}

long
aws_metadata(struct aws *a, const char *method, const char *url, struct slice headers, int64_t time,
    struct buf *body, struct buf *why)
{
	if (!a->metadata)
		a->metadata = http_new(&(struct http_options){.cacert = a->cacert,
		    .connect_timeout = CONNECT_TIME,
		    .read_timeout = ANSWER_TIME});
	struct http_request q = {.method = method,
	    .url = url,
	    .headers = headers,
	    .max_time = time,
	    .exact = true,
	    .direct = true};
	struct http_answer answer = {0};
	secret_wipe_buf(body);
	body->max = AWS_METADATA_MAX;
	enum http_result result = HTTP_STOPPED;
	if (buf_reserve(body, AWS_METADATA_MAX))
		result = http_perform(a->metadata, &q, take, body, &answer);
	buf_reset(why);
	if (result == HTTP_STOPPED)
		buf_put_text(why, "the answer is too large");
	else
		buf_put_slice(why, buf_slice(&answer.why));
	buf_put_byte(why, '\0');
	buf_free(&answer.headers);
	buf_free(&answer.url);
	buf_free(&answer.why);
	return result == HTTP_ANSWERED ? answer.status : 0;
}

/* Only these may be asked without TLS: the answer is a secret. */
static bool
is_allowed(struct slice url)
{
	struct slice host = url_host(url);
	return url_is_http(url) && !url_has_user(url) &&
	       (slice_equal_caseless((struct slice){url.p, 6}, SLICE("https:")) ||
		   slice_is(host, "169.254.170.2") || slice_is(host, "169.254.170.23") ||
		   slice_equal_caseless(host, SLICE("[fd00:ec2::23]")) || aws_is_loopback(url));
}

/* The URL that the environment names; NOT_HERE if it names none. */
static enum found
container_url(struct buf *url, struct failure *f)
{
	const char *relative = aws_variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	const char *full = aws_variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
	if (!relative && !full)
		return NOT_HERE;
	if (relative && relative[0] != '/') {
		failure_set(f, STATUS_CONFIG,
		    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with /");
		return FAILED;
	}
	buf_put_text(url, relative ? "http://169.254.170.2" : "");
	buf_put_text(url, relative ? relative : full);
	if (!url->failed && !is_allowed(buf_slice(url))) {
		failure_set(f, STATUS_CONFIG,
		    "AWS_CONTAINER_CREDENTIALS_FULL_URI: %s is neither https nor an address of "
		    "this machine or of the container service",
		    quoted(buf_slice(url)));
		return FAILED;
	}
	buf_put_byte(url, '\0');
	return FOUND;
}

/* The Authorization header, if the environment has a token; a file is read each time, since it changes. */
static enum found
put_authorization(struct buf *headers, struct failure *f)
{
	const char *path = aws_variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	const char *token = aws_variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
	struct buf text = {.max = TOKEN_MAX};
	bool good = buf_reserve(&text, TOKEN_MAX) != NULL;
	if (good && path && !file_read(path, &text))
		good = failure_set_errno(f,
		    errno == EACCES || errno == EPERM ? STATUS_PERMISSION : STATUS_CONFIG,
		    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: cannot read %s",
		    quoted(slice_of(path)));
	else if (good && !path && token)
		buf_put_text(&text, token);
	struct slice value = slice_trim(buf_slice(&text));
	for (size_t i = 0; good && i < value.n; i++)
		if ((unsigned char)value.p[i] < ' ' || (unsigned char)value.p[i] >= 0x7f)
			good = failure_set(f, STATUS_CONFIG,
			    "the container's authorization token holds a character that a header "
			    "must not have");
	if (good && text.failed)
		good = failure_set(f, STATUS_CONFIG,
		    "the container's authorization token is over %d bytes", TOKEN_MAX);
	if (good && value.n) {
		buf_put_text(headers, "Authorization: ");
		buf_put_slice(headers, value);
		buf_put_byte(headers, '\n');
	}
	secret_wipe_buf(&text);
	return good ? FOUND : FAILED;
}

enum found
aws_container(struct aws *a, struct aws_keys *k, struct failure *f)
{
	struct buf url = {0}, headers = {.max = 2 * TOKEN_MAX}, body = {0}, why = {0};
	long status = 0;
	buf_reserve(&headers, 2 * TOKEN_MAX);
	enum found found = container_url(&url, f);
	if (found == FOUND)
		found = put_authorization(&headers, f);
	for (int n = 0; found == FOUND && n < TRIES && (status == 0 || status >= 500); n++)
		status =
		    aws_metadata(a, "GET", url.p, buf_slice(&headers), ANSWER_TIME, &body, &why);
	if (found == FOUND && status == 200) {
		found = aws_keys_read(k, buf_slice(&body), f);
	} else if (found == FOUND) {
		found = FAILED;
		if (status)
			failure_set(f,
			    status >= 500 || status == 429 ? STATUS_TRY_AGAIN : STATUS_PERMISSION,
			    "the container's address answered %ld", status);
		else
			failure_set(f, STATUS_TRY_AGAIN, "the container's address: %s", why.p);
	}
	secret_wipe_buf(&headers);
	secret_wipe_buf(&body);
	buf_free(&url);
	buf_free(&why);
	return found;
}
