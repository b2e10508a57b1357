/* SPDX-License-Identifier: MIT */
#include "common/program/http_redirect.h"
#include "common/web/http_header.h"
#include "common/web/url.h"

const char *
http_redirect(
    const struct http_answer *answer, struct slice from, struct buf *next, struct http_request *q)
{
	struct slice location;
	long status = answer->status;
	buf_reset(next);
	if (!header_find(buf_slice(&answer->headers), "location", &location) ||
	    !http_put_resolved(next, from, location))
		return "it redirects to a URL that is not http or https";
	struct slice to = buf_slice(next);
	if (url_has_user(to))
		return "it redirects to a URL with a user in it";
	if (url_is_downgrade(from, to))
		return "it redirects from https to http";
	if (status == 303 || (status < 303 && strcmp(q->method, "POST") == 0)) {
		q->method = "GET";
		q->has_body = false;
	}
	if (q->has_body && !url_same_origin(from, to))
		return "it redirects the body of the request to another host";
	return NULL;
}
