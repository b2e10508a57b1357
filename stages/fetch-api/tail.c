/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/tail.h"

enum {
	END_SIZE = 22,                    /* bytes of the record, without its comment */
	TAIL_MAX = END_SIZE + UINT16_MAX, /* with the longest comment */
};

void
tail_reset(struct tail *t)
{
	buf_reset(&t->bytes);
}

void
tail_put(struct tail *t, const char *p, size_t n)
{
	if (n >= TAIL_MAX) {
		buf_reset(&t->bytes);
		p += n - TAIL_MAX;
		n = TAIL_MAX;
	}
	buf_put(&t->bytes, p, n);
	/* Moves the rest only now and then, not for every piece. */
	if (t->bytes.n > (size_t)2 * TAIL_MAX) {
		size_t drop = t->bytes.n - TAIL_MAX;
		memmove(t->bytes.p, t->bytes.p + drop, TAIL_MAX);
		t->bytes.n = TAIL_MAX;
	}
}

bool
tail_is_of_zip(const struct tail *t)
{
	const char *end = t->bytes.p + t->bytes.n;
	for (size_t n = END_SIZE; n <= t->bytes.n && n <= TAIL_MAX; n++) {
		const unsigned char *p = (const unsigned char *)end - n;
		size_t comment = (size_t)p[END_SIZE - 2] | (size_t)p[END_SIZE - 1] << 8;
		if (memcmp(p, "PK\5\6", 4) == 0 && n == END_SIZE + comment)
			return true;
	}
	return false;
}
