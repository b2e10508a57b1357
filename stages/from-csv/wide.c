/* SPDX-License-Identifier: MIT */
#include "stages/from-csv/wide.h"

static struct {
	size_t at;       /* bytes seen */
	size_t zeros[2]; /* at even and at odd positions */
	size_t line;     /* bytes of the first line, and one more, since a line end may be two */
	char last;
	const char *utf_32; /* the encoding if it is UTF-32, by the first 4 bytes */
} w;

void
wide_begin(void)
{
	memset(&w, 0, sizeof w);
	w.line = SIZE_MAX;
	w.last = '\r';
}

static const char *
utf_32(struct slice first)
{
	if (first.n >= 4 && !first.p[2] && !first.p[3])
		return "UTF-32LE";
	return first.n >= 4 && !first.p[0] && !first.p[1] ? "UTF-32BE" : NULL;
}

bool
wide_look(struct slice bytes)
{
	bool found = false;
	if (!w.at)
		w.utf_32 = utf_32(bytes);
	for (size_t i = 0; i < bytes.n && w.at < WIDE_MAX; i++, w.at++) {
		char c = bytes.p[i];
		w.zeros[w.at % 2] += c == '\0';
		found |= !c && (w.at < w.line || w.last == '\n');
		found |= c == '\n' && !w.last;
		if (c == '\n' && w.line == SIZE_MAX)
			w.line = w.at + 2;
		w.last = c;
	}
	return found;
}

size_t
wide_seen(void)
{
	return w.at;
}

/* A zero byte of UTF-16 is nearly always half of an ASCII character, so the more common position decides. */
const char *
wide_encoding(void)
{
	return w.utf_32 ? w.utf_32 : w.zeros[1] >= w.zeros[0] ? "UTF-16LE" : "UTF-16BE";
}
