/* SPDX-License-Identifier: MIT */
/* Our token reader and writer against msgpack-c, byte for byte and value for value. */
#include <stdlib.h>

#include <msgpack.h>

#include "common/record/mp.h"
#include "tests/unit/unit.h"

static void
check_int(int64_t i)
{
	char ours[MP_HEAD_MAX];
	size_t n = (size_t)(mp_put_int(ours, i) - ours);
	msgpack_sbuffer theirs;
	msgpack_sbuffer_init(&theirs);
	msgpack_packer pk;
	msgpack_packer_init(&pk, &theirs, msgpack_sbuffer_write);
	msgpack_pack_int64(&pk, i);
	CHECK(theirs.size == n && memcmp(theirs.data, ours, n) == 0);
	msgpack_sbuffer_destroy(&theirs);
	struct mp_token t;
	CHECK(mp_read(ours, ours + n, &t) == ours + n && t.type == MP_INT && t.i == i);
	for (size_t cut = 0; cut < n; cut++)
		CHECK(mp_read(ours, ours + cut, &t) == NULL);
}

static void
test_ints(void)
{
	static const int64_t edges[] = {0, 31, 32, 33, 127, 128, 255, 256, 32767, 32768, 65535,
	    65536, INT32_MAX, (int64_t)INT32_MAX + 1, UINT32_MAX, (int64_t)UINT32_MAX + 1,
	    INT64_MAX};
	for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
		check_int(edges[i]);
		check_int(-edges[i]);
		check_int(-edges[i] - 1);
	}
	char p[MP_HEAD_MAX];
	struct mp_token t;
	char *end = mp_put_uint(p, UINT64_MAX);
	CHECK(mp_read(p, end, &t) == end && t.type == MP_UINT && t.u == UINT64_MAX);
}

static void
test_bytes(void)
{
	static const size_t sizes[] = {
	    0, 1, 2, 3, 4, 8, 15, 16, 17, 31, 32, 255, 256, 65535, 65536};
	char *body = calloc(1, 65536);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct buf b = {0};
		mp_buf_str(&b, (struct slice){body, sizes[i]});
		mp_buf_bin(&b, (struct slice){body, sizes[i]});
		mp_buf_ext(&b, -7, (struct slice){body, sizes[i]});
		msgpack_sbuffer theirs;
		msgpack_sbuffer_init(&theirs);
		msgpack_packer pk;
		msgpack_packer_init(&pk, &theirs, msgpack_sbuffer_write);
		msgpack_pack_str_with_body(&pk, body, sizes[i]);
		msgpack_pack_bin_with_body(&pk, body, sizes[i]);
		msgpack_pack_ext_with_body(&pk, body, sizes[i], -7);
		CHECK(theirs.size == b.n && memcmp(theirs.data, b.p, b.n) == 0);
		msgpack_sbuffer_destroy(&theirs);
		struct mp_token t;
		const char *end = b.p + b.n;
		const char *p = mp_read(b.p, end, &t);
		CHECK(p && t.type == MP_STR && t.n == sizes[i]);
		p = mp_read(p, end, &t);
		CHECK(p && t.type == MP_BIN && t.n == sizes[i]);
		p = mp_read(p, end, &t);
		CHECK(p == end && t.type == MP_EXT && t.ext == -7 && t.n == sizes[i]);
		buf_free(&b);
	}
	free(body);
}

static enum mp_status
measure(struct slice s)
{
	size_t n;
	return mp_measure(s.p, s.p + s.n, &n);
}

static void
test_measure(void)
{
	struct buf b = {0};
	mp_buf_map(&b, 20);
	for (int i = 0; i < 20; i++) {
		mp_buf_str(&b, SLICE("key"));
		mp_buf_array(&b, 3);
		mp_buf_nil(&b);
		mp_buf_float(&b, 0.5);
		mp_buf_map(&b, 0);
	}
	size_t n;
	CHECK(mp_measure(b.p, b.p + b.n, &n) == MP_OK && n == b.n);
	CHECK(mp_skip(b.p, b.p + b.n) == b.p + b.n);
	for (size_t cut = 0; cut < b.n; cut++)
		CHECK(mp_measure(b.p, b.p + cut, &n) == MP_MORE);
	CHECK(measure(SLICE("\xc1")) == MP_BAD);
	buf_free(&b);

	char deep[MP_DEPTH_MAX + 2];
	memset(deep, 0x91, sizeof deep);
	deep[MP_DEPTH_MAX] = (char)0xc0;
	CHECK(mp_measure(deep, deep + MP_DEPTH_MAX + 1, &n) == MP_OK);
	deep[MP_DEPTH_MAX] = (char)0x91;
	deep[MP_DEPTH_MAX + 1] = (char)0xc0;
	CHECK(mp_measure(deep, deep + sizeof deep, &n) == MP_BAD);
	/* A length that promises more than there is must wait, not overflow. */
	CHECK(measure(SLICE("\xdb\xff\xff\xff\xff")) == MP_MORE);
	CHECK(measure(SLICE("\xdf\xff\xff\xff\xff\x01")) == MP_MORE);
}

static void
test_float(void)
{
	struct mp_token t;
	static const char half[] = "\xca\x3f\x00\x00\x00";
	CHECK(mp_read(half, half + 5, &t) && t.type == MP_FLOAT && t.f == 0.5);
	char p[MP_HEAD_MAX];
	char *end = mp_put_float(p, -1.0 / 3);
	CHECK(mp_read(p, end, &t) == end && t.f == -1.0 / 3);
}

int
main(void)
{
	test_ints();
	test_bytes();
	test_measure();
	test_float();
	return unit_done("mp");
}
