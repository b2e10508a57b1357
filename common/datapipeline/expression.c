/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/datapipeline/functions.h"
#include "common/text/ascii.h"

enum { NESTED_MAX = 32 }; /* parentheses and calls within each other */

/* Reads an expression from left to right; calls itself at most NESTED_MAX times. */
struct parser {
	struct slice rest;
	const struct dp_scope *scope;
	struct dp_faults *faults;
	unsigned nested;
};

void
dp_faults_add(struct dp_faults *faults, bool is_warning, const char *format, ...)
{
	struct dp_fault *fault = &faults->items[faults->n];
	va_list arguments;
	faults->failed |= !is_warning;
	if (faults->n == DP_FAULTS_MAX)
		return;
	fault->is_warning = is_warning;
	va_start(arguments, format);
	vsnprintf(fault->text, sizeof fault->text, format, arguments);
	va_end(arguments);
	faults->n++;
}

void
dp_term_free(struct dp_term *term)
{
	buf_free(&term->text);
	*term = (struct dp_term){0};
}

void
dp_term_set(struct dp_term *term, struct slice text)
{
	dp_term_free(term);
	term->kind = DP_STRING;
	term->known = true;
	buf_put_slice(&term->text, text);
}

static void
skip_blanks(struct parser *p)
{
	while (p->rest.n && strchr(" \t\r\n", *p->rest.p)) {
		p->rest.p++;
		p->rest.n--;
	}
}

static bool
next_is(struct parser *p, const char *characters)
{
	skip_blanks(p);
	return p->rest.n && *p->rest.p && strchr(characters, *p->rest.p);
}

static bool
fail(struct parser *p, const char *why)
{
	skip_blanks(p);
	size_t n = p->rest.n > 40 ? 40 : p->rest.n;
	if (p->rest.n)
		dp_faults_add(p->faults, false, "%s at %.*s", why, (int)n, p->rest.p);
	else
		dp_faults_add(p->faults, false, "%s at its end", why);
	return false;
}

static bool
is_name(char c)
{
	return is_letter(c) || is_digit(c) || c == '_' || c == '@' || c == '.';
}

static bool
read_text(struct parser *p, struct dp_term *term)
{
	char quote = *p->rest.p;
	dp_term_set(term, (struct slice){0});
	for (size_t i = 1; i < p->rest.n; i++) {
		char c = p->rest.p[i];
		if (c == quote) {
			p->rest.p += i + 1;
			p->rest.n -= i + 1;
			return true;
		}
		if (c == '\\' && i + 1 < p->rest.n)
			c = p->rest.p[++i];
		buf_put_byte(&term->text, c);
	}
	return fail(p, "a quote is not closed");
}

static bool
read_number(struct parser *p, struct dp_term *term)
{
	size_t n = 0;
	bool point = false;
	char digits[48];
	while (n < p->rest.n && (is_digit(p->rest.p[n]) || (p->rest.p[n] == '.' && !point)))
		point |= p->rest.p[n++] == '.';
	if (n >= sizeof digits ||
	    (!point && !parse_integer((struct slice){p->rest.p, n}, 0, INT64_MAX, &term->number)))
		return fail(p, "a number is too large");
	memcpy(digits, p->rest.p, n);
	digits[n] = '\0';
	if (point)
		term->real = strtod(digits, NULL);
	term->kind = point ? DP_DOUBLE : DP_INTEGER;
	term->known = true;
	p->rest.p += n;
	p->rest.n -= n;
	return true;
}

static bool read_sum(struct parser *p, struct dp_term *term);

static bool
read_call(struct parser *p, struct slice name, struct dp_term *term)
{
	struct dp_term arguments[DP_ARGUMENTS_MAX] = {0};
	size_t n = 0;
	bool good = true;
	slice_take(&p->rest, '(');
	if (!next_is(p, ")"))
		do {
			if (n == DP_ARGUMENTS_MAX)
				good = fail(p, "too many arguments");
			else
				good = read_sum(p, &arguments[n++]);
		} while (good && next_is(p, ",") && slice_take(&p->rest, ','));
	if (good && (!next_is(p, ")") || !slice_take(&p->rest, ')')))
		good = fail(p, "a comma or ) is missing");
	good = good && dp_call(name, arguments, n, term, p->faults);
	for (size_t i = 0; i < n; i++)
		dp_term_free(&arguments[i]);
	return good;
}

static bool
read_name(struct parser *p, struct dp_term *term)
{
	size_t n = *p->rest.p == '*';
	const char *why = NULL;
	while (n < p->rest.n && is_name(p->rest.p[n]))
		n++;
	struct slice name = {p->rest.p, n};
	p->rest.p += n;
	p->rest.n -= n;
	if (next_is(p, "("))
		return read_call(p, name, term);
	if (p->scope->lookup(p->scope->context, name, term, &why))
		return true;
	if (why)
		dp_faults_add(
		    p->faults, false, "%.*s %s", (int)(name.n > 80 ? 80 : name.n), name.p, why);
	else
		dp_faults_add(p->faults, false, "%.*s is not a field or parameter",
		    (int)(name.n > 80 ? 80 : name.n), name.p);
	return false;
}

