/* SPDX-License-Identifier: MIT */
/* The text of a number as a decimal: each spelling beyond plain digits only by its own rule. */
#include "common/program/message.h"
#include "common/text/ascii.h"
#include "common/text/decimal.h"
#include "common/text/space.h"
#include "stages/normalize/convert.h"

static struct buf folded, signed_text, ungrouped, pointed, parsed;

/* White space between a number and its unit: ASCII's, no-break, thin, narrow and ideographic. */
static const char *const spaces[] = {
    " ", "\t", "\xc2\xa0", "\xe2\x80\x89", "\xe2\x80\xaf", "\xe3\x80\x80"};

/* -?digits[.digits] without zeros in front: what decimal_parse would give back unchanged. */
static bool
is_canonical(struct slice s)
{
	const char *p = s.p, *end = s.p + s.n;
	if (s.n > DECIMAL_DIGITS_MAX)
		return false;
	bool negative = p < end && *p == '-';
	p += negative;
	const char *whole = p;
	while (p < end && is_digit(*p))
		p++;
	if (p == whole || (*whole == '0' && (p - whole > 1 || negative)))
		return false;
	if (p == end)
		return true;
	const char *point = p++;
	while (p < end && is_digit(*p))
		p++;
	return *point == '.' && p == end && p > point + 1;
}

static bool
begins_with(struct slice s, const char *text, size_t n)
{
	return s.n >= n && memcmp(s.p, text, n) == 0;
}

static bool
ends_with(struct slice s, const char *text, size_t n)
{
	return s.n >= n && memcmp(s.p + s.n - n, text, n) == 0;
}

static void
take_front(struct slice *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

/* What was taken off the ends of a text so far. */
struct peeled {
	struct slice core;
	bool negative;
	unsigned signs, units, percents; /* how often each occurred */
	bool unusual;                    /* a sign that sign= let in */
};

static void
trim_spaces(struct slice *s, bool front)
{
	for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
		size_t n = strlen(spaces[i]);
		if (front ? begins_with(*s, spaces[i], n) : ends_with(*s, spaces[i], n)) {
			take_front(s, front ? n : 0);
			s->n -= front ? 0 : n;
			i = (size_t)-1;
		}
	}
}

/* The longest unit at one end, and the white space between it and the number. */
static bool
peel_unit(const struct spec *s, struct peeled *p, bool front)
{
	size_t longest = 0;
	for (size_t i = 0; i < s->n_units; i++) {
		struct slice unit = s->units[i];
		if (unit.n > longest && (front ? begins_with(p->core, unit.p, unit.n)
					       : ends_with(p->core, unit.p, unit.n)))
			longest = unit.n;
	}
	if (!longest)
		return false;
	take_front(&p->core, front ? longest : 0);
	p->core.n -= front ? 0 : longest;
	trim_spaces(&p->core, front);
	p->units++;
	return true;
}

static bool
note_sign(struct peeled *p, bool negative, bool unusual)
{
	p->signs++;
	p->negative |= negative;
	p->unusual |= unusual;
	return true;
}

static bool
peel_sign(const struct spec *s, struct peeled *p)
{
	static const struct {
		enum sign sign;
		const char text[4];
	} front[] = {{SIGN_MINUS, "\xe2\x88\x92"}, {SIGN_TRIANGLE, "\xe2\x96\xb2"},
	    {SIGN_TRIANGLE, "\xe2\x96\xb3"}};
	struct slice *core = &p->core;
	if (core->n && (core->p[0] == '-' || core->p[0] == '+')) {
		take_front(core, 1);
		return note_sign(p, core->p[-1] == '-', false);
	}
	for (size_t i = 0; i < sizeof front / sizeof front[0]; i++)
		if ((s->signs & front[i].sign) && begins_with(*core, front[i].text, 3)) {
			take_front(core, 3);
			return note_sign(p, true, true);
		}
	char last = core->n ? core->p[core->n - 1] : '\0';
	if ((s->signs & SIGN_TRAILING) && (last == '-' || last == '+')) {
		core->n--;
		return note_sign(p, last == '-', true);
	}
	if ((s->signs & SIGN_PARENTHESES) && core->n >= 2 && core->p[0] == '(' && last == ')') {
		take_front(core, 1);
		core->n--;
		return note_sign(p, true, true);
	}
	return false;
}

static bool
peel_percent(const struct spec *s, struct peeled *p)
{
	if (!s->has[RULE_PERCENT] || p->percents || !ends_with(p->core, "%", 1))
		return false;
	p->core.n--;
	p->percents++;
	return true;
}

