/* SPDX-License-Identifier: MIT */
/*
 * Reads conditions by operator precedence with a stack of its own, so that no text can
 * make it nest deeper than NESTED_MAX.
 */
#include <stdlib.h>

#include "common/record/predicate_impl.h"
#include "common/record/predicate_token.h"

enum { NESTED_MAX = 64, TESTS_MAX = 4096, SHOWN_MAX = 60 };

/* A pending operator: a node's op, or an open parenthesis. */
enum { OPEN = 100 };

struct parser {
	struct predicate *p;
	struct lexer lexer;
	int pending[NESTED_MAX];
	size_t n_pending;
	size_t parts[NESTED_MAX]; /* nodes that are not joined yet */
	size_t n_parts;
	struct buf *why;
};

static bool
is_word(const struct parser *s, const char *word)
{
	return s->lexer.token.kind == TOKEN_WORD &&
	       slice_equal_caseless(s->lexer.token.text, slice_of(word));
}

static bool
is_sign(const struct parser *s, const char *sign)
{
	return s->lexer.token.kind == TOKEN_SIGN && slice_is(s->lexer.token.text, sign);
}

/* The fault at the next token. */
static bool
fail(struct parser *s, const char *expected)
{
	if (s->lexer.token.kind == TOKEN_BAD)
		buf_put_text(s->why, "a quote is not closed");
	else if (s->lexer.token.kind == TOKEN_END)
		buf_printf(s->why, "ends where %s is expected", expected);
	else
		buf_printf(s->why, "%s is expected at %.*s", expected,
		    (int)(s->lexer.token.text.n < SHOWN_MAX ? s->lexer.token.text.n : SHOWN_MAX),
		    s->lexer.token.text.p);
	return false;
}

static bool
no_memory(struct parser *s)
{
	buf_put_text(s->why, "no memory for the conditions");
	return false;
}

/* Room for one more in an array that doubles at powers of two. */
static void *
grow(void *list, size_t n, size_t size)
{
	return n & (n - 1) || (n && n < 8) ? list : realloc(list, (n ? 2 * n : 8) * size);
}

static bool
add_node(struct parser *s, struct predicate_node node)
{
	struct predicate *p = s->p;
	void *nodes = grow(p->nodes, p->n_nodes, sizeof *p->nodes);
	if (!nodes)
		return no_memory(s);
	p->nodes = nodes;
	if (s->n_parts == NESTED_MAX) {
		buf_printf(s->why, "nests more than %d deep", NESTED_MAX);
		return false;
	}
	s->parts[s->n_parts++] = p->n_nodes;
	p->nodes[p->n_nodes++] = node;
	return true;
}

static bool
field_index(struct parser *s, struct predicate_field field, size_t *index)
{
	struct predicate *p = s->p;
	for (size_t i = 0; i < p->n_fields; i++)
		if (slice_equal(p->fields[i].name, field.name) &&
		    p->fields[i].whole == field.whole) {
			*index = i;
			return true;
		}
	void *fields = grow(p->fields, p->n_fields, sizeof *p->fields);
	if (!fields)
		return no_memory(s);
	p->fields = fields;
	*index = p->n_fields;
	p->fields[p->n_fields++] = field;
	return true;
}

/* Takes the next token as a value of the test. text: whatever it looks like, it is text. */
static bool
take_value(struct parser *s, struct predicate_test *t, bool text)
{
	struct predicate *p = s->p;
	lexer_as_value(&s->lexer);
	if (s->lexer.token.kind != TOKEN_WORD && s->lexer.token.kind != TOKEN_QUOTED)
		return fail(s, "a value");
	if (s->lexer.token.kind == TOKEN_WORD && strchr("=<>~!", *s->lexer.token.text.p))
		return fail(s, "a value");
	bool quoted = s->lexer.token.kind == TOKEN_QUOTED;
	if (!quoted && !text && is_word(s, "null")) {
		buf_put_text(s->why, "no value equals null: write \"is null\" or \"is not null\"");
		return false;
	}
	void *literals = grow(p->literals, p->n_literals, sizeof *p->literals);
	if (!literals)
		return no_memory(s);
	p->literals = literals;
	struct predicate_literal *l = &p->literals[p->n_literals];
	*l = (struct predicate_literal){
	    .text = s->lexer.token.text, .quoted = quoted, .fits = 1u << VALUE_TEXT};
	const char *wrong = text ? NULL : predicate_literal_read(l, p->zone);
	p->n_literals++;
	if (wrong) {
		buf_printf(s->why, "%.*s %s", (int)(l->text.n < SHOWN_MAX ? l->text.n : SHOWN_MAX),
		    l->text.p, wrong);
		return false;
	}
	t->n++;
	lexer_take(&s->lexer, false);
	return true;
}

