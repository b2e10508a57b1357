/* SPDX-License-Identifier: MIT */
#include "common/program/message.h"
#include "common/web/xml.h"
#include "stages/fetch-s3/fetch.h"

/* A page has at most 1,000 keys of 1 KiB, each byte encoded as three, and some lines beside each. */
enum { PAGE_MAX = 8 * 1024 * 1024 };

static void
put_query(struct buf *query, struct slice prefix, struct slice token)
{
	size_t n = 0;
	buf_reset(query);
	/* In the order of their names, which some servers sign by. */
	if (token.n)
		s3_put_query(query, &n, "continuation-token", token);
	s3_put_query(query, &n, "encoding-type", SLICE("url"));
	s3_put_query(query, &n, "list-type", SLICE("2"));
	s3_put_query(query, &n, "prefix", prefix);
	buf_check(query, "the query of a listing", NULL);
}

_Noreturn static void
fail(const struct s3_address *address, enum status status, const char *what)
{
	struct buf where = {0};
	s3_put_address(&where, address);
	die(status, "the listing of %s: %s", quoted(buf_slice(&where)), what);
}

/* A folder that a console made: an object without bytes whose key ends with "/". */
static bool
is_folder(struct slice key, int64_t size)
{
	return size == 0 && key.n && key.p[key.n - 1] == '/';
}

static void
get_page(struct aws *a, const struct s3_address *address, struct s3_page *page)
{
	struct buf key = {0};
	int64_t size;
	while (s3_page_next(page, &key, &size)) {
		struct s3_address object = {address->bucket, buf_slice(&key)};
		buf_check(&key, "a key", NULL);
		const char *wrong = s3_key_error(object.key);
		if (wrong)
			fail(address, STATUS_REFUSED, wrong);
		if (!is_folder(object.key, size))
			get_object(a, &object, true);
	}
	buf_free(&key);
}

void
get_prefix(struct aws *a, const struct s3_address *address)
{
	struct aws_answer answer = {0};
	struct buf query = {0}, token = {0};
	struct failure f = {0};
	struct s3_page page;
	do {
		put_query(&query, address->key, buf_slice(&token));
		struct s3_call call = {.method = "GET",
		    .address.bucket = address->bucket,
		    .query = buf_slice(&query),
		    .answer_max = PAGE_MAX};
		counts.requests++;
		if (!s3_send(a, &call, &answer, &f))
			die(f.status, "%s", f.text);
		if (!s3_page_read(&page, buf_slice(&answer.body)))
			fail(address, STATUS_TRY_AGAIN, "the answer is not a page of one");
		struct buf next = {0};
		xml_put_text(&next, page.token);
		buf_check(&next, "the token of a page", NULL);
		if (page.more && slice_equal(buf_slice(&next), buf_slice(&token)))
			fail(address, STATUS_REFUSED, "the server gives one page again and again");
		get_page(a, address, &page);
		buf_free(&token);
		token = next;
	} while (page.more);
	aws_answer_wipe(&answer);
	buf_free(&query);
	buf_free(&token);
}
