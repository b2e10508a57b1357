/* SPDX-License-Identifier: MIT */
/* For O_TMPFILE, which is Linux's own. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/message.h"
#include "stages/dedupe/store.h"

/* At the front of each block. */
struct link {
	uint32_t next; /* block, 0 at the end of the chain */
	uint32_t n;    /* bytes used, the link itself among them */
};

/* Before each entry. */
struct head {
	uint64_t number;
	uint32_t shape, key, raw; /* lengths of key and record */
};

enum { HEAD = 20 }; /* bytes of it that are written */

void
store_init(struct store *s, const char *folder, size_t block)
{
	const char *from = getenv("TMPDIR");
	if (!folder)
		folder = from && *from ? from : "/tmp";
	*s = (struct store){.folder = folder, .fd = -1, .block = block, .blocks = 1};
	if (access(folder, W_OK | X_OK))
		die_errno(STATUS_IO, "cannot write to --tmp %s", quoted(slice_of(folder)));
}

/* Where the filesystem knows no files without a name, one is made and its name removed at once. */
static int
open_named(const char *folder)
{
	struct buf name = {0};
	buf_put_text(&name, folder);
	buf_put_text(&name, "/mam-dedupe.XXXXXX");
	buf_put_byte(&name, '\0');
	buf_check(&name, "the name of a folder", "tmp");
	int fd = mkostemp(name.p, O_CLOEXEC);
	if (fd >= 0)
		unlink(name.p);
	buf_free(&name);
	return fd;
}

static void
open_file(struct store *s)
{
	s->fd = open(s->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (s->fd < 0)
		s->fd = open_named(s->folder);
	if (s->fd < 0)
		die_errno(STATUS_IO, "cannot make a file in --tmp %s", quoted(slice_of(s->folder)));
	/* A limit on file sizes is to be told as a full disk is, not to kill. */
	signal(SIGXFSZ, SIG_IGN);
}

static void
write_at(struct store *s, uint32_t block, const char *p, size_t n)
{
	off_t at = (off_t)block * (off_t)s->block;
	s->written += n;
	while (n) {
		ssize_t done = pwrite(s->fd, p, n, at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			die_errno(
			    STATUS_IO, "cannot write to --tmp %s", quoted(slice_of(s->folder)));
		p += done;
		at += done;
		n -= (size_t)done;
	}
}

static void
read_at(struct store *s, uint32_t block, size_t skip, char *p, size_t n)
{
	off_t at = (off_t)block * (off_t)s->block + (off_t)skip;
	while (n) {
		ssize_t done = pread(s->fd, p, n, at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			die_errno(
			    STATUS_IO, "cannot read from --tmp %s", quoted(slice_of(s->folder)));
		if (!done)
			die(STATUS_IO, "a file in --tmp %s was cut", quoted(slice_of(s->folder)));
		p += done;
		at += done;
		n -= (size_t)done;
	}
}

/* ---- blocks ---- */

static uint32_t
take_block(struct store *s)
{
	if (s->fd < 0)
		open_file(s);
	if (!s->freed) {
		if (s->blocks == UINT32_MAX)
			die(STATUS_IO, "the file in --tmp %s has too many blocks",
			    quoted(slice_of(s->folder)));
		return s->blocks++;
	}
	struct link link;
	uint32_t block = s->freed;
	read_at(s, block, 0, (char *)&link, sizeof link);
	s->freed = link.next;
	return block;
}

/* A whole chain becomes free by its last link: no list of blocks is kept in memory. */
static void
free_chain(struct store *s, uint32_t first, uint32_t last)
{
	struct link link = {.next = s->freed, .n = 0};
	write_at(s, last, (const char *)&link, sizeof link);
	s->freed = first;
}

/* ---- writing ---- */

static void
begin(struct store *s, struct writer *w)
{
	if (!w->buf)
		w->buf = xmalloc(s->block);
	w->first = w->at = take_block(s);
	w->n = sizeof(struct link);
}

static void
write_block(struct store *s, struct writer *w, uint32_t next)
{
	struct link link = {.next = next, .n = (uint32_t)w->n};
	memcpy(w->buf, &link, sizeof link);
	write_at(s, w->at, w->buf, w->n);
	w->at = next;
	w->n = sizeof link;
}

static void
put_bytes(struct store *s, struct writer *w, const char *p, size_t n)
{
	while (n > s->block - w->n) {
		size_t part = s->block - w->n;
		memcpy(w->buf + w->n, p, part);
		w->n += part;
		p += part;
		n -= part;
		write_block(s, w, take_block(s));
	}
	if (n)
		memcpy(w->buf + w->n, p, n);
	w->n += n;
}

void
store_put(struct store *s, struct writer *w, const struct entry *e)
{
	struct head head = {
	    .number = e->number,
	    .shape = e->shape,
	    .key = (uint32_t)e->key.n,
	    .raw = (uint32_t)e->raw.n,
	};
	if (!w->first)
		begin(s, w);
	put_bytes(s, w, (const char *)&head, HEAD);
	put_bytes(s, w, e->key.p, e->key.n);
	put_bytes(s, w, e->raw.p, e->raw.n);
}

uint32_t
store_end(struct store *s, struct writer *w)
{
	uint32_t chain = w->first;
	if (chain)
		write_block(s, w, 0);
	w->first = w->at = 0;
	return chain;
}

void
writer_free(struct writer *w)
{
	free(w->buf);
	*w = (struct writer){0};
}

/* ---- reading ---- */

static void
read_block(struct store *s, struct reader *r, uint32_t block)
{
	struct link link;
	read_at(s, block, 0, (char *)&link, sizeof link);
	if (link.n < sizeof link || link.n > s->block)
		die(STATUS_IO, "a file in --tmp %s was changed", quoted(slice_of(s->folder)));
	r->n = link.n - sizeof link;
	r->at = 0;
	r->block = block;
	r->next = link.next;
	read_at(s, block, sizeof link, r->buf, r->n);
}

void
reader_open(struct store *s, struct reader *r, uint32_t chain)
{
	if (!r->buf)
		r->buf = xmalloc(s->block);
	r->first = chain;
	read_block(s, r, chain);
}

static void
get_bytes(struct store *s, struct reader *r, char *p, size_t n)
{
	while (n > r->n - r->at) {
		size_t part = r->n - r->at;
		memcpy(p, r->buf + r->at, part);
		p += part;
		n -= part;
		read_block(s, r, r->next);
	}
	memcpy(p, r->buf + r->at, n);
	r->at += n;
}

bool
reader_next(struct store *s, struct reader *r)
{
	if (r->at == r->n) {
		if (!r->next) {
			free_chain(s, r->first, r->block);
			free(r->buf);
			*r = (struct reader){0};
			return false;
		}
		read_block(s, r, r->next);
	}
	struct head head;
	get_bytes(s, r, (char *)&head, HEAD);
	r->e = (struct entry){
	    .number = head.number,
	    .shape = head.shape,
	    .key.n = head.key,
	    .raw.n = head.raw,
	};
	return true;
}

void
reader_body(struct store *s, struct reader *r, struct buf *body)
{
	size_t n = r->e.key.n + r->e.raw.n;
	buf_reset(body);
	char *p = buf_reserve(body, n);
	buf_check(body, "a record from --tmp", NULL);
	get_bytes(s, r, p, n);
	body->n = n;
	r->e.key.p = p;
	r->e.raw.p = p + r->e.key.n;
}
