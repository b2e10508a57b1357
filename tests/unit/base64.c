/* SPDX-License-Identifier: MIT */
#include "common/text/base64.h"
#include "tests/unit/unit.h"

/* Whether text means these bytes; NULL: it is not base64. */
static bool
reads(const char *text, const char *bytes)
{
	struct buf b = {0};
	bool good = base64_read(&b, slice_of(text));
	good = bytes ? good && slice_is(buf_slice(&b), bytes) : !good;
	buf_free(&b);
	return good;
}

int
main(void)
{
	struct buf b = {0}, back = {0};
	/* RFC 4648, section 10. */
	CHECK(reads("", ""));
	CHECK(reads("Zg==", "f"));
	CHECK(reads("Zm8=", "fo"));
	CHECK(reads("Zm9v", "foo"));
	CHECK(reads("Zm9vYmFy", "foobar"));
	CHECK(reads("Zm8", "fo"));
	CHECK(reads("Z", NULL));
	CHECK(reads("Zm8-", NULL));
	CHECK(reads("Zm 8", NULL));
	for (int c = 0; c < 256; c++)
		buf_put_byte(&b, (char)c);
	size_t n = b.n;
	char bytes[256];
	memcpy(bytes, b.p, n);
	base64_put(&b, (struct slice){bytes, n});
	CHECK(base64_read(&back, (struct slice){b.p + n, b.n - n}));
	CHECK(slice_equal(buf_slice(&back), (struct slice){b.p, n}));
	buf_reset(&b);
	base64_put_url(&b, SLICE("\xfb\xff\xfe?"));
	CHECK(slice_is(buf_slice(&b), "-__-Pw=="));
	buf_free(&b);
	buf_free(&back);
	return unit_done("base64");
}
