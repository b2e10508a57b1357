/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_RECORD_CHECK_IMPL_H
#define COMMON_RECORD_RECORD_CHECK_IMPL_H

/*
 * Shared by record_check.c and record_nested.c. Inline functions run once for
 * each value.
 */

#include "common/record/mp.h"
#include "common/record/names.h"
#include "common/record/record_check.h"
#include "common/text/utf8.h"
#include "common/text/word.h"

/* Bytes that are read at once, where there are so many: a head and UTF8_SHORT + 8. */
enum { NEAR = 48 };

struct record_check {
	const char *error;
	struct slice at;
	/* The names of the last map that was checked in full, as msgpack strings, in their order. */
	struct buf known_bytes;
	struct known {
		const char *p; /* in known_bytes */
		size_t n;
	} * known;
	struct record_parts parts;
	struct names names; /* of all maps that are open */
};

/* Errors: the first one counts. */

static inline const char *
record_fail(struct record_check *c, const char *error)
{
	if (!c->error)
		c->error = error;
	return NULL;
}

static inline const char *
record_fail_at(struct record_check *c, struct slice at, const char *error)
{
	if (!c->error)
		c->at = at;
	return record_fail(c, error);
}

/* Adds the field to an error in its value that names nothing. */
static inline const char *
record_blame(struct record_check *c, struct slice field)
{
	if (c->error && !c->at.p)
		c->at = field;
	return NULL;
}

/* Bytes. */

#define NOT_UTF8 "is not valid UTF-8"
#define HIGH_BITS UINT64_C(0x8080808080808080)

/* Whether n < UTF8_SHORT bytes are a text; UTF8_SHORT + 8 bytes can be read. */
static inline bool
is_short_text(const char *p, size_t n)
{
	return words_ascii(p, n) || utf8_valid_short(p, n);
}

/* value_decimal_valid for the usual length, without a loop. 9 bytes can be read. */
static inline bool
is_short_decimal(const char *p, size_t n)
{
	if (*p == '-') {
		p++;
		n--;
	}
	if (n - 1 > 7)
		return false;
	/* The last of the n bytes is the highest one; bytes before them are away. */
	unsigned before = 64 - 8 * (unsigned)n;
	uint64_t w = (word_load(p) ^ 0x3030303030303030u) << before;
	uint64_t others = (((w & ~HIGH_BITS) + 0x7676767676767676u) | w) & HIGH_BITS;
	if (!others)
		return true;
	bool one = (others & (others - 1)) == 0;
	bool inside = others > UINT64_C(0x80) << before && others < UINT64_C(1) << 63;
	return one && inside && (w >> (__builtin_ctzll(others) - 7) & 0xff) == ('.' ^ 0x30);
}

static inline bool
is_decimal(const char *p, size_t n, const char *end)
{
	if (n <= 9 && end - p >= 9 && is_short_decimal(p, n))
		return true;
	return value_decimal_valid((struct slice){p, n});
}

/* Values. */

/* The name of a pair at p; it goes onto the list. */
const char *record_take_name(
    struct record_check *c, const char *p, const char *end, struct slice *name);
/* Whether the names of the innermost map, which begin at first, differ. */
bool record_close_map(struct record_check *c, size_t first);
/*
 * The map or array at p with all it holds. Returns the byte after it, NULL if
 * it is not all there or breaks a rule.
 */
const char *record_check_nested(struct record_check *c, const char *p, const char *end);
/*
 * The same for a value that is not a container; record_check_ext's p is at the
 * n bytes.
 */
const char *record_check_other(
    struct record_check *c, const char *p, const char *end, enum value_type *type);
bool record_is_timestamp(const char *p, size_t n);

static inline const char *
check_ext(struct record_check *c, const char *p, const char *end, int8_t ext, size_t n,
    enum value_type *type)
{
	bool good = false;
	if ((size_t)(end - p) < n)
		return NULL;
	switch (ext) {
	case EXT_DECIMAL:
		*type = VALUE_DECIMAL;
		good = is_decimal(p, n, end);
		break;
	case EXT_DATE:
		*type = VALUE_DATE;
		good = n == 4;
		break;
	case EXT_DATETIME:
		*type = VALUE_DATETIME;
		good = n == 8;
		break;
	case EXT_TIMESTAMP:
		*type = VALUE_TIMESTAMP;
		good = n == 4 || record_is_timestamp(p, n);
		break;
	default:
		break;
	}
	return good ? p + n : record_fail(c, "is of no type of mam-stream(5)");
}

/*
 * Bytes and types of the values that begin with 0xc0 ... 0xdf and whose bytes
 * are always valid; 0 for others.
 */
static const unsigned char fixed_sizes[32] = {[0x00] = 1,
    [0x02] = 1,
    [0x03] = 1,
    [0x0a] = 5,
    [0x0b] = 9,
    [0x0c] = 2,
    [0x0d] = 3,
    [0x0e] = 5,
    [0x0f] = 9,
    [0x10] = 2,
    [0x11] = 3,
    [0x12] = 5,
    [0x13] = 9};
static const unsigned char fixed_types[32] = {[0x00] = VALUE_NULL,
    [0x02] = VALUE_BOOL,
    [0x03] = VALUE_BOOL,
    [0x0a] = VALUE_FLOAT,
    [0x0b] = VALUE_FLOAT,
    [0x0c] = VALUE_INT,
    [0x0d] = VALUE_INT,
    [0x0e] = VALUE_INT,
    [0x0f] = VALUE_INT,
    [0x10] = VALUE_INT,
    [0x11] = VALUE_INT,
    [0x12] = VALUE_INT,
    [0x13] = VALUE_INT};

/* Returns the byte after the value, NULL if it is not all there or breaks a rule. */
static inline const char *
check_scalar(struct record_check *c, const char *p, const char *end, enum value_type *type)
{
	unsigned char head = (unsigned char)*p;
	if (head < 0x80 || head >= 0xe0) {
		*type = VALUE_INT;
		return p + 1;
	}
	if (end - p >= NEAR) {
		if ((head & 0xe0) == 0xa0) {
			const char *next = p + 1 + (head & 0x1f);
			*type = VALUE_TEXT;
			return is_short_text(p + 1, head & 0x1f) ? next : record_fail(c, NOT_UTF8);
		}
		if (head >= 0xc0 && fixed_sizes[head - 0xc0]) {
			*type = (enum value_type)fixed_types[head - 0xc0];
			return p + fixed_sizes[head - 0xc0];
		}
		if (head == 0xc7)
			return check_ext(c, p + 3, end, (int8_t)p[2], (unsigned char)p[1], type);
		if (head >= 0xd4 && head <= 0xd8)
			return check_ext(
			    c, p + 2, end, (int8_t)p[1], (size_t)1 << (head - 0xd4), type);
	}
	return record_check_other(c, p, end, type);
}

static inline bool
is_container(unsigned char head)
{
	return (head >= 0x80 && head < 0xa0) || (head >= 0xdc && head <= 0xdf);
}

static inline const char *
check_value(struct record_check *c, const char *p, const char *end, enum value_type *type)
{
	if (p >= end)
		return NULL;
	if (!is_container((unsigned char)*p))
		return check_scalar(c, p, end, type);
	*type = VALUE_JSON;
	return record_check_nested(c, p, end);
}

#endif
