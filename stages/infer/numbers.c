/* SPDX-License-Identifier: MIT */
#include "stages/infer/numbers.h"
#include "common/program/message.h"
#include "common/text/ascii.h"
#include "common/text/space.h"
#include "common/time/time_parse.h"

enum { PARTS_MAX = 32, DIGITS_MAX = 300, PHONE_DIGITS = 9 };

static const char *const unit_texts[] = {
    "JPY", "USD", "EUR", "GBP", "KRW", "CNY", "円", "元", "원", "¥", "￥", "$", "€", "£", "₩"};
enum { UNITS = sizeof unit_texts / sizeof unit_texts[0] };

/* White space that normalize allows between a number and its unit. */
static const char *const spaces[] = {
    " ", "\t", "\xc2\xa0", "\xe2\x80\x89", "\xe2\x80\xaf", "\xe3\x80\x80"};

/* Between groups of digits: point and comma first. */
static const char *const separators[] = {
    ".", ",", "'", " ", "\xc2\xa0", "\xe2\x80\x89", "\xe2\x80\xaf", "\xe2\x80\x99"};
enum { POINT, COMMA, SEPARATORS = sizeof separators / sizeof separators[0] };

/* One text, taken apart. */
struct spelled {
	struct slice core; /* without signs, units and percent sign */
	unsigned signs, units, percents;
	bool negative, plus;
	enum number_fact sign; /* an unusual one; NUMBER_ANY: none */
	struct slice unit;

	/* The groups of digits, and the separators between them. */
	size_t digits[PARTS_MAX];
	size_t separator[PARTS_MAX];
	size_t parts;
	bool exponent;
	bool is_whole;              /* no point, and nothing that may be one */
	char whole[DIGITS_MAX + 1]; /* all digits in one */
	size_t n_whole;
};

static bool
take(struct slice *s, const char *text, bool front)
{
	size_t n = strlen(text);
	if (s->n < n || memcmp(front ? s->p : s->p + s->n - n, text, n) != 0)
		return false;
	s->p += front ? n : 0;
	s->n -= n;
	return true;
}

static void
take_spaces(struct slice *s, bool front)
{
	for (size_t i = 0; i < sizeof spaces / sizeof spaces[0];)
		i = take(s, spaces[i], front) ? 0 : i + 1;
}

static bool
take_unit(struct spelled *t)
{
	for (size_t i = 0; i < UNITS; i++)
		for (int front = 0; front < 2; front++)
			if (take(&t->core, unit_texts[i], front)) {
				take_spaces(&t->core, front);
				t->unit = slice_of(unit_texts[i]);
				t->units++;
				return true;
			}
	return false;
}

static bool
take_sign(struct spelled *t)
{
	static const struct {
		const char *text;
		bool front;
		enum number_fact fact;
	} signs[] = {{"-", true, NUMBER_ANY}, {"\xe2\x88\x92", true, NUMBER_MINUS},
	    {"\xe2\x96\xb2", true, NUMBER_TRIANGLE}, {"\xe2\x96\xb3", true, NUMBER_TRIANGLE},
	    {"-", false, NUMBER_TRAILING}};
	bool plus = take(&t->core, "+", true);
	for (size_t i = 0; !plus && i < sizeof signs / sizeof signs[0]; i++)
		if (take(&t->core, signs[i].text, signs[i].front)) {
			t->sign = signs[i].fact;
			t->negative = true;
			t->signs++;
			return true;
		}
	if (plus) {
		t->plus = true;
		t->signs++;
		return true;
	}
	struct slice s = t->core;
	if (s.n < 2 || s.p[0] != '(' || s.p[s.n - 1] != ')')
		return false;
	t->core = (struct slice){s.p + 1, s.n - 2};
	t->sign = NUMBER_PARENTHESES;
	t->signs++;
	return true;
}

static size_t
take_separator(struct slice *s)
{
	for (size_t i = 0; i < SEPARATORS; i++)
		if (take(s, separators[i], true))
			return i;
	return SEPARATORS;
}

