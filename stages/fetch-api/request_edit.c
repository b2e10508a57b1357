/* SPDX-License-Identifier: MIT */
#include "common/program/message.h"
#include "common/web/url.h"
#include "stages/fetch-api/body.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/request.h"

/* A request that was filled is copied, checked, and changed from page to page. */

void
request_terminate(struct buf *b)
{
	buf_put_byte(b, '\0');
	buf_check(b, "a URL", NULL);
	b->n--;
}

void
request_check_url(const struct buf *b, const char *option)
{
	if (b->n && (!url_is_http(buf_slice(b)) || memchr(b->p, '\0', b->n)))
		die(STATUS_DATA, "%s--%s: %s is not an http or https URL", record_prefix(), option,
		    redact(buf_slice(b)));
	if (url_has_user(buf_slice(b)))
		die(STATUS_DATA, "%s--%s: user and password do not belong in a URL",
		    record_prefix(), option);
}

static void
copy(struct buf *to, const struct buf *from)
{
	buf_reset(to);
	to->max = from->max;
	buf_put_slice(to, buf_slice(from));
	request_terminate(to);
}

void
request_copy(struct request *to, const struct request *from)
{
	copy(&to->url, &from->url);
	copy(&to->headers, &from->headers);
	copy(&to->body, &from->body);
	to->kind = from->kind;
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
	struct buf text = {0}, url_with = {.max = REQUEST_URL_MAX};
	value_read(value.p, value.p + value.n, &v);
	const char *wrong = template_put_text(&text, &v);
	if (wrong)
		die(STATUS_DATA, "%sthe value for parameter %s %s", record_prefix(),
		    quoted(slice_of(place->param)), wrong);
	buf_check(&text, "a parameter", NULL);
	url_put_param(&url_with, buf_slice(&q->url), slice_of(place->param), buf_slice(&text));
	request_terminate(&url_with);
	buf_free(&text);
	buf_free(&q->url);
	q->url = url_with;
}

void
request_follow(struct request *q, const struct request *first, const struct http_answer *from,
    struct slice reference)
{
	struct slice base = buf_slice(&from->url);
	struct buf next = {.max = REQUEST_URL_MAX};
	if (memchr(reference.p, '\0', reference.n) || !http_put_resolved(&next, base, reference))
		die(STATUS_DATA, "%sthe link to the next page is not an http or https URL: %s",
		    record_prefix(), redact(reference));
	request_terminate(&next);
	request_check_url(&next, "url");
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
