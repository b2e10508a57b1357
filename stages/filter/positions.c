/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "common/program/message.h"
#include "stages/filter/positions.h"

struct range {
	uint64_t first, last;
};

static struct range *ranges;
static size_t n_ranges, next;

static bool
read_number(struct slice text, uint64_t *n)
{
	int64_t i;
	if (!parse_integer(text, 1, INT64_MAX, &i))
		return false;
	*n = (uint64_t)i;
	return true;
}

static void
add(struct slice text)
{
	struct range r = {0};
	const char *dash = text.n ? memchr(text.p, '-', text.n) : NULL;
	struct slice first = {text.p, dash ? (size_t)(dash - text.p) : text.n};
	struct slice last = {dash ? dash + 1 : NULL, dash ? text.n - first.n - 1 : 0};
	bool good = read_number(first, &r.first);
	r.last = dash ? UINT64_MAX : r.first;
	if (!good || (last.n && !read_number(last, &r.last)) || r.last < r.first)
		die(STATUS_USAGE,
		    "--record: %s is not a record's number from 1, or a range (5, 5-9, 5-)",
		    quoted(text));
	ranges = xrealloc(ranges, (n_ranges + 1) * sizeof *ranges);
	ranges[n_ranges++] = r;
}

void
positions_add(const char *text)
{
	struct slice rest = slice_of(text);
	for (;;) {
		const char *comma = rest.n ? memchr(rest.p, ',', rest.n) : NULL;
		size_t n = comma ? (size_t)(comma - rest.p) : rest.n;
		add((struct slice){rest.p, n});
		if (!comma)
			return;
		rest = (struct slice){comma + 1, rest.n - n - 1};
	}
}

static int
by_first(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	return x->first < y->first ? -1 : x->first > y->first;
}

bool
positions_ready(void)
{
	if (n_ranges)
		qsort(ranges, n_ranges, sizeof *ranges, by_first);
	return n_ranges > 0;
}

bool
positions_has(uint64_t number)
{
	while (next < n_ranges && ranges[next].last < number)
		next++;
	/* A range inside of an earlier one is passed with it. */
	return next < n_ranges && ranges[next].first <= number;
}

void
positions_check(uint64_t n)
{
	if (n_ranges && ranges[n_ranges - 1].first > n)
		die(STATUS_DATA,
		    "--record asks for record %" PRIu64 ", and the input has %" PRIu64 " record%s",
		    ranges[n_ranges - 1].first, n, n == 1 ? "" : "s");
}
