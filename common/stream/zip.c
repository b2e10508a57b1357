/* SPDX-License-Identifier: MIT */
/*
 * zip (PKWARE's APPNOTE.TXT), member by member as they come, stored or
 * deflated, with sizes before or after them, zip64 too. Lengths and checksums
 * are compared, the directory after the members has to be the members' and to
 * end with the file. libarchive does less of that when it streams, and takes
 * 1.3 ms to start.
 */
#include <fnmatch.h>
#include <stdlib.h>

#include "common/program/message.h"
#include "common/stream/deflate.h"
#include "common/stream/unpack.h"

enum {
	SIGN_MEMBER = 0x04034b50,
	SIGN_DIRECTORY = 0x02014b50,
	SIGN_END = 0x06054b50,
	SIGN_END64 = 0x06064b50,
	SIGN_LOCATOR64 = 0x07064b50,
	SIGN_SIZES = 0x08074b50,
};
enum { FLAG_ENCRYPTED = 1, FLAG_SIZES_BEHIND = 8 };
enum { STORED = 0, DEFLATED = 8 };
enum { TOLD_MAX = 10, TEXT_MAX = 0xffff };

/*
 * Sums over the files, once from the members and once from the directory; they
 * must be equal.
 */
struct sums {
	uint64_t files, crc, packed, size;
};

static struct zip {
	const char *pattern;
	struct slice left; /* of the packed block, not read yet */
	char kept[32];     /* bytes that were looked at and are read again first */
	size_t kept_n;
	struct buf names; /* of the files seen, for messages */
	size_t files, taken;
	struct sums members, directory;
	/* The member that is being read. */
	bool inside;
	unsigned flags, method;
	uint32_t crc, crc_said;
	uint64_t packed, size; /* read so far */
	uint64_t packed_said, size_said;
} z;

/* The next bytes, at least one; empty at the end of the file. */
static struct slice
next_bytes(void)
{
	if (z.kept_n)
		return (struct slice){z.kept, z.kept_n};
	if (!z.left.n)
		z.left = packed_block();
	return z.left;
}

static void
consume(size_t n)
{
	if (z.kept_n) {
		z.kept_n -= n;
		memmove(z.kept, z.kept + n, z.kept_n);
		return;
	}
	z.left.p += n;
	z.left.n -= n;
}

/* Exactly n bytes; p NULL: they are passed over. */
static void
take(char *p, uint64_t n)
{
	while (n) {
		struct slice s = next_bytes();
		if (!s.n)
			unpack_damaged("zip", NULL);
		size_t part = s.n < n ? s.n : (size_t)n;
		if (p) {
			memcpy(p, s.p, part);
			p += part;
		}
		consume(part);
		n -= part;
	}
}

static uint64_t
number(const char *p, size_t bytes)
{
	uint64_t n = 0;
	for (size_t i = bytes; i-- > 0;)
		n = n << 8 | (unsigned char)p[i];
	return n;
}

static uint32_t
take_sign(void)
{
	char p[4];
	take(p, sizeof p);
	return (uint32_t)number(p, 4);
}

/* Name or extra field: its length is two bytes, so it is never too long for the room. */
static struct slice
take_text(char room[TEXT_MAX], size_t n)
{
	take(room, n);
	return (struct slice){room, n};
}

/*
 * The zip64 extra field has, in this order, those sizes that are all ones in
 * the header.
 */
static void
read_extra(struct slice extra, uint64_t *size, uint64_t *packed)
{
	while (extra.n >= 4) {
		size_t n = (size_t)number(extra.p + 2, 2);
		const char *p = extra.p + 4;
		if (n > extra.n - 4)
			return;
		extra.p += 4 + n;
		extra.n -= 4 + n;
		if (number(p - 4, 2) != 1)
			continue;
		uint64_t *both[] = {size, packed};
		for (size_t i = 0; i < 2; i++) {
			if (*both[i] != UINT32_MAX || n < 8)
				continue;
			*both[i] = number(p, 8);
			p += 8;
			n -= 8;
		}
	}
}

static void
note_name(struct slice name)
{
	z.files++;
	if (z.files <= TOLD_MAX)
		buf_printf(&z.names, "%s%s", z.files > 1 ? ", " : "", quoted(name));
	else if (z.files == TOLD_MAX + 1)
		buf_put_text(&z.names, " and more");
}

