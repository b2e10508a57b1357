/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "common/program/file.h"
#include "common/program/message.h"

enum { BLOCK = 4096 };

bool
file_read(const char *path, struct buf *to)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	char block[BLOCK];
	ssize_t n = 0;
	while (!to->failed && (n = read(fd, block, sizeof block)) != 0) {
		if (n > 0)
			buf_put(to, block, (size_t)n);
		else if (errno != EINTR)
			break;
	}
	bool good = to->failed || n == 0;
	int error = errno;
	close(fd);
	errno = error;
	return good;
}

static bool
write_all(int fd, struct slice bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno != EINTR)
			return false;
		bytes.p += n > 0 ? n : 0;
		bytes.n -= n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) == 0;
}

bool
file_replace(const char *path, struct slice bytes)
{
	struct buf part = {0};
	buf_printf(&part, "%s.%ld.part%c", path, (long)getpid(), '\0');
	buf_check(&part, "a path", NULL);
	int fd = open(part.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	bool good = fd >= 0 && write_all(fd, bytes);
	int error = errno;
	if (fd >= 0 && close(fd) && good) {
		good = false;
		error = errno;
	}
	if (good && rename(part.p, path)) {
		good = false;
		error = errno;
	}
	if (!good && fd >= 0)
		unlink(part.p);
	buf_free(&part);
	errno = error;
	return good;
}
