/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/json/json_read.h"
#include "common/text/ascii.h"
#include "common/time/date_text.h"
#include "common/web/template_impl.h"

enum { DAYS_MAX = 1000000 };

static bool
is_name_byte(char c)
{
	return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-' ||
	       (unsigned char)c > 0x7f;
}

/* Takes "-1d" from the end of the name, if that is how it ends. */
static bool
take_minus(struct template_part *part)
{
	struct slice *name = &part->text;
	size_t n = name->n;
	if (!n || name->p[n - 1] != 'd')
		return true;
	size_t at = n - 1;
	while (at > 0 && is_digit(name->p[at - 1]))
		at--;
	if (at == n - 1 || at < 2 || name->p[at - 1] != '-')
		return true;
	struct slice digits = {name->p + at, n - 1 - at};
	name->n = at - 1;
	if (!parse_integer(digits, 0, DAYS_MAX, &part->days))
		return false;
	part->days = -part->days;
	return true;
}

/* The end of name and offset, which begin at p, or NULL. */
static const char *
take_name(const char *p, const char *end, struct template_part *part)
{
	const char *from = p;
	while (p < end && is_name_byte(*p))
		p++;
	part->text = (struct slice){from, (size_t)(p - from)};
	if (!part->text.n)
		return NULL;
	if (p == end || *p != '+')
		return take_minus(part) ? p : NULL;
	const char *digits = ++p;
	while (p < end && is_digit(*p))
		p++;
	struct slice number = {digits, (size_t)(p - digits)};
	if (p == end || *p != 'd' || !parse_integer(number, 0, DAYS_MAX, &part->days))
		return NULL;
	return p + 1;
}

const char *
template_take(const char *p, const char *end, struct template_part *part)
{
	*part = (struct template_part){.field = true};
	p = take_name(p + 1, end, part);
	if (!p || p == end)
		return NULL;
	if (*p == ':' && end - p > 1 && p[1] == '%') {
		const char *close = memchr(p, '}', (size_t)(end - p));
		if (!close)
			return NULL;
		part->format = (struct slice){p + 1, (size_t)(close - p - 1)};
		p = close;
	}
	return *p == '}' ? p + 1 : NULL;
}

static const char *
add_part(struct template *t, const struct template_part *part)
{
	if (!part->field && !part->text.n)
		return NULL;
	if (t->n == TEMPLATE_PARTS_MAX)
		return "more than 1000 parts";
	if ((t->n & (t->n + 1)) == 0) {
		struct template_part *parts = realloc(t->parts, 2 * (t->n + 1) * sizeof *parts);
		if (!parts)
			return "no memory";
		t->parts = parts;
	}
	t->parts[t->n++] = *part;
	return part->field && part->format.n ? date_format_wrong(part->format) : NULL;
}

/* Whether the character at *p ends or begins a JSON string; moves *p over an escaped one. */
static bool
is_quote(const char **p, const char *end, bool in_string)
{
	if (in_string && **p == '\\' && end - *p > 1) {
		++*p;
		return false;
	}
	return **p == '"';
}

/* A brace that begins a template, or a doubled one: adds the text before it, and the template. NULL: neither. */
static const char *
take_brace(struct template *t, const char *from, const char *p, const char *end,
    const struct template_part *where, const char **wrong)
{
	struct template_part field;
	bool doubled = end - p > 1 && p[1] == '{';
	const char *after = doubled ? p + 2 : template_take(p, end, &field);
	if (!after)
		return NULL;
	/* Of two braces the first one stays. */
	struct template_part kept = {.text = {from, (size_t)(p + doubled - from)}};
	*wrong = add_part(t, &kept);
	if (!doubled && !*wrong) {
		field.in_string = where->in_string;
		field.embedded = where->embedded;
		field.in_inner = where->in_inner;
		*wrong = add_part(t, &field);
	}
	return after;
}

/* At a brace in the text of a document, which begins at start. */
static bool
is_misplaced(const struct graphql *g, const char *start, const char *p)
{
	struct template_part field;
	return p[1] != '{' && template_take(p, g->end, &field) &&
	       !graphql_is_selection(g, start, p, &field);
}

/* The brace of a selection stays; of two braces the first one stays, as everywhere. */
static const char *
pass_graphql(
    struct template *t, struct graphql *g, const char *p, const char **from, const char **wrong)
{
	static const struct template_part plain = {.in_string = true};
	const char *start = p;
	while (p < g->end && !*wrong) {
		if (*p == '{' && g->end - p > 1 && p[1] == '{') {
			const char *after = take_brace(t, *from, p, g->end, &plain, wrong);
			if (!after)
				break;
			p = *from = after;
			continue;
		}
		if (*p == '{' && is_misplaced(g, start, p))
			*wrong = "a template in the text of a GraphQL document: declare a "
				 "variable, and put the value into \"variables\" (for a brace as "
				 "it is write {{)";
		p = graphql_step(g, p);
	}
	/* A comment or an escape may end past the document. */
	return p < g->end || *wrong ? p : g->end;
}

/* JSON text in a JSON string, whose own strings matter: "{\"a\":\"{x}\"}". */
static const char *
pass_embedded(
    struct template *t, struct graphql *g, const char *p, const char **from, const char **wrong)
{
	while (p < g->end && !*wrong) {
		struct template_part where = {
		    .in_string = true, .embedded = true, .in_inner = g->in_string};
		const char *after =
		    *p == '{' ? take_brace(t, *from, p, g->end, &where, wrong) : NULL;
		if (after)
			*from = after;
		p = after ? after : graphql_step(g, p);
	}
	return p < g->end || *wrong ? p : g->end;
}

