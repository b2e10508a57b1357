/* SPDX-License-Identifier: MIT */
#include "common/text/ascii.h"
#include "common/time/time_parse.h"
#include "common/time/time_parse_impl.h"

static const struct long_directive {
	const char *text;
	char directive;
} long_directives[] = {{".f", OPTIONAL_FRACTION}, {"6Q", MICROSECONDS}, {"9Q", NANOSECONDS}};

/* Directives for the same part of a time; the first one's letter names the part. */
static const char *const parts[] = {
    "Yy", "mbB", "d", "H", "I", "M", "S", "fF", "aA", "p", "zZ", "sQUN", "j", "G", "V", "u"};
enum { PARTS = sizeof parts / sizeof parts[0] };

/* The directive whose percent sign is at *i, which is moved to its last byte; 0 if it is unknown. */
static char
take_directive(struct slice format, size_t *i)
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
	return letter && strchr("YymdHIMSfbBaApzZsQjGVu%", letter) ? letter : '\0';
}

/* Whether it reads a number of so many digits at most. */
static bool
is_number(char directive)
{
	return directive && strchr("YymdHIMSfjGVu", directive);
}

static bool
is_epoch(char directive)
{
	return directive && strchr("sQUN", directive);
}

/* Whether it reads all digits that follow, however many. */
static bool
is_greedy(char directive)
{
	return directive == 'f' || directive == OPTIONAL_FRACTION || is_epoch(directive);
}

/* Whether one of these parts, named by their first letters, was seen. */
static bool
has_any(const bool seen[PARTS], const char *letters)
{
	for (size_t i = 0; i < PARTS; i++)
		if (seen[i] && strchr(letters, parts[i][0]))
			return true;
	return false;
}

static const char *
wrong_day(const bool seen[PARTS], enum time_day day)
{
	if (has_any(seen, "d"))
		return day == TIME_DAY_GIVEN ? NULL : "%d gives the day, so day= cannot";
	return day == TIME_DAY_GIVEN
		   ? "a date needs %d (day=first or day=last is for a column of months)"
		   : NULL;
}

/* Two directives for one part could contradict each other, and one of them would be dropped. */
static const char *
wrong_date(const bool seen[PARTS], enum time_day day)
{
	if (has_any(seen, "GVuj") && day != TIME_DAY_GIVEN)
		return "day= goes with months only";
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
	if (!has_any(seen, "Y") || !has_any(seen, "m"))
		return "a date needs %Y and %m (or %b)";
	return wrong_day(seen, day);
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
	return has_any(seen, "S") && !has_any(seen, "M") ? "%S needs the minute, %M" : NULL;
}

static const char *
wrong_combination(const bool seen[PARTS], bool whole_seconds, enum time_day day)
{
	if (has_any(seen, "f") && (has_any(seen, "s") ? !whole_seconds : !has_any(seen, "S")))
		return "%f and %.f are the fraction of a second: they need %S or %s";
	if (has_any(seen, "s")) {
		if (day != TIME_DAY_GIVEN)
			return "day= goes with months only";
		return has_any(seen, "YmdHIMSpzjGVu")
			   ? "%s and %Q give the whole time, so nothing else can"
			   : NULL;
	}
	const char *wrong = wrong_clock(seen);
	return wrong ? wrong : wrong_date(seen, day);
}

/* Whether two steps side by side leave open where the first one ends, or can never both match. */
static const char *
wrong_border(const struct time_step *a, const struct time_step *b)
{
	bool digit = !b->directive && is_digit(b->literal.p[0]);
	bool number = is_number(b->directive) || is_epoch(b->directive);
	if (digit && is_greedy(a->directive))
		return "%s, %Q and %f read all digits, so a digit after them can never match";
	if ((number && (is_greedy(a->directive) || a->directive == 'z')) ||
	    (digit && a->directive == 'z') || (is_epoch(b->directive) && is_number(a->directive)))
		return "two numbers are side by side, so their border is unknown";
	if (!a->directive && a->literal.p[a->literal.n - 1] == '.' &&
	    b->directive == OPTIONAL_FRACTION)
		return "%.f has a point of its own, so no point can come before it";
	return NULL;
}

/* %Y%m%d: without a border between them, numbers must have all their digits. */
static void
set_least(struct time_format *f, size_t i)
{
	char now = f->steps[i].directive;
	const struct time_step *next = i + 1 < f->n ? &f->steps[i + 1] : NULL;
	bool joined = i && is_number(f->steps[i - 1].directive);
	if (next)
		joined |= is_number(next->directive) ||
			  (!next->directive && is_digit(next->literal.p[0]));
	int most = now == 'Y' || now == 'G' ? 4 : now == 'j' ? 3 : now == 'u' ? 1 : 2;
	bool fixed = now == 'Y' || now == 'G' || now == 'y' || now == 'u';
	f->steps[i].least = (unsigned char)(fixed || joined ? most : 1);
}

static const char *
join_steps(struct time_format *f)
{
	for (size_t i = 0; i < f->n; i++) {
		const char *wrong =
		    i + 1 < f->n ? wrong_border(&f->steps[i], &f->steps[i + 1]) : NULL;
		if (wrong)
			return wrong;
		set_least(f, i);
	}
	return NULL;
}

/*
 * The next step of the format, which begins at byte *i; moves *i to the step
 * after it.
 */
static const char *
take_step(struct slice format, size_t *i, struct time_step *step)
{
	if (format.p[*i] != '%') {
		const char *percent = memchr(format.p + *i, '%', format.n - *i);
		size_t end = percent ? (size_t)(percent - format.p) : format.n;
		*step = (struct time_step){.literal = {format.p + *i, end - *i}};
		*i = end;
		return NULL;
	}
	if (*i + 1 == format.n)
		return "it ends in a lone %";
	char directive = take_directive(format, i);
	if (!directive)
		return "it has an unknown directive";
	*step = (struct time_step){.directive = directive};
	if (directive == '%')
		*step = (struct time_step){.literal = {format.p + *i, 1}};
	++*i;
	return NULL;
}

static bool
note_part(bool seen[PARTS], char directive)
{
	for (size_t part = 0; part < PARTS; part++) {
		if (!directive || !strchr(parts[part], directive))
			continue;
		if (seen[part])
			return false;
		seen[part] = true;
	}
	return true;
}

const char *
time_compile(struct slice format, const struct time_options *options, struct time_format *out)
{
	bool seen[PARTS] = {false}, whole_seconds = false;
	*out = (struct time_format){.options = *options};
	if (!format.n)
		return "it is empty";
	for (size_t i = 0; i < format.n;) {
		if (out->n == TIME_STEPS_MAX)
			return "it has more than 64 parts";
		struct time_step *step = &out->steps[out->n++];
		const char *wrong = take_step(format, &i, step);
		if (wrong)
			return wrong;
		if (!note_part(seen, step->directive))
			return "it has the same part of a time twice";
		whole_seconds |= step->directive == 's';
		out->has_century |= step->directive == 'y';
	}
	if (out->has_century && !options->century)
		return "%y needs century=YEAR, the first of the hundred years that it means";
	out->instant = has_any(seen, "zs");
	const char *wrong = join_steps(out);
	return wrong ? wrong : wrong_combination(seen, whole_seconds, options->day);
}
