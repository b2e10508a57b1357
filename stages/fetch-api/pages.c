/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/hash.h"
#include "common/http_header.h"
#include "common/message.h"
#include "common/mp_path.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/pages.h"
#include "stages/fetch-api/records.h"
#include "stages/fetch-api/shown.h"

/* Where the paging of one request stands. */
struct paging {
	const struct request *first;
	struct request now;
	uint64_t pages;   /* that came */
	uint64_t records; /* in them */
	int64_t index;    /* offset or page number of the next one */
	struct page last;
	int64_t total;     /* as the last answer tells; -1: nothing told */
	struct buf seen;   /* hashes of the cursors or URLs so far, uint64_t each */
	struct buf cursor; /* msgpack; n == 0: the first page */
};

/* ---- asking for one page ---- */

static void
place_number(struct request *q, const struct place *place, int64_t n)
{
	char raw[MP_HEAD_MAX];
	struct slice value = {raw, (size_t)(mp_put_int(raw, n) - raw)};
	request_place(q, place, value);
}

/* Puts into p->now what asks for the next page. A link is all that it takes. */
static void
prepare(struct paging *p)
{
	enum paginator kind = config.paginator;
	if (p->pages && (kind == PAGINATOR_JSON_LINK || kind == PAGINATOR_HEADER_LINK))
		return;
	request_copy(&p->now, p->first);
	if (config.page_size)
		place_number(&p->now, &config.limit, config.page_size);
	if (kind == PAGINATOR_OFFSET)
		place_number(&p->now, &config.offset, p->index);
	else if (kind == PAGINATOR_PAGE_NUMBER)
		place_number(&p->now, &config.page, p->index);
	else if (kind == PAGINATOR_CURSOR && p->cursor.n)
		request_place(&p->now, &config.cursor, buf_slice(&p->cursor));
}

/* ---- whether there is another one, and which ---- */

_Noreturn static void
for_ever(const struct paging *p, const char *what)
{
	die(STATUS_DATA, "%s%s %s: page %" PRIu64 " %s: paging would go on for ever", shown_where(),
	    p->now.method, shown_url(buf_slice(&p->now.url)), p->pages, what);
}

/* Dies when this cursor or URL was there before. */
static void
remember(struct paging *p, struct slice mark)
{
	uint64_t hash = hash64(mark.p, mark.n), old;
	for (size_t at = 0; at < p->seen.n; at += sizeof old) {
		memcpy(&old, p->seen.p + at, sizeof old);
		if (old == hash)
			for_ever(p, "leads to a page that was there before");
	}
	buf_put(&p->seen, &hash, sizeof hash);
	buf_check(&p->seen, "the list of pages", NULL);
}

/* The answer's value at the path, when there is something. */
static bool
told(const struct answer *a, const struct json_path *path, struct slice *value)
{
	return path->n && a->json.n && mp_path_get(buf_slice(&a->json), path, value) &&
	       mp_is_something(*value);
}

static void
read_total(struct paging *p, const struct answer *a)
{
	struct slice value;
	struct mp_token t;
	int64_t total = -1;
	if (!config.total_path.n)
		return;
	if (a->json.n && mp_path_get(buf_slice(&a->json), &config.total_path, &value)) {
		mp_read(value.p, value.p + value.n, &t);
		if (t.type == MP_INT)
			total = t.i;
		else if (t.type == MP_STR &&
			 !parse_integer((struct slice){t.p, t.n}, 0, INT64_MAX, &total))
			total = -1;
	}
	if (total < 0)
		die(STATUS_DATA, "%s: --total-path leads to no number", answer_told(&p->now, a));
	if (p->pages > 1 && total != p->total)
		die(STATUS_TRY_AGAIN,
		    "%s: the total was %" PRId64 " and is now %" PRId64
		    ": it changes while it is read",
		    answer_told(&p->now, a), p->total, total);
	p->total = total;
}

