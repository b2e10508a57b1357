/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <strings.h>

#include "common/program/message.h"
#include "common/stream/invalid_text.h"
#include "common/stream/unpack.h"
#include "common/text/utf8.h"
#include "common/text/utf8_repair.h"
#include "stages/from-csv/decode.h"
#include "stages/from-csv/encodings.h"
#include "stages/from-csv/pairs.h"
#include "stages/from-csv/wide.h"

enum { RAW_CAP = 128 * 1024, BOM_MAX = 4, WIDE_ENOUGH = 4096 };

static struct {
	const char *asked; /* canonical; NULL: the byte order mark decides */
	bool drop_nul;
	bool replace;    /* --invalid-text */
	bool marked;     /* the file has a byte order mark */
	const char *now; /* of this file; "UTF-8" needs no conversion */
	iconv_t converter;
	const char *converts; /* encoding of the converter */
	bool remembers;       /* its characters (pairs.h) */
	char raw[RAW_CAP];    /* bytes that are not text yet */
	size_t n;
	bool ended;
	bool flushed; /* the converter has given the last character it held */
	char wrong[160];
	uint64_t dropped;
} d;

/* ASCII must be as it is, whatever the name promises. */
static bool
can_remember(const char *encoding)
{
	char ascii[0x80], text[sizeof ascii + 1], *in = ascii, *out = text;
	size_t left = sizeof ascii, room = sizeof text;
	if (!encoding_is_plain(encoding))
		return false;
	for (size_t c = 0; c < sizeof ascii; c++)
		ascii[c] = (char)c;
	return iconv(d.converter, &in, &left, &out, &room) == 0 && !left &&
	       out == text + sizeof ascii && memcmp(text, ascii, sizeof ascii) == 0;
}

static void
open_converter(const char *encoding, enum status status)
{
	if (d.converts && strcmp(d.converts, encoding) == 0) {
		iconv(d.converter, NULL, NULL, NULL, NULL);
		return;
	}
	if (d.converts)
		iconv_close(d.converter);
	d.converter = iconv_open("UTF-8", encoding);
	if (d.converter == (iconv_t)-1)
		die(status, "this system's iconv knows no encoding %s (iconv -l lists them)",
		    quoted(slice_of(encoding)));
	d.converts = encoding;
	d.remembers = can_remember(encoding);
	pairs_forget();
}

void
decode_init(const char *encoding, bool drop_nul)
{
	d.asked = encoding ? encoding_name(encoding) : NULL;
	d.drop_nul = drop_nul;
	d.replace = invalid_text_replaces();
	if (d.asked && strcmp(d.asked, "UTF-8") != 0 && !encoding_needs_mark(d.asked))
		open_converter(d.asked, STATUS_USAGE);
}

static const struct mark {
	const char *encoding;
	struct slice bytes;
} marks[] = {
    {"UTF-8", {"\xef\xbb\xbf", 3}},
    {"UTF-32LE", {"\xff\xfe\0\0", 4}}, /* before UTF-16LE, whose mark begins it */
    {"UTF-32BE", {"\0\0\xfe\xff", 4}},
    {"UTF-16LE", {"\xff\xfe", 2}},
    {"UTF-16BE", {"\xfe\xff", 2}},
};

/* The encoding whose mark begins the file, or NULL; the mark is taken away. */
static const char *
take_mark(void)
{
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		struct slice mark = marks[i].bytes;
		if (d.n < mark.n || memcmp(d.raw, mark.p, mark.n) != 0)
			continue;
		d.n -= mark.n;
		memmove(d.raw, d.raw + mark.n, d.n);
		return marks[i].encoding;
	}
	return NULL;
}

/* Looks on, until some 4 KiB of the file are seen; true as soon as they show UTF-16, unless all are wanted. */
static bool
look_further(bool all)
{
	static char block[WIDE_ENOUGH];
	bool found = false;
	size_t n;
	while (wide_seen() < WIDE_ENOUGH && (all || !found) &&
	       (n = unpack_read(block, sizeof block)) > 0)
		found |= wide_look((struct slice){block, n});
	return found;
}

_Noreturn static void
refuse_wide(void)
{
	look_further(true);
	const char *wide = wide_encoding();
	die(STATUS_DATA,
	    "the text looks like %s without a byte order mark: give --encoding %s, or, if it "
	    "really holds NUL, --drop-nul to drop NUL or --encoding UTF-8 to keep it",
	    wide, wide);
}

/* Whether the file may be UTF-16 or UTF-32 although nothing says so. */
static bool
may_be_wide(void)
{
	return !d.asked && !d.drop_nul && !d.marked;
}

