/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/program/http_curl.h"
#include "common/program/http_redirect.h"
#include "common/program/message.h"
#include "common/web/http_header.h"
#include "common/web/url.h"

const char http_leads_inside[] =
    "it leads from a public address to a private one (see --allow-private)";

enum http_result
http_perform(struct http *h, const struct http_request *q, http_put *put, void *context,
    struct http_answer *answer)
{
	struct http_request now = *q;
	struct buf next = {0};
	enum http_result result = HTTP_REFUSED;
	bool foreign = false;
	struct transfer *t = http_multi_take(h);
	t->answer = answer;
	t->put = put;
	t->context = context;
	t->exact = q->exact;
	t->first = true;
	t->stopped = false;
	answer->headers.max = HTTP_HEADERS_MAX;
	buf_reset(&answer->url);
	buf_put_text(&answer->url, q->url);
	for (unsigned n = 0;; n++) {
		buf_put_byte(&answer->url, '\0');
		buf_check(&answer->url, "a URL", NULL);
		answer->url.n--;
		struct slice here = buf_slice(&answer->url);
		/* Once redirected off-origin, never send credentials again, even if redirected back: another host must not choose which URL gets them. */
		foreign |= !url_same_origin(here, slice_of(q->url));
		t->guarded = q->wary;
		if (n)
			t->guarded = foreign && !answer->home_private ? http_leads_inside : NULL;
		if (h->options.allow_private)
			t->guarded = NULL;
		result = transfer_send(t, &now, here.p, now.method, foreign);
		if (!n)
			answer->home_private = t->is_private;
		if (result != HTTP_ANSWERED || !transfer_redirects(t, answer->status))
			break;
		const char *why = n == HTTP_REDIRECTS_MAX
				      ? "it redirects more than 10 times"
				      : http_redirect(answer, here, &next, &now);
		if (why) {
			result = transfer_fail(t, HTTP_REFUSED, why);
			break;
		}
		buf_reset(&answer->url);
		buf_put_slice(&answer->url, buf_slice(&next));
	}
	answer->framed = transfer_is_framed(t, buf_slice(&answer->url));
	/* An answer without a body has still begun. */
	if (result == HTTP_ANSWERED && t->first)
		put(context, NULL, 0);
	http_multi_give(t);
	buf_free(&next);
	return result;
}

bool
http_put_resolved(struct buf *b, struct slice base, struct slice reference)
{
	CURLU *u = curl_url();
	/* RFC 3986, 5.3: nothing, or a fragment alone, is the base itself; libcurl would take "/". */
	if (!reference.n || *reference.p == '#')
		reference = base;
	char *from = xstring(base), *to = xstring(reference), *url = NULL;
	bool good = u && !curl_url_set(u, CURLUPART_URL, from, 0) &&
		    !curl_url_set(u, CURLUPART_URL, to, CURLU_URLENCODE) &&
		    !curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0) &&
		    !curl_url_get(u, CURLUPART_URL, &url, 0) && url_is_http(slice_of(url));
	if (good)
		buf_put_text(b, url);
	curl_free(url);
	free(from);
	free(to);
	curl_url_cleanup(u);
	return good;
}

bool
http_date(struct slice text, int64_t *seconds)
{
	char *date = xstring(text);
	time_t t = curl_getdate(date, NULL);
	free(date);
	*seconds = t;
	return t >= 0;
}
