/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/playback.h"
#include "common/json/json_read.h"
#include "common/program/file.h"
#include "common/program/loop.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "common/text/base64.h"
#include "common/web/har.h"
#include "common/web/url.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/redact.h"

enum { MEGABYTE = 1024 * 1024, FILE_MAX = 512 * MEGABYTE };

struct item {
	struct har_played answer;
	bool used;
};

static struct item *items;
static size_t n_items, first_unused;
static bool has_own; /* some are of this very step */
static struct buf headers, body, why;

static void
add(struct slice entry)
{
	struct item item = {0};
	const char *wrong = har_read(&item.answer, entry);
	if (wrong)
		die(STATUS_CONFIG, "--replay: %s: entry %zu: %s", quoted(slice_of(config.replay)),
		    n_items + 1, wrong);
	if ((n_items & (n_items - 1)) == 0)
		items = xrealloc(items, (n_items ? 2 * n_items : 1) * sizeof *items);
	items[n_items++] = item;
	has_own |= slice_is(item.answer.step, message_stage());
}

/* The entries point into the msgpack text, which stays. */
static void
read_file(void)
{
	struct buf text = {.max = FILE_MAX}, map = {0};
	struct json_error error;
	struct json_path steps = {0};
	struct mp_walk walk;
	struct slice entry;
	if (!file_read(config.replay, &text))
		die_errno(STATUS_IO, "--replay: cannot read %s", quoted(slice_of(config.replay)));
	if (text.failed)
		die(STATUS_CONFIG, "--replay: %s is larger than %d MiB",
		    quoted(slice_of(config.replay)), FILE_MAX / MEGABYTE);
	if (!json_to_msgpack(buf_slice(&text), JSON_DUPLICATES_LAST, &map, &error))
		die(STATUS_CONFIG, "--replay: %s is not a HAR file: line %llu: %s",
		    quoted(slice_of(config.replay)), (unsigned long long)error.line, error.what);
	buf_check(&map, "--replay", NULL);
	buf_free(&text);
	json_path_parse(&steps, SLICE("log.entries[]"));
	mp_walk_start(&walk, buf_slice(&map), &steps);
	while (mp_walk_next(&walk, &entry))
		add(entry);
	if (!walk.found)
		die(STATUS_CONFIG, "--replay: %s is not a HAR file: it has no log.entries",
		    quoted(slice_of(config.replay)));
	json_path_free(&steps);
}

/* A request as a trace has it, without secrets. */
struct wanted {
	struct slice method, url, body;
	bool has_body;
	uint64_t size; /* of the body as it would be sent */
};

static bool
is_like(struct slice a, struct slice b)
{
	return slice_equal(a, b) || har_like(a, b) || har_like(b, a);
}

static bool
is_body(const struct har_played *p, const struct wanted *w)
{
	struct slice body_start = w->body;
	if (p->has_sent != w->has_body)
		return false;
	if (!p->sent_cut)
		return is_like(p->sent, w->body);
	if (body_start.n > p->sent.n)
		body_start.n = p->sent.n;
	return p->sent_size == w->size && is_like(p->sent, body_start);
}

static bool
is_url(const struct har_played *p, const struct wanted *w)
{
	return slice_equal(p->method, w->method) && is_like(p->url, w->url);
}

/* The first answer to it that was not given yet; those of this step of the batch before those of others. */
static struct item *
find(const struct wanted *w)
{
	struct item *other = NULL;
	while (first_unused < n_items && items[first_unused].used)
		first_unused++;
	for (size_t i = first_unused; i < n_items; i++) {
		struct item *item = &items[i];
		if (item->used || !is_url(&item->answer, w) || !is_body(&item->answer, w))
			continue;
		if (!has_own || slice_is(item->answer.step, message_stage()))
			return item;
		if (!other)
			other = item;
	}
	return other;
}

/* Why there is no answer to it. */
static void
explain(const struct wanted *w)
{
	size_t urls = 0, used = 0;
	for (size_t i = 0; i < n_items; i++) {
		if (!is_url(&items[i].answer, w))
			continue;
		urls++;
		used += items[i].used && is_body(&items[i].answer, w);
	}
	buf_reset(&why);
	if (used) {
		buf_printf(&why, "%s has %zu answer%s to this request, and all were given",
		    config.replay, used, used == 1 ? "" : "s");
		return;
	}
	buf_printf(&why, "%s has no such request", config.replay);
	struct slice query = url_query(w->url);
	if (query.n)
		buf_printf(&why, ", with the query ?%s", redact(query));
	if (w->has_body)
		buf_printf(&why, ", with the body %s", redact(w->body));
	if (urls)
		buf_put_text(&why, " (it has the URL with another body)");
}

static void
refuse(struct http_played *to)
{
	buf_put_byte(&why, '\0');
	*to = (struct http_played){.result = HTTP_REFUSED, .why = why.failed ? "no memory" : why.p};
}

/* The body as it came; false if it is not all there. */
static bool
take_body(const struct har_played *p)
{
	buf_reset(&body);
	if (p->body_cut || p->body_missing)
		return false;
	if (!p->body_base64)
		buf_put_slice(&body, p->body);
	else if (!base64_read(&body, p->body))
		return false;
	return true;
}

static void
play(void *context, const struct http_request *q, const char *method, const char *url,
    struct http_played *to)
{
	static struct buf shown_url, shown_body;
	(void)context;
	buf_reset(&shown_url);
	buf_reset(&shown_body);
	redact_put(&shown_url, slice_of(url));
	redact_put(&shown_body, q->body);
	buf_check(&shown_url, "a URL", NULL);
	buf_check(&shown_body, "a body", NULL);
	struct wanted w = {
	    .method = slice_of(method),
	    .url = buf_slice(&shown_url),
	    .body = buf_slice(&shown_body),
	    .has_body = q->has_body,
	    .size = q->body.n,
	};
	struct item *item = find(&w);
	if (!item) {
		explain(&w);
		refuse(to);
		return;
	}
	struct har_played *p = &item->answer;
	item->used = true;
	if (!take_body(p)) {
		buf_reset(&why);
		buf_printf(&why, "the body of its answer is not whole in %s%s", config.replay,
		    p->body_missing ? "" : " (see --trace-body)");
		refuse(to);
		return;
	}
	buf_reset(&headers);
	har_put_headers(&headers, p->headers);
	buf_reset(&why);
	buf_put_slice(&why, p->why.n ? p->why : SLICE("no answer came"));
	buf_put_byte(&why, '\0');
	buf_check(&headers, "headers", NULL);
	buf_check(&body, "a body", NULL);
	buf_check(&why, "a message", NULL);
	*to = (struct http_played){
	    .result = (enum http_result)p->result,
	    .why = why.p,
	    .status = p->status,
	    .headers = buf_slice(&headers),
	    .body = buf_slice(&body),
	    .framed = p->framed,
	    .is_private = p->is_private,
	};
}

void
playback_init(struct http_tap *tap)
{
	if (!config.replay)
		return;
	read_file();
	loop_skip_sleeps();
	tap->play = play;
}
