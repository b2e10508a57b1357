/* SPDX-License-Identifier: MIT */
/* format= is checked against the other rules and the type before any value comes. */
#include "common/program/message.h"
#include "stages/normalize/spec.h"

enum { MICROSECOND_DIGITS = 6 };

/* Why the type cannot be made of texts in this format; NULL if it can. */
static const char *
lacks_zone(const struct spec *s)
{
	bool instant = s->compiled && s->compiled->instant;
	if (s->zone || instant == (s->type == VALUE_TIMESTAMP))
		return NULL;
	if (instant)
		return "it reads an instant, so a date or datetime needs zone= for the clock on "
		       "which to show it";
	return s->is_excel ? "it has no zone, so a timestamp needs zone="
			   : "it has no zone, so a timestamp needs zone= (or %z, %Z or %s in it)";
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* trim removes the white space that such a format demands. */
static const char *
fights_trim(const struct spec *s)
{
	if (!s->has[RULE_TRIM] ||
	    (!is_space(s->format.p[0]) && !is_space(s->format.p[s->format.n - 1])))
		return NULL;
	return "it begins or ends with white space, which trim removes";
}

/* Excel's serials have no directives; round= and scale= are about seconds. */
static const char *
compile_excel(struct spec *s)
{
	s->is_excel = true;
	s->excel = (struct excel_format){.since_1904 = slice_is(s->format, "excel-1904"),
	    .scale = s->has[RULE_SCALE] ? s->scale : MICROSECOND_DIGITS,
	    .round = s->round};
	/* A date says by itself that there is a time of day. */
	if (s->type == VALUE_DATE)
		s->excel.round = ROUND_DOWN;
	if (s->has[RULE_CENTURY] || s->has[RULE_DAY])
		return "a serial number is a whole date, so century= and day= cannot";
	return s->excel.scale > MICROSECOND_DIGITS ? "scale= can be 6 at most, for microseconds"
						   : NULL;
}

static const char *
compile(struct spec *s)
{
	if (slice_is(s->format, "excel") || slice_is(s->format, "excel-1904"))
		return compile_excel(s);
	struct time_format *compiled = xcalloc(1, sizeof *compiled);
	const char *wrong = time_compile(s->format, &s->time_options, compiled);
	s->compiled = compiled;
	if (!wrong && s->has[RULE_CENTURY] && !compiled->has_century)
		wrong = "it has no %y, so century= cannot";
	return wrong;
}

void
format_compile(struct spec *s, struct slice word)
{
	if (!s->has[RULE_FORMAT]) {
		if (s->has[RULE_CENTURY] || s->has[RULE_DAY])
			die(STATUS_USAGE, "%s: %s= needs format=", quoted(word),
			    rule_names[s->has[RULE_DAY] ? RULE_DAY : RULE_CENTURY]);
		return;
	}
	const char *wrong = compile(s);
	if (!wrong)
		wrong = lacks_zone(s);
	if (!wrong)
		wrong = fights_trim(s);
	if (wrong)
		die(STATUS_USAGE, "%s: format=%.*s: %s", quoted(word), (int)s->format.n,
		    s->format.p, wrong);
}
