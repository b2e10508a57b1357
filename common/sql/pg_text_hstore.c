/* SPDX-License-Identifier: MIT */
#include "common/sql/pg_text_impl.h"

/* hstore: "a"=>"1", b=>NULL in any order. The server sorts the pairs, and keeps one of two with the same key. */

struct text {
	struct slice raw; /* backslashes are still there */
	bool quoted;
};

struct pair {
	struct text key, value;
};

static void
skip_spaces(struct slice *s)
{
	while (s->n > 0 && (*s->p == ' ' || (*s->p >= '\t' && *s->p <= '\r'))) {
		s->p++;
		s->n--;
	}
}

static bool
ends_word(const struct slice *s)
{
	return *s->p == ',' || *s->p == '=' || *s->p == '"' || *s->p == '>' || *s->p == ' ' ||
	       (*s->p >= '\t' && *s->p <= '\r');
}

static bool
read_text(struct slice *s, struct text *t)
{
	skip_spaces(s);
	t->quoted = s->n > 0 && *s->p == '"';
	if (t->quoted) {
		s->p++;
		s->n--;
	}
	t->raw.p = s->p;
	while (s->n > 0 && (t->quoted ? *s->p != '"' : !ends_word(s))) {
		size_t n = *s->p == '\\' ? 2 : 1;
		if (n > s->n)
			return false;
		s->p += n;
		s->n -= n;
	}
	t->raw.n = (size_t)(s->p - t->raw.p);
	if (!t->quoted)
		return t->raw.n > 0;
	if (s->n == 0)
		return false;
	s->p++;
	s->n--;
	return true;
}

/* False at the end, and with s->n > 0 where the text is malformed. */
static bool
read_pair(struct slice *s, struct pair *p)
{
	struct slice start = *s;

	skip_spaces(s);
	if (s->n == 0)
		return false;
	bool good = read_text(s, &p->key);
	skip_spaces(s);
	good = good && s->n >= 2 && s->p[0] == '=' && s->p[1] == '>';
	if (good) {
		s->p += 2;
		s->n -= 2;
		good = read_text(s, &p->value);
		skip_spaces(s);
	}
	if (good && s->n > 0) {
		good = *s->p == ',' && s->n > 1;
		s->p++;
		s->n--;
	}
	if (!good)
		*s = start;
	return good;
}

static bool
is_null(const struct text *t)
{
	return !t->quoted && slice_equal_caseless(t->raw, SLICE("null"));
}

static bool
same_text(const struct text *a, const struct text *b)
{
	size_t i = 0, k = 0;

	while (i < a->raw.n && k < b->raw.n) {
		i += a->raw.p[i] == '\\';
		k += b->raw.p[k] == '\\';
		if (a->raw.p[i++] != b->raw.p[k++])
			return false;
	}
	return i == a->raw.n && k == b->raw.n;
}

static size_t
count_pairs(struct slice s)
{
	struct pair p;
	size_t n = 0;

	while (read_pair(&s, &p))
		n++;
	return s.n > 0 ? SIZE_MAX : n;
}

/* The pair is in the text that the server wrote, where each key is once. */
static bool
holds(struct slice read, const struct pair *wanted)
{
	struct pair p;

	while (read_pair(&read, &p))
		if (same_text(&p.key, &wanted->key))
			return is_null(&p.value) || is_null(&wanted->value)
				   ? is_null(&p.value) == is_null(&wanted->value)
				   : same_text(&p.value, &wanted->value);
	return false;
}

bool
pg_text_same_hstore(struct slice given, struct slice read)
{
	enum { PAIRS_MAX = 1000 }; /* each is searched for among all */
	struct pair p;
	size_t n = count_pairs(given);

	if (n > PAIRS_MAX || n != count_pairs(read))
		return false;
	while (read_pair(&given, &p))
		if (!holds(read, &p))
			return false;
	return true;
}
