/* SPDX-License-Identifier: MIT */
/*
 * zip by libarchive, member by member as they come, sums checked. What it does not
 * say is whether the directory behind the members is whole, so the last bytes of
 * the file are kept and looked at when it has ended.
 */
#include <fnmatch.h>

#include <archive.h>
#include <archive_entry.h>

#include "common/message.h"
#include "stages/from-csv/unpack.h"

enum {
	END_SIZE = 22,                /* end of central directory record, without its comment */
	TAIL_MAX = END_SIZE + 0xffff, /* with the longest */
	TOLD_MAX = 10,
};

static struct archive *zip;
static const char *pattern;
static char tail[TAIL_MAX];
static size_t tail_n;
static struct buf names; /* of the members seen, for messages */
static size_t files, taken;

_Noreturn static void
fail(const char *what)
{
	const char *why = archive_error_string(zip);
	die(STATUS_DATA, "%s: %s", what, why ? why : "it is cut");
}

static void
keep_tail(struct slice block)
{
	if (block.n >= TAIL_MAX) {
		memcpy(tail, block.p + block.n - TAIL_MAX, TAIL_MAX);
		tail_n = TAIL_MAX;
		return;
	}
	size_t keep = TAIL_MAX - block.n < tail_n ? TAIL_MAX - block.n : tail_n;
	memmove(tail, tail + tail_n - keep, keep);
	memcpy(tail + keep, block.p, block.n);
	tail_n = keep + block.n;
}

static la_ssize_t
give_block(struct archive *a, void *unused, const void **p)
{
	(void)a;
	(void)unused;
	struct slice block = packed_block();
	keep_tail(block);
	*p = block.p;
	return (la_ssize_t)block.n;
}

void
zip_open(const char *member_pattern)
{
	pattern = member_pattern;
	files = taken = tail_n = 0;
	buf_reset(&names);
	zip = archive_read_new();
	if (!zip || archive_read_support_format_zip_streamable(zip) != ARCHIVE_OK)
		die(STATUS_TRY_AGAIN, "no memory to read a zip file");
	if (archive_read_open(zip, NULL, NULL, give_block, NULL) != ARCHIVE_OK)
		fail("cannot read the zip file");
}

/* The record that ends the directory ends the file. */
static bool
tail_is_whole(void)
{
	for (size_t n = END_SIZE; n <= tail_n; n++) {
		const unsigned char *p = (const unsigned char *)tail + tail_n - n;
		if (memcmp(p, "PK\5\6", 4) == 0 && (size_t)(p[20] | p[21] << 8) == n - END_SIZE)
			return true;
	}
	return false;
}

static void
close_whole(void)
{
	struct slice block;
	while ((block = packed_block()).n)
		keep_tail(block);
	if (!tail_is_whole())
		die(STATUS_DATA, "the zip file is cut: its directory does not end");
	archive_read_free(zip);
	zip = NULL;
	if (!files)
		die(STATUS_DATA, "the zip file holds no file");
	if (!taken)
		die(STATUS_DATA, "no file of the zip is named like --member %s: it holds %.*s",
		    quoted(slice_of(pattern)), (int)names.n, names.p);
}

static void
note_name(const char *name)
{
	files++;
	if (files <= TOLD_MAX)
		buf_printf(&names, "%s%s", files > 1 ? ", " : "", quoted(slice_of(name)));
	else if (files == TOLD_MAX + 1)
		buf_put_text(&names, " and more");
}

/* Whether the member is to be read. */
static bool
take(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);
	if (!name)
		name = "?";
	size_t n = strlen(name);
	if (archive_entry_filetype(entry) == AE_IFDIR || (n && name[n - 1] == '/'))
		return false;
	note_name(name);
	if (pattern && fnmatch(pattern, name, FNM_PATHNAME) != 0)
		return false;
	if (!pattern && files > 1)
		die(STATUS_DATA,
		    "the zip file holds more than one file (%.*s): say which with --member",
		    (int)names.n, names.p);
	if (archive_entry_is_data_encrypted(entry))
		die(STATUS_DATA, "%s in the zip file is encrypted", quoted(slice_of(name)));
	taken++;
	return true;
}

bool
zip_next(void)
{
	struct archive_entry *entry;
	int result;
	if (!zip)
		return false;
	while ((result = archive_read_next_header(zip, &entry)) == ARCHIVE_OK)
		if (take(entry))
			return true;
	if (result != ARCHIVE_EOF)
		fail("the zip file is damaged");
	close_whole();
	return false;
}

size_t
zip_read(char *p, size_t cap)
{
	la_ssize_t n = archive_read_data(zip, p, cap);
	/* A wrong sum is no more than a warning to libarchive. */
	if (n < 0)
		fail("the zip file is damaged");
	return (size_t)n;
}
