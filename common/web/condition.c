/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/json/json_write.h"
#include "common/record/mp_path.h"
#include "common/text/ascii.h"
#include "common/web/condition.h"
#include "common/web/http_header.h"

/* One word: the text before the operator, the operator, and the text after it. */
struct word {
	struct slice left;
	enum condition_how how;
	struct slice right;
};

static struct slice
from_to(const char *from, const char *to)
{
	return (struct slice){from, (size_t)(to - from)};
}

/* Splits at the first operator outside of quotes. */
static struct word
split_word(struct slice text)
{
	const char *p = text.p, *end = p + text.n;
	bool quotes = false;
	for (; p < end; p++) {
		quotes ^= *p == '"';
		if (quotes)
			continue;
		if (*p == '=' || *p == '~')
			return (struct word){from_to(text.p, p),
			    *p == '=' ? CONDITION_EQUAL : CONDITION_CONTAINS, from_to(p + 1, end)};
		if (*p == '!' && p + 1 < end && p[1] == '=')
			return (struct word){
			    from_to(text.p, p), CONDITION_OTHER, from_to(p + 2, end)};
	}
	return (struct word){text, CONDITION_SOMETHING, {0}};
}

/* The next word of *text, up to a space outside of quotes. */
static struct slice
take_word(struct slice *text)
{
	*text = slice_trim(*text);
	const char *p = text->p, *end = p + text->n;
	bool quotes = false;
	for (; p < end && (quotes || (*p != ' ' && *p != '\t')); p++)
		quotes ^= *p == '"';
	struct slice word = from_to(text->p, p);
	*text = from_to(p, end);
	return word;
}

static bool
starts(struct slice s, const char *text)
{
	size_t n = strlen(text);
	return s.n > n && memcmp(s.p, text, n) == 0;
}

static bool
is_broken(struct slice s)
{
	return slice_is(s, "broken");
}

static bool
is_status(struct slice s)
{
	return s.n == 3 && s.p[0] >= '1' && s.p[0] <= '5' &&
	       (slice_is((struct slice){s.p + 1, 2}, "xx") ||
		   (is_digit(s.p[1]) && is_digit(s.p[2])));
}

/* Where c is in text outside of double quotes; NULL if it is not. */
static const char *
find_bare(struct slice text, char c)
{
	bool quotes = false;
	for (size_t i = 0; i < text.n; i++) {
		quotes ^= text.p[i] == '"';
		if (!quotes && text.p[i] == c)
			return text.p + i;
	}
	return NULL;
}

/* A path with "|" or "," outside of quotes was meant as alternatives, and would never lead anywhere. */
static const char *
set_path(struct condition *c, struct slice path)
{
	c->what = CONDITION_BODY;
	if (find_bare(path, '|') || find_bare(path, ','))
		return "alternatives are for values: give a rule for each path, and put a name "
		       "with \"|\" or \",\" in double quotes";
	return json_path_parse(&c->path, path);
}

static bool
are_statuses(const struct condition *c)
{
	bool equal = c->how == CONDITION_EQUAL, good = equal || c->how == CONDITION_OTHER;
	for (size_t i = 0; i < c->n_values; i++)
		good &= is_status(c->values[i]) || (equal && is_broken(c->values[i]));
	return good;
}

static bool
are_requests(const struct condition *c)
{
	static const char *const words[] = {"create", "poll", "download", "delete"};
	bool good = c->how == CONDITION_EQUAL || c->how == CONDITION_OTHER;
	for (size_t i = 0; i < c->n_values; i++) {
		bool known = false;
		for (size_t k = 0; k < sizeof words / sizeof *words; k++)
			known |= slice_is(c->values[i], words[k]);
		good &= known;
	}
	return good;
}

/* Sets the subject from the left side. */
static const char *
set_subject(struct condition *c, struct slice left)
{
	static const struct {
		const char *word;
		enum condition_what what;
	} words[] = {{"status", CONDITION_STATUS}, {"content-type", CONDITION_CONTENT_TYPE},
	    {"code", CONDITION_CODE}, {"message", CONDITION_MESSAGE},
	    {"request", CONDITION_REQUEST}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(left, words[i].word)) {
			c->what = words[i].what;
			return NULL;
		}
	if (starts(left, "header.")) {
		c->what = CONDITION_HEADER;
		c->name = malloc(left.n - 6);
		if (!c->name)
			return "no memory";
		memcpy(c->name, left.p + 7, left.n - 7);
		c->name[left.n - 7] = '\0';
		return NULL;
	}
	if (starts(left, "body."))
		left = (struct slice){left.p + 5, left.n - 5};
	return set_path(c, left);
}