static bool
read_value(struct parser *p, struct dp_term *term)
{
	skip_blanks(p);
	char c = p->rest.n ? *p->rest.p : '\0';
	bool starred = c == '*' && p->rest.n > 1 && is_name(p->rest.p[1]);
	if (c == '(') {
		slice_take(&p->rest, '(');
		if (!read_sum(p, term))
			return false;
		return (next_is(p, ")") && slice_take(&p->rest, ')')) || fail(p, "a ) is missing");
	}
	if (c == '\'' || c == '"')
		return read_text(p, term);
	if (is_digit(c))
		return read_number(p, term);
	if (is_letter(c) || c == '_' || c == '@' || starred)
		return read_name(p, term);
	return fail(p, "a value is missing");
}

/* A value with its sign and its powers. */
static bool
read_power(struct parser *p, struct dp_term *term)
{
	bool minus = next_is(p, "-") && slice_take(&p->rest, '-');
	if (!read_value(p, term))
		return false;
	while (next_is(p, "^")) {
		struct dp_term right = {0};
		slice_take(&p->rest, '^');
		bool good = read_value(p, &right) && dp_operate('^', term, &right, p->faults);
		dp_term_free(&right);
		if (!good)
			return false;
	}
	if (!minus)
		return true;
	struct dp_term zero = {.kind = DP_INTEGER, .known = true};
	bool good = dp_operate('-', &zero, term, p->faults);
	dp_term_free(term);
	*term = zero;
	return good;
}

static bool
read_product(struct parser *p, struct dp_term *term)
{
	if (!read_power(p, term))
		return false;
	while (next_is(p, "*/")) {
		struct dp_term right = {0};
		char sign = *p->rest.p;
		slice_take(&p->rest, sign);
		bool good = read_power(p, &right) && dp_operate(sign, term, &right, p->faults);
		dp_term_free(&right);
		if (!good)
			return false;
	}
	return true;
}

static bool
read_sum(struct parser *p, struct dp_term *term)
{
	if (p->nested == NESTED_MAX)
		return fail(p, "too many parentheses within each other");
	p->nested++;
	bool good = read_product(p, term);
	while (good && next_is(p, "+-")) {
		struct dp_term right = {0};
		char sign = *p->rest.p;
		slice_take(&p->rest, sign);
		good = read_product(p, &right) && dp_operate(sign, term, &right, p->faults);
		dp_term_free(&right);
	}
	p->nested--;
	return good;
}

/* Where the next "#{" of a text is; its length if there is none. */
static size_t
find_open(struct slice text, size_t from)
{
	for (size_t i = from; i + 1 < text.n; i++)
		if (text.p[i] == '#' && text.p[i + 1] == '{')
			return i;
	return text.n;
}

bool
dp_has_expression(struct slice text)
{
	return find_open(text, 0) < text.n;
}

struct slice
dp_single_name(struct slice text)
{
	if (text.n < 4 || find_open(text, 0) != 0 || text.p[text.n - 1] != '}')
		return (struct slice){0};
	struct slice name = slice_trim((struct slice){text.p + 2, text.n - 3});
	for (size_t i = name.n && name.p[0] == '*'; i < name.n; i++)
		if (!is_name(name.p[i]))
			return (struct slice){0};
	return name;
}

bool
dp_expand(
    struct buf *out, struct slice text, const struct dp_scope *scope, struct dp_faults *faults)
{
	size_t at = 0;
	bool good = true;
	while (at < text.n) {
		size_t open = find_open(text, at);
		struct dp_term term = {0};
		buf_put(out, text.p + at, open - at);
		if (open == text.n)
			break;
		struct parser p = {.rest = {text.p + open + 2, text.n - open - 2},
		    .scope = scope,
		    .faults = faults};
		bool fine =
		    read_sum(&p, &term) && ((next_is(&p, "}") && slice_take(&p.rest, '}')) ||
					       fail(&p, "the } of the expression is missing"));
		/* After an error, go on after the next brace: there may be more errors. */
		const char *close = p.rest.n ? memchr(p.rest.p, '}', p.rest.n) : NULL;
		if (fine)
			at = (size_t)(p.rest.p - text.p);
		else
			at = close ? (size_t)(close - text.p) + 1 : text.n;
		if (fine && term.known)
			dp_term_put(out, &term);
		else
			buf_put(out, text.p + open, at - open);
		dp_term_free(&term);
		good &= fine;
	}
	return good;
}
