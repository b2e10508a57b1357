/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>

#include "common/datapipeline/functions.h"
#include "common/datapipeline/joda.h"
#include "common/text/float_text.h"
#include "common/text/nearest.h"
#include "common/time/iso.h"

enum {
	MINUTE = 60,
	HOUR = 3600,
	DAY = 86400,
	WEEK = 7,
	MONTHS = 12,
	YEAR_MAX = 9999,
	AMOUNT_MAX = 10000000
};

/* Adds an amount of minutes, hours, ... or, for months and years, of the calendar. */
static bool
add_to(struct dp_term *result, const struct dp_term *arguments, int64_t factor)
{
	result->number = arguments[0].number + arguments[1].number * factor;
	return true;
}

static bool
add_months(struct dp_term *result, const struct dp_term *arguments, int64_t factor)
{
	int64_t second = (arguments[0].number % DAY + DAY) % DAY, year;
	unsigned month, day;
	iso_civil((arguments[0].number - second) / DAY, &year, &month, &day);
	int64_t months = year * MONTHS + month - 1 + arguments[1].number * factor;
	year = months / MONTHS - (months % MONTHS < 0);
	month = (unsigned)(months - year * MONTHS) + 1;
	/* The last day of a shorter month, as Joda-Time has it. */
	if (day > iso_month_days(year, month))
		day = iso_month_days(year, month);
	result->number = iso_days(year, month, day) * DAY + second;
	return true;
}

static bool
part_of(struct dp_term *result, const struct dp_term *arguments, int64_t part)
{
	int64_t second = (arguments[0].number % DAY + DAY) % DAY, year;
	int64_t days = (arguments[0].number - second) / DAY;
	unsigned month, day;
	iso_civil(days, &year, &month, &day);
	const int64_t parts[] = {year, month, day, days - iso_days(year, 1, 1) + 1, second / HOUR,
	    second / MINUTE % MINUTE};
	result->number = parts[part];
	return true;
}

static bool
first_of_month(struct dp_term *result, const struct dp_term *arguments, int64_t unused)
{
	struct dp_term day = {0};
	(void)unused;
	part_of(&day, arguments, 2);
	result->number = arguments[0].number - (day.number - 1) * DAY;
	return true;
}

static bool
midnight(struct dp_term *result, const struct dp_term *arguments, int64_t unused)
{
	(void)unused;
	result->number = arguments[0].number - (arguments[0].number % DAY + DAY) % DAY;
	return true;
}

/* The same time on the last Sunday, which may be the day itself. */
static bool
sunday(struct dp_term *result, const struct dp_term *arguments, int64_t unused)
{
	int64_t second = (arguments[0].number % DAY + DAY) % DAY;
	int64_t days = (arguments[0].number - second) / DAY;
	(void)unused;
	result->number = arguments[0].number - ((days + 4) % WEEK + WEEK) % WEEK * DAY;
	return true;
}

static bool
yesterday(struct dp_term *result, const struct dp_term *arguments, int64_t unused)
{
	(void)unused;
	result->number = arguments[0].number - DAY;
	return true;
}

/* makeDate and makeDateTime; the date must exist. */
static bool
make(struct dp_term *result, const struct dp_term *arguments, int64_t n)
{
	int64_t v[DP_ARGUMENTS_MAX] = {0};
	for (int64_t i = 0; i < n; i++)
		v[i] = arguments[i].number;
	if (v[0] < 1 || v[0] > YEAR_MAX || v[1] < 1 || v[1] > MONTHS || v[2] < 1 ||
	    v[2] > iso_month_days(v[0], (unsigned)v[1]) || v[3] < 0 || v[3] > 23 || v[4] < 0 ||
	    v[4] > 59)
		return false;
	result->number =
	    iso_days(v[0], (unsigned)v[1], (unsigned)v[2]) * DAY + v[3] * HOUR + v[4] * MINUTE;
	return true;
}

static bool
format(struct dp_term *result, const struct dp_term *arguments, int64_t unused)
{
	(void)unused;
	joda_format(&result->text, arguments[0].number, buf_slice(&arguments[1].text));
	return !result->text.failed;
}

