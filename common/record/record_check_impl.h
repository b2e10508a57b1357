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

enum { SHORT = 32 /* bytes that are read at once, where there are so many */ };

struct record_check {
	const char *error;
	struct slice at;
	/* The names of the last map that was checked in full, as msgpack strings, in their order. */
	struct buf known_bytes;
	struct known {
		size_t at, n; /* in known_bytes */
	} * known;
	size_t n_known;

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

#define HIGH_BITS UINT64_C(0x8080808080808080)

/* Whether n < SHORT bytes are ASCII; SHORT bytes can be read. */
static inline bool
is_short_ascii(const char *p, size_t n)
{
	for (; n >= 8; p += 8, n -= 8)
		if (word_load(p) & HIGH_BITS)
			return false;
	return !n || (word_load(p) & HIGH_BITS) << (64 - 8 * n) == 0;
}

static inline bool
is_text(const char *p, size_t n, const char *end)
{
	if (n < SHORT && end - p >= SHORT + UTF8_AHEAD)
		return is_short_ascii(p, n) || utf8_valid_ahead(p, n);
	return utf8_valid((struct slice){p, n});
}

/* value_decimal_valid for the usual length, without a loop. 8 bytes can be read. */
static inline bool
is_short_decimal(const char *p, size_t n)
{
	if (n && *p == '-') {
		p++;
		n--;
	}
	if (n == 0 || n > 8)
		return false;
	uint64_t w = word_load(p) ^ 0x3030303030303030u;
	uint64_t others = ((((w & ~HIGH_BITS) + 0x7676767676767676u) | w) & HIGH_BITS)
			  << (64 - 8 * n);
	if (!others)
		return true;
	size_t point = (size_t)__builtin_ctzll(others) / 8 - (8 - n);
	return (others & (others - 1)) == 0 && point > 0 && point < n - 1 && p[point] == '.';
}

static inline bool
is_decimal(const char *p, size_t n, const char *end)
{
	if (n <= 9 && end - p >= SHORT && is_short_decimal(p, n))
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
	if (head >= 0xa0 && head < 0xc0) {
		size_t n = head & 0x1fu;
		*type = VALUE_TEXT;
		p++;
		if ((size_t)(end - p) < n)
			return NULL;
		return is_text(p, n, end) ? p + n : record_fail(c, "is not valid UTF-8");
	}
	if (head >= 0xc0 && fixed_sizes[head - 0xc0]) {
		size_t n = fixed_sizes[head - 0xc0];
		*type = (enum value_type)fixed_types[head - 0xc0];
		return (size_t)(end - p) >= n ? p + n : NULL;
	}
	if (head >= 0xd4 && head <= 0xd8 && end - p >= 2)
		return check_ext(c, p + 2, end, (int8_t)p[1], (size_t)1 << (head - 0xd4), type);
	if (head == 0xc7 && end - p >= 3)
		return check_ext(c, p + 3, end, (int8_t)p[2], (unsigned char)p[1], type);
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
