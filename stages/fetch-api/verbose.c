/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/program/message.h"
#include "common/web/http_header.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/verbose.h"

/* Headers that explain an answer: its limits, its reason, the id that a support team asks for. */
static const char *const telling[] = {"Location", "WWW-Authenticate", "Retry-After", "Warning",
    "X-Request-Id", "X-Amzn-RequestId", "X-Amzn-ErrorType", "X-FB-Trace-ID",
    "X-Business-Use-Case-Usage", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset",
    "X-RateLimit-Remaining", "RateLimit"};

static void
put_headers(struct buf *b, struct slice lines)
{
	struct slice value;
	for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
		if (header_find(lines, telling[i], &value) && value.n)
			buf_printf(b, ", %s: %s", telling[i], redact(value));
}

static void
put_answer(struct buf *b, const struct answer *a, bool from_api)
{
	struct slice type, lines = buf_slice(&a->http.headers);
	buf_printf(b, "%ld, %" PRIu64 " bytes", a->http.status, a->body.n);
	if (header_find(lines, "Content-Type", &type) && type.n)
		buf_printf(b, " of %s", redact(header_media_type(type)));
	put_headers(b, lines);
	bool success = a->http.status >= 200 && a->http.status <= 299;
	bool bad = success ? from_api && a->shape != SHAPE_GOOD : true;
	struct slice body = slice_trim(buf_slice(&a->body.memory));
	if (bad && body.n && spool_is_whole(&a->body))
		buf_printf(b, ": %s", redact(body));
}

void
verbose_note(const struct request *q, enum http_result result, const struct answer *a, int64_t took,
    bool from_api)
{
	struct buf b = {0};
	struct slice url = buf_slice(&q->url), query = {0};
	const char *mark = url.n ? memchr(url.p, '?', url.n) : NULL;
	if (mark) {
		query = (struct slice){mark, url.n - (size_t)(mark - url.p)};
		url.n -= query.n;
		/* The query of a signed URL is a credential. */
		if (q->foreign)
			query = SLICE("?***");
	}
	buf_printf(&b, "%s%s %s%s", record_prefix(), q->method, redact_url(url), redact(query));
	if (q->body.n)
		buf_printf(&b, ", body of %zu bytes", q->body.n);
	buf_put_text(&b, ": ");
	if (result == HTTP_ANSWERED)
		put_answer(&b, a, from_api);
	else
		buf_put_text(&b, result == HTTP_STOPPED ? "the answer is too large"
							: redact(buf_slice(&a->http.why)));
	buf_printf(&b, ", %.3f s", (double)took / 1000);
	buf_put_byte(&b, '\0');
	message("%s", b.failed ? "no memory for --verbose" : b.p);
	buf_free(&b);
}