/* t: a time, i: a whole number, s: text. */
static const struct function {
	const char *name, *arguments;
	char result;
	bool (*call)(struct dp_term *result, const struct dp_term *arguments, int64_t how);
	int64_t how;
} functions[] = {
    {"format", "ts", 's', format, 0},
    {"minusMinutes", "ti", 't', add_to, -MINUTE},
    {"minusHours", "ti", 't', add_to, -HOUR},
    {"minusDays", "ti", 't', add_to, -DAY},
    {"minusWeeks", "ti", 't', add_to, -WEEK *DAY},
    {"minusMonths", "ti", 't', add_months, -1},
    {"minusYears", "ti", 't', add_months, -MONTHS},
    {"plusMinutes", "ti", 't', add_to, MINUTE},
    {"plusHours", "ti", 't', add_to, HOUR},
    {"plusDays", "ti", 't', add_to, DAY},
    {"plusWeeks", "ti", 't', add_to, WEEK *DAY},
    {"plusMonths", "ti", 't', add_months, 1},
    {"plusYears", "ti", 't', add_months, MONTHS},
    {"year", "t", 'i', part_of, 0},
    {"month", "t", 'i', part_of, 1},
    {"day", "t", 'i', part_of, 2},
    {"dayOfYear", "t", 'i', part_of, 3},
    {"hour", "t", 'i', part_of, 4},
    {"minute", "t", 'i', part_of, 5},
    {"firstOfMonth", "t", 't', first_of_month, 0},
    {"midnight", "t", 't', midnight, 0},
    {"sunday", "t", 't', sunday, 0},
    {"yesterday", "t", 't', yesterday, 0},
    {"makeDate", "iii", 't', make, 3},
    {"makeDateTime", "iiiii", 't', make, 5},
};

enum { FUNCTIONS = sizeof functions / sizeof *functions };

static enum dp_kind
kind_of(char c)
{
	return c == 't' ? DP_TIME : c == 'i' ? DP_INTEGER : DP_STRING;
}

static const char *
kind_name(enum dp_kind kind)
{
	static const char *const names[] = {
	    "a value", "text", "a whole number", "a number with a fraction", "a time", "a list"};
	return names[kind];
}

/* Text that is a time or a number counts as one: every field of a definition is text. */
static bool
convert(struct dp_term *term, enum dp_kind wanted)
{
	if (term->kind == wanted || term->kind == DP_ANY)
		return true;
	if (term->kind != DP_STRING || wanted == DP_DOUBLE)
		return false;
	uint32_t fraction;
	if (term->known &&
	    !(wanted == DP_TIME ? iso_read_wall(buf_slice(&term->text), &term->number, &fraction)
				: parse_integer(buf_slice(&term->text), INT64_MIN / 2,
				      INT64_MAX / 2, &term->number)))
		return false;
	term->kind = wanted;
	return true;
}

static const struct function *
find(struct slice name, struct dp_faults *faults)
{
	struct slice names[FUNCTIONS];
	for (size_t i = 0; i < FUNCTIONS; i++) {
		names[i] = slice_of(functions[i].name);
		if (slice_equal(name, names[i]))
			return &functions[i];
	}
	struct slice near = nearest_name(name, names, FUNCTIONS);
	dp_faults_add(faults, false, "%.*s is not a function%s%.*s%s",
	    (int)(name.n > 60 ? 60 : name.n), name.p, near.n ? ", did you mean " : "", (int)near.n,
	    near.n ? near.p : "", near.n ? "?" : "");
	return NULL;
}

static bool
is_in_range(const struct dp_term *term)
{
	int64_t year;
	unsigned month, day;
	if (term->kind != DP_TIME)
		return true;
	if (term->number < -(int64_t)DAY * 800000 || term->number > (int64_t)DAY * 3000000)
		return false;
	iso_civil((term->number - (term->number % DAY + DAY) % DAY) / DAY, &year, &month, &day);
	return year >= 1 && year <= YEAR_MAX;
}

bool
dp_call(struct slice name, struct dp_term *arguments, size_t n, struct dp_term *result,
    struct dp_faults *faults)
{
	const struct function *f = find(name, faults);
	bool known = true;
	if (!f)
		return false;
	if (n != strlen(f->arguments)) {
		dp_faults_add(faults, false, "%s takes %zu argument%s, not %zu", f->name,
		    strlen(f->arguments), f->arguments[1] ? "s" : "", n);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		enum dp_kind wanted = kind_of(f->arguments[i]);
		if (!convert(&arguments[i], wanted)) {
			dp_faults_add(faults, false, "argument %zu of %s is %s, not %s", i + 1,
			    f->name, kind_name(arguments[i].kind), kind_name(wanted));
			return false;
		}
		known &= arguments[i].known && arguments[i].kind == wanted;
	}
	result->kind = kind_of(f->result);
	bool had_error = faults->failed;
	if (f->call == format && arguments[1].known)
		joda_check(buf_slice(&arguments[1].text), faults);
	if (faults->failed && !had_error)
		return false;
	if (!known)
		return true;
	for (size_t i = 0; i < n; i++)
		known &= arguments[i].kind != DP_INTEGER ||
			 (arguments[i].number >= -AMOUNT_MAX && arguments[i].number <= AMOUNT_MAX);
	result->known = true;
	if (known && f->call(result, arguments, f->how) && is_in_range(result))
		return true;
	dp_faults_add(faults, false, "the result of %s is not a date that exists", f->name);
	return false;
}

