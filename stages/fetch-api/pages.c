/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "common/text/hash.h"
#include "common/web/http_header.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/pages.h"
#include "stages/fetch-api/records.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/seen.h"

/* The state of the paging of one request. */
struct paging {
	const struct request *first;
	struct request now;
	uint64_t pages;   /* that came */
	uint64_t records; /* in them */
	uint64_t items;   /* in them, as the API counts (struct page) */
	int64_t index;    /* offset or page number of the next one */
	int64_t page_size;
	struct page last;
	int64_t total;         /* by --total-path of the last answer: items or pages; -1: none */
	int64_t total_records; /* by --total-records-path: items; -1: none */
	struct seen marks;     /* the cursors or URLs so far */
	struct seen contents;  /* the records of each page */
	unsigned repeats;      /* pages of one record that came before */
	struct buf cursor;     /* msgpack; n == 0: the first page */
};

static void
place_number(struct request *q, const struct place *place, int64_t n)
{
	char raw[MP_HEAD_MAX];
	struct slice value = {raw, (size_t)(mp_put_int(raw, n) - raw)};
	request_place(q, place, value);
}

/* Puts the request for the next page into p->now. A link is all of it. */
static void
prepare(struct paging *p)
{
	enum paginator kind = config.paginator;
	if (p->pages && (kind == PAGINATOR_JSON_LINK || kind == PAGINATOR_HEADER_LINK)) {
		if (p->page_size != config.page_size)
			place_number(&p->now, &config.limit, p->page_size);
		return;
	}
	request_copy(&p->now, p->first);
	if (config.page_size)
		place_number(&p->now, &config.limit, p->page_size);
	if (kind == PAGINATOR_OFFSET)
		place_number(&p->now, &config.offset, p->index);
	else if (kind == PAGINATOR_PAGE_NUMBER)
		place_number(&p->now, &config.page, p->index);
	else if (kind == PAGINATOR_CURSOR && p->cursor.n)
		request_place(&p->now, &config.cursor, buf_slice(&p->cursor));
}

_Noreturn static void
for_ever(const struct paging *p, const char *what)
{
	die(STATUS_DATA, "%s%s %s: page %" PRIu64 " %s: paging would go on for ever",
	    record_prefix(), p->now.method, redact_url(buf_slice(&p->now.url)), p->pages, what);
}

/* Dies when this cursor or URL was there before. */
static void
remember(struct paging *p, struct slice mark)
{
	if (seen_before(&p->marks, hash64(mark.p, mark.n), p->pages))
		for_ever(p, "leads to a page that was there before");
}

/*
 * Dies when the server gives a page again: the one before, any page of two records or more,
 * or several pages of one. One record alone may be there twice by chance.
 */
static void
remember_records(struct paging *p, const struct page *page)
{
	enum { REPEATS_MAX = 2 };
	char what[64];
	if (!page->records)
		return;
	uint64_t first = seen_before(&p->contents, page->hash, p->pages);
	bool again = p->pages > 1 && page->records == p->last.records && page->hash == p->last.hash;
	p->repeats += first > 0;
	if (!again && (!first || (page->records == 1 && p->repeats <= REPEATS_MAX)))
		return;
	snprintf(what, sizeof what, "holds the same records as page %" PRIu64, first);
	for_ever(p, what);
}

/* The answer's value at the path, when there is something. */
static bool
told(const struct answer *a, const struct json_path *path, struct slice *value)
{
	return path->n && a->json.n && mp_path_get(buf_slice(&a->json), path, value) &&
	       mp_is_something(*value);
}

