/* SPDX-License-Identifier: MIT */
#include "common/web/ratelimit.h"
#include "common/web/http_header.h"
#include "common/web/wait_header.h"

/* One item of a list, up to a comma outside of quotes; false at the end. */
static bool
take_item(struct slice *list, struct slice *item)
{
	bool quotes = false;
	size_t n = 0;
	if (!list->n)
		return false;
	for (; n < list->n && (quotes || list->p[n] != ','); n++) {
		if (quotes && list->p[n] == '\\')
			n += n + 1 < list->n;
		else
			quotes ^= list->p[n] == '"';
	}
	*item = slice_trim((struct slice){list->p, n});
	n += n < list->n;
	*list = (struct slice){list->p + n, list->n - n};
	return true;
}

/* Splits at the first c outside of quotes; all of it is left when there is none. */
static struct slice
take_until(struct slice *text, char c)
{
	bool quotes = false;
	size_t n = 0;
	for (; n < text->n && (quotes || text->p[n] != c); n++)
		quotes ^= text->p[n] == '"';
	struct slice left = slice_trim((struct slice){text->p, n});
	n += n < text->n;
	*text = (struct slice){text->p + n, text->n - n};
	return left;
}

/* The parameter of an item: the 30 of "burst";r=0;t=30 for t. */
static struct slice
parameter(struct slice item, const char *name)
{
	take_until(&item, ';');
	while (item.n) {
		struct slice value = take_until(&item, ';'), key = take_until(&value, '=');
		if (slice_is(key, name))
			return slice_trim(value);
	}
	return (struct slice){0};
}

static bool
is_zero(struct slice text)
{
	int64_t n;
	return parse_integer(text, INT64_MIN, 0, &n);
}

/* The window of the policy of this name, with its quotes; nothing if there is none. */
static struct slice
window_of(struct slice lines, struct slice policy)
{
	struct slice name, value, item;
	size_t at = 0;
	while (header_next(lines, &at, &name, &value))
		while (header_is(name, "ratelimit-policy") && take_item(&value, &item)) {
			struct slice rest = item;
			if (slice_equal(take_until(&rest, ';'), policy))
				return parameter(item, "w");
		}
	return (struct slice){0};
}

/* The longest wait of the used-up quotas of one RateLimit field. */
static int64_t
wait_of_items(struct slice lines, struct slice field, int64_t now)
{
	struct slice item, reset = {0};
	bool used_up = false;
	int64_t longest = -1;
	while (take_item(&field, &item)) {
		struct slice rest = item, name = take_until(&rest, ';');
		struct slice value = name, key = take_until(&value, '=');
		if (slice_is(key, "remaining"))
			used_up |= is_zero(value);
		else if (slice_is(key, "reset"))
			reset = value;
		if (!is_zero(parameter(item, "r")))
			continue;
		struct slice time = parameter(item, "t");
		int64_t wait = wait_retry_after(time.n ? time : window_of(lines, name), now);
		longest = wait > longest ? wait : longest;
	}
	int64_t wait = used_up ? wait_retry_after(reset, now) : -1;
	return wait > longest ? wait : longest;
}

int64_t
ratelimit_wait(struct slice lines, int64_t now)
{
	struct slice name, value, remaining, reset;
	size_t at = 0;
	int64_t longest = -1;
	while (header_next(lines, &at, &name, &value)) {
		int64_t wait = header_is(name, "ratelimit") ? wait_of_items(lines, value, now) : -1;
		longest = wait > longest ? wait : longest;
	}
	if (!header_find(lines, "ratelimit-remaining", &remaining) || !is_zero(remaining) ||
	    !header_find(lines, "ratelimit-reset", &reset))
		return longest;
	int64_t wait = wait_retry_after(reset, now);
	return wait > longest ? wait : longest;
}
