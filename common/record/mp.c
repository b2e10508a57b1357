/* SPDX-License-Identifier: MIT */
#include "common/record/mp.h"

static uint16_t
get16(const unsigned char *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t
get64(const unsigned char *p)
{
	return (uint64_t)get32(p) << 32 | get32(p + 4);
}

/*
 * Size of a token's head after its first byte, for 0xc0 ... 0xdf; ext heads
 * include the type byte.
 */
static const unsigned char head_size[32] = {
    0, 0, 0, 0, 1, 2, 4, 2, 3, 5, 4, 8, 1, 2, 4, 8, /* nil - bool bin ext float uint */
    1, 2, 4, 8, 1, 1, 1, 1, 1, 1, 2, 4, 2, 4, 2, 4, /* int fixext str array map */
};

static const char *
take_bytes(const char *p, const char *end, struct mp_token *t, enum mp_type type, size_t n)
{
	t->type = type;
	t->n = n;
	t->p = p;
	return (size_t)(end - p) >= n ? p + n : NULL;
}

static const char *
take_ext(const char *p, const char *end, struct mp_token *t, int8_t ext, size_t n)
{
	t->ext = ext;
	return take_bytes(p, end, t, MP_EXT, n);
}

static void
set_uint(struct mp_token *t, uint64_t u)
{
	t->type = u > INT64_MAX ? MP_UINT : MP_INT;
	t->u = u;
}

static void
set_int(struct mp_token *t, int64_t i)
{
	t->type = MP_INT;
	t->i = i;
}

static void
set_float(struct mp_token *t, double f)
{
	t->type = MP_FLOAT;
	t->f = f;
}

static void
set_container(struct mp_token *t, enum mp_type type, size_t n)
{
	t->type = type;
	t->n = n;
}

static double
float_of_bits32(uint32_t bits)
{
	float f;
	memcpy(&f, &bits, sizeof f);
	return (double)f;
}

static double
float_of_bits64(uint64_t bits)
{
	double f;
	memcpy(&f, &bits, sizeof f);
	return f;
}

/*
 * The tokens 0xc0 ... 0xdf; h is the head after the first byte, body the bytes
 * after it.
 */
static const char *
read_long(
    unsigned char c, const unsigned char *h, const char *body, const char *end, struct mp_token *t)
{
	switch (c) {
	case 0xc0:
		t->type = MP_NIL;
		return body;
	case 0xc2:
	case 0xc3:
		t->type = MP_BOOL;
		t->b = c == 0xc3;
		return body;
	case 0xc4:
		return take_bytes(body, end, t, MP_BIN, h[0]);
	case 0xc5:
		return take_bytes(body, end, t, MP_BIN, get16(h));
	case 0xc6:
		return take_bytes(body, end, t, MP_BIN, get32(h));
	case 0xc7:
		return take_ext(body, end, t, (int8_t)h[1], h[0]);
	case 0xc8:
		return take_ext(body, end, t, (int8_t)h[2], get16(h));
	case 0xc9:
		return take_ext(body, end, t, (int8_t)h[4], get32(h));
	case 0xca:
		set_float(t, float_of_bits32(get32(h)));
		return body;
	case 0xcb:
		set_float(t, float_of_bits64(get64(h)));
		return body;
	case 0xcc:
		set_uint(t, h[0]);
		return body;
	case 0xcd:
		set_uint(t, get16(h));
		return body;
	case 0xce:
		set_uint(t, get32(h));
		return body;
	case 0xcf:
		set_uint(t, get64(h));
		return body;
	case 0xd0:
		set_int(t, (int8_t)h[0]);
		return body;
	case 0xd1:
		set_int(t, (int16_t)get16(h));
		return body;
	case 0xd2:
		set_int(t, (int32_t)get32(h));
		return body;
	case 0xd3:
		set_int(t, (int64_t)get64(h));
		return body;
	case 0xd4:
	case 0xd5:
	case 0xd6:
	case 0xd7:
	case 0xd8:
		return take_ext(body, end, t, (int8_t)h[0], (size_t)1 << (c - 0xd4));
	case 0xd9:
		return take_bytes(body, end, t, MP_STR, h[0]);
	case 0xda:
		return take_bytes(body, end, t, MP_STR, get16(h));
	case 0xdb:
		return take_bytes(body, end, t, MP_STR, get32(h));
	case 0xdc:
		set_container(t, MP_ARRAY, get16(h));
		return body;
	case 0xdd:
		set_container(t, MP_ARRAY, get32(h));
		return body;
	case 0xde:
		set_container(t, MP_MAP, get16(h));
		return body;
	case 0xdf:
		set_container(t, MP_MAP, get32(h));
		return body;
	default: /* 0xc1, never used */
		return NULL;
	}
}

const char *
mp_read(const char *p, const char *end, struct mp_token *t)
{
	if (p >= end)
		return NULL;
	unsigned char c = (unsigned char)*p++;
	if (c < 0x80 || c >= 0xe0) {
		set_int(t, (int8_t)c);
		return p;
	}
	if (c >= 0xc0) {
		size_t head = head_size[c - 0xc0];
		if ((size_t)(end - p) < head)
			return NULL;
		return read_long(c, (const unsigned char *)p, p + head, end, t);
	}
	if (c >= 0xa0)
		return take_bytes(p, end, t, MP_STR, c & 0x1f);
	set_container(t, c >= 0x90 ? MP_ARRAY : MP_MAP, c & 0x0f);
	return p;
}

/*
 * The object at p, for skipping: the bytes of the whole token if it is not a
 * container (0 if they are not all there), and the number of objects that
 * follow it.
 */
static size_t
span(const char *p, const char *end, uint64_t *children)
{
	unsigned char c = (unsigned char)*p;
	*children = 0;
	if (c < 0x80 || c >= 0xe0)
		return 1;
	if (c < 0xc0) {
		if (c >= 0xa0)
			return 1 + (size_t)(c & 0x1f);
		*children = c >= 0x90 ? c & 0x0fu : 2u * (c & 0x0fu);
		return 1;
	}
	size_t head = head_size[c - 0xc0];
	if ((size_t)(end - p) <= head)
		return 0;
	const unsigned char *h = (const unsigned char *)p + 1;
	switch (c) {
	case 0xc4:
	case 0xc7:
	case 0xd9:
		return 1 + head + h[0];
	case 0xc5:
	case 0xc8:
	case 0xda:
		return 1 + head + get16(h);
	case 0xc6:
	case 0xc9:
	case 0xdb:
		return 1 + head + (size_t)get32(h);
	case 0xd4:
	case 0xd5:
	case 0xd6:
	case 0xd7:
	case 0xd8:
		return 1 + head + ((size_t)1 << (c - 0xd4));
	case 0xdc:
		*children = get16(h);
		return 1 + head;
	case 0xdd:
		*children = get32(h);
		return 1 + head;
	case 0xde:
		*children = 2u * (uint64_t)get16(h);
		return 1 + head;
	case 0xdf:
		*children = 2u * (uint64_t)get32(h);
		return 1 + head;
	default:
		return 1 + head;
	}
}

enum mp_status
mp_scan(struct mp_scan *s, const char *start, const char *end, size_t *n)
{
	const char *p = start + s->at;
	if (!s->going) {
		s->going = true;
		s->left[0] = 1;
	}
	for (;;) {
		s->at = (size_t)(p - start);
		if (p >= end)
			return MP_MORE;
		if ((unsigned char)*p == 0xc1)
			return MP_BAD;
		uint64_t children;
		size_t size = span(p, end, &children);
		if (!size || (size_t)(end - p) < size)
			return MP_MORE;
		p += size;
		s->left[s->depth]--;
		if (children) {
			if (s->depth == MP_DEPTH_MAX)
				return MP_BAD;
			s->left[++s->depth] = children;
		}
		while (!s->left[s->depth]) {
			if (!s->depth) {
				*n = (size_t)(p - start);
				s->at = 0;
				s->going = false;
				return MP_OK;
			}
			s->depth--;
		}
	}
}

enum mp_status
mp_measure(const char *p, const char *end, size_t *n)
{
	struct mp_scan s;
	s.at = 0;
	s.going = false;
	s.depth = 0;
	return mp_scan(&s, p, end, n);
}

const char *
mp_skip(const char *p, const char *end)
{
	/*
	 * If all bytes are known to be there, depth does not matter and a plain
	 * count is enough.
	 */
	uint64_t left = 1;
	while (left && p < end) {
		uint64_t children;
		p += span(p, end, &children);
		left += children;
		left--;
	}
	return p;
}