/* The number at the path, in *total; it must be the same on every page. */
static void
read_total(const struct paging *p, const struct answer *a, const char *option,
    const struct json_path *path, int64_t *total)
{
	struct slice value;
	struct mp_token t;
	int64_t n = -1;
	if (!path->n)
		return;
	if (a->json.n && mp_path_get(buf_slice(&a->json), path, &value)) {
		mp_read(value.p, value.p + value.n, &t);
		if (t.type == MP_INT)
			n = t.i;
		else if (t.type == MP_STR &&
			 !parse_integer((struct slice){t.p, t.n}, 0, INT64_MAX, &n))
			n = -1;
	}
	if (n < 0) {
		struct buf why = {0};
		if (a->json.n)
			mp_path_explain(&why, buf_slice(&a->json), path);
		die(STATUS_DATA, "%s: --%s leads to no number%s%s", answer_told(&p->now, a), option,
		    why.n ? ": " : "", redact(buf_slice(&why)));
	}
	if (*total >= 0 && n != *total)
		die(STATUS_TRY_AGAIN,
		    "%s: the total was %" PRId64 " and is now %" PRId64
		    ": it changes while it is read",
		    answer_told(&p->now, a), *total, n);
	*total = n;
}

/*
 * After the last page: dies if the answers announced more or fewer records.
 * Always false: there is no next page.
 */
static bool
check_total(const struct paging *p)
{
	bool pages = config.paginator == PAGINATOR_PAGE_NUMBER;
	const char *option = NULL, *what = "records";
	uint64_t came = p->items, read = pages ? (uint64_t)(p->index - config.base_index) : 0;
	int64_t total = p->total_records;
	if (total >= 0 && came != (uint64_t)total)
		option = "total-records-path";
	bool none = pages && p->total == 0 && came; /* no page should have had records */
	if (p->total >= 0 &&
	    (none || (pages ? read < (uint64_t)p->total : came != (uint64_t)p->total))) {
		option = "total-path";
		total = p->total;
		came = pages ? read : came;
		what = pages ? "pages" : what;
	}
	if (option)
		die(STATUS_DATA, "%s%s %s: %" PRIu64 " %s came, and --%s gives %" PRId64,
		    record_prefix(), p->now.method, redact_url(buf_slice(&p->now.url)), came, what,
		    option, total);
	return false;
}

/*
 * Whether the value at --has-more-path means more pages; the texts "false" and
 * "0" do not.
 */
static bool
has_more(const struct answer *a)
{
	struct slice value;
	struct mp_token t;
	if (!told(a, &config.has_more_path, &value))
		return false;
	mp_read(value.p, value.p + value.n, &t);
	struct slice text = t.type == MP_STR ? (struct slice){t.p, t.n} : (struct slice){0};
	return !header_is(text, "false") && !slice_is(text, "0");
}

/* By the total of pages. An empty page before the last one has lost its records, unless their total is checked. */
static bool
next_by_total_pages(const struct paging *p)
{
	if (p->index - config.base_index >= p->total)
		return check_total(p);
	if (!p->last.records && p->total_records < 0)
		die(STATUS_DATA,
		    "%s%s %s: page %" PRIu64 " of %" PRId64
		    " is empty: records may be missing (see --total-records-path)",
		    record_prefix(), p->now.method, redact_url(buf_slice(&p->now.url)), p->pages,
		    p->total);
	return true;
}

static bool
next_by_number(struct paging *p, const struct answer *a)
{
	bool offset = config.paginator == PAGINATOR_OFFSET;
	int64_t step = !offset                      ? 1
		       : config.offset_by_page_size ? p->page_size
						    : (int64_t)p->last.items;
	p->index += step;
	if (config.has_more_path.n) {
		if (!has_more(a))
			return check_total(p);
		if (!step)
			for_ever(p, "is empty and not the last");
		return true;
	}
	if (p->total >= 0 && !offset)
		return next_by_total_pages(p);
	int64_t total = offset ? p->total : p->total_records;
	if (total >= 0 && p->items >= (uint64_t)total)
		return check_total(p);
	if (!p->last.items)
		return check_total(p);
	if (config.stop_after_short_page && p->last.items < (uint64_t)p->page_size)
		return check_total(p);
	return true;
}

/*
 * Without a cursor or link this is the last page, unless --has-more-path says
 * otherwise.
 */
static bool
no_next(const struct paging *p, const struct answer *a, const char *option)
{
	if (config.has_more_path.n)
		die(STATUS_DATA,
		    "%s: --has-more-path leads to something, so there is another page, but %s "
		    "leads to none",
		    answer_told(&p->now, a), option);
	return check_total(p);
}

