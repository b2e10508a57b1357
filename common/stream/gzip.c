/* SPDX-License-Identifier: MIT */
#include "common/program/message.h"
#include "common/stream/deflate.h"
#include "common/stream/unpack.h"

static bool inside; /* a member has begun and not ended */
static bool over;
static struct slice left; /* of the packed block, not inflated yet */

void
gzip_open(void)
{
	inside = over = false;
	left = (struct slice){0};
}

/* Takes away the zeros that some writers pad a file with; at the end of the file, left is empty. */
static void
skip_padding(void)
{
	for (;;) {
		if (!left.n)
			left = packed_block();
		if (!left.n || left.p[0])
			return;
		left.p++;
		left.n--;
	}
}

/* Between members: another one, or the end. */
static bool
begin_member(void)
{
	skip_padding();
	over = !left.n;
	inside = !over;
	if (inside)
		deflate_begin(true);
	return inside;
}

size_t
gzip_read(char *p, size_t cap)
{
	size_t n = 0;
	while (!n && !over) {
		const char *wrong = NULL;
		bool ended;
		if (!inside && !begin_member())
			break;
		if (!left.n)
			left = packed_block();
		if (!left.n)
			unpack_damaged("gzip", NULL);
		n = deflate_read(&left, p, cap, &ended, &wrong);
		if (wrong)
			unpack_damaged("gzip", wrong);
		unpacked_count(n);
		inside = !ended;
	}
	return n;
}
