/* SPDX-License-Identifier: MIT */
#include "common/text/nearest.h"
#include "common/text/ascii.h"

enum { NAME_MAX_COMPARED = 64 };

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The number of edits that make b of a (optimal string alignment). Three rows of the table are enough. */
static size_t
edits(struct slice a, struct slice b)
{
	size_t rows[3][NAME_MAX_COMPARED + 1];
	for (size_t j = 0; j <= b.n; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			char x = to_lower(a.p[i - 1]), y = to_lower(b.p[j - 1]);
			row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == to_lower(b.p[j - 2]) &&
			    y == to_lower(a.p[i - 2]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return rows[a.n % 3][b.n];
}

struct slice
nearest_name(struct slice name, const struct slice *names, size_t n)
{
	struct slice best = {0};
	size_t fewest = name.n / 3 + 1;
	if (name.n > NAME_MAX_COMPARED)
		return best;
	for (size_t i = 0; i < n; i++) {
		if (names[i].n > NAME_MAX_COMPARED)
			continue;
		size_t distance = edits(name, names[i]);
		if (distance < fewest) {
			fewest = distance;
			best = names[i];
		} else if (distance == fewest && best.n)
			best = (struct slice){0};
	}
	return best;
}