/* E5, e-5: to the end. */
static bool
is_exponent(struct slice s)
{
	if (!s.n || (*s.p | 0x20) != 'e')
		return false;
	s = (struct slice){s.p + 1, s.n - 1};
	if (s.n && (*s.p == '-' || *s.p == '+'))
		s = (struct slice){s.p + 1, s.n - 1};
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return s.n > 0 && s.n <= 2;
}

/* core into groups of digits. */
static bool
take_digits(struct spelled *t)
{
	struct slice s = t->core;
	t->parts = 1;
	while (s.n) {
		if (is_digit(*s.p)) {
			if (t->n_whole == DIGITS_MAX)
				return false;
			t->whole[t->n_whole++] = *s.p;
			t->digits[t->parts - 1]++;
			take(&s, (char[]){*s.p, '\0'}, true);
			continue;
		}
		if (is_exponent(s)) {
			t->exponent = true;
			break;
		}
		size_t at = take_separator(&s);
		if (at == SEPARATORS || t->parts == PARTS_MAX)
			return false;
		t->separator[t->parts++ - 1] = at;
	}
	return t->n_whole > 0;
}

/* Whether parts 0 to last are groups: 1 to 3 digits and not 0 in front, then three each, all separated alike. */
static bool
are_groups(const struct spelled *t, size_t last)
{
	if (t->digits[0] < 1 || t->digits[0] > 3 || t->whole[0] == '0')
		return false;
	for (size_t i = 1; i <= last; i++)
		if (t->digits[i] != 3 || t->separator[i - 1] != t->separator[0])
			return false;
	return true;
}

static bool
note_group(struct numbers *all, size_t separator, struct slice text, uint64_t record)
{
	const char *group = separators[separator];
	if (separator == POINT || separator == COMMA) {
		evidence_add(
		    &all->facts[separator == POINT ? NUMBER_GROUP_POINT : NUMBER_GROUP_COMMA], text,
		    record);
		return true;
	}
	enum number_fact fact = NUMBER_GROUP_OTHER;
	if (!all->group_bytes) {
		all->group_bytes = strlen(group);
		memcpy(all->group, group, all->group_bytes);
	} else if (!slice_is((struct slice){all->group, all->group_bytes}, group)) {
		fact = NUMBER_GROUP_MIXED;
	}
	evidence_add(&all->facts[fact], text, record);
	return true;
}

static void
note_point(struct numbers *all, const struct spelled *t, struct slice text, uint64_t record)
{
	size_t places = t->digits[t->parts - 1];
	bool is_point = t->separator[t->parts - 2] == POINT;
	if (places > all->places)
		all->places = places;
	evidence_add(&all->facts[NUMBER_FRACTION], text, record);
	evidence_add(&all->facts[is_point ? NUMBER_POINT : NUMBER_COMMA], text, record);
}

/* What the separators are. False when they are not those of a number. */
static bool
note_separators(struct numbers *all, struct spelled *t, struct slice text, uint64_t record)
{
	size_t last = t->parts - 1;
	t->is_whole = !last || are_groups(t, last);
	if (!last)
		return true;
	size_t separator = t->separator[last - 1];
	bool may_point = separator == POINT || separator == COMMA;
	if (last > 1 && are_groups(t, last))
		return !t->exponent && note_group(all, separator, text, record);
	if (last > 1) {
		if (!may_point || !t->digits[last] || separator == t->separator[0] ||
		    !are_groups(t, last - 1))
			return false;
		note_group(all, t->separator[0], text, record);
		note_point(all, t, text, record);
		return true;
	}
	bool group = are_groups(t, last);
	if (!may_point)
		return group && !t->exponent && note_group(all, separator, text, record);
	if (group && !t->exponent) {
		t->is_whole = false;
		evidence_add(
		    &all->facts[separator == POINT ? NUMBER_POINT_EITHER : NUMBER_COMMA_EITHER],
		    text, record);
		return true;
	}
	if (separator == COMMA && (!t->digits[0] || !t->digits[1]))
		return false;
	note_point(all, t, text, record);
	return true;
}

static bool
is_time(struct slice digits, const char *format)
{
	static const struct time_options none;
	struct time_format compiled;
	struct time_parts parts;
	return !time_compile(slice_of(format), &none, &compiled) &&
	       time_parse(digits, &compiled, &parts) && digits.p[0] == '2' && digits.p[1] == '0';
}

