/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/stream/capture.h"
#include "common/stream/stream_impl.h"

enum { NAMES_MAX = 100, CAPTURE_MAX = 256 * 1024 * 1024 };

static int
create(const char *folder, int number)
{
	struct buf path = {0};
	buf_printf(&path, "%s/%s", folder, message_stage());
	if (number > 1)
		buf_printf(&path, "-%d", number); /* two stages of a batch have one name */
	buf_put(&path, ".mam", 5);
	buf_check(&path, "a path", NULL);
	int fd = open(path.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	buf_free(&path);
	return fd;
}

void
capture_open(struct capture *c, const char *prefix)
{
	const char *folder = getenv("MAM_CAPTURE_DIR"), *most = getenv("MAM_CAPTURE_MAX");
	*c = (struct capture){.fd = -1, .left = CAPTURE_MAX};
	if (!folder || !*folder || strncmp(message_program(), prefix, strlen(prefix)) != 0)
		return;
	if (most && !parse_integer(slice_of(most), 0, INT64_MAX, &c->left))
		die(STATUS_CONFIG, "MAM_CAPTURE_MAX is not a number of bytes");
	errno = EEXIST;
	for (int i = 1; i < NAMES_MAX && c->fd < 0 && errno == EEXIST; i++)
		c->fd = create(folder, i);
	c->on = c->fd >= 0;
	if (!c->on)
		message("cannot capture the stream in %s: %s", folder, strerror(errno));
}

static void
give_up(struct capture *c)
{
	close(c->fd);
	c->on = false;
}

void
capture_put(struct capture *c, const char *p, size_t n)
{
	if (!c->on)
		return;
	size_t take = (uint64_t)c->left < n ? (size_t)c->left : n;
	if (take && !io_write(c->fd, p, take)) {
		message("cannot go on capturing the stream: %s", strerror(errno));
		give_up(c);
		return;
	}
	c->left -= (int64_t)take;
	if (take < n)
		give_up(c);
}