static bool
is_quoted(struct slice s)
{
	return s.n >= 2 && s.p[0] == '"' && memchr(s.p + 1, '"', s.n - 1) == s.p + s.n - 1;
}

/* Keeps one alternative, without quotes around it. */
static const char *
add_value(struct conditions *all, struct condition *c, struct slice value)
{
	bool quoted = is_quoted(value), json = value.n && (*value.p == '[' || *value.p == '{');
	struct slice *longer = realloc(c->values, (c->n_values + 1) * sizeof *longer);
	if (!longer)
		return "no memory";
	c->values = longer;
	if (!quoted && !json && find_bare(value, ',') && !find_bare(value, ' '))
		return "alternatives are separated by \"|\", as in code=4|17; put a value with a "
		       "comma in double quotes";
	if (quoted)
		value = (struct slice){value.p + 1, value.n - 2};
	size_t at = all->text.n;
	buf_put_slice(&all->text, value);
	c->values[c->n_values++] = (struct slice){all->text.p + at, value.n};
	return NULL;
}

/* Splits a value into its alternatives. */
static const char *
set_values(struct conditions *all, struct condition *c, struct slice text)
{
	const char *wrong = NULL, *bar = find_bare(text, '|');
	if (!bar)
		return add_value(all, c, text);
	for (bool last = false; !last && !wrong; bar = find_bare(text, '|')) {
		last = !bar;
		struct slice one = slice_trim(last ? text : from_to(text.p, bar));
		if (!one.n)
			return "an alternative is empty: write \"\" for an empty text, and put a "
			       "value with a \"|\" in double quotes";
		wrong = add_value(all, c, one);
		text = last ? text : from_to(bar + 1, text.p + text.n);
	}
	return wrong;
}

static const char *
begin(struct conditions *all, struct slice text, size_t n)
{
	*all = (struct conditions){.list = calloc(n, sizeof *all->list)};
	/* As long as the whole text, so that it never moves. */
	return all->list && buf_reserve(&all->text, text.n + 1) ? NULL : "no memory";
}

const char *
conditions_parse(struct conditions *all, struct slice words)
{
	const char *wrong = begin(all, words, CONDITIONS_MAX);
	for (struct slice word = take_word(&words); word.n && !wrong; word = take_word(&words)) {
		struct word w = split_word(word);
		if (all->n == CONDITIONS_MAX)
			return "more than 16 conditions";
		struct condition *c = &all->list[all->n++];
		c->how = w.how;
		wrong = set_subject(c, w.left);
		if (!wrong && w.how != CONDITION_SOMETHING)
			wrong = set_values(all, c, w.right);
		if (!wrong && c->what == CONDITION_STATUS && !are_statuses(c))
			wrong = "a status is three digits, one with xx, or broken: status=403, "
				"status=5xx, status=broken";
		if (!wrong && c->what == CONDITION_REQUEST && !are_requests(c))
			wrong = "a request is create, poll, download or delete; a member of the "
				"body with this name is body.request";
	}
	return wrong ? wrong : all->n ? NULL : "no condition";
}

const char *
conditions_parse_body(struct conditions *all, struct slice text)
{
	const char *wrong = begin(all, text, 1);
	if (wrong)
		return wrong;
	struct word w = split_word(text);
	struct condition *c = &all->list[all->n++];
	c->how = w.how;
	wrong = set_path(c, w.left);
	return wrong || w.how == CONDITION_SOMETHING ? wrong : set_values(all, c, w.right);
}

void
conditions_free(struct conditions *all)
{
	for (size_t i = 0; i < all->n; i++) {
		json_path_free(&all->list[i].path);
		free(all->list[i].name);
		free(all->list[i].values);
	}
	free(all->list);
	buf_free(&all->text);
	*all = (struct conditions){0};
}

static bool
contains(struct slice text, struct slice part)
{
	for (size_t i = 0; i + part.n <= text.n; i++)
		if (!part.n || memcmp(text.p + i, part.p, part.n) == 0)
			return true;
	return false;
}

static bool
fits(const struct condition *c, struct slice text)
{
	if (c->how == CONDITION_SOMETHING)
		return text.n > 0;
	bool any = false;
	for (size_t i = 0; i < c->n_values; i++)
		any |= c->how == CONDITION_CONTAINS ? contains(text, c->values[i])
						    : slice_equal(text, c->values[i]);
	return any == (c->how != CONDITION_OTHER);
}

