/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "batch/run-batch/session.h"

enum { TRIES_MAX = 1000, EMPTY_ENOUGH = 3, FIRST_FD = 3, FDS_MAX = 1024, SIGNALS_MAX = 64 };

/* Whether the process with this number in /proc is alive and in the session. */
static bool
is_member(const char *number, pid_t session)
{
	char path[64], text[512];
	if (snprintf(path, sizeof path, "/proc/%s/stat", number) >= (int)sizeof path)
		return false;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	/* PID (NAME) STATE PARENT GROUP SESSION; the name may hold anything, a parenthesis too. */
	char *p = NULL;
	for (char *q = text; *q; q++)
		if (*q == ')')
			p = q;
	if (!p || p[1] != ' ' || p[2] == 'Z' || p[2] == 'X')
		return false;
	p += 3;
	strtol(p, &p, 10);
	strtol(p, &p, 10);
	return strtol(p, NULL, 10) == session;
}

size_t
session_signal(pid_t session, int signal)
{
	size_t n = 0;
	DIR *processes = opendir("/proc");
	for (struct dirent *e; processes && (e = readdir(processes));) {
		if (e->d_name[0] < '0' || e->d_name[0] > '9' || !is_member(e->d_name, session))
			continue;
		n++;
		if (signal)
			kill((pid_t)strtol(e->d_name, NULL, 10), signal);
	}
	if (processes)
		closedir(processes);
	return n;
}

void
session_end(pid_t session)
{
	/*
	 * The list of /proc is older than the look at each process: a process may fork after
	 * the list was made and be dead when it is looked at. So one empty search proves nothing.
	 */
	for (int i = 0, empty = 0; i < TRIES_MAX && empty < EMPTY_ENOUGH; i++) {
		empty = session_signal(session, SIGKILL) ? 0 : empty + 1;
		if (empty < EMPTY_ENOUGH)
			nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
	}
}

_Noreturn static void
guard(int fd, int keep)
{
	pid_t session = 0, next;
	setsid();
	for (int s = 1; s <= SIGNALS_MAX; s++)
		signal(s, SIG_IGN);
	int null = open("/dev/null", O_RDWR);
	for (int i = 0; i < FIRST_FD; i++)
		dup2(null, i);
	for (int i = FIRST_FD; i < FDS_MAX; i++)
		if (i != fd && i != keep)
			close(i);
	for (;;) {
		ssize_t n = read(fd, &next, sizeof next);
		if (n == (ssize_t)sizeof next)
			session = next;
		else if (n == 0 || errno != EINTR)
			break;
	}
	if (session)
		session_end(session);
	_exit(0);
}

bool
guard_start(struct guard *g, int keep)
{
	int ends[2];
	if (pipe(ends))
		return false;
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	g->pid = fork();
	if (g->pid == 0) {
		close(ends[1]);
		guard(ends[0], keep);
	}
	close(ends[0]);
	g->fd = ends[1];
	if (g->pid < 0)
		close(ends[1]);
	return g->pid > 0;
}

void
guard_protects_me(const struct guard *g)
{
	pid_t me = getpid();
	/*
	 * Atomic, as it is less than PIPE_BUF. If the guard is gone, the run
	 * continues.
	 */
	if (write(g->fd, &me, sizeof me) < 0)
		return;
}

void
guard_stop(struct guard *g)
{
	pid_t none = 0;
	if (write(g->fd, &none, sizeof none) == (ssize_t)sizeof none)
		close(g->fd);
	while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
		;
}
