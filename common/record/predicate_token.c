/* SPDX-License-Identifier: MIT */
#include "common/record/predicate_token.h"

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
ends_word(char c, bool value)
{
	return is_space(c) || strchr(value ? "(),\"'" : "(),\"'=!<>~", c);
}

/* The text of a quoted token, after its first quote; doubled quotes become one. */
static bool
take_quoted(struct lexer *s, char quote, struct slice *text)
{
	char *start = s->pool, *to = start;
	while (s->rest.n) {
		char c = *s->rest.p++;
		s->rest.n--;
		if (c == quote && !slice_take(&s->rest, quote)) {
			*text = (struct slice){start, (size_t)(to - start)};
			s->pool = to;
			return true;
		}
		*to++ = c;
	}
	return false;
}

static size_t
sign_length(struct slice s)
{
	static const char *const signs[] = {
	    "==", "!=", "!~", "<>", "<=", ">=", "=", "<", ">", "~", "(", ")", ",", "!"};
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		size_t n = strlen(signs[i]);
		if (s.n >= n && memcmp(s.p, signs[i], n) == 0)
			return n;
	}
	return 0;
}

void
lexer_take(struct lexer *s, bool value)
{
	while (s->rest.n && is_space(*s->rest.p)) {
		s->rest.p++;
		s->rest.n--;
	}
	struct token *t = &s->token;
	*t = (struct token){.at = s->rest.p};
	s->value = value;
	if (!s->rest.n)
		return;
	char c = *s->rest.p;
	if (c == '"' || c == '\'') {
		slice_take(&s->rest, c);
		t->kind = take_quoted(s, c, &t->text) ? TOKEN_QUOTED : TOKEN_BAD;
		return;
	}
	size_t n = 0;
	while (n < s->rest.n && !ends_word(s->rest.p[n], value))
		n++;
	t->kind = TOKEN_WORD;
	if (!n) {
		t->kind = TOKEN_SIGN;
		n = sign_length(s->rest);
	}
	t->text = (struct slice){s->rest.p, n};
	s->rest.p += n;
	s->rest.n -= n;
}

void
lexer_as_value(struct lexer *s)
{
	if (s->value || s->token.kind != TOKEN_WORD)
		return;
	s->rest.n += (size_t)(s->rest.p - s->token.at);
	s->rest.p = s->token.at;
	lexer_take(s, true);
}
