/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/web/har.h"
#include "stages/fetch-api/trace_file.h"

enum { BLOCK = 64 * 1024 };

static const char *path;
static int fd = -1;
static struct buf head;

static void
lock(int how)
{
	while (flock(fd, how))
		if (errno != EINTR)
			die_errno(STATUS_IO, "--trace: cannot lock %s", quoted(slice_of(path)));
}

static off_t
size_of_file(void)
{
	struct stat st;
	if (fstat(fd, &st))
		die_errno(STATUS_IO, "--trace: cannot look at %s", quoted(slice_of(path)));
	return st.st_size;
}

static bool
write_at(struct slice bytes, off_t at)
{
	while (bytes.n) {
		ssize_t n = pwrite(fd, bytes.p, bytes.n, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes.p += n;
		bytes.n -= (size_t)n;
		at += n;
	}
	return true;
}

/* Reads n bytes that are there; false if they are not. */
static bool
read_at(char *to, size_t n, off_t at)
{
	while (n) {
		ssize_t got = pread(fd, to, n, at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		to += got;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

/* The place after the last byte c in the file. */
static off_t
after_last(char c, off_t end)
{
	char block[BLOCK];
	while (end > 0) {
		size_t n = end < BLOCK ? (size_t)end : BLOCK;
		if (!read_at(block, n, end - (off_t)n))
			return 0;
		for (size_t i = n; i > 0; i--)
			if (block[i - 1] == c)
				return end - (off_t)(n - i);
		end -= (off_t)n;
	}
	return 0;
}

static bool
holds(struct slice wanted, off_t at)
{
	char text[256];
	return at >= 0 && wanted.n <= sizeof text && read_at(text, wanted.n, at) &&
	       memcmp(text, wanted.p, wanted.n) == 0;
}

static void
begin_anew(void)
{
	struct buf all = {0};
	buf_put_slice(&all, buf_slice(&head));
	buf_put_slice(&all, har_tail);
	buf_check(&all, "a trace", NULL);
	if (ftruncate(fd, 0) || !write_at(buf_slice(&all), 0))
		die_errno(STATUS_IO, "--trace: cannot write %s", quoted(slice_of(path)));
	buf_free(&all);
}

/* Where the next entry goes: the place of the end. A process that was killed as it wrote leaves a part of an entry, which is dropped. */
static off_t
find_end(void)
{
	struct slice ours = SLICE("{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"mam-etl");
	off_t size = size_of_file(), tail = size - (off_t)har_tail.n;
	if (holds(har_tail, tail) && holds(ours, 0))
		return tail;
	off_t line = after_last('\n', size);
	if (!holds(ours, 0) || line < (off_t)head.n)
		die(STATUS_CONFIG, "--trace: %s holds something else: name another file",
		    quoted(slice_of(path)));
	return holds(SLICE(","), line - 2) ? line - 2 : line - 1;
}

void
trace_file_open(const char *name, bool add)
{
	path = name;
	har_put_head(&head, "mam-etl fetch-api", MAM_VERSION);
	buf_check(&head, "a trace", NULL);
	/* It has the data of the API in it. */
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		die_errno(STATUS_IO, "--trace: cannot open %s", quoted(slice_of(path)));
	lock(LOCK_EX);
	if (!add || !size_of_file())
		begin_anew();
	else
		find_end();
	lock(LOCK_UN);
}

void
trace_file_append(struct slice entry)
{
	struct buf text = {0};
	lock(LOCK_EX);
	off_t end = find_end();
	buf_put_text(&text, holds(SLICE("["), end - 1) ? "\n" : ",\n");
	buf_put_slice(&text, entry);
	buf_put_slice(&text, har_tail);
	buf_check(&text, "a trace", NULL);
	if (!write_at(buf_slice(&text), end)) {
		int cause = errno;
		if (!ftruncate(fd, end))
			write_at(har_tail, end);
		errno = cause;
		die_errno(STATUS_IO, "--trace: cannot write %s", quoted(slice_of(path)));
	}
	lock(LOCK_UN);
	buf_free(&text);
}
