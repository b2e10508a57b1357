/* SPDX-License-Identifier: MIT */
/* Hashes of pieces are those of the whole, by the fast functions of xxHash and by the plain ones. */
#include <stdio.h>

#include "common/text/hash.h"
#include "tests/unit/unit.h"

enum { BYTES = 5000 };

static unsigned char data[BYTES];

static void
test_pieces64(void)
{
	struct hash *h = hash_new();
	for (size_t n = 0; n < BYTES; n += n < 300 ? 1 : 97) {
		hash_reset(h);
		for (size_t at = 0; at < n;) {
			size_t step = 1 + (at * 7 + n) % 400;
			step = step < n - at ? step : n - at;
			hash_update(h, data + at, step);
			at += step;
		}
		CHECK(hash_value(h) == hash64(data, n));
	}
	hash_free(h);
}

static bool
is128(const struct hash128 *h, const char *digits)
{
	unsigned char value[HASH128_BYTES];
	char text[2 * HASH128_BYTES + 1];
	hash128_value(h, value);
	for (size_t i = 0; i < sizeof value; i++)
		snprintf(text + 2 * i, 3, "%02x", value[i]);
	return strcmp(text, digits) == 0;
}

/* As "xxhsum -H2" prints them. */
static void
test_known128(void)
{
	struct hash128 *h = hash128_new(), *copy = hash128_new();
	CHECK(is128(h, "99aa06d3014798d86001c324468d497f"));
	hash128_update(h, "abc", 3);
	CHECK(is128(h, "06b05ab6733a618578af5f94892f3950"));
	hash128_copy(copy, h);
	hash128_update(copy, "def", 3);
	hash128_update(h, "def", 3);
	unsigned char a[HASH128_BYTES], b[HASH128_BYTES];
	hash128_value(h, a);
	hash128_value(copy, b);
	CHECK(memcmp(a, b, sizeof a) == 0);
	hash128_reset(h);
	CHECK(is128(h, "99aa06d3014798d86001c324468d497f"));
	hash128_free(h);
	hash128_free(copy);
}

static void
test_pieces128(void)
{
	struct hash128 *whole = hash128_new(), *pieces = hash128_new();
	for (size_t n = 0; n < BYTES; n += n < 300 ? 1 : 97) {
		unsigned char a[HASH128_BYTES], b[HASH128_BYTES];
		hash128_reset(whole);
		hash128_reset(pieces);
		hash128_update(whole, data, n);
		for (size_t at = 0; at < n;) {
			size_t step = 1 + (at * 11 + n) % 300;
			step = step < n - at ? step : n - at;
			hash128_update(pieces, data + at, step);
			at += step;
		}
		hash128_value(whole, a);
		hash128_value(pieces, b);
		CHECK(memcmp(a, b, sizeof a) == 0);
	}
	hash128_free(whole);
	hash128_free(pieces);
}

int
main(void)
{
	for (size_t i = 0; i < BYTES; i++)
		data[i] = (unsigned char)(i * i * 31 + i / 7);
	test_pieces64();
	test_known128();
	test_pieces128();
	return unit_done("hash");
}
