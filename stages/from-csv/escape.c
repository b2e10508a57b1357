/* SPDX-License-Identifier: MIT */
#include "stages/from-csv/escape.h"
#include "common/text/ascii.h"
#include "stages/from-csv/config.h"

/* Bytes that continue a character, and so never come after a backslash. */
enum { CODE_DELIMITER = 0x80, CODE_QUOTE, CODE_LF, CODE_CR };

static const char letters[] = "0bnrtZ", meant[] = "\0\b\n\r\t\x1a";

static bool pending; /* the block before ended with a backslash */

void
escape_begin(void)
{
	pending = false;
}

static char
code_of(char c)
{
	if (c == config.delimiter)
		return (char)CODE_DELIMITER;
	if (config.quote && c == config.quote)
		return (char)CODE_QUOTE;
	return c == '\n' ? (char)CODE_LF : c == '\r' ? (char)CODE_CR : c;
}

void
escape_mark(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (pending) {
			p[i] = code_of(p[i]);
			pending = false;
			continue;
		}
		char *next = memchr(p + i, '\\', n - i);
		if (!next)
			return;
		*next = (char)ESCAPE_MARK;
		i = (size_t)(next - p);
		pending = true;
	}
}

/* The character of the file after the backslash. */
static char
written(char code)
{
	switch ((unsigned char)code) {
	case CODE_DELIMITER:
		return config.delimiter;
	case CODE_QUOTE:
		return config.quote;
	case CODE_LF:
		return '\n';
	case CODE_CR:
		return '\r';
	default:
		return code;
	}
}

size_t
escape_undo(char *p, size_t n)
{
	char *to = memchr(p, ESCAPE_MARK, n);
	if (!to)
		return n;
	for (const char *from = to; from < p + n; from++) {
		if ((unsigned char)*from != ESCAPE_MARK) {
			*to++ = *from;
			continue;
		}
		if (++from == p + n)
			break;
		const char *letter = *from ? strchr(letters, *from) : NULL;
		*to++ = letter ? meant[letter - letters] : written(*from);
	}
	return (size_t)(to - p);
}

bool
escape_is_null(struct slice field)
{
	return field.n == 2 && (unsigned char)field.p[0] == ESCAPE_MARK && field.p[1] == 'N';
}

struct slice
escape_unknown(struct slice marked)
{
	static char text[3];
	const char *p = marked.p, *end = marked.p + marked.n;
	while (p < end && (p = memchr(p, ESCAPE_MARK, (size_t)(end - p)))) {
		char c = p + 1 < end ? p[1] : '\0';
		bool known = c && (strchr(letters, c) || !(is_letter(c) || is_digit(c)));
		if (!known) {
			text[0] = '\\';
			text[1] = c;
			return (struct slice){text, c ? 2 : 1};
		}
		p += 2;
	}
	return (struct slice){0};
}

void
escape_restore(struct slice marked, struct buf *out)
{
	for (size_t i = 0; i < marked.n; i++) {
		bool mark = (unsigned char)marked.p[i] == ESCAPE_MARK;
		buf_put_byte(out, mark ? '\\' : marked.p[i]);
		if (mark && i + 1 < marked.n)
			buf_put_byte(out, written(marked.p[++i]));
	}
}
