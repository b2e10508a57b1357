/* SPDX-License-Identifier: MIT */
/* The rules of a number's spelling: what comes after the "=" of unit, sign, group and point. */
#include "common/program/message.h"
#include "common/text/space.h"
#include "common/text/utf8.h"
#include "stages/normalize/convert.h"

static const struct {
	const char *word;
	enum sign sign;
} sign_words[] = {{"parentheses", SIGN_PARENTHESES}, {"trailing", SIGN_TRAILING},
    {"minus", SIGN_MINUS}, {"triangle", SIGN_TRIANGLE}};

/* One character that is not part of the digits, sign, exponent or percent sign. */
static bool
is_separator(struct slice value)
{
	uint32_t c;
	size_t n = utf8_decode(value, &c);
	return n && n == value.n && c >= 0x20 && !(c < 0x80 && strchr("0123456789+-%eE", (int)c));
}

static void
parse_group(struct spec *s, struct slice word, struct slice value)
{
	if (!is_separator(value))
		die(STATUS_USAGE,
		    "%s: group=: %s is not one character that can part groups of digits",
		    quoted(word), quoted(value));
	s->group = value;
}

static void
parse_point(struct spec *s, struct slice word, struct slice value)
{
	if (!is_separator(value))
		die(STATUS_USAGE, "%s: point=: %s is not one character that can be a decimal point",
		    quoted(word), quoted(value));
	s->point = value;
}

/* A unit with digits or signs in it could not be told from the number. */
static void
parse_unit(struct spec *s, struct slice word, struct slice value)
{
	bool good = value.n > 0;
	for (size_t i = 0; i < value.n; i++)
		good &= (unsigned char)value.p[i] > ' ' && !strchr("0123456789+-()%", value.p[i]);
	if (!good)
		die(STATUS_USAGE,
		    "%s: unit=: %s is not a unit: one has no digit, sign, parenthesis, percent "
		    "sign or blank",
		    quoted(word), quoted(value));
	s->units = xrealloc(s->units, (s->n_units + 1) * sizeof *s->units);
	s->units[s->n_units++] = value;
}

/* WORD,WORD,… */
static void
parse_sign(struct spec *s, struct slice word, struct slice value)
{
	for (;;) {
		const char *comma = memchr(value.p, ',', value.n);
		struct slice one = {value.p, comma ? (size_t)(comma - value.p) : value.n};
		unsigned sign = 0;
		for (size_t i = 0; i < sizeof sign_words / sizeof sign_words[0]; i++)
			if (slice_is(one, sign_words[i].word))
				sign = sign_words[i].sign;
		if (!sign)
			die(STATUS_USAGE,
			    "%s: sign=: %s is not one of parentheses, trailing, minus, triangle",
			    quoted(word), quoted(one));
		s->signs |= sign;
		if (!comma)
			return;
		value = (struct slice){comma + 1, value.n - one.n - 1};
	}
}

void
number_rule_parse(struct spec *s, struct slice word, enum rule rule, struct slice value)
{
	if (rule == RULE_GROUP)
		parse_group(s, word, value);
	else if (rule == RULE_POINT)
		parse_point(s, word, value);
	else if (rule == RULE_UNIT)
		parse_unit(s, word, value);
	else
		parse_sign(s, word, value);
}

/* The text is folded before the other rules look at it, so what they look for is folded too. */
static struct slice
folded(struct slice s)
{
	struct buf b = {0};
	fullwidth_fold(s, &b);
	buf_check(&b, "a rule", NULL);
	return buf_slice(&b);
}

void
number_rules_check(struct spec *s, struct slice word)
{
	if (s->has[RULE_FULLWIDTH]) {
		s->group = s->group.p ? folded(s->group) : s->group;
		s->point = s->point.p ? folded(s->point) : s->point;
		for (size_t i = 0; i < s->n_units; i++)
			s->units[i] = folded(s->units[i]);
	}
	bool comma = s->has[RULE_POINT] && !slice_is(s->point, ".");
	if (s->has[RULE_GROUP] && !comma && slice_is(s->group, "."))
		die(STATUS_USAGE,
		    "%s: group=: \".\" is the decimal point, unless point= names another one",
		    quoted(word));
	if (s->has[RULE_GROUP] && s->has[RULE_POINT] && slice_equal(s->group, s->point))
		die(STATUS_USAGE, "%s: group= and point= are the same character", quoted(word));
}
