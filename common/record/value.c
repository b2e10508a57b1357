/* SPDX-License-Identifier: MIT */
#include "common/record/value.h"
#include "common/record/mp.h"
#include "common/text/ascii.h"
#include "common/text/decimal.h"

static uint16_t
get16(const char *p)
{
	return (uint16_t)((unsigned char)p[0] << 8 | (unsigned char)p[1]);
}

static uint32_t
get32(const char *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static uint64_t
get64(const char *p)
{
	return (uint64_t)get32(p) << 32 | get32(p + 4);
}

/* The byte after the digits at p. */
static const char *
skip_digits(const char *p, const char *end)
{
	while (p < end && is_digit(*p))
		p++;
	return p;
}

bool
value_decimal_valid(struct slice s)
{
	const char *end = s.p + s.n, *whole = s.p + (s.n > 0 && *s.p == '-');
	const char *point = skip_digits(whole, end);

	if (point == whole)
		return false;
	if (point == end)
		return true;
	return *point == '.' && point + 1 < end && skip_digits(point + 1, end) == end;
}

/* msgpack's timestamp extension: 32, 64 and 96 bit forms. */
static bool
read_timestamp(const char *p, size_t n, struct value *v)
{
	v->type = VALUE_TIMESTAMP;
	if (n == 4) {
		v->at.seconds = get32(p);
		v->at.nanoseconds = 0;
		return true;
	}
	if (n == 8) {
		uint64_t both = get64(p);
		v->at.seconds = (int64_t)(both & 0x3ffffffffu);
		v->at.nanoseconds = (uint32_t)(both >> 34);
	} else if (n == 12) {
		v->at.nanoseconds = get32(p);
		v->at.seconds = (int64_t)get64(p + 4);
	} else {
		return false;
	}
	return v->at.nanoseconds < 1000000000;
}

static bool
read_ext(int8_t ext, const char *p, size_t n, struct value *v)
{
	switch (ext) {
	case EXT_DECIMAL:
		v->type = VALUE_DECIMAL;
		v->s = (struct slice){p, n};
		return value_decimal_valid(v->s);
	case EXT_DATE:
		if (n != 4)
			return false;
		v->type = VALUE_DATE;
		v->i = (int32_t)get32(p);
		return true;
	case EXT_DATETIME:
		if (n != 8)
			return false;
		v->type = VALUE_DATETIME;
		v->i = (int64_t)get64(p);
		return true;
	case EXT_TIMESTAMP:
		return read_timestamp(p, n, v);
	default:
		return false;
	}
}

static void
set_bytes(struct value *v, enum value_type type, const struct mp_token *t)
{
	v->type = type;
	v->s = (struct slice){t->p, t->n};
}

/*
 * Any value; a container is measured. Not inlined, so that value_read has no frame to
 * set up for it.
 */
__attribute__((noinline)) static const char *
read_any(const char *p, const char *end, struct value *v)
{
	struct mp_token t;
	const char *next = mp_read(p, end, &t);
	if (!next)
		return NULL;
	switch (t.type) {
	case MP_NIL:
		v->type = VALUE_NULL;
		break;
	case MP_BOOL:
		v->type = VALUE_BOOL;
		v->b = t.b;
		break;
	case MP_INT:
		v->type = VALUE_INT;
		v->i = t.i;
		break;
	case MP_UINT:
		v->type = VALUE_INT;
		v->huge = true;
		v->u = t.u;
		break;
	case MP_FLOAT:
		v->type = VALUE_FLOAT;
		v->f = t.f;
		break;
	case MP_STR:
		set_bytes(v, VALUE_TEXT, &t);
		break;
	case MP_BIN:
		set_bytes(v, VALUE_BYTES, &t);
		break;
	case MP_ARRAY:
	case MP_MAP: {
		size_t n;
		if (mp_measure(p, end, &n) != MP_OK)
			return NULL;
		next = p + n;
		v->type = VALUE_JSON;
		v->s = (struct slice){p, n};
		break;
	}
	case MP_EXT:
		if (!read_ext(t.ext, t.p, t.n, v))
			v->type = VALUE_BAD;
		break;
	}
	return next;
}

/* The n bytes of an ext are at p. */
static const char *
read_short_ext(int8_t ext, const char *p, size_t n, const char *end, struct value *v)
{
	return (size_t)(end - p) >= n && read_ext(ext, p, n, v) ? p + n : NULL;
}

/*
 * The values that most records have, at once. NULL for all others, and for one whose
 * bytes are not all there. 16 bytes can be read.
 */
static const char *
read_usual(const char *p, const char *end, struct value *v)
{
	unsigned char head = (unsigned char)*p;
	size_t n;
	if ((head & 0xe0) == 0xa0) {
		n = head & 0x1fu;
		v->type = VALUE_TEXT;
		v->s = (struct slice){p + 1, n};
		return (size_t)(end - p) > n ? p + 1 + n : NULL;
	}
	switch (head) {
	case 0xc0:
		v->type = VALUE_NULL;
		return p + 1;
	case 0xcc:
		v->type = VALUE_INT;
		v->i = (unsigned char)p[1];
		return p + 2;
	case 0xcd:
		v->type = VALUE_INT;
		v->i = get16(p + 1);
		return p + 3;
	case 0xce:
		v->type = VALUE_INT;
		v->i = get32(p + 1);
		return p + 5;
	case 0xcf:
		v->type = VALUE_INT;
		v->u = get64(p + 1);
		v->huge = v->i < 0;
		return p + 9;
	case 0xc7:
		return read_short_ext((int8_t)p[2], p + 3, (unsigned char)p[1], end, v);
	case 0xd4:
	case 0xd5:
	case 0xd6:
	case 0xd7:
	case 0xd8:
		return read_short_ext((int8_t)p[1], p + 2, (size_t)1 << (head - 0xd4), end, v);
	default:
		return NULL;
	}
}

const char *
value_read(const char *p, const char *end, struct value *v)
{
	const char *next = NULL;
	v->huge = false;
	if (end - p >= 16) {
		unsigned char head = (unsigned char)*p;
		if (head < 0x80 || head >= 0xe0) {
			v->type = VALUE_INT;
			v->i = head < 0x80 ? head : head - 0x100;
			next = p + 1;
		} else {
			next = read_usual(p, end, v);
		}
	}
	if (!next && !(next = read_any(p, end, v)))
		return NULL;
	v->raw = (struct slice){p, (size_t)(next - p)};
	return next;
}

void
value_put(struct buf *b, const struct value *v)
{
	switch (v->type) {
	case VALUE_NULL:
		mp_buf_nil(b);
		return;
	case VALUE_BOOL:
		mp_buf_bool(b, v->b);
		return;
	case VALUE_INT:
		if (v->huge)
			mp_buf_uint(b, v->u);
		else
			mp_buf_int(b, v->i);
		return;
	case VALUE_FLOAT:
		mp_buf_float(b, v->f);
		return;
	case VALUE_DECIMAL:
		value_put_decimal(b, v->s);
		return;
	case VALUE_TEXT:
		mp_buf_str(b, v->s);
		return;
	case VALUE_BYTES:
		mp_buf_bin(b, v->s);
		return;
	case VALUE_DATE:
		value_put_date(b, (int32_t)v->i);
		return;
	case VALUE_DATETIME:
		value_put_datetime(b, v->i);
		return;
	case VALUE_TIMESTAMP:
		value_put_timestamp(b, v->at.seconds, v->at.nanoseconds);
		return;
	case VALUE_JSON:
		buf_put_slice(b, v->s);
		return;
	case VALUE_BAD:
		b->failed = true;
		return;
	}
}

void
value_put_decimal(struct buf *b, struct slice digits)
{
	mp_buf_ext(b, EXT_DECIMAL, digits);
}

bool
value_put_integer(struct buf *b, struct slice digits)
{
	int64_t i;
	uint64_t u;
	bool huge;
	if (!decimal_to_integer(digits, &i, &u, &huge))
		return false;
	if (huge)
		mp_buf_uint(b, u);
	else
		mp_buf_int(b, i);
	return true;
}

static void
set_big_endian(char *p, size_t n, uint64_t v)
{
	while (n-- > 0) {
		p[n] = (char)v;
		v >>= 8;
	}
}

void
value_put_date(struct buf *b, int32_t days)
{
	char body[4];
	set_big_endian(body, sizeof body, (uint32_t)days);
	mp_buf_ext(b, EXT_DATE, (struct slice){body, sizeof body});
}

void
value_put_datetime(struct buf *b, int64_t microseconds)
{
	char body[8];
	set_big_endian(body, sizeof body, (uint64_t)microseconds);
	mp_buf_ext(b, EXT_DATETIME, (struct slice){body, sizeof body});
}

void
value_put_timestamp(struct buf *b, int64_t seconds, uint32_t nanoseconds)
{
	char body[12];
	if (seconds >= 0 && seconds <= UINT32_MAX && !nanoseconds) {
		set_big_endian(body, 4, (uint64_t)seconds);
		mp_buf_ext(b, EXT_TIMESTAMP, (struct slice){body, 4});
	} else if (seconds >= 0 && seconds < (int64_t)1 << 34) {
		set_big_endian(body, 8, (uint64_t)nanoseconds << 34 | (uint64_t)seconds);
		mp_buf_ext(b, EXT_TIMESTAMP, (struct slice){body, 8});
	} else {
		set_big_endian(body, 4, nanoseconds);
		set_big_endian(body + 4, 8, (uint64_t)seconds);
		mp_buf_ext(b, EXT_TIMESTAMP, (struct slice){body, 12});
	}
}

static const char *const type_names[] = {
    [VALUE_NULL] = "null",
    [VALUE_BOOL] = "bool",
    [VALUE_INT] = "int",
    [VALUE_FLOAT] = "float",
    [VALUE_DECIMAL] = "decimal",
    [VALUE_TEXT] = "text",
    [VALUE_BYTES] = "bytes",
    [VALUE_DATE] = "date",
    [VALUE_DATETIME] = "datetime",
    [VALUE_TIMESTAMP] = "timestamp",
    [VALUE_JSON] = "json",
    [VALUE_BAD] = "unknown",
};

const char *
value_type_name(enum value_type type)
{
	return type_names[type];
}

enum value_type
value_type_named(struct slice name)
{
	for (enum value_type type = VALUE_BOOL; type < VALUE_BAD; type++)
		if (slice_is(name, type_names[type]))
			return type;
	return VALUE_BAD;
}
