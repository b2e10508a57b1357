/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "batch/check-host/probe.h"
#include "common/program/message.h"

enum { BLOCK = 4096, OUTPUT_MAX = 1024 * 1024, MILLION = 1000000, NOT_STARTED = 127 };

static int64_t
now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / MILLION;
}

/* In the child. The pipe why carries errno to the parent; exec closes it. */
_Noreturn static void
become(const char *const *argv, int out, int err, int why)
{
	int input = open("/dev/null", O_RDONLY);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGXFSZ, SIG_DFL);
	if (input >= 0 && dup2(input, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
	    dup2(err, STDERR_FILENO) >= 0)
		execvp(argv[0], (char *const *)argv);
	int error = errno;
	if (write(why, &error, sizeof error) < 0)
		_exit(NOT_STARTED);
	_exit(NOT_STARTED);
}

static void
set_cloexec(const int *ends)
{
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
}

/* Appends what can be read; false at the end of the file. */
static bool
take(int fd, struct buf *to)
{
	char block[BLOCK];
	ssize_t n = read(fd, block, sizeof block);
	if (n > 0 && to->n + (size_t)n <= OUTPUT_MAX)
		buf_put(to, block, (size_t)n);
	return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

/* Reads both pipes until both have ended; false at the deadline. */
static bool
drain(struct probe *r, int out, int err, int64_t deadline)
{
	struct pollfd fds[] = {{.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}};
	struct buf *to[] = {&r->out, &r->err};
	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		int64_t left = deadline - now_ms();
		if (left <= 0)
			return false;
		if (poll(fds, 2, left > INT32_MAX ? INT32_MAX : (int)left) <= 0)
			continue;
		for (int i = 0; i < 2; i++)
			if (fds[i].fd >= 0 && fds[i].revents && !take(fds[i].fd, to[i]))
				fds[i].fd = -1;
	}
	return true;
}

static void
wait_for(struct probe *r, pid_t child)
{
	int status = 0;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			die_errno(STATUS_BUG, "cannot wait for a program");
	r->exit = WIFEXITED(status) && !r->late ? WEXITSTATUS(status) : -1;
}

bool
probe_run(struct probe *r, const char *const *argv, int64_t milliseconds)
{
	int out[2], err[2], why[2];
	buf_reset(&r->out);
	buf_reset(&r->err);
	*r = (struct probe){.exit = -1, .out = r->out, .err = r->err};
	if (pipe(out) || pipe(err) || pipe(why))
		die_errno(STATUS_TRY_AGAIN, "cannot make a pipe");
	set_cloexec(out);
	set_cloexec(err);
	set_cloexec(why);
	signal(SIGCHLD, SIG_DFL);
	pid_t child = fork();
	if (child < 0)
		die_errno(STATUS_TRY_AGAIN, "cannot start a program");
	if (child == 0)
		become(argv, out[1], err[1], why[1]);
	close(out[1]);
	close(err[1]);
	close(why[1]);
	r->late = !drain(r, out[0], err[0], now_ms() + milliseconds);
	if (r->late && kill(-child, SIGKILL))
		kill(child, SIGKILL);
	if (r->late || read(why[0], &r->error, sizeof r->error) != (ssize_t)sizeof r->error)
		r->error = 0;
	close(out[0]);
	close(err[0]);
	close(why[0]);
	wait_for(r, child);
	if (r->error)
		r->exit = -1;
	return r->exit == 0;
}

void
probe_free(struct probe *r)
{
	buf_free(&r->out);
	buf_free(&r->err);
}

const char *
probe_reason(const struct probe *r)
{
	static char text[1024];
	struct slice all = slice_trim(buf_slice(&r->err));
	size_t at = all.n;
	while (at && all.p[at - 1] != '\n')
		at--;
	if (r->error)
		snprintf(text, sizeof text, "cannot be run: %s", strerror(r->error));
	else if (r->late)
		snprintf(text, sizeof text, "took too long and was stopped");
	else if (all.n)
		snprintf(text, sizeof text, "%.*s", (int)(all.n - at > 900 ? 900 : all.n - at),
		    all.p + at);
	else if (r->exit < 0)
		snprintf(text, sizeof text, "was ended by a signal");
	else
		snprintf(text, sizeof text, "exited with %d", r->exit);
	return text;
}
