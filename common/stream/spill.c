/* SPDX-License-Identifier: MIT */
/* For O_TMPFILE, a Linux extension. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/stream/spill.h"
#include "common/text/hash.h"

struct spill_config spill_config = {.memory = 256 * 1024 * 1024};

const struct option_row spill_options[] = {
    {.name = "memory",
	.word = "SIZE",
	.help = "memory to use at most, then the disk (256M)",
	.kind = OPTION_SIZE,
	.to.number = &spill_config.memory,
	.low = 8 * 1024 * 1024,
	.high = INT64_MAX / 2},
    {.name = "tmp",
	.word = "DIR",
	.help = "where the disk is used ($TMPDIR, or /tmp)",
	.kind = OPTION_TEXT,
	.to.text = &spill_config.tmp},
    {0},
};

/*
 * At the start of each block. own is the hash of the fields above it, seeded
 * with the block's number.
 */
struct head {
	uint32_t next;  /* block number, 0 at the end of the chain */
	uint32_t n;     /* bytes used, including the head */
	uint32_t chain; /* the block belongs to this chain */
	uint32_t spare;
	uint64_t bytes; /* hash of the bytes after the head */
	uint64_t own;
};

enum { COVERED = offsetof(struct head, own) };

_Static_assert(sizeof(struct head) == SPILL_HEAD, "SPILL_HEAD is the size of a head");

/* The folder's name for messages. */
static const char *
where(const struct spill *s)
{
	static struct buf b;
	buf_reset(&b);
	if (s->option)
		buf_printf(&b, "--%s %s", s->option, quoted(slice_of(s->folder)));
	else
		buf_printf(&b, "%s (see TMPDIR)", quoted(slice_of(s->folder)));
	buf_put_byte(&b, '\0');
	return b.failed ? "the folder for temporary files" : b.p;
}

void
spill_init(struct spill *s, const char *folder, const char *option, size_t block)
{
	const char *from = getenv("TMPDIR");
	if (!folder)
		folder = from && *from ? from : "/tmp";
	*s = (struct spill){
	    .folder = folder, .option = option, .fd = -1, .block = block, .blocks = 1};
	if (access(folder, W_OK | X_OK))
		die_errno(STATUS_IO, "cannot write to %s", where(s));
}

void
spill_close(struct spill *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->blocks = 1;
	s->freed = 0;
}

/* For a file system without unnamed files: create a named one and unlink it at once. */
static int
open_named(const char *folder)
{
	struct buf name = {0};
	buf_printf(&name, "%s/mam-%s.XXXXXX", folder, message_program());
	buf_put_byte(&name, '\0');
	buf_check(&name, "the name of a file", NULL);
	int fd = mkostemp(name.p, O_CLOEXEC);
	if (fd >= 0)
		unlink(name.p);
	buf_free(&name);
	return fd;
}

