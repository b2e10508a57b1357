/* SPDX-License-Identifier: MIT */
/* format= is checked against the other rules and the type before any value comes. */
#include "common/program/message.h"
#include "stages/normalize/spec.h"

/* Why the type cannot be made of texts in this format; NULL if it can. */
static const char *
lacks_zone(const struct spec *s)
{
	if (s->zone)
		return NULL;
	if (s->type == VALUE_TIMESTAMP)
		return s->moment->instant
			   ? NULL
			   : "it has no zone, so a timestamp needs zone= (or %z, %Z or %s in it)";
	return s->moment->instant ? "it reads an instant, so a date or datetime needs zone= for "
				    "the clock on which to show it"
				  : NULL;
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

void
format_compile(struct spec *s, struct slice word)
{
	if (!s->has[RULE_FORMAT]) {
		if (s->has[RULE_CENTURY] || s->has[RULE_DAY])
			die(STATUS_USAGE, "%s: %s= needs format=", quoted(word),
			    rule_names[s->has[RULE_DAY] ? RULE_DAY : RULE_CENTURY]);
		return;
	}
	struct moment_format *moment = xcalloc(1, sizeof *moment);
	const char *wrong = moment_compile(s->format, &s->moment_options, moment);
	s->moment = moment;
	if (!wrong && s->has[RULE_CENTURY] && !moment->has_century)
		wrong = "it has no %y, so century= cannot";
	if (!wrong)
		wrong = lacks_zone(s);
	if (!wrong)
		wrong = fights_trim(s);
	if (wrong)
		die(STATUS_USAGE, "%s: format=%.*s: %s", quoted(word), (int)s->format.n,
		    s->format.p, wrong);
}