/* A value of the body, compared by its text: that of JSON, without the quotes of a string. */
static bool
value_fits(const struct condition *c, struct slice value)
{
	if (c->how == CONDITION_SOMETHING)
		return mp_is_something(value);
	struct mp_token t;
	mp_read(value.p, value.p + value.n, &t);
	if (t.type == MP_STR)
		return fits(c, (struct slice){t.p, t.n});
	static const struct json_style style = {0};
	struct buf text = {0};
	bool good = !json_write(&text, value, &style) && fits(c, buf_slice(&text));
	buf_free(&text);
	return good;
}

static bool
has_broken(const struct condition *c)
{
	bool any = false;
	for (size_t i = 0; c->what == CONDITION_STATUS && i < c->n_values; i++)
		any |= is_broken(c->values[i]);
	return any;
}

static bool
status_fits(const struct condition *c, long status)
{
	char text[3] = {(char)('0' + status / 100 % 10), (char)('0' + status / 10 % 10),
	    (char)('0' + status % 10)};
	bool any = false;
	for (size_t i = 0; i < c->n_values; i++)
		any |= !is_broken(c->values[i]) &&
		       memcmp(text, c->values[i].p, c->values[i].p[1] == 'x' ? 1 : 3) == 0;
	return any == (c->how == CONDITION_EQUAL);
}

static bool
any_error_fits(const struct condition *c, const struct api_errors *errors)
{
	for (size_t i = 0; errors && i < errors->n; i++) {
		struct slice text =
		    c->what == CONDITION_CODE ? errors->list[i].code : errors->list[i].message;
		if (text.n && fits(c, text))
			return true;
	}
	return false;
}

static bool
any_value_fits(const struct condition *c, struct slice body)
{
	struct mp_walk w;
	struct slice value;
	if (!body.n)
		return false;
	mp_walk_start(&w, body, &c->path);
	while (mp_walk_next(&w, &value))
		if (value_fits(c, value))
			return true;
	return false;
}

static bool
any_header_fits(const struct condition *c, struct slice headers)
{
	size_t at = 0;
	struct slice name, value;
	while (header_next(headers, &at, &name, &value))
		if (header_is(name, c->name) && fits(c, value))
			return true;
	return false;
}

static bool
holds(const struct condition *c, const struct answer_view *answer)
{
	struct slice type;
	switch (c->what) {
	case CONDITION_STATUS:
		return answer->broken ? has_broken(c) : status_fits(c, answer->status);
	case CONDITION_HEADER:
		return any_header_fits(c, answer->headers);
	case CONDITION_CONTENT_TYPE:
		header_find(answer->headers, "content-type", &type);
		return fits(c, header_media_type(type));
	case CONDITION_CODE:
	case CONDITION_MESSAGE:
		return any_error_fits(c, answer->errors);
	case CONDITION_REQUEST:
		return answer->request && fits(c, slice_of(answer->request));
	case CONDITION_BODY:
		break;
	}
	return any_value_fits(c, answer->body);
}

bool
conditions_want_broken(const struct conditions *all)
{
	bool any = false;
	for (size_t i = 0; i < all->n; i++)
		any |= has_broken(&all->list[i]);
	return any;
}

bool
conditions_hold(const struct conditions *all, const struct answer_view *answer)
{
	for (size_t i = 0; i < all->n; i++)
		if (!holds(&all->list[i], answer))
			return false;
	return !answer->broken || conditions_want_broken(all);
}

struct slice
conditions_text(const struct conditions *all, const struct answer_view *answer)
{
	const struct condition *c = &all->list[0];
	struct mp_walk w;
	struct slice value;
	struct mp_token t;
	if (c->what != CONDITION_BODY || c->how != CONDITION_SOMETHING || !answer->body.n)
		return (struct slice){0};
	mp_walk_start(&w, answer->body, &c->path);
	while (mp_walk_next(&w, &value))
		if (value_fits(c, value) && mp_read(value.p, value.p + value.n, &t) &&
		    t.type == MP_STR)
			return (struct slice){t.p, t.n};
	return (struct slice){0};
}

bool
conditions_hold_for_all(const struct conditions *all, const struct answer_view *answer)
{
	struct mp_walk w;
	struct slice value;
	size_t n = 0;
	if (!answer->body.n)
		return false;
	mp_walk_start(&w, answer->body, &all->list[0].path);
	for (; mp_walk_next(&w, &value); n++)
		if (!value_fits(&all->list[0], value))
			return false;
	return n > 0;
}
