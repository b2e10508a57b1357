/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/operate/media_words.h"
#include "common/program/message.h"
#include "common/text/ascii.h"

bool
slice_ends_with(struct slice name, const char *ending)
{
	size_t n = strlen(ending);
	return name.n > n && memcmp(name.p + name.n - n, ending, n) == 0;
}

static bool
is_name_byte(char c)
{
	return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
}

static int
compare_slices(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Whether the word is a variable with an ending, or the ending after a brace: before is the byte in front of it. */
static bool
is_variable(struct slice word, char before, const char *ending)
{
	size_t n = strlen(ending);
	if (word.n == n && before == '}')
		return memcmp(word.p, ending, n) == 0;
	return before == '$' && slice_ends_with(word, ending);
}

static void
add_slice(struct slice **list, size_t *n, struct slice s)
{
	if (!(*n & (*n - 1)))
		*list = xrealloc(*list, (*n ? 2 * *n : 1) * sizeof **list);
	(*list)[(*n)++] = s;
}

static void
add_word(struct words *w, struct slice word, char before)
{
	w->api |= is_variable(word, before, ".api");
	w->fields |= is_variable(word, before, ".fields");
	while (word.n && *word.p == '.')
		word = (struct slice){word.p + 1, word.n - 1};
	while (word.n && word.p[word.n - 1] == '.')
		word.n--;
	if (!word.n)
		return;
	add_slice(&w->items, &w->n, word);
}

/* Whether the word at p comes after "media/", "$media/", "${MAM_MEDIA}/" and the like. */
static bool
is_in_media(const char *line, const char *p)
{
	static const char folder[] = "media";
	size_t n = sizeof folder - 1;
	if (p == line || *--p != '/')
		return false;
	while (p > line && strchr("}\"'", p[-1]))
		p--;
	return (size_t)(p - line) >= n &&
	       slice_equal_caseless((struct slice){p - n, n}, slice_of(folder));
}

struct words
words_of(const char *text)
{
	struct words w = {0};
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");
		struct slice bare = slice_trim((struct slice){line, length});
		bool comment =
		    bare.n && (bare.p[0] == '#' || (bare.n > 1 && memcmp(bare.p, "//", 2) == 0) ||
				  (bare.n > 2 && memcmp(bare.p, "-- ", 3) == 0));
		for (size_t at = 0; !comment && at < length;) {
			size_t n = 0;
			while (at + n < length && is_name_byte(line[at + n]))
				n++;
			struct slice word = {line + at, n};
			if (n)
				add_word(&w, word, at ? line[at - 1] : ' ');
			/* A variable or a pattern may follow, and then it is a part of a name. */
			if (n && is_in_media(line, word.p) &&
			    !(word.p[n] && strchr("${*?[(/", word.p[n])))
				add_slice(&w.paths, &w.n_paths, word);
			at += n + 1;
		}
		line += length + (line[length] == '\n');
	}
	if (w.n)
		qsort(w.items, w.n, sizeof *w.items, compare_slices);
	return w;
}