/* All pages came: as many records as were promised? */
static bool
check_total(const struct paging *p)
{
	if (p->total >= 0 && config.paginator == PAGINATOR_OFFSET &&
	    p->records != (uint64_t)p->total)
		die(STATUS_DATA,
		    "%s%s %s: %" PRIu64 " records came, and --total-path tells of %" PRId64,
		    shown_where(), p->now.method, shown_url(buf_slice(&p->now.url)), p->records,
		    p->total);
	return false;
}

static bool
next_by_number(struct paging *p, const struct answer *a)
{
	bool offset = config.paginator == PAGINATOR_OFFSET;
	struct slice more;
	int64_t step = !offset ? 1 : config.page_size ? config.page_size : (int64_t)p->last.records;
	p->index += step;
	if (config.has_more_path.n) {
		if (!told(a, &config.has_more_path, &more))
			return check_total(p);
		if (!step)
			for_ever(p, "is empty and not the last");
		return true;
	}
	if (p->total >= 0 && offset && p->index - config.base_index >= p->total)
		return check_total(p);
	if (p->total >= 0 && !offset)
		return p->index - config.base_index < p->total;
	if (!p->last.records)
		return check_total(p);
	if (config.stop_after_short_page && p->last.records < (uint64_t)config.page_size)
		return check_total(p);
	return true;
}

static bool
next_by_cursor(struct paging *p, const struct answer *a)
{
	struct slice value, more;
	if (config.has_more_path.n && !told(a, &config.has_more_path, &more))
		return false;
	if (!told(a, &config.cursor_path, &value))
		return false;
	remember(p, value);
	buf_reset(&p->cursor);
	buf_put_slice(&p->cursor, value);
	buf_check(&p->cursor, "a cursor", NULL);
	return true;
}

static bool
next_by_link(struct paging *p, const struct answer *a)
{
	struct slice value, link;
	struct mp_token t;
	if (config.has_more_path.n && !told(a, &config.has_more_path, &value))
		return false;
	if (config.paginator == PAGINATOR_HEADER_LINK) {
		if (!header_next_link(buf_slice(&a->http.headers), &link))
			return false;
	} else {
		if (!told(a, &config.next_url_path, &value))
			return false;
		mp_read(value.p, value.p + value.n, &t);
		if (t.type != MP_STR)
			die(STATUS_DATA, "%s: --next-url-path leads to no text",
			    answer_told(&p->now, a));
		link = (struct slice){t.p, t.n};
	}
	request_follow(&p->now, p->first, &a->http, link);
	remember(p, buf_slice(&p->now.url));
	return true;
}

static bool
next(struct paging *p, const struct answer *a)
{
	if (config.paginator == PAGINATOR_NONE || stream_out_dry(fetch.out))
		return false;
	bool more = config.paginator == PAGINATOR_CURSOR      ? next_by_cursor(p, a)
		    : config.paginator >= PAGINATOR_JSON_LINK ? next_by_link(p, a)
							      : next_by_number(p, a);
	if (more && p->pages >= (uint64_t)config.max_pages)
		die(STATUS_DATA, "%s%s %s: there are more than %" PRId64 " pages (see --max-pages)",
		    shown_where(), p->now.method, shown_url(buf_slice(&p->now.url)),
		    config.max_pages);
	return more;
}

bool
pages_fetch(const struct request *first, struct answer *a, uint64_t *records)
{
	struct paging p = {.first = first, .index = config.base_index, .total = -1};
	bool good, partial = false;
	do {
		prepare(&p);
		good = exchange(&p.now, a);
		if (!good)
			break;
		partial |= a->partial;
		p.pages++;
		/* Before the records go out, so that a page that came before is not sent twice. */
		read_total(&p, a);
		struct page page = records_send(&p.now, a);
		if (p.pages > 1 && page.records && page.records == p.last.records &&
		    page.hash == p.last.hash)
			for_ever(&p, "holds the same records as the one before");
		p.last = page;
		p.records += page.records;
	} while (next(&p, a));
	*records = p.records;
	buf_free(&p.now.url);
	buf_free(&p.now.headers);
	buf_free(&p.now.body);
	buf_free(&p.seen);
	buf_free(&p.cursor);
	return good && !partial;
}
