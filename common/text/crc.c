/* SPDX-License-Identifier: MIT */
#include "common/text/crc.h"

/* All three are reflected: the polynomials with their bits in reverse. */
static const uint64_t polynomials[] = {
    [CRC_32] = 0xedb88320,
    [CRC_32C] = 0x82f63b78,
    [CRC_64_NVME] = 0x9a6c9329ac4bc9b5,
};

static uint64_t
ones(enum crc_kind kind)
{
	return kind == CRC_64_NVME ? UINT64_MAX : UINT32_MAX;
}

void
crc_start(struct crc *c, enum crc_kind kind)
{
	c->kind = kind;
	c->value = ones(kind);
	for (unsigned i = 0; i < 256; i++) {
		uint64_t v = i;
		for (int bit = 0; bit < 8; bit++)
			v = v & 1 ? v >> 1 ^ polynomials[kind] : v >> 1;
		c->table[0][i] = v;
	}
	/* table[k] is of a byte with k zero bytes after it, so that eight bytes are one step. */
	for (unsigned k = 1; k < 8; k++)
		for (unsigned i = 0; i < 256; i++) {
			uint64_t v = c->table[k - 1][i];
			c->table[k][i] = v >> 8 ^ c->table[0][v & 0xff];
		}
}

static uint64_t
read_64(const unsigned char *p)
{
	uint64_t v = 0;
	for (int i = 7; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

void
crc_update(struct crc *c, struct slice data)
{
	const unsigned char *p = (const unsigned char *)data.p;
	size_t n = data.n;
	uint64_t v = c->value;
	for (; n >= 8; n -= 8, p += 8) {
		uint64_t x = v ^ read_64(p);
		v = 0;
		for (int k = 0; k < 8; k++)
			v ^= c->table[7 - k][x >> 8 * k & 0xff];
	}
	for (; n; n--, p++)
		v = v >> 8 ^ c->table[0][(v ^ *p) & 0xff];
	c->value = v;
}

size_t
crc_value(const struct crc *c, unsigned char to[CRC_BYTES_MAX])
{
	size_t size = c->kind == CRC_64_NVME ? 8 : 4;
	uint64_t v = c->value ^ ones(c->kind);
	for (size_t i = 0; i < size; i++)
		to[i] = (unsigned char)(v >> 8 * (size - 1 - i));
	return size;
}
