/* SPDX-License-Identifier: MIT */
#include "common/sql/sql_bind.h"
#include "common/text/ascii.h"

struct binder {
	struct sql_bound_query *q;
	enum sql_dialect d;
	const char *p, *end;
	const struct slice *known;
	size_t n_known;
	size_t significant; /* bytes of the output up to its last character that matters */
	bool ended;         /* a semicolon came */
	struct slice at;
};

static bool
is_word(char c)
{
	return is_digit(c) || is_letter(c) || c == '_' || (unsigned char)c >= 0x80;
}

static const char *
fail(struct binder *b, const char *p, size_t n, const char *why)
{
	b->at = (struct slice){p, n};
	return why;
}

/* "{name}" at p; its name is empty if it is something else. */
static struct slice
name_at(const char *p, const char *end)
{
	const char *q = p + 1;
	if (*p != '{' || q == end || is_digit(*q))
		return (struct slice){0};
	while (q < end && is_word(*q))
		q++;
	return q < end && *q == '}' ? (struct slice){p + 1, (size_t)(q - p - 1)}
				    : (struct slice){0};
}

static size_t
find(const struct binder *b, struct slice name)
{
	size_t i = 0;
	while (i < b->n_known && !slice_equal(b->known[i], name))
		i++;
	return i;
}

/* Copies up to the byte after to. */
static void
copy_to(struct binder *b, const char *to)
{
	buf_put(&b->q->sql, b->p, (size_t)(to - b->p));
	b->p = to;
}

/* A quoted text, up to its closing quote, which is doubled within. */
static const char *
take_quoted(struct binder *b, bool backslashes)
{
	const char *from = b->p, *p = from + 1;
	for (; p < b->end; p++) {
		if (backslashes && *p == '\\' && p + 1 < b->end) {
			p++;
			continue;
		}
		struct slice name = *p == '{' ? name_at(p, b->end) : (struct slice){0};
		if (name.n && find(b, name) < b->n_known)
			return fail(b, p, name.n + 2,
			    "is in quotes, where it is not a value: write it without them");
		if (*p != *from)
			continue;
		if (p + 1 == b->end || p[1] != *from) {
			copy_to(b, p + 1);
			b->significant = b->q->sql.n;
			return NULL;
		}
		p++;
	}
	return fail(b, from, b->end - from < 20 ? (size_t)(b->end - from) : 20,
	    "begins a quotation that does not end");
}

/* PostgreSQL's $tag$ … $tag$; false if p is at something else. */
static bool
take_dollars(struct binder *b, const char **wrong)
{
	const char *p = b->p + 1;
	while (p < b->end && is_word(*p))
		p++;
	if (p == b->end || *p != '$' || (p > b->p + 1 && is_digit(b->p[1])))
		return false;
	size_t n = (size_t)(p + 1 - b->p);
	for (p++; (size_t)(b->end - p) >= n; p++)
		if (memcmp(p, b->p, n) == 0) {
			copy_to(b, p + n);
			b->significant = b->q->sql.n;
			return true;
		}
	*wrong = fail(b, b->p, n, "begins a quotation that does not end");
	return true;
}

/* The end of a comment that begins at p; NULL if it has none. PostgreSQL's comments nest. */
static const char *
comment_end(const struct binder *b, const char *p)
{
	unsigned depth = 0;
	if (*p != '/') {
		const char *line = memchr(p, '\n', (size_t)(b->end - p));
		return line ? line : b->end;
	}
	for (; b->end - p >= 2; p++) {
		if (p[0] == '/' && p[1] == '*' && (!depth || b->d == SQL_POSTGRES)) {
			depth++;
			p++;
		} else if (p[0] == '*' && p[1] == '/') {
			p++;
			if (!--depth)
				return p + 1;
		}
	}
	return NULL;
}

