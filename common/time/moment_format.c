/* SPDX-License-Identifier: MIT */
#include "common/time/moment.h"
#include "common/time/moment_impl.h"

static const struct long_directive {
	const char *text;
	char directive;
} long_directives[] = {{".f", OPTIONAL_FRACTION}, {"6Q", MICROSECONDS}, {"9Q", NANOSECONDS}};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

char
moment_directive(struct slice format, size_t *i)
{
	size_t left = format.n - *i - 1;
	bool is_long = left >= 2 && (format.p[*i + 1] == '.' || is_digit(format.p[*i + 1]));
	for (size_t k = 0; is_long && k < sizeof long_directives / sizeof long_directives[0]; k++) {
		if (memcmp(format.p + *i + 1, long_directives[k].text, 2) == 0) {
			*i += 2;
			return long_directives[k].directive;
		}
	}
	char letter = left ? format.p[++*i] : '\0';
	return letter && strchr("YmdHIMSfbBaApzZsQjGVu%", letter) ? letter : '\0';
}

bool
moment_is_number(char directive)
{
	switch (directive) {
	case 'Y':
	case 'm':
	case 'd':
	case 'H':
	case 'I':
	case 'M':
	case 'S':
	case 'f':
	case 'j':
	case 'G':
	case 'V':
	case 'u':
		return true;
	default:
		return false;
	}
}

static bool
is_epoch(char directive)
{
	return directive && strchr("sQUN", directive);
}

/* Directives for the same part of a time. */
static const char *const parts[] = {
    "Y", "mbB", "d", "H", "I", "M", "S", "fF", "aA", "p", "zZ", "sQUN", "j", "G", "V", "u"};
enum { PARTS = sizeof parts / sizeof parts[0] };

/* Whether one of these parts, named by their first letters, was seen. */
static bool
has_any(const bool seen[PARTS], const char *letters)
{
	for (size_t i = 0; i < PARTS; i++)
		if (seen[i] && strchr(letters, parts[i][0]))
			return true;
	return false;
}

/* Two directives for one part could contradict each other, and one of them would be dropped. */
static const char *
wrong_date(const bool seen[PARTS])
{
	if (has_any(seen, "GVu")) {
		if (!has_any(seen, "G") || !has_any(seen, "V"))
			return "%G, %V and %u need each other: a week is %G-W%V";
		return has_any(seen, "Ymdj")
			   ? "%G and %V give the whole date, so %Y, %m, %d and %j cannot"
			   : NULL;
	}
	if (has_any(seen, "j")) {
		if (has_any(seen, "md"))
			return "%j gives month and day, so %m and %d cannot";
		return has_any(seen, "Y") ? NULL : "%j needs %Y";
	}
	return has_any(seen, "Y") && has_any(seen, "m") ? NULL : "a date needs %Y and %m (or %b)";
}

static const char *
wrong_clock(const bool seen[PARTS])
{
	if (has_any(seen, "H") && has_any(seen, "Ip"))
		return "%H gives the hour, so %I and %p cannot";
	if (has_any(seen, "I") != has_any(seen, "p"))
		return "%I and %p need each other";
	if (has_any(seen, "MS") && !has_any(seen, "HI"))
		return "%M and %S need an hour, %H or %I";
	return NULL;
}

static const char *
wrong_combination(const bool seen[PARTS], bool whole_seconds)
{
	if (has_any(seen, "f") && (has_any(seen, "s") ? !whole_seconds : !has_any(seen, "S")))
		return "%f and %.f are the fraction of a second: they need %S or %s";
	if (has_any(seen, "s"))
		return has_any(seen, "YmdHIMSpzjGVu")
			   ? "%s and %Q give the whole time, so nothing else can"
			   : NULL;
	const char *wrong = wrong_clock(seen);
	return wrong ? wrong : wrong_date(seen);
}

/* Whether two directives side by side leave open where the first one ends. */
static bool
is_open(char before, char now)
{
	return (is_epoch(before) && moment_is_number(now)) ||
	       (moment_is_number(before) && is_epoch(now)) ||
	       (before == 'f' && moment_is_number(now));
}

const char *
moment_format_wrong(struct slice format)
{
	bool seen[PARTS] = {false}, whole_seconds = false;
	char before = '\0';
	if (!format.n)
		return "it is empty";
	for (size_t i = 0; i < format.n; i++) {
		if (format.p[i] != '%') {
			before = '\0';
			continue;
		}
		if (i + 1 == format.n)
			return "it ends in a lone %";
		if (format.p[i + 1] == 'y')
			return "%y would guess the century; two-digit years are not read";
		char directive = moment_directive(format, &i);
		if (!directive)
			return "it has an unknown directive";
		if (is_open(before, directive))
			return "two numbers are side by side, so their border is unknown";
		before = directive;
		whole_seconds |= directive == 's';
		for (size_t part = 0; part < PARTS; part++) {
			if (!strchr(parts[part], directive))
				continue;
			if (seen[part])
				return "it has the same part of a time twice";
			seen[part] = true;
		}
	}
	return wrong_combination(seen, whole_seconds);
}
