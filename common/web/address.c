/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>

#include "common/web/address.h"
#include "common/web/url.h"

/* The first n bits of the address are those of the block. */
struct block {
	unsigned char first[16];
	unsigned n;
};

static bool
is_in(const unsigned char *address, const struct block *blocks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned bytes = blocks[i].n / 8, bits = blocks[i].n % 8;
		unsigned differ = bits ? (unsigned)(address[bytes] ^ blocks[i].first[bytes]) : 0;
		if (memcmp(address, blocks[i].first, bytes) == 0 && differ >> (8 - bits) == 0)
			return true;
	}
	return false;
}

/* IANA's registries of special-purpose addresses, but for the networks of documentation, which tests take for public ones. */
static bool
is_private_4(const unsigned char *address)
{
	static const struct block blocks[] = {
	    {{0}, 8},
	    {{10}, 8},
	    {{100, 64}, 10},
	    {{127}, 8},
	    {{169, 254}, 16},
	    {{172, 16}, 12},
	    {{192, 0, 0}, 24},
	    {{192, 168}, 16},
	    {{198, 18}, 15},
	    {{224}, 4},
	    {{240}, 4},
	};
	return is_in(address, blocks, sizeof blocks / sizeof *blocks);
}

static bool
is_private_6(const unsigned char *address)
{
	static const struct block blocks[] = {
	    {{0}, 127}, /* :: and ::1 */
	    {{0xfc}, 7},
	    {{0xfe, 0x80}, 9}, /* link-local, and site-local of old */
	    {{0xff}, 8},
	};
	static const struct block with_4[] = {
	    {{[10] = 0xff, [11] = 0xff}, 96}, /* ::ffff:0:0 */
	    {{0}, 96},                        /* ::a.b.c.d */
	    {{0, 0x64, 0xff, 0x9b}, 96},      /* NAT64 */
	};
	static const struct block six_to_four = {{0x20, 0x02}, 16};
	if (is_in(address, blocks, sizeof blocks / sizeof *blocks))
		return true;
	if (is_in(address, with_4, sizeof with_4 / sizeof *with_4))
		return is_private_4(address + 12);
	return is_in(address, &six_to_four, 1) && is_private_4(address + 2);
}

bool
address_is_private(struct slice text)
{
	char copy[INET6_ADDRSTRLEN];
	unsigned char address[16];
	if (text.n > 1 && text.p[0] == '[' && text.p[text.n - 1] == ']')
		text = (struct slice){text.p + 1, text.n - 2};
	const char *zone = text.n ? memchr(text.p, '%', text.n) : NULL;
	if (zone)
		text.n = (size_t)(zone - text.p);
	if (text.n >= sizeof copy)
		return false;
	if (text.n)
		memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (inet_pton(AF_INET, copy, address) == 1)
		return is_private_4(address);
	return inet_pton(AF_INET6, copy, address) == 1 && is_private_6(address);
}

static bool
is_local_name(struct slice host)
{
	static const char name[] = "localhost";
	const size_t n = sizeof name - 1;
	if (host.n < n)
		return false;
	struct slice tail = {host.p + host.n - n, n};
	return slice_equal_caseless(tail, SLICE("localhost")) && (host.n == n || tail.p[-1] == '.');
}

bool
address_in_url_is_private(struct slice url)
{
	struct slice host = url_host(url);
	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	return is_local_name(host) || address_is_private(host);
}
