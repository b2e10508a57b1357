/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/program/message.h"
#include "common/stream/unpack.h"

/*
 * Without --max-unpacked. Deflate packs 1,000 to 1 at most; a report that packs
 * better than 200 to 1 and is larger than this holds little but one repeated byte.
 */
enum { RATIO_MAX = 200, ALWAYS_ALLOWED = 64 * 1024 * 1024 };

static struct {
	const char *member;
	int64_t max;
} cfg;

const struct option_row unpack_options[] = {
    {.name = "member",
	.word = "PATTERN",
	.help = "read the members of a zip that match, e.g. '*.csv'",
	.kind = OPTION_TEXT,
	.to.text = &cfg.member},
    {.name = "max-unpacked",
	.word = "SIZE",
	.help = "fail if a zip or gzip holds more (64M or 200 times its packed size)",
	.kind = OPTION_SIZE,
	.to.number = &cfg.max,
	.low = 1,
	.high = INT64_MAX},
    {0},
};

static struct {
	struct source *source;
	enum { PLAIN, GZIP, ZIP } form;
	char *block;
	size_t n;   /* bytes in it, not yet given out */
	size_t cap; /* STREAM_BLOCK */
	uint64_t number;
	uint64_t packed, unpacked; /* bytes of the current packed file */
} u;

void
unpack_init(struct source *source)
{
	u.source = source;
	u.cap = STREAM_BLOCK;
	u.block = xmalloc(u.cap);
}

/* Identifies the file by its first bytes. Four are enough, so it does not wait for more. */
static void
look_at_first(void)
{
	size_t n;
	u.n = 0;
	u.packed = u.unpacked = 0;
	while (u.n < 4 && (n = source_read(u.source, u.block + u.n, u.cap - u.n)) > 0)
		u.n += n;
	u.form = PLAIN;
	if (u.n >= 2 && memcmp(u.block, "\x1f\x8b", 2) == 0)
		u.form = GZIP;
	/* A zip without members begins with its directory's end. */
	if (u.n >= 4 && (memcmp(u.block, "PK\3\4", 4) == 0 || memcmp(u.block, "PK\5\6", 4) == 0))
		u.form = ZIP;
	if (u.n >= 4 && memcmp(u.block, "\xd0\xcf\x11\xe0", 4) == 0)
		unpack_is_workbook(".xls");
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
			zip_open(cfg.member);
		else if (cfg.member)
			die(STATUS_DATA,
			    "the input is not a zip file, so it has no members (--member)");
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
	u.packed += n;
	return (struct slice){u.block, n};
}

void
unpacked_count(size_t n)
{
	u.unpacked += n;
	if (cfg.max && u.unpacked > (uint64_t)cfg.max)
		die(STATUS_DATA, "the packed file holds more than --max-unpacked %" PRId64 " bytes",
		    cfg.max);
	if (!cfg.max && u.unpacked > ALWAYS_ALLOWED && u.unpacked / RATIO_MAX > u.packed)
		die(STATUS_DATA,
		    "%" PRIu64 " packed bytes hold more than %" PRIu64
		    " bytes, which no report does; --max-unpacked SIZE allows it",
		    u.packed, u.unpacked);
}

void
unpack_damaged(const char *form, const char *what)
{
	bool sealed = source_stream(u.source) != NULL;
	die(sealed ? STATUS_TRY_AGAIN : STATUS_DATA, "the %s file is %s%s%s", form,
	    what ? "damaged: " : "cut", what ? what : "",
	    sealed ? "; it was when it was fetched, so fetch it again" : "");
}

void
unpack_is_workbook(const char *kind)
{
	die(STATUS_DATA,
	    "the input is a workbook (%s) or another Office document; export its sheet as CSV",
	    kind);
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
