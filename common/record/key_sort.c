/* SPDX-License-Identifier: MIT */
/*
 * Radix sort of the first 8 bytes of each key, which are next to each other in memory; of
 * entries that agree in those, the next 8 bytes. So a key is looked at only as far as it
 * takes to order it.
 */
#include "common/record/key_sort.h"

enum {
	FEW = 24,       /* entries that are sorted by insertion */
	DEPTH_MAX = 64, /* steps of 8 bytes; entries that still agree are compared whole */
	AHEAD = 12,     /* entries whose keys are fetched into the cache before they are read */
};

bool
sort_item_size(const struct sort_item *item, size_t *size)
{
	return item->key.n <= UINT32_MAX && item->raw.n <= UINT32_MAX &&
	       size_add(item->key.n + SORT_HEAD, item->raw.n, size);
}

void
sort_item_write_head(char *p, const struct sort_item *item)
{
	uint32_t words[3] = {item->layout, (uint32_t)item->key.n, (uint32_t)item->raw.n};
	memcpy(p, &item->number, sizeof item->number);
	memcpy(p + sizeof item->number, words, sizeof words);
}

void
sort_item_write(char *p, const struct sort_item *item)
{
	sort_item_write_head(p, item);
	if (item->key.n)
		memcpy(p + SORT_HEAD, item->key.p, item->key.n);
	memcpy(p + SORT_HEAD + item->key.n, item->raw.p, item->raw.n);
}

void
sort_item_head(const char *p, struct sort_item *item)
{
	uint32_t words[3];
	memcpy(&item->number, p, sizeof item->number);
	memcpy(words, p + sizeof item->number, sizeof words);
	item->layout = words[0];
	item->key = (struct slice){.n = words[1]};
	item->raw = (struct slice){.n = words[2]};
}

struct sort_item
sort_item_at(const char *p)
{
	struct sort_item item;
	sort_item_head(p, &item);
	item.key.p = p + SORT_HEAD;
	item.raw.p = item.key.p + item.key.n;
	return item;
}

uint64_t
sort_prefix(struct slice key, size_t from)
{
	unsigned char bytes[8] = {0};
	uint64_t prefix = 0;
	if (from < key.n)
		memcpy(bytes, key.p + from, key.n - from < 8 ? key.n - from : 8);
	for (int i = 0; i < 8; i++)
		prefix = prefix << 8 | bytes[i];
	return prefix;
}

static void
insert(struct sort_entry *list, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct sort_entry e = list[i];
		size_t at = i;
		for (; at > 0 && list[at - 1].prefix > e.prefix; at--)
			list[at] = list[at - 1];
		list[at] = e;
	}
}

/* The highest byte in which the prefixes differ, as the bits to shift; -1 if they are all equal. */
static int
differing(const struct sort_entry *list, size_t n)
{
	uint64_t all = 0;
	for (size_t i = 1; i < n; i++)
		all |= list[i].prefix ^ list[0].prefix;
	return all ? (63 - __builtin_clzll(all)) / 8 * 8 : -1;
}

/* Sorts by prefix, in no order where it is equal. Recurses once for each byte at most. */
static void
by_prefix(struct sort_entry *list, size_t n)
{
	if (n <= FEW) {
		insert(list, n);
		return;
	}
	int shift = differing(list, n);
	if (shift < 0)
		return;
	size_t next[256], end[256] = {0};
	for (size_t i = 0; i < n; i++)
		end[list[i].prefix >> shift & 255]++;
	for (size_t c = 0, sum = 0; c < 256; c++) {
		next[c] = sum;
		sum += end[c];
		end[c] = sum;
	}
	for (size_t c = 0; c < 256; c++)
		while (next[c] < end[c]) {
			struct sort_entry e = list[next[c]];
			for (size_t to; (to = e.prefix >> shift & 255) != c;) {
				struct sort_entry other = list[next[to]];
				list[next[to]++] = e;
				e = other;
			}
			list[next[c]++] = e;
		}
	for (size_t c = 0, from = 0; c < 256 && shift; from = end[c++])
		if (end[c] - from > 1)
			by_prefix(list + from, end[c] - from);
}

static int
compare(const char *base, const struct sort_entry *a, const struct sort_entry *b)
{
	int order =
	    slice_compare(sort_item_at(base + a->place).key, sort_item_at(base + b->place).key);
	return order ? order : a->place < b->place ? -1 : a->place > b->place;
}

static void
sift(struct sort_entry *list, size_t i, size_t n, const char *base)
{
	for (size_t child; (child = 2 * i + 1) < n; i = child) {
		if (child + 1 < n && compare(base, &list[child], &list[child + 1]) < 0)
			child++;
		if (compare(base, &list[i], &list[child]) >= 0)
			return;
		struct sort_entry t = list[i];
		list[i] = list[child];
		list[child] = t;
	}
}

/* Heap sort by whole keys, for entries with a very long beginning in common. */
static void
by_key(struct sort_entry *list, size_t n, const char *base)
{
	for (size_t i = n / 2; i-- > 0;)
		sift(list, i, n, base);
	for (size_t last = n; last-- > 1;) {
		struct sort_entry t = list[0];
		list[0] = list[last];
		list[last] = t;
		sift(list, 0, last, base);
	}
}

/* Entries whose keys agree in all bytes. */
static void
by_place(struct sort_entry *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		list[i].prefix = list[i].place;
	by_prefix(list, n);
}

/* The prefixes of the next 8 bytes from an offset on; false if no key has more. */
static bool
go_deeper(struct sort_entry *list, size_t n, const char *base, size_t from)
{
	/* No key begins another, so they end together. */
	if (sort_item_at(base + list[0].place).key.n <= from)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD < n)
			__builtin_prefetch(base + list[i + AHEAD].place + SORT_HEAD);
		list[i].prefix = sort_prefix(sort_item_at(base + list[i].place).key, from);
	}
	return true;
}

/* The prefixes hold the bytes of the keys from 8 * depth on. Recurses DEPTH_MAX times at most. */
static void
sort_from(struct sort_entry *list, size_t n, const char *base, size_t depth)
{
	by_prefix(list, n);
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && list[to].prefix == list[from].prefix; to++)
			;
		if (to - from == 1)
			continue;
		if (depth == DEPTH_MAX)
			by_key(list + from, to - from, base);
		else if (go_deeper(list + from, to - from, base, 8 * (depth + 1)))
			sort_from(list + from, to - from, base, depth + 1);
		else
			by_place(list + from, to - from);
	}
}

void
key_sort(struct sort_entry *list, size_t n, const char *base)
{
	sort_from(list, n, base, 0);
}
