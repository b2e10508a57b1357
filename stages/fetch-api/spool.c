/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/message.h"
#include "stages/fetch-api/spool.h"

static const char *
folder(void)
{
	const char *name = getenv("TMPDIR");
	return name && *name ? name : "/tmp";
}

void
spool_init(struct spool *s, uint64_t max, bool in_memory)
{
	*s = (struct spool){.max = max, .in_memory = in_memory, .fd = -1};
}

void
spool_reset(struct spool *s)
{
	s->n = 0;
	buf_reset(&s->memory);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static void
open_file(struct spool *s)
{
	struct buf name = {0};
	buf_printf(&name, "%s/fetch-api.XXXXXX", folder());
	buf_check(&name, "the name of a file", NULL);
	s->fd = mkstemp(name.p);
	if (s->fd < 0)
		die_errno(STATUS_IO, "cannot make a file in %s", quoted(slice_of(folder())));
	unlink(name.p);
	if (fcntl(s->fd, F_SETFD, FD_CLOEXEC) < 0)
		die_errno(STATUS_IO, "cannot prepare a file in %s", quoted(slice_of(folder())));
	buf_free(&name);
}

static void
write_out(struct spool *s)
{
	const char *p = s->memory.p, *end = p + s->memory.n;
	if (s->fd < 0)
		open_file(s);
	while (p < end) {
		ssize_t n = write(s->fd, p, (size_t)(end - p));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die_errno(STATUS_IO, "cannot write a file in %s (see TMPDIR)",
			    quoted(slice_of(folder())));
		p += n;
	}
	buf_reset(&s->memory);
}

bool
spool_put(struct spool *s, const char *p, size_t n)
{
	if (n > s->max - s->n)
		return false;
	buf_put(&s->memory, p, n);
	buf_check(&s->memory, "an answer", NULL);
	s->n += n;
	if (!s->in_memory && s->memory.n > SPOOL_MEMORY)
		write_out(s);
	return true;
}

bool
spool_is_whole(const struct spool *s)
{
	return s->fd < 0;
}

/* Reads from the file into the memory, which is free: what was in it is in the file. */
static size_t
read_block(struct spool *s, off_t at)
{
	char *to = buf_reserve(&s->memory, SPOOL_BLOCK);
	buf_check(&s->memory, "a block", NULL);
	for (;;) {
		ssize_t n = pread(s->fd, to, SPOOL_BLOCK, at);
		if (n >= 0)
			return (size_t)n;
		if (errno != EINTR)
			die_errno(
			    STATUS_IO, "cannot read back a file in %s", quoted(slice_of(folder())));
	}
}

struct slice
spool_start(struct spool *s)
{
	if (s->fd < 0)
		return buf_slice(&s->memory);
	write_out(s);
	size_t n = read_block(s, 0);
	return (struct slice){s->memory.p, n};
}

void
spool_each(struct spool *s, void (*each)(void *context, struct slice block), void *context)
{
	if (s->fd < 0) {
		for (size_t at = 0, n; at < s->memory.n; at += n) {
			n = s->memory.n - at < SPOOL_BLOCK ? s->memory.n - at : SPOOL_BLOCK;
			each(context, (struct slice){s->memory.p + at, n});
		}
		return;
	}
	write_out(s);
	uint64_t at = 0;
	for (size_t n; at < s->n; at += n) {
		n = read_block(s, (off_t)at);
		if (!n)
			die(STATUS_IO, "a file in %s has become shorter",
			    quoted(slice_of(folder())));
		each(context, (struct slice){s->memory.p, n});
	}
}