static bool
take_list(struct parser *s, struct predicate_test *t)
{
	if (!is_sign(s, "("))
		return fail(s, "a list such as (1, 2, 3)");
	do {
		lexer_take(&s->lexer, true);
		if (!take_value(s, t, false))
			return false;
	} while (is_sign(s, ","));
	if (!is_sign(s, ")"))
		return fail(s, "\",\" or \")\"");
	lexer_take(&s->lexer, false);
	return true;
}

static bool
take_between(struct parser *s, struct predicate_test *t)
{
	if (!take_value(s, t, false))
		return false;
	if (!is_word(s, "and"))
		return fail(s, "\"and\" with the upper value");
	lexer_take(&s->lexer, true);
	return take_value(s, t, false);
}

/* "null" or "missing", after "is". */
static bool
take_is(struct parser *s, struct predicate_test *t)
{
	if (is_word(s, "not")) {
		t->negated = true;
		lexer_take(&s->lexer, false);
	}
	t->kind = is_word(s, "missing") ? PREDICATE_MISSING : PREDICATE_NULL;
	if (t->kind == PREDICATE_NULL && !is_word(s, "null"))
		return fail(
		    s, "\"null\", \"not null\", \"missing\" or \"not missing\" after \"is\"");
	lexer_take(&s->lexer, false);
	return true;
}

/* An operator that is a word, after "not" perhaps. */
static bool
take_words(struct parser *s, struct predicate_test *t)
{
	static const struct {
		const char *word;
		enum predicate_kind kind;
	} words[] = {{"in", PREDICATE_IN}, {"between", PREDICATE_BETWEEN},
	    {"matches", PREDICATE_MATCHES}, {"starts", PREDICATE_STARTS}, {"ends", PREDICATE_ENDS}};
	size_t i = 0, n = sizeof words / sizeof *words;
	while (i < n && !is_word(s, words[i].word))
		i++;
	if (i == n)
		return fail(s,
		    "an operator (= != < <= > >= ~ !~, in, between, starts with, ends with, "
		    "matches, is null, is missing, and \"not\" before a word)");
	t->kind = words[i].kind;
	t->text = slice_of(words[i].word);
	lexer_take(&s->lexer, false);
	if (t->kind == PREDICATE_IN)
		return take_list(s, t);
	if (t->kind == PREDICATE_BETWEEN)
		return take_between(s, t);
	if (t->kind != PREDICATE_MATCHES) {
		if (!is_word(s, "with"))
			return fail(s, "\"with\"");
		t->text = slice_of(t->kind == PREDICATE_STARTS ? "starts with" : "ends with");
		lexer_take(&s->lexer, true);
	}
	return take_value(s, t, true);
}

/* An operator that is a sign; false if the token is not one, with nothing taken. */
static bool
take_sign(struct parser *s, struct predicate_test *t)
{
	static const struct {
		const char *sign;
		enum predicate_kind kind;
		unsigned places;
		bool negated;
	} signs[] = {{"=", PREDICATE_ORDER, PLACE_AT, false},
	    {"==", PREDICATE_ORDER, PLACE_AT, false}, {"!=", PREDICATE_ORDER, PLACE_AT, true},
	    {"<>", PREDICATE_ORDER, PLACE_AT, true}, {"<", PREDICATE_ORDER, PLACE_BEFORE, false},
	    {"<=", PREDICATE_ORDER, PLACE_BEFORE | PLACE_AT, false},
	    {">", PREDICATE_ORDER, PLACE_AFTER, false},
	    {">=", PREDICATE_ORDER, PLACE_AFTER | PLACE_AT, false},
	    {"~", PREDICATE_CONTAINS, 0, false}, {"!~", PREDICATE_CONTAINS, 0, true}};
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (is_sign(s, signs[i].sign)) {
			t->kind = signs[i].kind;
			t->places = signs[i].places;
			t->negated = signs[i].negated;
			t->text = s->lexer.token.text;
			lexer_take(&s->lexer, true);
			return true;
		}
	return false;
}

/* The part of a test after its field. */
static bool
take_operator(struct parser *s, struct predicate_test *t)
{
	if (s->lexer.token.kind == TOKEN_END || is_sign(s, ")") || is_word(s, "and") ||
	    is_word(s, "or")) {
		t->kind = PREDICATE_SOMETHING;
		return true;
	}
	if (take_sign(s, t))
		return take_value(s, t, t->kind == PREDICATE_CONTAINS);
	if (is_word(s, "is")) {
		lexer_take(&s->lexer, false);
		return take_is(s, t);
	}
	if (is_word(s, "not")) {
		t->negated = true;
		lexer_take(&s->lexer, false);
	}
	return take_words(s, t);
}

