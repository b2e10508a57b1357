/* SPDX-License-Identifier: MIT */
#include "common/json/json_read.h"
#include "common/record/mp.h"
#include "common/text/ascii.h"
#include "common/web/template_impl.h"

/*
 * The text of a GraphQL document, in which braces are selections. It is read
 * only as far as needed to distinguish a document from other text, and its
 * strings from the rest. In a JSON body it is the content of a string, with
 * JSON's escapes.
 */

static bool
is_name_start(char c)
{
	return is_letter(c) || c == '_';
}

static bool
is_name_byte(char c)
{
	return is_name_start(c) || is_digit(c);
}

/* The character at p, with JSON's escape undone where it is one of a white space or a quote; *n is its length. */
static char
look(const struct graphql *g, const char *p, size_t *n)
{
	*n = 1;
	if (!g->escaped || *p != '\\' || g->end - p < 2)
		return *p;
	*n = 2;
	switch (p[1]) {
	case 'n':
	case 'r':
		return '\n';
	case 't':
		return '\t';
	default:
		return p[1];
	}
}

const char *
graphql_step(struct graphql *g, const char *p)
{
	size_t n, next;
	char c = look(g, p, &n);
	p += n;
	if (c == '"') {
		g->in_string = !g->in_string;
	} else if (g->in_string && c == '\\') {
		if (p < g->end) {
			look(g, p, &next);
			p += next;
		}
	} else if (!g->in_string && !g->json && c == '#') {
		while (p < g->end && look(g, p, &next) != '\n')
			p += next;
	}
	return p;
}

static bool
is_ignored(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',';
}

/* Past white space, commas and comments. */
static const char *
skip_ignored(const struct graphql *g, const char *p)
{
	size_t n;
	while (p < g->end) {
		char c = look(g, p, &n);
		if (c == '#')
			while (p < g->end && look(g, p, &n) != '\n')
				p += n;
		else if (is_ignored(c))
			p += n;
		else
			break;
	}
	return p;
}

static const char *
skip_name(const struct graphql *g, const char *p)
{
	while (p < g->end && is_name_byte(*p))
		p++;
	return p;
}

static bool
is_one_of(const struct graphql *g, const char *p, const char *set)
{
	return p < g->end && *p && strchr(set, *p);
}

/* "query", "query Name", "query Name($x: …)", "query @…", each before its "{"; "fragment Name on Type". */
static bool
begins_with_word(const struct graphql *g, const char *p)
{
	static const char *const words[] = {"query", "mutation", "subscription", "fragment", NULL};
	const char *after = skip_name(g, p);
	struct slice word = {p, (size_t)(after - p)};
	for (size_t i = 0; words[i]; i++) {
		if (!slice_is(word, words[i]))
			continue;
		p = skip_ignored(g, skip_name(g, skip_ignored(g, after)));
		return is_one_of(g, p, "({@") ||
		       (words[i][0] == 'f' && g->end - p > 2 && memcmp(p, "on", 2) == 0);
	}
	return false;
}

/* A selection without a word before it, unless its brace begins a template: "{ id }", "{user{id}}". */
static bool
begins_with_selection(const struct graphql *g, const char *p)
{
	struct template_part ignored;
	if (!is_one_of(g, p, "{") || template_take(p, g->end, &ignored))
		return false;
	p = skip_ignored(g, p + 1);
	return p < g->end && (is_name_start(*p) || *p == '.');
}

static bool
is_document(const struct graphql *g, const char *p)
{
	const char *last = g->end;
	while (last > p && (is_ignored(last[-1]) ||
			       (g->escaped && last - p > 1 && last[-2] == '\\' && last[-1] != '"')))
		last -= is_ignored(last[-1]) ? 1 : 2;
	if (last == p || last[-1] != '}')
		return false;
	p = skip_ignored(g, p);
	return begins_with_word(g, p) || begins_with_selection(g, p);
}

bool
graphql_whole(struct graphql *g, struct slice text)
{
	*g = (struct graphql){.end = text.p + text.n};
	return text.n && is_document(g, text.p);
}

/* Whether the JSON before the quote at p ends with "query" and a colon. */
static bool
is_member_query(const char *start, const char *p)
{
	static const char name[] = "\"query\"";
	const size_t n = sizeof name - 1;
	while (p > start && is_ignored(p[-1]) && p[-1] != ',')
		p--;
	if (p == start || *--p != ':')
		return false;
	while (p > start && is_ignored(p[-1]) && p[-1] != ',')
		p--;
	return (size_t)(p - start) >= n && memcmp(p - n, name, n) == 0;
}

/* The quote that ends the JSON string whose quote is at p, or the end of the text. */
static const char *
closing_quote(const char *p, const char *end)
{
	p++;
	while (p < end && *p != '"')
		p += *p == '\\' && end - p > 1 ? 2 : 1;
	return p;
}

bool
graphql_begins(struct graphql *g, const char *start, const char *p, const char *end)
{
	if (!is_member_query(start, p))
		return false;
	const char *close = closing_quote(p, end);
	*g = (struct graphql){.end = close, .escaped = true};
	if (close < end && is_document(g, p + 1))
		return true;
	g->end = NULL;
	return false;
}

bool
embedded_begins(struct graphql *g, const char *p, const char *end)
{
	const char *close = closing_quote(p, end);
	struct slice quoted = {p, (size_t)(close - p) + 1};
	struct buf raw = {0};
	struct json_error error;
	struct mp_token text;
	/* Most strings are not, and need no closer look. */
	if (close >= end || (p[1] != '{' && p[1] != '[' && p[1] != ' ' && p[1] != '\\') ||
	    !memchr(p + 1, '"', (size_t)(close - p)) || !memchr(p, '\\', quoted.n))
		return false;
	bool good = json_to_msgpack(quoted, JSON_DUPLICATES_ERROR, &raw, &error);
	if (good) {
		mp_read(raw.p, raw.p + raw.n, &text);
		good =
		    memchr(text.p, '"', text.n) && template_is_json((struct slice){text.p, text.n});
	}
	buf_free(&raw);
	*g = (struct graphql){.end = close, .escaped = true, .json = true};
	return good;
}

bool
graphql_is_selection(
    const struct graphql *g, const char *start, const char *p, const struct template_part *part)
{
	if (g->in_string || part->days || part->format.n || !is_name_start(*part->text.p))
		return false;
	for (size_t i = 0; i < part->text.n; i++)
		if (!is_name_byte(part->text.p[i]))
			return false;
	/* Where a value is expected, {name} would be an object without a value, which GraphQL does not have. */
	while (p > start && is_ignored(p[-1]))
		p--;
	return p == start || !strchr(":[=(", p[-1]);
}