static bool
begins_comment(const struct binder *b)
{
	const char *p = b->p;
	size_t left = (size_t)(b->end - p);
	if (*p == '#')
		return b->d == SQL_MYSQL;
	if (left < 2)
		return false;
	if (p[0] == '-' && p[1] == '-')
		return b->d != SQL_MYSQL || left == 2 || (unsigned char)p[2] <= ' ';
	return p[0] == '/' && p[1] == '*';
}

static const char *
take_name(struct binder *b, struct slice name)
{
	struct sql_bound_query *q = b->q;
	size_t i = find(b, name);
	if (i == b->n_known)
		return fail(b, name.p - 1, name.n + 2, "is undefined");
	if (q->n == SQL_BIND_MAX)
		return fail(b, name.p - 1, name.n + 2, "is one parameter too many (1000)");
	q->names[q->n++] = i;
	sql_put_parameter(&q->sql, b->d, q->n);
	b->p = name.p + name.n + 1;
	b->significant = q->sql.n;
	return NULL;
}

/* A word; E'…' has escapes. */
static const char *
take_word(struct binder *b)
{
	const char *p = b->p;
	while (p < b->end && (is_word(*p) || (*p == '$' && p > b->p)))
		p++;
	struct slice word = {b->p, (size_t)(p - b->p)};
	b->q->orders |= slice_equal_caseless(word, SLICE("order"));
	copy_to(b, p);
	b->significant = b->q->sql.n;
	if (b->d == SQL_POSTGRES && slice_equal_caseless(word, SLICE("e")) && p < b->end &&
	    *p == '\'')
		return take_quoted(b, true);
	return NULL;
}

/* A parameter of the server's own spelling. */
static bool
is_parameter(const struct binder *b)
{
	if (b->d == SQL_POSTGRES)
		return *b->p == '$' && b->p + 1 < b->end && is_digit(b->p[1]);
	return *b->p == '?';
}

static const char *
take(struct binder *b)
{
	const char *wrong = NULL;
	char c = *b->p;
	if (begins_comment(b)) {
		const char *to = comment_end(b, b->p);
		if (!to)
			return fail(b, b->p, 2, "begins a comment that does not end");
		copy_to(b, to);
		return NULL;
	}
	if ((unsigned char)c <= ' ') {
		copy_to(b, b->p + 1);
		return NULL;
	}
	if (c == ';') {
		b->ended = true;
		b->p++;
		return NULL;
	}
	if (b->ended)
		return fail(b, b->p, b->end - b->p < 20 ? (size_t)(b->end - b->p) : 20,
		    "comes after a semicolon, and there can be only one statement");
	if (c == '\'' || c == '"' || (c == '`' && b->d == SQL_MYSQL))
		return take_quoted(b, b->d == SQL_MYSQL && c != '`');
	if (c == '$' && b->d == SQL_POSTGRES && take_dollars(b, &wrong))
		return wrong;
	if (is_word(c))
		return take_word(b);
	struct slice name = name_at(b->p, b->end);
	if (name.n)
		return take_name(b, name);
	if (is_parameter(b))
		return fail(b, b->p, 1 + (c == '$'),
		    "is a parameter without a name: write {NAME} and give --param NAME=VALUE");
	copy_to(b, b->p + 1);
	b->significant = b->q->sql.n;
	return NULL;
}

const char *
sql_bind(struct sql_bound_query *q, enum sql_dialect d, struct slice text,
    const struct slice *known, size_t n_known, struct slice *at)
{
	struct binder b = {.q = q,
	    .d = d,
	    .p = text.p,
	    .end = text.p + text.n,
	    .known = known,
	    .n_known = n_known};
	const char *wrong = NULL;
	buf_reset(&q->sql);
	q->n = 0;
	q->orders = false;
	while (!wrong && b.p < b.end)
		wrong = take(&b);
	*at = b.at;
	if (!wrong && q->sql.failed)
		wrong = "is too long";
	if (!wrong && !b.significant)
		wrong = "is empty";
	if (!wrong)
		q->sql.n = b.significant;
	return wrong;
}
