/* SPDX-License-Identifier: MIT */
/*
 * gzip by zlib itself: libarchive reads it too, but does not compare the checksum
 * at its end (3.6.2: a flipped bit in the data passes).
 */
#include <zlib.h>

#include "common/message.h"
#include "stages/from-csv/unpack.h"

static z_stream z;
static bool ready;  /* inflateInit was called */
static bool inside; /* a member has begun and not ended */
static bool over;
static struct slice left; /* of the packed block, not taken by zlib yet */

void
gzip_open(void)
{
	/* 16: gzip's wrapper and nothing else, sums checked. */
	if (!ready && inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		die(STATUS_TRY_AGAIN, "no memory to read gzip");
	if (ready)
		inflateReset(&z);
	ready = true;
	inside = over = false;
	left = (struct slice){0};
}

/* Between members: another one, the end, or bytes that belong to nothing. */
static bool
begin_member(void)
{
	if (!left.n)
		left = packed_block();
	if (!left.n) {
		over = true;
		return false;
	}
	inflateReset(&z);
	inside = true;
	return true;
}

size_t
gzip_read(char *p, size_t cap)
{
	z.next_out = (Bytef *)p;
	z.avail_out = (uInt)(cap < STREAM_BLOCK ? cap : STREAM_BLOCK);
	size_t want = z.avail_out;
	while (!over && z.avail_out == want) {
		if (!inside && !begin_member())
			break;
		if (!left.n)
			left = packed_block();
		if (!left.n)
			die(STATUS_DATA, "the gzip file is cut");
		z.next_in = (Bytef *)left.p;
		z.avail_in = (uInt)left.n;
		int result = inflate(&z, Z_NO_FLUSH);
		left.p += left.n - z.avail_in;
		left.n = z.avail_in;
		if (result == Z_STREAM_END)
			inside = false;
		else if (result != Z_OK && result != Z_BUF_ERROR)
			die(STATUS_DATA, "the gzip file is damaged: %s",
			    z.msg ? z.msg : "it needs a dictionary");
	}
	return want - z.avail_out;
}
