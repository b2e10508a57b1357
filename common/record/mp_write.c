/* SPDX-License-Identifier: MIT */
#include "common/record/mp.h"

extern inline char *mp_put_nil(char *p);
extern inline char *mp_put_bool(char *p, bool b);
extern inline char *mp_put_int(char *p, int64_t i);
extern inline char *mp_put_uint(char *p, uint64_t u);
extern inline char *mp_put_float(char *p, double f);
extern inline char *mp_put_str_head(char *p, size_t n);
extern inline char *mp_put_ext_head(char *p, int8_t type, size_t n);
extern inline char *mp_put_16(char *p, unsigned char head, uint16_t v);
extern inline char *mp_put_32(char *p, unsigned char head, uint32_t v);
extern inline char *mp_put_64(char *p, unsigned char head, uint64_t v);

char *
mp_put_bin_head(char *p, size_t n)
{
	if (n > UINT16_MAX)
		return mp_put_32(p, 0xc6, (uint32_t)n);
	if (n > UINT8_MAX)
		return mp_put_16(p, 0xc5, (uint16_t)n);
	*p++ = (char)0xc4;
	*p++ = (char)n;
	return p;
}

char *
mp_put_array_head(char *p, size_t n)
{
	if (n > UINT16_MAX)
		return mp_put_32(p, 0xdd, (uint32_t)n);
	if (n > 15)
		return mp_put_16(p, 0xdc, (uint16_t)n);
	*p = (char)(0x90 | n);
	return p + 1;
}

char *
mp_put_map_head(char *p, size_t n)
{
	if (n > UINT16_MAX)
		return mp_put_32(p, 0xdf, (uint32_t)n);
	if (n > 15)
		return mp_put_16(p, 0xde, (uint16_t)n);
	*p = (char)(0x80 | n);
	return p + 1;
}

static void
advance(struct buf *b, const char *from, const char *to)
{
	b->n += (size_t)(to - from);
}

void
mp_buf_nil(struct buf *b)
{
	buf_put_byte(b, (char)0xc0);
}

void
mp_buf_bool(struct buf *b, bool v)
{
	buf_put_byte(b, (char)(v ? 0xc3 : 0xc2));
}

void
mp_buf_int(struct buf *b, int64_t i)
{
	char *p = buf_reserve(b, MP_HEAD_MAX);
	if (p)
		advance(b, p, mp_put_int(p, i));
}

void
mp_buf_uint(struct buf *b, uint64_t u)
{
	char *p = buf_reserve(b, MP_HEAD_MAX);
	if (p)
		advance(b, p, mp_put_uint(p, u));
}

void
mp_buf_float(struct buf *b, double f)
{
	char *p = buf_reserve(b, MP_HEAD_MAX);
	if (p)
		advance(b, p, mp_put_float(p, f));
}

void
mp_buf_str(struct buf *b, struct slice s)
{
	char *p = buf_reserve(b, MP_HEAD_MAX);
	if (p)
		advance(b, p, mp_put_str_head(p, s.n));
	buf_put_slice(b, s);
}

void
mp_buf_bin(struct buf *b, struct slice s)
{
	char *p = buf_reserve(b, MP_HEAD_MAX);
	if (p)
		advance(b, p, mp_put_bin_head(p, s.n));
	buf_put_slice(b, s);
}

void
mp_buf_ext(struct buf *b, int8_t type, struct slice s)
{
	char *p = buf_reserve(b, MP_HEAD_MAX);
	if (p)
		advance(b, p, mp_put_ext_head(p, type, s.n));
	buf_put_slice(b, s);
}

void
mp_buf_array(struct buf *b, size_t n)
{
	char *p = buf_reserve(b, MP_HEAD_MAX);
	if (p)
		advance(b, p, mp_put_array_head(p, n));
}

void
mp_buf_map(struct buf *b, size_t n)
{
	char *p = buf_reserve(b, MP_HEAD_MAX);
	if (p)
		advance(b, p, mp_put_map_head(p, n));
}
