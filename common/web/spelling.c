/* SPDX-License-Identifier: MIT */
#include "common/web/spelling.h"
#include "common/record/number.h"
#include "common/text/ascii.h"

/* One spelled character: its length in the text, and the bytes that it means. */
struct spelled {
	size_t length;
	char bytes[4];
	size_t n;
};

static bool
hex_value(char c, unsigned *value)
{
	if (is_digit(c))
		*value = (unsigned)(c - '0');
	else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		*value = (unsigned)((c | 0x20) - 'a' + 10);
	else
		return false;
	return true;
}

static bool
hex_number(const char *p, size_t n, unsigned *value)
{
	*value = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned digit;
		if (!hex_value(p[i], &digit))
			return false;
		*value = *value << 4 | digit;
	}
	return true;
}

/* UTF-8 of a code point below U+10000. */
static void
set_code_point(struct spelled *s, unsigned c)
{
	s->n = c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
	if (s->n == 1) {
		s->bytes[0] = (char)c;
	} else if (s->n == 2) {
		s->bytes[0] = (char)(0xc0 | c >> 6);
		s->bytes[1] = (char)(0x80 | (c & 0x3f));
	} else {
		s->bytes[0] = (char)(0xe0 | c >> 12);
		s->bytes[1] = (char)(0x80 | (c >> 6 & 0x3f));
		s->bytes[2] = (char)(0x80 | (c & 0x3f));
	}
}

/* %2f, %252F, %25252f, … */
static bool
take_percent(const char *p, size_t n, struct spelled *s)
{
	unsigned c = '%', next;
	size_t at = 1;
	for (; c == '%' && n - at >= 2 && hex_number(p + at, 2, &next); at += 2)
		c = next;
	if (at == 1)
		return false;
	s->length = at;
	s->bytes[0] = (char)c;
	s->n = 1;
	return true;
}

/* \/ and \u002f, with one backslash or several. */
static bool
take_escape(const char *p, size_t n, struct spelled *s)
{
	static const char letters[] = "ntrbf", meant[] = "\n\t\r\b\f";
	size_t at = 0;
	unsigned c;
	while (at < n && p[at] == '\\')
		at++;
	if (at < n && p[at] == 'u' && n - at > 4 && hex_number(p + at + 1, 4, &c)) {
		s->length = at + 5;
		set_code_point(s, c);
		return true;
	}
	/* A backslash itself: two of them, or four. */
	if (at == n || (at % 2 == 0 && p[at] != '/' && p[at] != '"')) {
		s->length = at > 1 ? 2 : 1;
		s->bytes[0] = '\\';
		s->n = 1;
		return at > 1;
	}
	const char *letter = p[at] ? strchr(letters, p[at]) : NULL;
	s->length = at + 1;
	s->bytes[0] = letter ? meant[letter - letters] : p[at];
	s->n = 1;
	return true;
}

/* &amp; &#38; &#x26; */
static bool
take_reference(const char *p, size_t n, struct spelled *s)
{
	static const struct {
		const char *name;
		char c;
	} names[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
	const char *end = memchr(p, ';', n < 10 ? n : 10);
	if (!end)
		return false;
	struct slice name = {p + 1, (size_t)(end - p - 1)};
	int64_t number;
	unsigned c;
	s->length = name.n + 2;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_is(name, names[i].name)) {
			set_code_point(s, (unsigned char)names[i].c);
			return true;
		}
	if (name.n < 2 || *name.p != '#')
		return false;
	struct slice digits = {name.p + 1, name.n - 1};
	if ((*digits.p | 0x20) == 'x' && digits.n > 1 && digits.n < 6 &&
	    hex_number(digits.p + 1, digits.n - 1, &c)) {
		set_code_point(s, c);
		return true;
	}
	if (!parse_integer(digits, 0, 0xffff, &number))
		return false;
	set_code_point(s, (unsigned)number);
	return true;
}

static bool
take(const char *p, size_t n, struct spelled *s)
{
	switch (*p) {
	case '%':
		return take_percent(p, n, s);
	case '\\':
		return take_escape(p, n, s);
	case '&':
		return take_reference(p, n, s);
	default:
		return false;
	}
}

static bool
means(const struct spelled *s, struct slice rest)
{
	return s->n <= rest.n && memcmp(s->bytes, rest.p, s->n) == 0;
}

char
spelling_first(const char *p, size_t n)
{
	struct spelled s;
	if (take(p, n, &s))
		return s.bytes[0];
	return *p == '+' ? ' ' : *p;
}

size_t
spelling_match(const char *p, size_t n, struct slice text, size_t *n_text)
{
	size_t at = 0, done = 0;
	if (text.n <= n && memcmp(p, text.p, text.n) == 0) {
		*n_text = text.n;
		return text.n;
	}
	while (at < n && done < text.n) {
		struct slice rest = {text.p + done, text.n - done};
		struct spelled s;
		bool spelled = take(p + at, n - at, &s);
		/* A space that became a plus, and the plus was encoded again. */
		bool plus =
		    *rest.p == ' ' && (spelled ? s.n == 1 && s.bytes[0] == '+' : p[at] == '+');
		if (spelled && (plus || means(&s, rest))) {
			at += s.length;
			done += plus ? 1 : s.n;
		} else if (p[at] == *rest.p || plus) {
			at++;
			done++;
		} else {
			break;
		}
	}
	*n_text = done;
	return at;
}