static void
look_for_wide(const char *p, size_t n)
{
	if (may_be_wide() && wide_look((struct slice){p, n}))
		refuse_wide();
}

static const char *
choose(const char *marked)
{
	if (!d.asked)
		return marked ? marked : "UTF-8";
	if (encoding_needs_mark(d.asked)) {
		if (!marked || strncmp(marked, d.asked, strlen(d.asked)) != 0)
			die(STATUS_DATA,
			    "the file has no %s byte order mark: use --encoding %sLE or %sBE",
			    d.asked, d.asked, d.asked);
		return marked;
	}
	if (marked && strcmp(marked, d.asked) != 0)
		die(STATUS_DATA, "the file begins with the byte order mark of %s, not with %s",
		    marked, d.asked);
	return d.asked;
}

void
decode_begin(void)
{
	size_t n;
	d.n = 0;
	d.ended = false;
	d.flushed = false;
	d.wrong[0] = '\0';
	while (d.n < BOM_MAX && (n = unpack_read(d.raw + d.n, RAW_CAP - d.n)) > 0)
		d.n += n;
	const char *mark = take_mark();
	d.marked = mark;
	d.now = choose(mark);
	wide_begin();
	look_for_wide(d.raw, d.n);
	if (strcmp(d.now, "UTF-8") != 0)
		open_converter(d.now, STATUS_CONFIG);
}

static void
set_wrong(const char *what, struct slice at)
{
	size_t n = (size_t)snprintf(d.wrong, sizeof d.wrong, "%s %s:", d.now, what);
	for (size_t i = 0; i < at.n && i < 4; i++)
		n += (size_t)snprintf(
		    d.wrong + n, sizeof d.wrong - n, " %02x", (unsigned char)at.p[i]);
	snprintf(d.wrong + n, sizeof d.wrong - n, "%s", d.asked ? "" : " (see --encoding)");
}

/* Whether s, which is not well-formed, begins a character that more bytes can complete. */
static bool
is_cut(struct slice s)
{
	static const unsigned char fill[][3] = {{0x80, 0x80, 0x80}, {0xa0, 0x80, 0x80}};
	unsigned char lead = (unsigned char)s.p[0];
	size_t whole = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	if (s.n >= whole)
		return false;
	for (size_t i = 0; i < 2; i++) {
		char c[8];
		memcpy(c, s.p, s.n);
		memcpy(c + s.n, fill[i], 3);
		if (utf8_valid((struct slice){c, whole}))
			return true;
	}
	return false;
}

/* UTF-8 goes straight to where it is wanted and is checked there. */
static size_t
read_utf8(char *p, size_t cap)
{
	size_t n = d.n < cap ? d.n : cap;
	memcpy(p, d.raw, n);
	memmove(d.raw, d.raw + n, d.n - n);
	d.n -= n;
	size_t good;
	while ((good = utf8_first_bad((struct slice){p, n})) < n || n == 0) {
		struct slice rest = {p + good, n - good};
		if (rest.n && !is_cut(rest)) {
			/* UTF-16 whose first bytes came alone: those that follow show it. */
			if (may_be_wide() && look_further(false))
				refuse_wide();
			set_wrong("cannot have the bytes", rest);
			return good;
		}
		if (good) {
			/* d.n is 0: the rest is cut by the end of a block, or d.raw was larger than cap. */
			memmove(d.raw + rest.n, d.raw, d.n);
			memcpy(d.raw, rest.p, rest.n);
			d.n += rest.n;
			return good;
		}
		size_t more = unpack_read(p + n, cap - n);
		look_for_wide(p + n, more);
		if (!more) {
			if (rest.n)
				set_wrong("text ends within a character", rest);
			return 0;
		}
		n += more;
	}
	return n;
}

/* The same with U+FFFD for what is not valid. */
static size_t
read_repaired(char *p, size_t cap)
{
	for (;;) {
		struct utf8_repair r = utf8_repair((struct slice){d.raw, d.n}, d.ended, p, cap);
		*invalid_text_replaced() += r.replaced;
		d.n -= r.used;
		memmove(d.raw, d.raw + r.used, d.n);
		if (r.made || d.ended)
			return r.made;
		size_t more = unpack_read(d.raw + d.n, RAW_CAP - d.n);
		look_for_wide(d.raw + d.n, more);
		d.ended = more == 0;
		d.n += more;
	}
}