static void
open_file(struct spill *s)
{
	s->fd = open(s->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (s->fd < 0)
		s->fd = open_named(s->folder);
	if (s->fd < 0)
		die_errno(STATUS_IO, "cannot make a file in %s", where(s));
}

static void
write_at(struct spill *s, uint32_t block, size_t skip, const char *p, size_t n)
{
	off_t at = (off_t)block * (off_t)s->block + (off_t)skip;
	s->written += n;
	while (n) {
		ssize_t done = pwrite(s->fd, p, n, at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			die_errno(STATUS_IO, "cannot write to %s", where(s));
		p += done;
		at += done;
		n -= (size_t)done;
	}
}

static void
read_at(struct spill *s, uint32_t block, size_t skip, char *p, size_t n)
{
	off_t at = (off_t)block * (off_t)s->block + (off_t)skip;
	while (n) {
		ssize_t done = pread(s->fd, p, n, at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			die_errno(STATUS_IO, "cannot read from %s", where(s));
		if (!done)
			die(STATUS_IO, "a temporary file in %s was cut", where(s));
		p += done;
		at += done;
		n -= (size_t)done;
	}
}

_Noreturn static void
changed(const struct spill *s)
{
	die(STATUS_IO, "a temporary file in %s was changed: the hash of a block differs", where(s));
}

static void
write_head(struct spill *s, uint32_t block, struct head *head)
{
	head->own = hash64_seeded(head, COVERED, block);
	write_at(s, block, 0, (const char *)head, sizeof *head);
}

/* Reads the head of a block. None of it may be used before its hash agrees. */
static struct head
read_head(struct spill *s, uint32_t block)
{
	struct head head;
	read_at(s, block, 0, (char *)&head, sizeof head);
	if (head.own != hash64_seeded(&head, COVERED, block) || head.n < sizeof head ||
	    head.n > s->block || head.next >= s->blocks)
		changed(s);
	return head;
}

static uint32_t
take_block(struct spill *s)
{
	if (s->fd < 0)
		open_file(s);
	if (!s->freed) {
		if (s->blocks == UINT32_MAX)
			die(STATUS_IO, "the temporary file in %s has too many blocks", where(s));
		return s->blocks++;
	}
	uint32_t block = s->freed;
	s->freed = read_head(s, block).next;
	return block;
}

static void
begin(struct spill *s, struct spill_writer *w)
{
	if (!w->buf)
		w->buf = xmalloc(s->block);
	w->first = w->at = take_block(s);
	w->chain = ++s->chains;
	w->n = SPILL_HEAD;
}

/* Makes the head of the writer's block, whose n bytes are at p, and goes to the next block. */
static struct head
end_block(struct spill_writer *w, const char *p, size_t n, uint32_t next)
{
	struct head head = {
	    .next = next,
	    .n = (uint32_t)(SPILL_HEAD + n),
	    .chain = w->chain,
	    .bytes = hash64(p, n),
	};
	head.own = hash64_seeded(&head, COVERED, w->at);
	w->at = next;
	w->n = SPILL_HEAD;
	return head;
}

static void
write_block(struct spill *s, struct spill_writer *w, uint32_t next)
{
	size_t n = w->n;
	uint32_t block = w->at;
	struct head head = end_block(w, w->buf + SPILL_HEAD, n - SPILL_HEAD, next);
	memcpy(w->buf, &head, sizeof head);
	write_at(s, block, 0, w->buf, n);
}

/* A block whose bytes are all at p, which are not copied. */
static void
write_whole(struct spill *s, struct spill_writer *w, const char *p)
{
	size_t n = s->block - SPILL_HEAD;
	uint32_t block = w->at;
	struct head head = end_block(w, p, n, take_block(s));
	write_at(s, block, 0, (const char *)&head, sizeof head);
	write_at(s, block, sizeof head, p, n);
}

void
spill_put(struct spill *s, struct spill_writer *w, const void *from, size_t n)
{
	const char *p = from;
	if (!w->first)
		begin(s, w);
	while (n > s->block - w->n) {
		size_t part = s->block - w->n;
		if (w->n == SPILL_HEAD) {
			write_whole(s, w, p);
		} else {
			memcpy(w->buf + w->n, p, part);
			w->n += part;
			write_block(s, w, take_block(s));
		}
		p += part;
		n -= part;
	}
	if (n)
		memcpy(w->buf + w->n, p, n);
	w->n += n;
}

uint64_t
spill_end(struct spill *s, struct spill_writer *w)
{
	uint64_t name = w->first ? (uint64_t)w->chain << 32 | w->first : 0;
	if (name)
		write_block(s, w, 0);
	w->first = w->at = 0;
	return name;
}

void
spill_writer_free(struct spill_writer *w)
{
	free(w->buf);
	*w = (struct spill_writer){0};
}

/* The bytes of the block whose head was read. */
static void
read_bytes(
    struct spill *s, struct spill_reader *r, uint32_t block, const struct head *head, char *to)
{
	size_t n = head->n - SPILL_HEAD;
	r->block = block;
	r->next = head->next;
	read_at(s, block, SPILL_HEAD, to, n);
	if (head->chain != r->chain || head->bytes != hash64(to, n))
		changed(s);
}

static void
read_block(struct spill *s, struct spill_reader *r, uint32_t block)
{
	struct head head = read_head(s, block);
	read_bytes(s, r, block, &head, r->buf);
	r->n = head.n - SPILL_HEAD;
	r->at = 0;
}

void
spill_open(struct spill *s, struct spill_reader *r, uint64_t name)
{
	if (!r->buf)
		r->buf = xmalloc(s->block);
	r->chain = (uint32_t)(name >> 32);
	r->first = (uint32_t)name;
	read_block(s, r, r->first);
}

bool
spill_more(struct spill *s, struct spill_reader *r)
{
	while (r->at == r->n) {
		if (!r->next)
			return false;
		read_block(s, r, r->next);
	}
	return true;
}

/* The next block, if n bytes have room for all of it: to where it is wanted, and its bytes; else 0. */
static size_t
get_block(struct spill *s, struct spill_reader *r, char *to, size_t n)
{
	if (r->at < r->n || !r->next || n < s->block - SPILL_HEAD)
		return 0;
	uint32_t block = r->next;
	struct head head = read_head(s, block);
	read_bytes(s, r, block, &head, to);
	return head.n - SPILL_HEAD;
}

void
spill_get(struct spill *s, struct spill_reader *r, void *to, size_t n)
{
	char *p = to;
	while (n) {
		size_t whole = get_block(s, r, p, n);
		p += whole;
		n -= whole;
		if (!n)
			break;
		if (!spill_more(s, r))
			die(STATUS_BUG, "a spilled chain is shorter than its data");
		size_t part = r->n - r->at < n ? r->n - r->at : n;
		memcpy(p, r->buf + r->at, part);
		r->at += part;
		p += part;
		n -= part;
	}
}

struct slice
spill_next(struct spill *s, struct spill_reader *r)
{
	if (!spill_more(s, r))
		return (struct slice){0};
	struct slice piece = {r->buf + r->at, r->n - r->at};
	r->at = r->n;
	return piece;
}

/*
 * The chain becomes free by changing its last head only, so no list of blocks
 * is kept in memory.
 */
void
spill_drop(struct spill *s, struct spill_reader *r)
{
	struct head head = {.next = s->freed, .n = SPILL_HEAD};
	write_head(s, r->block, &head);
	s->freed = r->first;
}

void
spill_reader_free(struct spill_reader *r)
{
	free(r->buf);
	*r = (struct spill_reader){0};
}