/* Takes signs, units and a percent sign off both ends, in any order, and puts a minus sign in front. */
static bool
peel(struct spec *s, struct slice *text, bool *percent, struct reject_reason *why)
{
	struct peeled p = {.core = *text};
	while (peel_sign(s, &p) || peel_unit(s, &p, true) || peel_unit(s, &p, false) ||
	       peel_percent(s, &p))
		;
	if (p.signs > 1)
		return reason(why, "sign", "has more than one sign");
	if (p.units > 1)
		return reason(why, "unit", "has more than one unit");
	s->changed[RULE_UNIT] += p.units;
	s->changed[RULE_SIGN] += p.unusual;
	*percent = p.percents > 0;
	*text = p.core;
	if (!p.negative)
		return true;
	buf_reset(&signed_text);
	buf_put_byte(&signed_text, '-');
	buf_put_slice(&signed_text, p.core);
	buf_check(&signed_text, "a number", NULL);
	*text = buf_slice(&signed_text);
	return true;
}

/*
 * Removes the character that separates groups of three digits. False when it appears
 * anywhere else, or when the first group begins with 0: numbers are not grouped like
 * that, so 12,3 and 0,123 may well have a decimal comma.
 */
static bool
ungroup(struct slice s, struct slice group, bool *any)
{
	size_t run = 0; /* digits since the last group character */
	const char *p = s.p, *end = s.p + s.n;
	buf_reset(&ungrouped);
	char *start = buf_reserve(&ungrouped, s.n), *to = start;
	*any = false;
	if (!start)
		return false;
	if (p < end && (*p == '-' || *p == '+'))
		*to++ = *p++;
	bool zero_first = p < end && *p == '0';
	for (; p < end; p++) {
		if (is_digit(*p)) {
			*to++ = *p;
			run++;
			continue;
		}
		if ((size_t)(end - p) < group.n || memcmp(p, group.p, group.n) != 0)
			break;
		if (*any ? run != 3 : zero_first || run < 1 || run > 3)
			return false;
		*any = true;
		run = 0;
		p += group.n - 1;
	}
	if (*any && run != 3)
		return false;
	while (p < end)
		*to++ = *p++;
	ungrouped.n = (size_t)(to - start);
	return true;
}

/* Replaces the decimal point of point= by a point. False if the text has a point already. */
static bool
replace_point(struct slice s, struct slice point, bool *any)
{
	*any = false;
	buf_reset(&pointed);
	while (s.n) {
		if (!*any && begins_with(s, point.p, point.n)) {
			buf_put_byte(&pointed, '.');
			take_front(&s, point.n);
			*any = true;
			continue;
		}
		if (*s.p == '.')
			return false;
		buf_put_byte(&pointed, *s.p);
		take_front(&s, 1);
	}
	return true;
}

/* Signs, units and the percent sign around the digits. */
static bool
strip_ends(struct spec *s, struct slice *digits, struct reject_reason *why)
{
	bool percent = s->has[RULE_PERCENT] && ends_with(*digits, "%", 1);
	if (!s->has[RULE_UNIT] && !s->has[RULE_SIGN])
		digits->n -= percent;
	else if (!peel(s, digits, &percent, why))
		return false;
	if (s->has[RULE_PERCENT] && !percent)
		return reason(why, "percent", "has no percent sign at its end");
	s->changed[RULE_PERCENT] += percent && !s->shifts;
	return true;
}

bool
number_text(struct spec *s, struct slice text, struct slice *digits, struct reject_reason *why)
{
	bool any = false;
	*digits = text;
	if (s->has[RULE_FULLWIDTH]) {
		buf_reset(&folded);
		s->changed[RULE_FULLWIDTH] += fullwidth_fold(text, &folded);
		buf_check(&folded, "a number", NULL);
		*digits = buf_slice(&folded);
	}
	if (!strip_ends(s, digits, why))
		return false;
	if (s->has[RULE_GROUP]) {
		if (!ungroup(*digits, s->group, &any))
			return reason(why, "group", "is not in groups of three digits");
		s->changed[RULE_GROUP] += any;
		*digits = buf_slice(&ungrouped);
	}
	if (s->has[RULE_POINT] && !slice_is(s->point, ".")) {
		if (!replace_point(*digits, s->point, &any))
			return reason(why, "point", "has a point, which point= does not name");
		buf_check(&pointed, "a number", NULL);
		s->changed[RULE_POINT] += any;
		*digits = buf_slice(&pointed);
	}
	if (is_canonical(*digits))
		return true;
	buf_reset(&parsed);
	if (!decimal_parse(*digits, &parsed))
		return reason_type(why, s->type);
	*digits = buf_slice(&parsed);
	return true;
}