void
dp_term_put(struct buf *out, const struct dp_term *term)
{
	char digits[FLOAT_TEXT_MAX];
	switch (term->kind) {
	case DP_INTEGER:
		buf_printf(out, "%" PRId64, term->number);
		break;
	case DP_DOUBLE:
		buf_put(out, digits, float_text(term->real, digits));
		break;
	case DP_TIME:
		joda_format(out, term->number, SLICE("YYYY-MM-dd'T'HH:mm:ss"));
		break;
	default:
		buf_put_slice(out, buf_slice(&term->text));
	}
}

static bool
integers(char sign, int64_t a, int64_t b, int64_t *result)
{
	if (sign == '/') {
		if (!b || (a == INT64_MIN && b == -1))
			return false;
		*result = a / b;
		return true;
	}
	return sign == '+'   ? !__builtin_add_overflow(a, b, result)
	       : sign == '-' ? !__builtin_sub_overflow(a, b, result)
			     : !__builtin_mul_overflow(a, b, result);
}

/* Text that is a number counts as one in arithmetic other than "+". */
static void
as_number(struct dp_term *term)
{
	int64_t number;
	if (term->kind == DP_STRING && term->known &&
	    parse_integer(buf_slice(&term->text), INT64_MIN / 2, INT64_MAX / 2, &number)) {
		term->kind = DP_INTEGER;
		term->number = number;
	}
}

static void
concatenate(struct dp_term *left, struct dp_term *right)
{
	struct buf text = {0};
	if (left->kind == DP_LIST || right->kind == DP_LIST) {
		left->kind = DP_LIST;
		left->known = false;
		return;
	}
	left->known &= right->known;
	if (left->known) {
		dp_term_put(&text, left);
		dp_term_put(&text, right);
	}
	buf_free(&left->text);
	left->text = text;
	left->kind = DP_STRING;
}

static bool
compute(char sign, struct dp_term *left, const struct dp_term *right)
{
	bool whole = left->kind == DP_INTEGER && right->kind == DP_INTEGER && sign != '^';
	if (whole && left->known)
		return integers(sign, left->number, right->number, &left->number);
	if (left->known) {
		double a = left->kind == DP_INTEGER ? (double)left->number : left->real;
		double b = right->kind == DP_INTEGER ? (double)right->number : right->real;
		left->real = sign == '+'   ? a + b
			     : sign == '-' ? a - b
			     : sign == '*' ? a * b
			     : sign == '/' ? a / b
					   : pow(a, b);
		if (!isfinite(left->real))
			return false;
	}
	left->kind = whole ? DP_INTEGER : DP_DOUBLE;
	return true;
}

bool
dp_operate(char sign, struct dp_term *left, struct dp_term *right, struct dp_faults *faults)
{
	bool texts = left->kind == DP_STRING || right->kind == DP_STRING || left->kind == DP_LIST ||
		     right->kind == DP_LIST;
	if (sign == '+' && texts) {
		concatenate(left, right);
		return true;
	}
	as_number(left);
	as_number(right);
	if (left->kind == DP_ANY || right->kind == DP_ANY) {
		left->kind = DP_ANY;
		left->known = false;
		return true;
	}
	struct dp_term *terms[] = {left, right};
	for (size_t i = 0; i < 2; i++)
		if (terms[i]->kind != DP_INTEGER && terms[i]->kind != DP_DOUBLE &&
		    (terms[i]->kind != DP_STRING || terms[i]->known)) {
			dp_faults_add(faults, false, "%c needs numbers, and %s side is %s", sign,
			    i ? "the right" : "the left", kind_name(terms[i]->kind));
			return false;
		}
	left->known &= right->known;
	if (!compute(sign, left, right)) {
		dp_faults_add(faults, false, "the result of %c is not a number", sign);
		return false;
	}
	return true;
}
