/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "batch/compare-builds/compare.h"
#include "common/operate/state.h"
#include "common/program/message.h"
#include "common/stream/stream.h"

enum { REASON_MAX = 1000 };

_Noreturn static void
copy_in_child(const char *from, const char *to)
{
	struct slice raw;
	enum stream_kind kind;
	unsetenv("MAM_RUN_DIR");
	unsetenv("MAM_CAPTURE_DIR");
	setenv("MAM_LOG", "quiet", 1);
	int input = open(from, O_RDONLY | O_CLOEXEC);
	if (input < 0)
		die_errno(STATUS_IO, "cannot read %s", from);
	int output = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (output < 0)
		die_errno(STATUS_IO, "cannot write %s", to);
	struct stream_out *out = stream_out_open(output);
	stream_out_start(out, true);
	struct stream_in *in = stream_in_open(input, out);
	while ((kind = stream_next(in, &raw)) != STREAM_END)
		if (kind == STREAM_RECORD)
			stream_out_record(out, raw);
		else
			stream_out_item(out, raw);
	stream_finish(in, out);
	_exit(0);
}

/* A stream that is broken ends the process that reads it, so that is another one. */
static bool
copy(const char *from, const char *to, struct buf *why)
{
	int ends[2], status = 0;
	char text[REASON_MAX];
	size_t n = 0;
	ssize_t got;
	if (pipe(ends))
		die_errno(STATUS_TRY_AGAIN, "cannot make a pipe");
	pid_t child = fork();
	if (child < 0)
		die_errno(STATUS_TRY_AGAIN, "cannot start a process");
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		copy_in_child(from, to);
	}
	close(ends[1]);
	while (n < sizeof text && ((got = read(ends[0], text + n, sizeof text - n)) > 0 ||
				      (got < 0 && errno == EINTR)))
		n += got > 0 ? (size_t)got : 0;
	close(ends[0]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (status == 0)
		return true;
	const char *name = strrchr(from, '/');
	struct slice reason = message_text((struct slice){text, n});
	buf_printf(
	    why, "the captured stream %s: %.*s", name ? name + 1 : from, (int)reason.n, reason.p);
	buf_check(why, "a reason", NULL);
	return false;
}

static bool
is_fetched(const char *name)
{
	size_t n = strlen(name);
	return n > 10 && strncmp(name, "fetch-", 6) == 0 && strcmp(name + n - 4, ".mam") == 0;
}

bool
captured_copy(const struct captured *c, const char *folder, struct buf *why)
{
	char **names;
	bool good = true;
	if (mkdir(folder, 0700))
		die_errno(STATUS_IO, "cannot make the folder %s", folder);
	size_t n = state_list(c->folder, &names);
	for (size_t i = 0; i < n && good; i++) {
		struct buf from = {0}, to = {0};
		if (!is_fetched(names[i]))
			continue;
		buf_printf(&from, "%s/%s%c", c->folder, names[i], '\0');
		buf_printf(&to, "%s/%s%c", folder, names[i], '\0');
		buf_check(&from, "a path", NULL);
		buf_check(&to, "a path", NULL);
		good = copy(from.p, to.p, why);
		buf_free(&from);
		buf_free(&to);
	}
	state_list_free(names, n);
	return good;
}
