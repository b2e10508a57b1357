/* SPDX-License-Identifier: MIT */
#include <zlib.h>

#include "common/program/message.h"
#include "common/stream/deflate.h"

enum { STEP_MAX = 1 << 30 }; /* zlib counts in unsigned int */

static z_stream z;
static bool ready;

void
deflate_begin(bool gzip)
{
	/* Above 15 zlib wants gzip's wrapper, below 0 none. */
	int window = gzip ? 16 + MAX_WBITS : -MAX_WBITS;
	int result = ready ? inflateReset2(&z, window) : inflateInit2(&z, window);
	if (result != Z_OK)
		die(STATUS_TRY_AGAIN, "no memory to unpack the file");
	ready = true;
}

size_t
deflate_read(struct slice *in, char *p, size_t cap, bool *ended, const char **wrong)
{
	uInt room = (uInt)(cap < STEP_MAX ? cap : STEP_MAX);
	uInt given = (uInt)(in->n < STEP_MAX ? in->n : STEP_MAX);
	z.next_in = (Bytef *)in->p;
	z.avail_in = given;
	z.next_out = (Bytef *)p;
	z.avail_out = room;
	int result = inflate(&z, Z_NO_FLUSH);
	in->p += given - z.avail_in;
	in->n -= given - z.avail_in;
	*ended = result == Z_STREAM_END;
	if (result == Z_MEM_ERROR)
		die(STATUS_TRY_AGAIN, "no memory to unpack the file");
	if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
		*wrong = z.msg ? z.msg : "it needs a dictionary";
	return room - z.avail_out;
}

uint32_t
deflate_sum(uint32_t sum, const char *p, size_t n)
{
	return (uint32_t)crc32_z(sum, (const Bytef *)p, n);
}