static bool
next_by_cursor(struct paging *p, const struct answer *a)
{
	struct slice value;
	if (config.has_more_path.n && !has_more(a))
		return check_total(p);
	if (!told(a, &config.cursor_path, &value))
		return no_next(p, a, "--cursor-path");
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
	if (config.has_more_path.n && !has_more(a))
		return check_total(p);
	if (config.paginator == PAGINATOR_HEADER_LINK) {
		if (!header_next_link(buf_slice(&a->http.headers), &link))
			return no_next(p, a, "the header Link");
	} else {
		if (!told(a, &config.next_url_path, &value))
			return no_next(p, a, "--next-url-path");
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
	if (stream_out_dry(fetch.out))
		return false;
	if (config.paginator == PAGINATOR_NONE)
		return check_total(p);
	bool more = config.paginator == PAGINATOR_CURSOR      ? next_by_cursor(p, a)
		    : config.paginator >= PAGINATOR_JSON_LINK ? next_by_link(p, a)
							      : next_by_number(p, a);
	if (more && p->pages >= (uint64_t)config.max_pages)
		die(STATUS_DATA, "%s%s %s: there are more than %" PRId64 " pages (see --max-pages)",
		    record_prefix(), p->now.method, redact_url(buf_slice(&p->now.url)),
		    config.max_pages);
	return more;
}

void
pages_first(const struct request *first, struct request *to)
{
	struct paging p = {
	    .first = first, .index = config.base_index, .page_size = config.page_size};
	prepare(&p);
	*to = p.now;
}

bool
pages_shrink(struct task *t)
{
	int64_t part = 2;
	/* Pages that are counted must begin where larger ones did. */
	while (config.paginator == PAGINATOR_PAGE_NUMBER && part * part <= t->page_size &&
	       t->page_size % part)
		part++;
	if (config.paginator == PAGINATOR_PAGE_NUMBER && part * part > t->page_size)
		part = t->page_size;
	if (t->page_size < 2)
		return false;
	t->page_size /= part;
	return true;
}

/* Goes on from the same record with smaller pages. */
static void
take_page_size(struct paging *p, int64_t size)
{
	if (config.paginator == PAGINATOR_PAGE_NUMBER) {
		p->index =
		    (p->index - config.base_index) * (p->page_size / size) + config.base_index;
		p->total = -1; /* of pages: there are more */
	}
	p->page_size = size;
}

/* The next page, in smaller pages where a rule wants that; false as exchange has it. */
static bool
ask_page(struct paging *p, struct answer *a)
{
	struct task *t = fetch.task;
	bool good;
	do {
		prepare(p);
		t->refusal = REFUSAL_NONE;
		t->page_size = p->page_size;
		good = exchange(&p->now, a);
		if (t->refusal == REFUSAL_PAGE)
			take_page_size(p, t->page_size);
	} while (t->refusal == REFUSAL_PAGE);
	t->page_size = 0;
	return good;
}

bool
pages_fetch(const struct request *first, struct answer *a, uint64_t *records)
{
	struct paging p = {.first = first,
	    .index = config.base_index,
	    .page_size = config.page_size,
	    .total = -1,
	    .total_records = -1};
	bool good, partial = false;
	do {
		good = ask_page(&p, a);
		if (!good)
			break;
		partial |= a->partial;
		p.pages++;
		/* Before the records go out, so that a page that came before is not sent twice. */
		read_total(&p, a, "total-path", &config.total_path, &p.total);
		read_total(
		    &p, a, "total-records-path", &config.total_records_path, &p.total_records);
		struct page page = records_send(&p.now, a);
		remember_records(&p, &page);
		p.last = page;
		p.records += page.records;
		p.items += page.items;
	} while (next(&p, a));
	*records = p.records;
	buf_free(&p.now.url);
	buf_free(&p.now.headers);
	buf_free(&p.now.body);
	seen_free(&p.marks);
	seen_free(&p.contents);
	buf_free(&p.cursor);
	return good && !partial;
}