/* Puts U+FFFD for the first unit of *in. */
static void
replace_unit(char **in, size_t *left, char **out, size_t *room)
{
	size_t unit = encoding_unit(d.now) < *left ? encoding_unit(d.now) : *left;
	memcpy(*out, utf8_replacement, UTF8_REPLACEMENT_BYTES);
	*out += UTF8_REPLACEMENT_BYTES;
	*room -= UTF8_REPLACEMENT_BYTES;
	*in += unit;
	*left -= unit;
	++*invalid_text_replaced();
}

/* Converts the next character and remembers it. False if it is left to convert(). */
static bool
learn(char **in, size_t *left, char **out, size_t *room)
{
	for (size_t n = 1; n <= 2; n++) {
		char *from = *in, *to = *out;
		size_t some = n, space = *room;
		errno = 0;
		size_t result = iconv(d.converter, &from, &some, &to, &space);
		if (result == (size_t)-1 && errno == EINVAL)
			continue; /* it has more bytes */
		if (result || some ||
		    !pairs_learn(*in, n, (struct slice){*out, (size_t)(to - *out)}))
			break;
		*in = from;
		*left -= n;
		*out = to;
		*room = space;
		return true;
	}
	iconv(d.converter, NULL, NULL, NULL, NULL);
	return false;
}

static void
convert_known(char **in, size_t *left, char **out, size_t *room)
{
	do
		pairs_convert(in, left, out, room);
	while (*left >= 2 && *room >= PAIRS_ROOM && learn(in, left, out, room));
}

/* Converts the bytes in d.raw; the rest needs more bytes, or more room. */
static size_t
convert(char *p, size_t cap)
{
	char *in = d.raw, *out = p;
	size_t left = d.n, room = cap;
	size_t result;
	for (;;) {
		if (d.remembers)
			convert_known(&in, &left, &out, &room);
		errno = 0;
		result = iconv(d.converter, &in, &left, &out, &room);
		bool invalid = result == (size_t)-1 && errno == EILSEQ;
		if (!d.replace || !invalid || room < UTF8_REPLACEMENT_BYTES)
			break;
		replace_unit(&in, &left, &out, &room);
	}
	if (result == (size_t)-1 && errno == EILSEQ && !d.replace)
		set_wrong("cannot have the bytes", (struct slice){in, left});
	else if (result != (size_t)-1 && result > 0) /* some systems replace */
		set_wrong("text cannot be converted exactly", (struct slice){0});
	memmove(d.raw, in, left);
	d.n = left;
	return cap - room;
}

/* Some converters hold the last character, since the next byte may still change it. */
static size_t
flush(char *p, size_t cap)
{
	char *out = p;
	size_t room = cap;
	d.flushed = true;
	if (iconv(d.converter, NULL, NULL, &out, &room) == (size_t)-1)
		set_wrong("text cannot be converted to its end", (struct slice){0});
	return cap - room;
}

static size_t
read_converted(char *p, size_t cap)
{
	for (;;) {
		size_t n = d.n ? convert(p, cap) : 0;
		if (n || d.wrong[0])
			return n;
		if (d.ended && d.n && d.replace) {
			char *in = d.raw, *out = p;
			d.n = 0;
			replace_unit(&in, &(size_t){1}, &out, &cap);
			return UTF8_REPLACEMENT_BYTES;
		}
		if (d.ended) {
			if (d.n)
				set_wrong(
				    "text ends within a character", (struct slice){d.raw, d.n});
			return d.n || d.flushed ? 0 : flush(p, cap);
		}
		size_t more = unpack_read(d.raw + d.n, RAW_CAP - d.n);
		d.ended = more == 0;
		d.n += more;
	}
}

static size_t
drop_nul(char *p, size_t n)
{
	char *to = memchr(p, '\0', n);
	if (!to)
		return n;
	for (const char *from = to; from < p + n; from++)
		if (*from)
			*to++ = *from;
	size_t left = (size_t)(to - p);
	d.dropped += n - left;
	return left;
}

size_t
decode_read(char *p, size_t cap)
{
	size_t n;
	do {
		if (d.wrong[0])
			return 0;
		n = strcmp(d.now, "UTF-8") != 0 ? read_converted(p, cap)
		    : d.replace                 ? read_repaired(p, cap)
						: read_utf8(p, cap);
		if (!n)
			return 0;
		if (d.drop_nul)
			n = drop_nul(p, n);
	} while (!n);
	return n;
}

const char *
decode_wrong(void)
{
	return d.wrong[0] ? d.wrong : NULL;
}

uint64_t
decode_dropped(void)
{
	return d.dropped;
}
