/* SPDX-License-Identifier: MIT */
/* What stands behind the "=" of each rule, and which rules go with which type. */
#include <stdlib.h>

#include "common/program/message.h"
#include "common/program/zone_file.h"
#include "stages/normalize/convert.h"
#include "stages/normalize/spec.h"

enum { SHIFT_MAX = 100, MICROS = 6, CENTURY_MAX = 9900 };

enum {
	INT = 1 << VALUE_INT,
	NUMBERS = 1 << VALUE_INT | 1 << VALUE_FLOAT | 1 << VALUE_DECIMAL,
	TIMES = 1 << VALUE_DATE | 1 << VALUE_DATETIME | 1 << VALUE_TIMESTAMP,
	ALL = ~0,
};

static const struct {
	int types;
	const char *wanted; /* how a message calls them */
} goes_with[RULES] = {
    [RULE_CONST] = {ALL, ""},
    [RULE_TRIM] = {ALL, ""},
    [RULE_NULL] = {ALL, ""},
    [RULE_DEFAULT] = {ALL, ""},
    [RULE_OPTIONAL] = {ALL, ""},
    [RULE_MAP] = {ALL, ""},
    [RULE_FORMAT] = {TIMES, "date, datetime and timestamp"},
    [RULE_CENTURY] = {TIMES, "date, datetime and timestamp"},
    [RULE_DAY] = {TIMES, "date, datetime and timestamp"},
    [RULE_ZONE] = {TIMES, "date, datetime and timestamp"},
    [RULE_FULLWIDTH] = {NUMBERS, "int, float and decimal"},
    [RULE_UNIT] = {NUMBERS, "int, float and decimal"},
    [RULE_SIGN] = {NUMBERS, "int, float and decimal"},
    [RULE_PERCENT] = {NUMBERS, "int, float and decimal"},
    [RULE_GROUP] = {NUMBERS, "int, float and decimal"},
    [RULE_POINT] = {NUMBERS, "int, float and decimal"},
    [RULE_MICROS] = {NUMBERS, "int, float and decimal"},
    [RULE_SHIFT] = {NUMBERS, "int, float and decimal"},
    /* of the times see check_round */
    [RULE_SCALE] = {1 << VALUE_DECIMAL | TIMES, "decimal"},
    [RULE_ROUND] = {INT | 1 << VALUE_DECIMAL | TIMES, "int, decimal, date and datetime"},
};

/* The text as a value of the field's type, without any rule; what const=, default= and map= hold. */
static struct slice
constant(const struct spec *s, struct slice word, enum rule rule, struct slice text)
{
	struct spec bare = {.type = s->type, .plain = true};
	struct value v = {.type = VALUE_TEXT, .s = text};
	struct reject_reason why;
	struct buf raw = {0};
	mp_buf_str(&raw, text);
	v.raw = buf_slice(&raw);
	struct buf out = {0};
	if (!convert(&bare, &v, &out, &why))
		die(STATUS_USAGE, "%s: %s=: %s %s", quoted(word), rule_names[rule], quoted(text),
		    why.text);
	buf_free(&raw);
	buf_check(&out, "a constant", NULL);
	return buf_slice(&out);
}

/* Numbers and bools need not be spelled for null= and map= where none of these could be one. */
static void
note_spelling(struct spec *s, struct slice text)
{
	s->spells_scalars |= text.n && strchr("0123456789-tfNI", text.p[0]) &&
			     !(text.p[0] == '-' && (text.n == 1 || text.p[1] == '-'));
}

static void
add_null(struct spec *s, struct slice text)
{
	note_spelling(s, text);
	s->nulls = xrealloc(s->nulls, (s->n_nulls + 1) * sizeof *s->nulls);
	s->nulls[s->n_nulls++] = text;
	s->has[RULE_NULL] = true;
}

static bool
is_star(struct slice part, bool is_quoted)
{
	return !is_quoted && slice_is(part, "*");
}

