/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/web/query.h"
#include "common/web/url.h"

struct pair {
	struct slice name, value;
};

static int
compare_pairs(const void *p, const void *q)
{
	const struct pair *a = p, *b = q;
	int order = slice_compare(a->name, b->name);
	return order ? order : slice_compare(a->value, b->value);
}

/* The part decoded and encoded, appended to b, which moves: only the length is known. */
static struct slice
encoded(struct buf *b, struct slice part)
{
	struct buf plain = {0};
	size_t start = b->n;
	url_put_decoded(&plain, part);
	url_put_encoded(b, buf_slice(&plain));
	b->failed |= plain.failed;
	buf_free(&plain);
	return (struct slice){NULL, b->n - start};
}

/* At most so many pairs are in a query. */
static size_t
count(struct slice query)
{
	size_t n = 1;
	for (size_t i = 0; i < query.n; i++)
		n += query.p[i] == '&';
	return n;
}

/* The pairs of one query from list on; how many there are. */
static size_t
read_pairs(struct pair *list, struct buf *text, struct slice query)
{
	size_t n = 0;
	for (size_t at = 0; at < query.n;) {
		const char *end = memchr(query.p + at, '&', query.n - at);
		struct slice part = {
		    query.p + at, end ? (size_t)(end - query.p) - at : query.n - at};
		const char *equals = part.n ? memchr(part.p, '=', part.n) : NULL;
		size_t name = equals ? (size_t)(equals - part.p) : part.n;
		at += part.n + 1;
		if (!part.n)
			continue;
		list[n].name = encoded(text, (struct slice){part.p, name});
		if (equals)
			list[n].value =
			    encoded(text, (struct slice){equals + 1, part.n - name - 1});
		n++;
	}
	return n;
}

static void
put_sorted(struct buf *b, struct pair *pairs, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++) {
		pairs[i].name.p = text;
		text += pairs[i].name.n;
		pairs[i].value.p = text;
		text += pairs[i].value.n;
	}
	if (n)
		qsort(pairs, n, sizeof *pairs, compare_pairs);
	for (size_t i = 0; i < n; i++) {
		buf_put_text(b, i ? "&" : "");
		buf_put_slice(b, pairs[i].name);
		buf_put_byte(b, '=');
		buf_put_slice(b, pairs[i].value);
	}
}

bool
query_put_sorted(struct buf *b, const struct slice *queries, size_t n)
{
	size_t most = 0, pairs = 0;
	struct buf text = {0};
	for (size_t i = 0; i < n; i++)
		most += count(queries[i]);
	struct pair *list = calloc(most + 1, sizeof *list);
	for (size_t i = 0; list && i < n; i++)
		pairs += read_pairs(list + pairs, &text, queries[i]);
	bool good = list && !text.failed;
	if (good)
		put_sorted(b, list, pairs, text.p);
	buf_free(&text);
	free(list);
	return good && !b->failed;
}
