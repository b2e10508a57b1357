/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* pipe2 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "batch/watch-batches/watch.h"
#include "common/program/message.h"

enum { NOT_FOUND = 127, PAUSE = 10 };

static int64_t
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

_Noreturn static void
become(char *const *argv, int input)
{
	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	dup2(input, STDIN_FILENO);
	/* Its output is for the log; standard output may be a channel. */
	dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "watch-batches: cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(NOT_FOUND);
}

/* A program that does not read all of it is judged by its exit status. */
static void
write_input(int fd, struct slice input, int64_t deadline)
{
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (input.n && now() < deadline) {
		struct pollfd p = {.fd = fd, .events = POLLOUT};
		if (poll(&p, 1, (int)(deadline - now())) < 0 && errno != EINTR)
			break;
		ssize_t n = write(fd, input.p, input.n);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			break;
		input.p += n > 0 ? n : 0;
		input.n -= n > 0 ? (size_t)n : 0;
	}
	close(fd);
}

static bool
wait_until(pid_t pid, int64_t deadline, int *status)
{
	for (;;) {
		pid_t got = waitpid(pid, status, WNOHANG);
		if (got == pid)
			return true;
		if (got < 0 && errno != EINTR)
			return false;
		if (now() >= deadline)
			break;
		nanosleep(&(struct timespec){.tv_nsec = PAUSE * 1000000}, NULL);
	}
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	waitpid(pid, status, 0);
	return false;
}

void
run_with_input(char *const *argv, struct slice input, struct outcome *o)
{
	int ends[2], status = 0;
	int64_t deadline = now() + cfg.timeout;
	if (pipe2(ends, O_CLOEXEC)) {
		outcome_set(o, STATUS_TRY_AGAIN, "cannot make a pipe: %s", strerror(errno));
		return;
	}
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		become(argv, ends[0]);
	close(ends[0]);
	if (pid < 0) {
		outcome_set(o, STATUS_TRY_AGAIN, "cannot start a process: %s", strerror(errno));
		close(ends[1]);
		return;
	}
	write_input(ends[1], input, deadline);
	if (!wait_until(pid, deadline, &status))
		outcome_set(o, STATUS_TRY_AGAIN, "it did not end in time");
	else if (WIFSIGNALED(status))
		outcome_set(o, STATUS_TRY_AGAIN, "signal %d ended it", WTERMSIG(status));
	else if (WEXITSTATUS(status) == NOT_FOUND)
		outcome_set(o, STATUS_CONFIG, "it cannot be run");
	else if (WEXITSTATUS(status))
		outcome_set(o,
		    WEXITSTATUS(status) >= STATUS_USAGE && WEXITSTATUS(status) <= STATUS_CONFIG
			? WEXITSTATUS(status)
			: STATUS_TRY_AGAIN,
		    "it exits with %d", WEXITSTATUS(status));
}