static void
add_pair(struct spec *s, struct slice word, struct slice from, struct slice value)
{
	for (size_t i = 0; i < s->n_map; i++)
		if (slice_equal(s->map[i].from, from))
			die(STATUS_USAGE, "%s: map= names %s twice", quoted(word), quoted(from));
	note_spelling(s, from);
	s->map = xrealloc(s->map, (s->n_map + 1) * sizeof *s->map);
	s->map[s->n_map++] = (struct map_pair){from, value};
}

/* FROM:TO,FROM:TO,…; *:TO for all others, *:* leaves them. */
static void
parse_map(struct spec *s, struct slice word, struct slice rest)
{
	for (;;) {
		bool from_quoted, to_quoted;
		struct slice from = spec_take_part(word, &rest, ":,", &from_quoted);
		if (!rest.n || rest.p[0] != ':')
			die(STATUS_USAGE, "%s: map=: %s is no pair FROM:TO", quoted(word),
			    quoted(from));
		rest = (struct slice){rest.p + 1, rest.n - 1};
		struct slice to = spec_take_part(word, &rest, ",", &to_quoted);
		bool others = is_star(from, from_quoted), same = others && is_star(to, to_quoted);
		if (others && (s->map_other || s->map_same))
			die(STATUS_USAGE, "%s: map= names * twice", quoted(word));
		if (same)
			s->map_same = true;
		else if (others) {
			s->map_other = true;
			s->other = constant(s, word, RULE_MAP, to);
		} else
			add_pair(s, word, from, constant(s, word, RULE_MAP, to));
		if (!rest.n)
			return;
		rest = (struct slice){rest.p + 1, rest.n - 1};
	}
}

static void
set_shift(struct spec *s, struct slice word, enum rule rule, int places)
{
	if (s->shifts)
		die(STATUS_USAGE,
		    "%s: only one of micros, percent=ratio and shift= moves the point",
		    quoted(word));
	s->shifts = rule;
	s->shift = places;
}

static int64_t
parse_number(struct slice word, enum rule rule, struct slice value, int64_t low, int64_t high)
{
	int64_t n = 0;
	if (!parse_integer(value, low, high, &n))
		die(STATUS_USAGE, "%s: %s=: %s is not a number from %d to %d", quoted(word),
		    rule_names[rule], quoted(value), (int)low, (int)high);
	return n;
}

static void
parse_percent(struct spec *s, struct slice word, struct slice value)
{
	if (slice_is(value, "ratio"))
		set_shift(s, word, RULE_PERCENT, -2);
	else if (!slice_is(value, "number"))
		die(STATUS_USAGE,
		    "%s: percent=: %s is neither ratio (1.59%% is 0.0159) nor number "
		    "(1.59%% is 1.59)",
		    quoted(word), quoted(value));
}

static void
parse_day(struct spec *s, struct slice word, struct slice value)
{
	s->time_options.day = slice_is(value, "first")  ? TIME_DAY_FIRST
			      : slice_is(value, "last") ? TIME_DAY_LAST
							: TIME_DAY_GIVEN;
	if (s->time_options.day == TIME_DAY_GIVEN)
		die(STATUS_USAGE, "%s: day=: %s is neither first nor last", quoted(word),
		    quoted(value));
}

/* NAME, or NAME,earlier or NAME,later for what the clock shows twice. */
static void
parse_zone(struct spec *s, struct slice word, struct slice value)
{
	struct slice name = value;
	const char *comma = memchr(value.p, ',', value.n);
	if (comma) {
		name.n = (size_t)(comma - value.p);
		struct slice pick = {comma + 1, value.n - name.n - 1};
		s->pick = slice_is(pick, "earlier") ? PICK_EARLIER
			  : slice_is(pick, "later") ? PICK_LATER
						    : PICK_NONE;
		if (!s->pick)
			die(STATUS_USAGE, "%s: zone=: %s is neither earlier nor later",
			    quoted(word), quoted(pick));
	}
	const char *wrong;
	s->zone = zone_named(name, &wrong);
	if (!s->zone)
		die(STATUS_USAGE, "%s: zone=: %s %s", quoted(word), quoted(name), wrong);
}

