/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/stream/replay.h"

static int
open_capture(const char *path)
{
	struct stat info;
	struct buf name = {0};
	buf_put_text(&name, path);
	if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
		buf_printf(&name, "/%s-2.mam%c", message_stage(), '\0');
		buf_check(&name, "a path", NULL);
		if (access(name.p, F_OK) == 0)
			die(STATUS_CONFIG,
			    "MAM_REPLAY: %s is there, so two stages had the same name, and their "
			    "streams cannot be told apart; set MAM_STEP for each",
			    name.p);
		name.n -= strlen("-2.mam") + 1;
		buf_put_text(&name, ".mam");
	}
	buf_put_byte(&name, '\0');
	buf_check(&name, "a path", NULL);
	int fd = open(name.p, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die_errno(STATUS_CONFIG, "MAM_REPLAY: there is no captured stream %s", name.p);
	buf_free(&name);
	return fd;
}

bool
replay(struct stream_out *out, bool each)
{
	const char *path = getenv("MAM_REPLAY");
	struct slice raw;
	enum stream_kind kind;
	if (!path || !*path)
		return false;
	if (each) {
		struct stream_in *own = stream_in_open(STDIN_FILENO, NULL);
		while (stream_next(own, &raw) != STREAM_END)
			;
	}
	struct stream_in *captured = stream_in_open(open_capture(path), out);
	while ((kind = stream_next(captured, &raw)) != STREAM_END)
		if (kind == STREAM_RECORD)
			stream_out_record(out, raw);
		else
			stream_out_item(out, raw);
	stream_finish(captured, out);
	return true;
}
