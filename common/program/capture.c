/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/program/capture.h"
#include "common/program/message.h"

enum { BLOCK = 4096, MILLION = 1000000 };

static int64_t
now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / MILLION;
}

_Noreturn static void
become(const char *command, int output)
{
	int input = open("/dev/null", O_RDONLY);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGXFSZ, SIG_DFL);
	if (input >= 0 && dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0) {
		if (input > STDERR_FILENO)
			close(input);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	}
	_exit(127);
}

/* Reads to the end of the output; false at the deadline, past the ceiling or on an error. */
static bool
drain(int fd, int64_t deadline, struct buf *out)
{
	char block[BLOCK];
	for (;;) {
		int64_t left = deadline - now_ms();
		if (left <= 0 || out->failed)
			return false;
		struct pollfd ready = {.fd = fd, .events = POLLIN};
		int n = poll(&ready, 1, left > INT32_MAX ? INT32_MAX : (int)left);
		if (n < 0 && errno != EINTR)
			return false;
		if (n <= 0)
			continue;
		ssize_t got = read(fd, block, sizeof block);
		if (got < 0 && errno != EINTR)
			return false;
		if (got == 0)
			break;
		if (got > 0)
			buf_put(out, block, (size_t)got);
	}
	memset(block, 0, sizeof block);
	return !out->failed;
}

static bool
judge(int status, struct failure *f)
{
	if (WIFSIGNALED(status))
		return failure_set(
		    f, STATUS_CONFIG, "the command was ended by signal %d", WTERMSIG(status));
	int code = WEXITSTATUS(status);
	if (!code)
		return true;
	return failure_set(f,
	    code >= STATUS_USAGE && code <= STATUS_CONFIG ? (enum status)code : STATUS_CONFIG,
	    "the command exited with %d", code);
}

bool
capture(const char *command, int64_t max_time, struct buf *out, struct failure *f)
{
	int ends[2];
	int status = 0;
	if (pipe(ends))
		return failure_set_errno(f, STATUS_TRY_AGAIN, "cannot make a pipe");
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	/* If a parent ignores SIGCHLD, as some daemons do, wait would return no status. */
	signal(SIGCHLD, SIG_DFL);
	pid_t child = fork();
	if (child < 0) {
		close(ends[0]);
		close(ends[1]);
		return failure_set_errno(f, STATUS_TRY_AGAIN, "cannot start a command");
	}
	if (child == 0)
		become(command, ends[1]);
	close(ends[1]);
	int64_t deadline = now_ms() + max_time;
	bool whole = drain(ends[0], deadline, out);
	bool late = !whole && !out->failed && now_ms() >= deadline;
	close(ends[0]);
	if (!whole)
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return failure_set_errno(f, STATUS_BUG, "cannot wait for the command");
	if (late)
		return failure_set(f, STATUS_TRY_AGAIN,
		    "the command took longer than %" PRId64 " s", max_time / 1000);
	if (!whole && out->failed)
		return failure_set(
		    f, STATUS_CONFIG, "the command wrote more than %zu bytes", out->max);
	if (!whole)
		return failure_set(f, STATUS_IO, "cannot read the command's output");
	return judge(status, f);
}
