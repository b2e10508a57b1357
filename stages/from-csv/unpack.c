/* SPDX-License-Identifier: MIT */
#include "stages/from-csv/unpack.h"
#include "common/program/message.h"

static struct {
	struct source *source;
	const char *pattern;
	enum { PLAIN, GZIP, ZIP } form;
	char *block;
	size_t n;   /* bytes in it, not yet given out */
	size_t cap; /* STREAM_BLOCK */
	uint64_t number;
} u;

void
unpack_init(struct source *source, const char *pattern)
{
	u.source = source;
	u.pattern = pattern;
	u.cap = STREAM_BLOCK;
	u.block = xmalloc(u.cap);
}

/* The first bytes tell what it is; four are enough, and no more are waited for. */
static void
look_at_first(void)
{
	size_t n;
	u.n = 0;
	while (u.n < 4 && (n = source_read(u.source, u.block + u.n, u.cap - u.n)) > 0)
		u.n += n;
	u.form = PLAIN;
	if (u.n >= 2 && memcmp(u.block, "\x1f\x8b", 2) == 0)
		u.form = GZIP;
	/* A zip without members begins with its directory's end. */
	if (u.n >= 4 && (memcmp(u.block, "PK\3\4", 4) == 0 || memcmp(u.block, "PK\5\6", 4) == 0))
		u.form = ZIP;
}

bool
unpack_next(void)
{
	while (u.form != ZIP || !zip_next()) {
		u.form = PLAIN;
		if (!source_next_file(u.source))
			return false;
		look_at_first();
		if (u.form == ZIP)
			zip_open(u.pattern);
		else if (u.pattern)
			die(STATUS_DATA,
			    "the input is no zip file, so it has no members (--member)");
		else if (u.form == GZIP)
			gzip_open();
		if (u.form != ZIP)
			break;
	}
	u.number++;
	return true;
}

struct slice
packed_block(void)
{
	size_t n = u.n ? u.n : source_read(u.source, u.block, u.cap);
	u.n = 0;
	return (struct slice){u.block, n};
}

size_t
unpack_read(char *p, size_t cap)
{
	if (u.form == GZIP)
		return gzip_read(p, cap);
	if (u.form == ZIP)
		return zip_read(p, cap);
	if (!u.n)
		return source_read(u.source, p, cap);
	size_t n = u.n < cap ? u.n : cap;
	memcpy(p, u.block, n);
	memmove(u.block, u.block + n, u.n - n);
	u.n -= n;
	return n;
}

uint64_t
unpack_number(void)
{
	return u.number;
}

bool
unpack_packed(void)
{
	return u.form != PLAIN;
}
