/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
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
