/* SPDX-License-Identifier: MIT */
#ifndef COMMON_MP_H
#define COMMON_MP_H

#include "common/bytes.h"

/*
 * msgpack tokens on the hot path: read and write without copies, allocation or
 * recursion. Format: github.com/msgpack/msgpack/blob/master/spec.md.
 * msgpack-c decodes the same bytes at a third of the speed (bench/RESULTS.md),
 * so it serves where control items are built and read (common/control.c).
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
 * Reads the token at p. Returns the byte behind it (behind the header only, for
 * ARRAY and MAP), or NULL when [p, end) does not hold all of it or the byte 0xc1
 * stands there.
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
 * Skips one whole object that is known to be there and well-formed (measured
 * before). Returns the byte behind it.
 */
const char *mp_skip(const char *p, const char *end);

/*
 * Writers. Each writes at p, into room that the caller reserved, and returns the
 * byte behind. The most that a header needs is MP_HEAD_MAX bytes.
 */
enum { MP_HEAD_MAX = 9 };

char *mp_put_nil(char *p);
char *mp_put_bool(char *p, bool b);
char *mp_put_int(char *p, int64_t i);
char *mp_put_uint(char *p, uint64_t u);
char *mp_put_float(char *p, double f);
char *mp_put_str_head(char *p, size_t n); /* n below 2^32 */
char *mp_put_bin_head(char *p, size_t n);
char *mp_put_array_head(char *p, size_t n);
char *mp_put_map_head(char *p, size_t n);
char *mp_put_ext_head(char *p, int8_t type, size_t n);

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