static bool
take_test(struct parser *s)
{
	struct predicate *p = s->p;
	bool name = s->lexer.token.kind == TOKEN_WORD || s->lexer.token.kind == TOKEN_QUOTED;
	if (!name || is_word(s, "and") || is_word(s, "or"))
		return fail(s, "a field's name");
	struct predicate_test t = {.first = p->n_literals};
	struct predicate_field field = {
	    s->lexer.token.text, s->lexer.token.kind == TOKEN_QUOTED, false};
	if (!field_index(s, field, &t.field))
		return false;
	lexer_take(&s->lexer, false);
	if (!take_operator(s, &t))
		return false;
	p->fields[t.field].must_be |= t.kind != PREDICATE_MISSING;
	if (p->n == TESTS_MAX) {
		buf_printf(s->why, "more than %d conditions", TESTS_MAX);
		return false;
	}
	void *tests = grow(p->tests, p->n, sizeof *p->tests);
	if (!tests)
		return no_memory(s);
	p->tests = tests;
	p->tests[p->n] = t;
	size_t test = p->n++;
	return add_node(s, (struct predicate_node){.op = NODE_TEST, .a = test, .first = test});
}

/* Joins the last parts by the last pending operator. */
static bool
reduce(struct parser *s)
{
	int op = s->pending[--s->n_pending];
	struct predicate_node node = {.op = op == NODE_NOT   ? NODE_NOT
					    : op == NODE_AND ? NODE_AND
							     : NODE_OR};
	node.b = s->parts[--s->n_parts];
	node.a = op == NODE_NOT ? node.b : s->parts[--s->n_parts];
	node.first = s->p->nodes[node.a].first;
	return add_node(s, node);
}

static bool
reduce_while(struct parser *s, int least)
{
	while (s->n_pending && s->pending[s->n_pending - 1] <= least)
		if (!reduce(s))
			return false;
	return true;
}

static bool
push(struct parser *s, int op)
{
	if (s->n_pending == NESTED_MAX) {
		buf_printf(s->why, "nests more than %d deep", NESTED_MAX);
		return false;
	}
	s->pending[s->n_pending++] = op;
	lexer_take(&s->lexer, false);
	return true;
}

/* "not"s and parentheses before a test, and the test. */
static bool
take_operand(struct parser *s)
{
	while (is_word(s, "not") || is_sign(s, "("))
		if (!push(s, is_word(s, "not") ? NODE_NOT : OPEN))
			return false;
	return take_test(s) && reduce_while(s, NODE_NOT);
}

static bool
close_parenthesis(struct parser *s)
{
	if (!reduce_while(s, NODE_OR))
		return false;
	if (!s->n_pending) {
		buf_put_text(s->why, "a \")\" has no \"(\"");
		return false;
	}
	s->n_pending--;
	lexer_take(&s->lexer, false);
	return reduce_while(s, NODE_NOT);
}

static bool
take_all(struct parser *s)
{
	if (!take_operand(s))
		return false;
	while (s->lexer.token.kind != TOKEN_END) {
		bool both = is_word(s, "and");
		if (is_sign(s, ")")) {
			if (!close_parenthesis(s))
				return false;
		} else if (both || is_word(s, "or")) {
			if (!reduce_while(s, both ? NODE_AND : NODE_OR) ||
			    !push(s, both ? NODE_AND : NODE_OR) || !take_operand(s))
				return false;
		} else {
			return fail(
			    s, "\"and\", \"or\" or the end (a value with spaces needs quotes)");
		}
	}
	if (!reduce_while(s, NODE_OR))
		return false;
	if (s->n_pending)
		return fail(s, "\")\"");
	return true;
}

bool
predicate_add(struct predicate *p, struct slice text, bool any, struct buf *why)
{
	struct parser s = {.p = p, .lexer.rest = text, .why = why};
	size_t before = p->n_nodes;
	void *pools = grow(p->pools, p->n_pools, sizeof *p->pools);
	if (!pools)
		return no_memory(&s);
	p->pools = pools;
	char *pool = malloc(2 * text.n + 2);
	if (!pool)
		return no_memory(&s);
	p->pools[p->n_pools++] = pool;
	/* The names and values point into a copy. */
	memcpy(pool, text.p, text.n);
	s.lexer.rest.p = pool;
	s.lexer.pool = pool + text.n;
	lexer_take(&s.lexer, false);
	if (!take_all(&s))
		return false;
	if (!before)
		return true;
	s.n_parts = 0;
	return add_node(&s, (struct predicate_node){.op = any ? NODE_OR : NODE_AND,
				.a = before - 1,
				.b = p->n_nodes - 1,
				.first = p->nodes[before - 1].first});
}