/* Members that a workbook or another Office document has, and a zip of reports has not. */
static bool
is_of_office(struct slice name)
{
	static const char *const names[] = {"[Content_Types].xml", "_rels/", "docProps/", "xl/"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (name.n >= strlen(names[i]) && memcmp(name.p, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* Whether to read the file. A folder is not a file. */
static bool
is_wanted(struct slice name)
{
	if (name.n && name.p[name.n - 1] == '/')
		return false;
	note_name(name);
	if (!z.pattern && is_of_office(name))
		unpack_is_workbook(".xlsx");
	if (!z.pattern && z.files > 1)
		die(STATUS_DATA,
		    "the zip file holds more than one file (%.*s): choose with --member",
		    (int)z.names.n, z.names.p);
	if (!z.pattern)
		return true;
	/* A name with a NUL in it matches as far as that. */
	char *text = xmalloc(name.n + 1);
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	bool wanted = fnmatch(z.pattern, text, FNM_PATHNAME) == 0;
	free(text);
	return wanted;
}

/*
 * OpenDocument and EPUB begin with a stored member "mimetype". Dies if this member is that; else
 * its bytes are read again.
 */
static void
look_at_type(void)
{
	static const char begin[12] = "application/";
	char type[80] = {0};
	if (z.method != STORED || z.size_said < sizeof begin || z.size_said >= sizeof type)
		return;
	take(type, sizeof begin);
	if (memcmp(type, begin, sizeof begin) != 0) {
		memmove(z.kept + sizeof begin, z.kept, z.kept_n);
		memcpy(z.kept, type, sizeof begin);
		z.kept_n += sizeof begin;
		return;
	}
	take(type + sizeof begin, z.size_said - sizeof begin);
	if (slice_is(slice_of(type), "application/vnd.oasis.opendocument.spreadsheet"))
		unpack_is_workbook(".ods");
	die(STATUS_DATA, "the input is a document of type %s", quoted(slice_of(type)));
}

static bool
begin_member(void)
{
	static char text[TEXT_MAX];
	char head[26];
	take(head, sizeof head);
	z.flags = (unsigned)number(head + 2, 2);
	z.method = (unsigned)number(head + 4, 2);
	z.crc_said = (uint32_t)number(head + 10, 4);
	z.packed_said = number(head + 14, 4);
	z.size_said = number(head + 18, 4);
	struct slice name = take_text(text, (size_t)number(head + 22, 2));
	bool wanted = is_wanted(name);
	if (z.flags & FLAG_ENCRYPTED)
		die(STATUS_DATA, "%s in the zip file is encrypted", quoted(name));
	if (z.method != STORED && z.method != DEFLATED)
		die(STATUS_DATA,
		    "%s in the zip file is packed by method %u; only deflate is supported",
		    quoted(name), z.method);
	bool typed = wanted && !z.pattern && slice_is(name, "mimetype");
	struct slice extra = take_text(text, (size_t)number(head + 24, 2));
	read_extra(extra, &z.size_said, &z.packed_said);
	z.crc = 0;
	z.packed = z.size = 0;
	z.inside = true;
	z.taken += wanted;
	if (typed)
		look_at_type();
	if (z.method == DEFLATED)
		deflate_begin(false);
	return wanted;
}

/*
 * The sizes after a member, with or without a signature, of 4 or 8 bytes: the
 * form that matches the bytes read is the right one. A whole file has at least
 * 22 more bytes after them.
 */
static void
take_sizes_behind(void)
{
	char p[24];
	take(p, sizeof p);
	for (size_t sign = 0; sign <= 4; sign += 4) {
		for (size_t width = 4; width <= 8; width += 4) {
			const char *at = p + sign;
			size_t n = sign + 4 + 2 * width;
			if ((sign && number(p, 4) != SIGN_SIZES) || number(at, 4) != z.crc ||
			    number(at + 4, width) != z.packed ||
			    number(at + 4 + width, width) != z.size)
				continue;
			/* The bytes taken in excess are read again. */
			memmove(z.kept + (sizeof p - n), z.kept, z.kept_n);
			memcpy(z.kept, p + n, sizeof p - n);
			z.kept_n += sizeof p - n;
			return;
		}
	}
	if (z.method == STORED)
		die(STATUS_DATA, "a file in the zip is stored without its length, so that it "
				 "cannot be read as it comes: unpack it with unzip -p first");
	unpack_damaged("zip", "length or checksum of a member is wrong");
}

static void
end_member(void)
{
	z.inside = false;
	if (z.flags & FLAG_SIZES_BEHIND)
		take_sizes_behind();
	else if (z.crc != z.crc_said || z.packed != z.packed_said || z.size != z.size_said)
		unpack_damaged("zip", "length or checksum of a member is wrong");
	z.members.files++;
	z.members.crc += z.crc;
	z.members.packed += z.packed;
	z.members.size += z.size;
}

static size_t
read_stored(char *p, size_t cap)
{
	uint64_t rest = z.packed_said - z.packed;
	size_t n = rest < cap ? (size_t)rest : cap;
	take(p, n);
	z.packed += n;
	if (z.packed == z.packed_said)
		z.inside = false;
	return n;
}

static size_t
read_deflated(char *p, size_t cap)
{
	size_t n = 0;
	while (!n && z.inside) {
		const char *wrong = NULL;
		bool ended;
		struct slice s = next_bytes(), rest = s;
		if (!s.n)
			unpack_damaged("zip", NULL);
		n = deflate_read(&rest, p, cap, &ended, &wrong);
		if (wrong)
			unpack_damaged("zip", wrong);
		consume(s.n - rest.n);
		z.packed += s.n - rest.n;
		z.inside = !ended;
	}
	return n;
}

size_t
zip_read(char *p, size_t cap)
{
	if (!z.inside)
		return 0;
	size_t n = z.method == STORED ? read_stored(p, cap) : read_deflated(p, cap);
	z.crc = deflate_sum(z.crc, p, n);
	z.size += n;
	unpacked_count(n);
	if (!z.inside)
		end_member();
	return n;
}

static void
take_directory_entry(void)
{
	static char text[TEXT_MAX];
	char head[42];
	take(head, sizeof head);
	uint64_t packed = number(head + 16, 4), size = number(head + 20, 4);
	take(NULL, number(head + 24, 2));
	read_extra(take_text(text, (size_t)number(head + 26, 2)), &size, &packed);
	take(NULL, number(head + 28, 2));
	z.directory.files++;
	z.directory.crc += number(head + 12, 4);
	z.directory.packed += packed;
	z.directory.size += size;
}

/* After the record that ends the directory nothing may follow but its comment. */
static void
take_end(void)
{
	char head[18];
	take(head, sizeof head);
	take(NULL, number(head + 16, 2));
	if (next_bytes().n)
		unpack_damaged("zip", "something follows its end");
	uint64_t files = number(head + 6, 2);
	if (memcmp(&z.members, &z.directory, sizeof z.members) != 0 ||
	    (files != z.members.files && files != 0xffff))
		unpack_damaged("zip", "its directory does not fit its members");
	if (!z.files)
		die(STATUS_DATA, "the zip file holds no file");
	if (!z.taken)
		die(STATUS_DATA, "no file in the zip matches --member %s: it holds %.*s",
		    quoted(slice_of(z.pattern)), (int)z.names.n, z.names.p);
}

void
zip_open(const char *pattern)
{
	struct buf names = z.names;
	buf_reset(&names);
	z = (struct zip){.pattern = pattern, .names = names};
}

/* Reads the rest of a member, wanted or not, so that damage in it is found. */
static void
pass_member(void)
{
	static char block[64 * 1024];
	while (z.inside)
		zip_read(block, sizeof block);
}

bool
zip_next(void)
{
	for (;;) {
		char head[12];
		pass_member();
		switch (take_sign()) {
		case SIGN_MEMBER:
			if (begin_member())
				return true;
			break;
		case SIGN_DIRECTORY:
			take_directory_entry();
			break;
		case SIGN_END64:
			take(head, 8);
			take(NULL, number(head, 8));
			break;
		case SIGN_LOCATOR64:
			take(NULL, 16);
			break;
		case SIGN_END:
			take_end();
			return false;
		default:
			unpack_damaged("zip", "something that is not a member follows a member");
		}
	}
}
