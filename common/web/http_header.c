/* SPDX-License-Identifier: MIT */
#include "common/web/http_header.h"
#include "common/text/ascii.h"
#include "common/time/iso.h"

bool
header_next(struct slice lines, size_t *at, struct slice *name, struct slice *value)
{
	while (*at < lines.n) {
		const char *p = lines.p + *at;
		const char *newline = memchr(p, '\n', lines.n - *at);
		size_t n = newline ? (size_t)(newline - p) : lines.n - *at;
		*at += n + (newline ? 1 : 0);
		const char *colon = memchr(p, ':', n);
		if (!colon)
			continue;
		*name = slice_trim((struct slice){p, (size_t)(colon - p)});
		*value = slice_trim((struct slice){colon + 1, n - (size_t)(colon + 1 - p)});
		return true;
	}
	return false;
}

bool
header_is(struct slice name, const char *text)
{
	return slice_equal_caseless(name, slice_of(text));
}

bool
header_find(struct slice lines, const char *name, struct slice *value)
{
	size_t at = 0;
	struct slice found;
	while (header_next(lines, &at, &found, value))
		if (header_is(found, name))
			return true;
	*value = (struct slice){0};
	return false;
}

struct slice
header_media_type(struct slice content_type)
{
	const char *end = content_type.n ? memchr(content_type.p, ';', content_type.n) : NULL;
	if (end)
		content_type.n = (size_t)(end - content_type.p);
	return slice_trim(content_type);
}

/*
 * The last word of a subtype, without a version after it: "json" of
 * "x-amz-json-1.1" and of "vnd.x+json".
 */
static struct slice
last_word(struct slice type)
{
	size_t end = type.n;
	for (;;) {
		size_t from = end, digits = 0;
		while (from > 0 && !strchr("/+-._", type.p[from - 1])) {
			from--;
			digits += is_digit(type.p[from]);
		}
		if (from < 2 || type.p[from - 1] == '/' || from == end || digits != end - from)
			return (struct slice){type.p + from, end - from};
		end = from - 1;
	}
}

bool
header_is_json(struct slice content_type)
{
	struct slice type = header_media_type(content_type);
	return type.n && memchr(type.p, '/', type.n) && header_is(last_word(type), "json");
}

bool
header_is_json_lines(struct slice content_type)
{
	static const char *const types[] = {"application/x-ndjson", "application/ndjson",
	    "application/jsonl", "application/x-jsonl", "application/jsonlines",
	    "application/x-jsonlines"};
	struct slice type = header_media_type(content_type);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (header_is(type, types[i]))
			return true;
	return false;
}

static void
skip_space(struct slice *s)
{
	while (s->n && (*s->p == ' ' || *s->p == '\t')) {
		s->p++;
		s->n--;
	}
}

static bool
take(struct slice *s, char c)
{
	skip_space(s);
	if (!s->n || *s->p != c)
		return false;
	s->p++;
	s->n--;
	return true;
}

static bool
is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

/* A parameter's value: a token, or text in quotes (an escaped quote ends it: no relation has one). */
static struct slice
take_value(struct slice *s)
{
	bool in_quotes = take(s, '"');
	size_t n = 0;
	while (n < s->n && !(in_quotes ? s->p[n] == '"' : is_one_of(s->p[n], ";, \t")))
		n++;
	struct slice value = {s->p, n};
	n += in_quotes && n < s->n;
	s->p += n;
	s->n -= n;
	return value;
}

/* rel may hold several relations, separated by spaces. */
static bool
holds_next(struct slice relations)
{
	while (relations.n) {
		skip_space(&relations);
		struct slice one = take_value(&relations);
		if (header_is(one, "next"))
			return true;
		if (!one.n)
			return false;
	}
	return false;
}

/* One link of a list: <URL>; name=value; …  False if it is not one. */
static bool
take_link(struct slice *s, struct slice *url, bool *next)
{
	*next = false;
	if (!take(s, '<'))
		return false;
	const char *end = s->n ? memchr(s->p, '>', s->n) : NULL;
	if (!end)
		return false;
	*url = (struct slice){s->p, (size_t)(end - s->p)};
	s->n -= url->n + 1;
	s->p += url->n + 1;
	bool related = false;
	while (take(s, ';')) {
		skip_space(s);
		size_t n = 0;
		while (n < s->n && !is_one_of(s->p[n], "=;, \t"))
			n++;
		struct slice name = {s->p, n};
		s->p += n;
		s->n -= n;
		struct slice value =
		    take(s, '=') ? (skip_space(s), take_value(s)) : (struct slice){0};
		/* RFC 8288, 3.3: only the first rel counts. */
		if (header_is(name, "rel") && !related) {
			related = true;
			*next = holds_next(value);
		}
	}
	return true;
}

bool
header_next_link(struct slice lines, struct slice *url)
{
	size_t at = 0;
	struct slice name, value;
	while (header_next(lines, &at, &name, &value)) {
		bool next;
		if (!header_is(name, "link"))
			continue;
		do {
			while (take(&value, ','))
				;
			if (!take_link(&value, url, &next))
				break;
			if (next)
				return true;
		} while (take(&value, ','));
	}
	return false;
}

/* Takes the next element of a list with commas off s; false if there is none. */
static bool
take_element(struct slice *s, struct slice *element)
{
	if (!s->n)
		return false;
	const char *comma = memchr(s->p, ',', s->n);
	size_t n = comma ? (size_t)(comma - s->p) : s->n;
	*element = slice_trim((struct slice){s->p, n});
	n += comma ? 1 : 0;
	s->p += n;
	s->n -= n;
	return true;
}

bool
header_length_is_clear(struct slice lines)
{
	size_t at = 0;
	struct slice name, value, element;
	int64_t length = -1, n;
	bool clear = true;
	while (header_next(lines, &at, &name, &value)) {
		if (header_is(name, "transfer-encoding"))
			return true;
		if (!header_is(name, "content-length"))
			continue;
		clear &= value.n > 0;
		while (take_element(&value, &element)) {
			clear &= element.n && is_digit(*element.p) &&
				 parse_integer(element, 0, INT64_MAX, &n) &&
				 (length < 0 || n == length);
			length = clear ? n : length;
		}
	}
	return clear;
}

bool
header_unknown_coding(struct slice lines, struct slice *coding)
{
	static const char *const known[] = {
	    "", "gzip", "x-gzip", "deflate", "br", "zstd", "identity", "chunked"};
	size_t at = 0;
	struct slice name, value;
	while (header_next(lines, &at, &name, &value)) {
		if (!header_is(name, "content-encoding") && !header_is(name, "transfer-encoding"))
			continue;
		while (take_element(&value, coding)) {
			size_t i = 0;
			while (i < sizeof known / sizeof *known && !header_is(*coding, known[i]))
				i++;
			if (i == sizeof known / sizeof *known)
				return true;
		}
	}
	return false;
}

void
header_put_date(struct buf *b, int64_t seconds)
{
	static const char days[] = "ThuFriSatSunMonTueWed"; /* 1970 began on a Thursday */
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	enum { DAY = 24 * 60 * 60, WEEK = 7, LETTERS = 3 };
	int64_t day = seconds / DAY, year;
	int second = (int)(seconds % DAY);
	unsigned month, of_month;
	iso_civil(day, &year, &month, &of_month);
	buf_printf(b, "%.3s, %02u %.3s %04d %02d:%02d:%02d GMT", days + day % WEEK * LETTERS,
	    of_month, months + (month - 1) * LETTERS, (int)year, second / 3600, second / 60 % 60,
	    second % 60);
}
