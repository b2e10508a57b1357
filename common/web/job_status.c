/* SPDX-License-Identifier: MIT */
#include <regex.h>
#include <stdlib.h>

#include "common/json/json_write.h"
#include "common/record/mp_path.h"
#include "common/web/job_status.h"

enum {
	WORDS_MAX = 100,
	SUBJECT_MAX = 4096, /* bytes of a text that a regular expression is tried on */
};

static bool
add_word(struct job_words *w, enum job_state state, struct slice word)
{
	size_t n = w->n[state] + 1;
	struct slice *longer = realloc(w->list[state], n * sizeof *longer);
	if (!longer)
		return false;
	longer[n - 1] = word;
	w->list[state] = longer;
	w->n[state] = n;
	return true;
}

const char *
job_words_parse(struct job_words *w, enum job_state state, struct slice text)
{
	for (;;) {
		const char *bar = text.n ? memchr(text.p, '|', text.n) : NULL;
		size_t n = bar ? (size_t)(bar - text.p) : text.n;
		struct slice word = slice_trim((struct slice){text.p, n});
		if (!word.n)
			return "a word is empty";
		if (w->n[state] >= WORDS_MAX)
			return "there are more than 100 words";
		if (!add_word(w, state, word))
			return "no memory";
		if (!bar)
			return NULL;
		text = (struct slice){bar + 1, text.n - n - 1};
	}
}

static enum job_state
state_of(const struct job_words *w, struct slice word)
{
	for (size_t state = 0; state < JOB_STATES; state++)
		for (size_t i = 0; i < w->n[state]; i++)
			if (slice_equal(w->list[state][i], word))
				return (enum job_state)state;
	return JOB_UNKNOWN;
}

struct slice
job_words_repeated(const struct job_words *w)
{
	for (size_t state = 0; state < JOB_STATES; state++)
		for (size_t i = 0; i < w->n[state]; i++)
			if (state_of(w, w->list[state][i]) != (enum job_state)state)
				return w->list[state][i];
	return (struct slice){0};
}

void
job_words_free(struct job_words *w)
{
	for (size_t state = 0; state < JOB_STATES; state++)
		free(w->list[state]);
	*w = (struct job_words){0};
}

/* A value as a condition compares it: JSON, a string without its quotes. */
static bool
put_word(struct buf *b, struct slice value)
{
	static const struct json_style style = {0};
	struct mp_token t;
	mp_read(value.p, value.p + value.n, &t);
	if (t.type == MP_NIL)
		return false;
	if (t.type != MP_STR)
		return !json_write(b, value, &style);
	buf_put_slice(b, (struct slice){t.p, t.n});
	return t.n > 0;
}

enum job_state
job_state_find(
    const struct job_words *w, struct slice body, const struct json_path *path, struct buf *word)
{
	enum job_state strongest = JOB_MISSING;
	struct mp_walk walk;
	struct slice value;
	buf_reset(word);
	if (!body.n)
		return JOB_MISSING;
	mp_walk_start(&walk, body, path);
	while (mp_walk_next(&walk, &value)) {
		struct buf one = {0};
		enum job_state state =
		    put_word(&one, value) ? state_of(w, buf_slice(&one)) : JOB_MISSING;
		if (state > strongest) {
			strongest = state;
			buf_reset(word);
			buf_put_slice(word, buf_slice(&one));
		}
		buf_free(&one);
	}
	return strongest;
}

/* The first c outside of double quotes; NULL: there is none. */
static const char *
find_bare(struct slice text, char c)
{
	bool quoted = false;
	for (size_t i = 0; i < text.n; i++) {
		quoted ^= text.p[i] == '"';
		if (!quoted && text.p[i] == c)
			return text.p + i;
	}
	return NULL;
}

static bool
has_each(const struct json_path *path)
{
	for (size_t i = 0; i < path->n; i++)
		if (path->steps[i].each)
			return true;
	return false;
}

static const char *
compile(struct job_adopt *a, struct slice text)
{
	regex_t *regex = malloc(sizeof *regex);
	char *copy = strndup(text.p, text.n);
	const char *wrong = NULL;
	if (!regex || !copy)
		wrong = "no memory";
	else if (regcomp(regex, copy, REG_EXTENDED))
		wrong = "the regular expression is malformed";
	free(copy);
	if (wrong) {
		free(regex);
		return wrong;
	}
	a->regex = regex;
	return regex->re_nsub ? NULL : "the regular expression has no group ( )";
}

const char *
job_adopt_parse(struct job_adopt *a, struct slice text)
{
	const char *equals = find_bare(text, '=');
	struct slice name = {text.p, equals ? (size_t)(equals - text.p) : 0};
	struct slice rest = {text.p + name.n + 1, equals ? text.n - name.n - 1 : 0};
	const char *tilde = equals ? find_bare(rest, '~') : NULL;
	if (!tilde || !name.n)
		return "it is not NAME=PATH~REGEX";
	struct slice path = {rest.p, (size_t)(tilde - rest.p)};
	const char *wrong = json_path_parse(&a->name, name);
	if (!wrong)
		wrong = json_path_parse(&a->path, path);
	if (!wrong && has_each(&a->name))
		wrong = "NAME is one place, so it has no []";
	return wrong ? wrong : compile(a, (struct slice){tilde + 1, rest.n - path.n - 1});
}

void
job_adopt_free(struct job_adopt *a)
{
	json_path_free(&a->name);
	json_path_free(&a->path);
	if (a->regex)
		regfree(a->regex);
	free(a->regex);
	*a = (struct job_adopt){0};
}

/* The first group of the regular expression in a text; false if it does not match, or the group is empty. */
static bool
match(const struct job_adopt *a, struct slice text, struct slice *number)
{
	regmatch_t at[2] = {{.rm_so = -1}, {.rm_so = -1}};
	static const size_t groups = sizeof at / sizeof *at;
	char *subject = strndup(text.p, text.n < SUBJECT_MAX ? text.n : SUBJECT_MAX);
	bool good = subject && !regexec(a->regex, subject, groups, at, 0) && at[1].rm_so >= 0 &&
		    at[1].rm_eo > at[1].rm_so;
	free(subject);
	if (good)
		*number = (struct slice){text.p + at[1].rm_so, (size_t)(at[1].rm_eo - at[1].rm_so)};
	return good;
}

static bool
put_values(const struct job_adopt *a, struct slice number, struct buf *out)
{
	char head[MP_HEAD_MAX];
	struct buf value = {0};
	static const char empty_map[] = "\x80";
	buf_put_slice(
	    &value, (struct slice){head, (size_t)(mp_put_str_head(head, number.n) - head)});
	buf_put_slice(&value, number);
	bool good = !value.failed &&
		    !mp_path_set(out, (struct slice){empty_map, 1}, &a->name, buf_slice(&value));
	buf_free(&value);
	return good && !out->failed;
}

bool
job_adopt_find(const struct job_adopt *a, struct slice body, struct buf *out)
{
	struct mp_walk walk;
	struct slice value, number;
	struct mp_token t;
	if (!body.n)
		return false;
	mp_walk_start(&walk, body, &a->path);
	while (mp_walk_next(&walk, &value)) {
		mp_read(value.p, value.p + value.n, &t);
		if (t.type == MP_STR && match(a, (struct slice){t.p, t.n}, &number))
			return put_values(a, number, out);
	}
	return false;
}