/* A value is escaped for text and attributes; in a CDATA section it would arrive with its escapes. */
static bool
is_in_cdata(const struct template *t, struct slice text, const char *p)
{
	static const char mark[] = "<![CDATA[";
	bool inside = false;
	if (t->place != TEMPLATE_XML)
		return false;
	for (const char *at = text.p; at < p; at++) {
		size_t n = (size_t)(p - at);
		if (n >= 9 && memcmp(at, mark, 9) == 0)
			inside = true;
		else if (n >= 3 && memcmp(at, "]]>", 3) == 0)
			inside = false;
	}
	return inside;
}

const char *
template_parse(struct template *t, struct slice text, enum template_place place)
{
	const char *p = text.p, *end = p + text.n, *from = p, *wrong = NULL;
	struct graphql g = {0};
	bool in_string = false;
	*t = (struct template){.place = place};
	if (place == TEMPLATE_GRAPHQL && graphql_whole(&g, text))
		p = pass_graphql(t, &g, p, &from, &wrong);
	while (p < end && !wrong) {
		if (*p != '{') {
			bool opens = *p == '"' && !in_string && place == TEMPLATE_JSON;
			if (opens && graphql_begins(&g, text.p, p, end)) {
				p = pass_graphql(t, &g, p + 1, &from, &wrong);
				p += !wrong; /* the closing quote */
				continue;
			}
			if (opens && embedded_begins(&g, p, end)) {
				p = pass_embedded(t, &g, p + 1, &from, &wrong);
				p += !wrong;
				continue;
			}
			in_string ^= is_quote(&p, end, in_string);
			p++;
			continue;
		}
		struct template_part where = {.in_string = in_string};
		const char *after = take_brace(t, from, p, end, &where, &wrong);
		if (after && !wrong && t->n && t->parts[t->n - 1].field && is_in_cdata(t, text, p))
			wrong = "a value cannot be written in a CDATA section: write it as text, "
				"where it is escaped";
		if (after)
			from = after;
		p = after ? after : p + 1;
	}
	struct template_part rest = {.text = {from, (size_t)(end - from)}};
	return wrong ? wrong : add_part(t, &rest);
}

void
template_free(struct template *t)
{
	free(t->parts);
	*t = (struct template){0};
}

bool
template_is_graphql(struct slice text)
{
	struct graphql g;
	return graphql_whole(&g, text);
}

bool
template_is_json(struct slice text)
{
	struct template t = {0};
	struct buf filled = {0}, ignored = {0};
	struct json_error error;
	struct slice start = slice_trim(text);
	bool good = start.n && (*start.p == '{' || *start.p == '[') &&
		    !template_parse(&t, text, TEMPLATE_JSON);
	if (!good) {
		template_free(&t);
		return false;
	}
	for (size_t i = 0; i < t.n; i++)
		if (!t.parts[i].field)
			buf_put_slice(&filled, t.parts[i].text);
		else
			buf_put_text(&filled, t.parts[i].in_string ? "x" : "0");
	start = slice_trim(buf_slice(&filled));
	good = !filled.failed && start.n && (*start.p == '{' || *start.p == '[') &&
	       json_to_msgpack(start, JSON_DUPLICATES_LAST, &ignored, &error);
	buf_free(&filled);
	buf_free(&ignored);
	template_free(&t);
	return good;
}

/*
 * Whether a value at its place in the URL forms a "." or ".." step of its
 * segment, together with the text around it.
 */
static bool
find_step(const struct template *t, struct slice url, const size_t *places, size_t *part)
{
	for (size_t i = 0; i < t->n; i++)
		if (places[i] && template_url_steps(url, places[i])) {
			*part = i;
			return true;
		}
	return false;
}

/* The path of a filled URL, from start on in out, as a whole: places are where its values are. */
static bool
check_steps(const struct template *t, const struct buf *out, size_t start, const size_t *places,
    struct template_error *error)
{
	struct slice url = {out->p + start, out->n - start};
	size_t part;
	/* A query may hold dots. */
	const char *query = url.n ? memchr(url.p, '?', url.n) : NULL;
	if (query)
		url.n = (size_t)(query - url.p);
	if (out->failed || !find_step(t, url, places, &part))
		return true;
	*error = (struct template_error){
	    .name = t->parts[part].text, .what = "makes a step in a path, and no name"};
	return false;
}

bool
template_fill(const struct template *t, template_find *find, void *context, struct buf *out,
    struct template_error *error)
{
	struct buf scratch = {0};
	size_t start = out->n, *places = calloc(t->n + 1, sizeof *places);
	bool good = places;
	*error = (struct template_error){.what = "cannot be filled: no memory"};
	for (size_t i = 0; i < t->n && good; i++) {
		const struct template_part *part = &t->parts[i];
		struct template_value v = {0};
		if (!part->field) {
			buf_put_slice(out, part->text);
			continue;
		}
		*error = (struct template_error){.name = part->text, .what = "is undefined"};
		good = find(context, part->text, &v);
		if (good) {
			places[i] = i ? out->n - start : 0;
			error->what = v.list ? template_put_list(t, i, &v, &scratch, out)
					     : template_put(t, i, &v, &scratch, out);
			good = !error->what;
		}
	}
	if (good && t->place == TEMPLATE_URL)
		good = check_steps(t, out, start, places, error);
	free(places);
	buf_free(&scratch);
	return good;
}
