/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_MP_H
#define COMMON_RECORD_MP_H

#include "common/text/bytes.h"

/*
 * msgpack tokens on the hot path: read and write without copies, allocation or
 * recursion. Format: github.com/msgpack/msgpack/blob/master/spec.md.
 * msgpack-c decodes the same bytes at less than half of the speed (bench/RESULTS.md),
 * so it serves where control items are built and read (common/record/control.c).
 */

enum { MP_DEPTH_MAX = 64 }; /* nested arrays and maps in one object */

enum mp_type {
	MP_NIL,
	MP_BOOL,
	MP_INT,   /* fits int64_t */
	MP_UINT,  /* only above INT64_MAX */
	MP_FLOAT, /* float32 is widened, exactly */
	MP_STR,
	MP_BIN,
	MP_ARRAY, /* n elements follow */
	MP_MAP,   /* n pairs follow */
	MP_EXT,
};

struct mp_token {
	enum mp_type type;
	int8_t ext; /* type number of MP_EXT */
	size_t n;   /* bytes of STR, BIN, EXT; elements of ARRAY; pairs of MAP */
	union {
		bool b;
		int64_t i;
		uint64_t u;
		double f;
		const char *p; /* bytes of STR, BIN, EXT */
	};
};

/*
 * Reads the token at p. Returns the byte after it (only after the header, for
 * ARRAY and MAP), or NULL if [p, end) does not hold all of it or the byte is
 * 0xc1.
 */
const char *mp_read(const char *p, const char *end, struct mp_token *t);

enum mp_status {
	MP_OK,
	MP_MORE, /* the object is not all there */
	MP_BAD,  /* 0xc1, or nested deeper than MP_DEPTH_MAX */
};

/* Measures the whole object at p, with all it contains. *n is its length on MP_OK. */
enum mp_status mp_measure(const char *p, const char *end, size_t *n);

/*
 * The same for an object that comes in pieces, each byte looked at once: after MP_MORE
 * call it again with the same bytes and more, at another place perhaps. All-zero before
 * the first call, and all-zero again after MP_OK.
 */
struct mp_scan {
	size_t at;                       /* bytes of the object that were measured */
	bool going;                      /* MP_MORE was the answer */
	unsigned depth;                  /* 0 is the object itself */
	uint64_t left[MP_DEPTH_MAX + 1]; /* objects still to come on each level */
};

enum mp_status mp_scan(struct mp_scan *s, const char *p, const char *end, size_t *n);

/*
 * Skips one whole object that is known to be there and well-formed (measured
 * before). Returns the byte after it.
 */
const char *mp_skip(const char *p, const char *end);

/*
 * Writers. Each writes at p, into room that the caller reserved, and returns
 * the byte after. The most that a header needs is MP_HEAD_MAX bytes.
 */
enum { MP_HEAD_MAX = 9 };

char *mp_put_bin_head(char *p, size_t n);
char *mp_put_array_head(char *p, size_t n);
char *mp_put_map_head(char *p, size_t n);

/*
 * Functions that run once per value are C99 inline (their one external
 * definition is in mp.c): a call across objects would cost more than their
 * work.
 */
inline char *
mp_put_16(char *p, unsigned char head, uint16_t v)
{
	p[0] = (char)head;
	p[1] = (char)(v >> 8);
	p[2] = (char)v;
	return p + 3;
}

inline char *
mp_put_32(char *p, unsigned char head, uint32_t v)
{
	p[0] = (char)head;
	for (int i = 4; i > 0; i--, v >>= 8)
		p[i] = (char)v;
	return p + 5;
}

inline char *
mp_put_64(char *p, unsigned char head, uint64_t v)
{
	p[0] = (char)head;
	for (int i = 8; i > 0; i--, v >>= 8)
		p[i] = (char)v;
	return p + 9;
}

inline char *
mp_put_nil(char *p)
{
	*p = (char)0xc0;
	return p + 1;
}

inline char *
mp_put_bool(char *p, bool b)
{
	*p = (char)(b ? 0xc3 : 0xc2);
	return p + 1;
}

inline char *
mp_put_uint(char *p, uint64_t u)
{
	if (u < 0x80) {
		*p = (char)u;
		return p + 1;
	}
	if (u <= UINT8_MAX) {
		p[0] = (char)0xcc;
		p[1] = (char)u;
		return p + 2;
	}
	if (u <= UINT16_MAX)
		return mp_put_16(p, 0xcd, (uint16_t)u);
	if (u <= UINT32_MAX)
		return mp_put_32(p, 0xce, (uint32_t)u);
	return mp_put_64(p, 0xcf, u);
}

inline char *
mp_put_int(char *p, int64_t i)
{
	if (i >= 0)
		return mp_put_uint(p, (uint64_t)i);
	if (i >= -32) {
		*p = (char)i;
		return p + 1;
	}
	if (i >= INT8_MIN) {
		p[0] = (char)0xd0;
		p[1] = (char)i;
		return p + 2;
	}
	if (i >= INT16_MIN)
		return mp_put_16(p, 0xd1, (uint16_t)i);
	if (i >= INT32_MIN)
		return mp_put_32(p, 0xd2, (uint32_t)i);
	return mp_put_64(p, 0xd3, (uint64_t)i);
}

inline char *
mp_put_float(char *p, double f)
{
	uint64_t bits;
	memcpy(&bits, &f, sizeof bits);
	return mp_put_64(p, 0xcb, bits);
}

inline char *
mp_put_str_head(char *p, size_t n)
{
	if (n < 32) {
		*p = (char)(0xa0 | n);
		return p + 1;
	}
	if (n <= UINT8_MAX) {
		p[0] = (char)0xd9;
		p[1] = (char)n;
		return p + 2;
	}
	if (n <= UINT16_MAX)
		return mp_put_16(p, 0xda, (uint16_t)n);
	return mp_put_32(p, 0xdb, (uint32_t)n);
}

inline char *
mp_put_ext_head(char *p, int8_t type, size_t n)
{
	if (n <= 16 && n && (n & (n - 1)) == 0) {
		p[0] = (char)(n == 1 ? 0xd4 : n == 2 ? 0xd5 : n == 4 ? 0xd6 : n == 8 ? 0xd7 : 0xd8);
		p++;
	} else if (n <= UINT8_MAX) {
		p[0] = (char)0xc7;
		p[1] = (char)n;
		p += 2;
	} else if (n <= UINT16_MAX) {
		p = mp_put_16(p, 0xc8, (uint16_t)n);
	} else {
		p = mp_put_32(p, 0xc9, (uint32_t)n);
	}
	*p = (char)type;
	return p + 1;
}

/* The same into a growable buffer, bytes included. */
void mp_buf_nil(struct buf *b);
void mp_buf_bool(struct buf *b, bool v);
void mp_buf_int(struct buf *b, int64_t i);
void mp_buf_uint(struct buf *b, uint64_t u);
void mp_buf_float(struct buf *b, double f);
void mp_buf_str(struct buf *b, struct slice s);
void mp_buf_bin(struct buf *b, struct slice s);
void mp_buf_ext(struct buf *b, int8_t type, struct slice s);
void mp_buf_array(struct buf *b, size_t n);
void mp_buf_map(struct buf *b, size_t n);

#endif