static void
parse_round(struct spec *s, struct slice word, struct slice value)
{
	if (!decimal_round_named(value, &s->round))
		die(STATUS_USAGE,
		    "%s: round=: %s is not one of down, up, floor, ceiling, half-up, half-down, "
		    "half-even",
		    quoted(word), quoted(value));
}

_Noreturn static void
bad_type(struct slice word, enum rule rule)
{
	die(STATUS_USAGE, "%s: %s goes with %s only", quoted(word), rule_names[rule],
	    goes_with[rule].wanted);
}

/* Only the time of day of an Excel serial may need to be rounded in any other way than down. */
static void
check_round(const struct spec *s, struct slice word)
{
	if (s->has[RULE_ROUND] && s->type == VALUE_DECIMAL && !s->has[RULE_SCALE])
		die(STATUS_USAGE, "%s: round= needs scale=", quoted(word));
	if (!(1 << s->type & TIMES) || (s->is_excel && s->type != VALUE_DATE))
		return;
	if (s->has[RULE_SCALE])
		bad_type(word, RULE_SCALE);
	if (s->has[RULE_ROUND] && s->type == VALUE_TIMESTAMP)
		bad_type(word, RULE_ROUND);
	if (s->has[RULE_ROUND] && s->round != ROUND_DOWN)
		die(STATUS_USAGE, "%s: a %s can only be rounded down", quoted(word),
		    value_type_name(s->type));
}

void
rule_parse(struct spec *s, struct slice word, enum rule rule, struct slice value)
{
	if (!(1 << s->type & goes_with[rule].types))
		bad_type(word, rule);
	switch (rule) {
	case RULE_CONST:
	case RULE_DEFAULT:
		s->fallback = constant(s, word, rule, value);
		return;
	case RULE_NULL:
		add_null(s, value);
		return;
	case RULE_MAP:
		parse_map(s, word, value);
		return;
	case RULE_FORMAT:
		s->format = value;
		return;
	case RULE_CENTURY:
		s->time_options.century = parse_number(word, rule, value, 1, CENTURY_MAX);
		return;
	case RULE_DAY:
		parse_day(s, word, value);
		return;
	case RULE_ZONE:
		parse_zone(s, word, value);
		return;
	case RULE_PERCENT:
		parse_percent(s, word, value);
		return;
	case RULE_UNIT:
	case RULE_SIGN:
	case RULE_GROUP:
	case RULE_POINT:
		number_rule_parse(s, word, rule, value);
		return;
	case RULE_MICROS:
		set_shift(s, word, rule, -MICROS);
		return;
	case RULE_SHIFT:
		set_shift(
		    s, word, rule, (int)parse_number(word, rule, value, -SHIFT_MAX, SHIFT_MAX));
		return;
	case RULE_SCALE:
		s->scale = (unsigned)parse_number(word, rule, value, 0, DECIMAL_DIGITS_MAX);
		return;
	case RULE_ROUND:
		parse_round(s, word, value);
		return;
	case RULE_TRIM:
	case RULE_OPTIONAL:
	case RULE_FULLWIDTH:
	case RULES:
		return;
	}
}

void
rules_check(struct spec *s, struct slice word)
{
	s->plain = true;
	for (enum rule rule = 0; rule < RULES; rule++) {
		if (s->has[RULE_CONST] && s->has[rule] && rule != RULE_CONST)
			die(STATUS_USAGE, "%s: const= goes with no other rule", quoted(word));
		s->plain &= !s->has[rule] || rule == RULE_DEFAULT || rule == RULE_OPTIONAL;
	}
	number_rules_check(s, word);
	format_compile(s, word);
	check_round(s, word);
}