/* A whole number: its size, and whether it could be a time. */
static void
note_whole(
    struct numbers *all, struct slice digits, bool negative, struct slice text, uint64_t record)
{
	static const struct slice exact = {"9007199254740992", 16},
				  least = {"9223372036854775808", 19},
				  most = {"18446744073709551615", 20};
	struct slice limit = negative ? least : most;
	if (digits.n > limit.n || (digits.n == limit.n && slice_compare(digits, limit) > 0))
		evidence_add(&all->facts[NUMBER_HUGE], text, record);
	else if (digits.n > exact.n || (digits.n == exact.n && slice_compare(digits, exact) > 0))
		evidence_add(&all->facts[NUMBER_BIG], text, record);
	if (negative)
		return;
	if (digits.n == 8 && is_time(digits, "%Y%m%d"))
		evidence_add(&all->facts[NUMBER_DAY], text, record);
	if (digits.n == 14 && is_time(digits, "%Y%m%d%H%M%S"))
		evidence_add(&all->facts[NUMBER_SECOND], text, record);
	/* 2001-09-09 to 2033-05-18 */
	if ((digits.n == 10 || digits.n == 13 || digits.n == 16) && digits.p[0] == '1')
		evidence_add(&all->facts[NUMBER_EPOCH], text, record);
}

static void
note_unit(struct numbers *all, struct slice unit)
{
	for (size_t i = 0; i < all->n_units; i++)
		if (slice_equal(all->units[i], unit))
			return;
	if (all->n_units < UNITS_MAX)
		all->units[all->n_units++] = unit;
}

static void
note_ends(struct numbers *all, const struct spelled *t, bool fullwidth, struct slice text,
    uint64_t record)
{
	if (t->units)
		note_unit(all, t->unit);
	if (t->units)
		evidence_add(&all->facts[NUMBER_UNIT], text, record);
	if (t->percents)
		evidence_add(&all->facts[NUMBER_PERCENT], text, record);
	if (t->sign != NUMBER_ANY)
		evidence_add(&all->facts[t->sign], text, record);
	if (fullwidth)
		evidence_add(&all->facts[NUMBER_FULLWIDTH], text, record);
}

bool
numbers_add(struct numbers *all, struct slice text, uint64_t record)
{
	static struct buf folded;
	struct spelled t = {.sign = NUMBER_ANY};
	buf_reset(&folded);
	if (!text.n || text.n > DIGITS_MAX)
		return false;
	bool fullwidth = fullwidth_fold(text, &folded);
	buf_check(&folded, "a number", NULL);
	t.core = buf_slice(&folded);
	while (take_sign(&t) || take_unit(&t) ||
	       (!t.percents && take(&t.core, "%", false) && ++t.percents))
		;
	if (t.signs > 1 || t.units > 1 || !take_digits(&t))
		return false;
	/* +81312345678 */
	if (t.plus && t.parts == 1 && t.n_whole >= PHONE_DIGITS)
		return false;
	if (!note_separators(all, &t, text, record))
		return false;
	note_ends(all, &t, fullwidth, text, record);
	evidence_add(&all->facts[NUMBER_ANY], text, record);
	bool zeros = t.digits[0] > 1 && t.whole[0] == '0';
	if (zeros)
		evidence_add(&all->facts[NUMBER_ZEROS], text, record);
	if (t.exponent && t.parts == 1)
		evidence_add(&all->facts[NUMBER_EXPONENT], text, record);
	else if (t.exponent)
		evidence_add(&all->facts[NUMBER_FRACTION], text, record);
	else if (t.is_whole && !zeros)
		note_whole(all, (struct slice){t.whole, t.n_whole}, t.negative, text, record);
	if (text.n != 1 || (*text.p != '0' && *text.p != '1'))
		evidence_add(&all->facts[NUMBER_NOT_BIT], text, record);
	return true;
}

void
numbers_add_int(struct numbers *all, struct slice digits, uint64_t record)
{
	struct slice s = digits;
	bool negative = take(&s, "-", true);
	note_whole(all, s, negative, digits, record);
	if (digits.n != 1 || (*digits.p != '0' && *digits.p != '1'))
		evidence_add(&all->facts[NUMBER_NOT_BIT], digits, record);
}
