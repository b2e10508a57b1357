/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_BYTES_H
#define COMMON_TEXT_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A piece of memory that somebody else owns: n bytes from p. NUL is data. p may be NULL when n is 0. */
struct slice {
	const char *p;
	size_t n;
};

/* The slice of a string literal or of an array of known size with a NUL after it. */
#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})

/* Slice of a C string; the string is not copied. */
struct slice slice_of(const char *text);

bool slice_equal(struct slice a, struct slice b);
bool slice_is(struct slice a, const char *text);
/* Equal without regard to ASCII case. */
bool slice_equal_caseless(struct slice a, struct slice b);
/* Bytewise order: negative, 0 or positive; a shorter slice sorts before a longer one it begins. */
int slice_compare(struct slice a, struct slice b);
/* Without ASCII spaces, tabs, CR and LF at both ends. */
struct slice slice_trim(struct slice s);
/* Takes the next line off the front of *rest, without its LF; false at the end. */
bool slice_take_line(struct slice *rest, struct slice *line);
/* Takes c off the front of *s; false if *s does not begin with it. Inline, since parsers call it per byte. */
inline bool
slice_take(struct slice *s, char c)
{
	if (!s->n || *s->p != c)
		return false;
	s->p++;
	s->n--;
	return true;
}

/*
 * A growable buffer with a ceiling. The first failure (ceiling or no memory) is
 * kept in `failed`; later puts do nothing, so a writer checks once per record.
 * An all-zero buf with max set is valid and empty; max 0 means no ceiling but memory.
 */
struct buf {
	char *p;
	size_t n;
	size_t cap;
	size_t max;
	bool failed;
};

/* The slow path of buf_reserve: gets the memory. */
char *buf_grow(struct buf *b, size_t n);

/*
 * Makes room for n more bytes and returns its address, or NULL after a failure.
 * b->n is not changed. Inline, like the two below: a call across objects would
 * cost more than their work.
 */
inline char *
buf_reserve(struct buf *b, size_t n)
{
	if (!b->failed && b->p && b->cap - b->n >= n)
		return b->p + b->n;
	return buf_grow(b, n);
}

inline void
buf_put(struct buf *b, const void *p, size_t n)
{
	char *to = buf_reserve(b, n);
	if (!to || !n)
		return;
	memcpy(to, p, n);
	b->n += n;
}

inline void
buf_put_byte(struct buf *b, char c)
{
	char *to = buf_reserve(b, 1);
	if (!to)
		return;
	*to = c;
	b->n++;
}

void buf_put_slice(struct buf *b, struct slice s);
void buf_put_text(struct buf *b, const char *text);
/* printf into the buffer; for messages and SQL, not for hot paths. */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Empties the buffer and forgets a failure; the memory is kept. */
void buf_reset(struct buf *b);
/* Gives the memory back; the buffer is empty afterwards. */
void buf_free(struct buf *b);
struct slice buf_slice(const struct buf *b);

/* a + b and a * b; false if the result does not fit, and *sum is then untouched. */
bool size_add(size_t a, size_t b, size_t *sum);
bool size_multiply(size_t a, size_t b, size_t *product);

/* Whole text as a decimal number within [low, high], optional leading '-'; false and *n untouched otherwise. */
bool parse_integer(struct slice text, int64_t low, int64_t high, int64_t *n);

#endif
