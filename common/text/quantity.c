/* SPDX-License-Identifier: MIT */
#include "common/text/quantity.h"
#include "common/text/ascii.h"

struct unit {
	const char *name;
	int64_t factor;
};

static bool
parse(struct slice text, const struct unit *unit, int64_t low, int64_t high, int64_t *n)
{
	int64_t count;
	size_t digits = 0;
	while (digits < text.n && is_digit(text.p[digits]))
		digits++;
	struct slice name = {text.p + digits, text.n - digits};
	while (unit->name && !slice_is(name, unit->name))
		unit++;
	if (!unit->name ||
	    !parse_integer((struct slice){text.p, digits}, 0, INT64_MAX / unit->factor, &count))
		return false;
	count *= unit->factor;
	if (count < low || count > high)
		return false;
	*n = count;
	return true;
}

bool
quantity_size(struct slice text, int64_t low, int64_t high, int64_t *n)
{
	static const struct unit units[] = {
	    {"", 1}, {"K", 1024}, {"M", 1024 * 1024}, {"G", 1024 * 1024 * 1024}, {0}};
	return parse(text, units, low, high, n);
}

bool
quantity_duration(struct slice text, int64_t low, int64_t high, int64_t *n)
{
	static const struct unit units[] = {{"ms", 1}, {"s", 1000}, {"m", 60 * 1000},
	    {"h", 3600 * 1000}, {"d", 24 * 3600 * 1000}, {0}};
	return parse(text, units, low, high, n);
}
