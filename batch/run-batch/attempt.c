/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* ppoll, pipe2 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "batch/run-batch/attempt.h"
#include "common/program/message.h"

enum { BLOCK = 64 * 1024, NOT_FOUND = 127, NOT_EXECUTABLE = 126, LINGER = 2000 };

static volatile sig_atomic_t canceled, child_changed;

static void
on_stop(int signal)
{
	canceled = signal;
}

static void
on_child(int signal)
{
	(void)signal;
	child_changed = 1;
}

static const int stops[] = {SIGTERM, SIGINT, SIGHUP};
enum { STOPS = sizeof stops / sizeof *stops };
static sigset_t usual; /* the mask while we wait: the signals come only then */

void
attempt_catch_signals(void)
{
	sigset_t blocked;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	for (size_t i = 0; i < STOPS; i++) {
		struct sigaction before;
		sigaddset(&blocked, stops[i]);
		/* nohup(1) and shells ignore signals that are not meant for us. */
		sigaction(stops[i], NULL, &before);
		if (before.sa_handler != SIG_IGN)
			sigaction(stops[i], &(struct sigaction){.sa_handler = on_stop}, NULL);
	}
	sigaction(SIGCHLD, &(struct sigaction){.sa_handler = on_child}, NULL);
	sigprocmask(SIG_BLOCK, &blocked, &usual);
	for (size_t i = 0; i < STOPS; i++)
		sigdelset(&usual, stops[i]);
	sigdelset(&usual, SIGCHLD);
}

int
attempt_canceled(void)
{
	return canceled;
}

static int64_t
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
wait_for(struct pollfd *fds, nfds_t n, int64_t milliseconds)
{
	struct timespec t = {
	    .tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
	if (ppoll(fds, n, milliseconds < 0 ? NULL : &t, &usual) <= 0)
		for (nfds_t i = 0; i < n; i++)
			fds[i].revents = 0;
}

bool
attempt_sleep(int64_t milliseconds)
{
	for (int64_t end = now() + milliseconds; !canceled && now() < end;)
		wait_for(NULL, 0, end - now());
	return !canceled;
}

/* In the child. */
_Noreturn static void
become(const struct attempt *a, pid_t parent, int output)
{
	setsid();
	if (a->guard)
		guard_protects_me(a->guard);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(NOT_EXECUTABLE);
	for (size_t i = 0; i < STOPS; i++)
		signal(stops[i], SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	signal(SIGPIPE, SIG_DFL); /* else a loop that writes to "head" never ends */
	sigprocmask(SIG_SETMASK, &usual, NULL);
	int null = open("/dev/null", O_RDONLY);
	dup2(null, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	execvp(a->argv[0], a->argv);
	int status = errno == ENOENT ? NOT_FOUND : NOT_EXECUTABLE;
	dprintf(STDERR_FILENO, "run-batch: cannot run %s: %s\n", a->argv[0], strerror(errno));
	_exit(status);
}

/* One attempt while it runs. */
struct running {
	const struct attempt *a;
	pid_t pid;
	int output;
	bool exited, quiet; /* the batch's own process has ended; its output has */
	int64_t term_at;    /* when SIGTERM was sent, or 0 */
	int64_t exited_at, deadline, tick_at;
	bool killed;
	struct outcome outcome;
};

static void
read_output(struct running *r)
{
	static char block[BLOCK];
	ssize_t n = read(r->output, block, sizeof block);
	if (n > 0)
		log_put(r->a->log, block, (size_t)n);
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		r->quiet = true;
}

static void
reap(struct running *r)
{
	int status;
	child_changed = 0;
	if (r->exited || waitpid(r->pid, &status, WNOHANG) != r->pid)
		return;
	r->exited = true;
	r->exited_at = now();
	r->outcome.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	r->outcome.status = WIFSIGNALED(status) ? 128 + r->outcome.signal : WEXITSTATUS(status);
}

/* SIGTERM, then SIGKILL after a while, to all that is left. */
static void
stop_session(struct running *r)
{
	if (!r->term_at) {
		r->term_at = now();
		session_signal(r->pid, SIGTERM);
	} else if (!r->killed && now() - r->term_at >= r->a->kill_after) {
		r->killed = true;
		session_end(r->pid);
	}
}

/* Of a wait (-1: for ever) and the time that is left until something is due; that may be past. */
static int64_t
sooner(int64_t wait, int64_t left)
{
	left = left < 0 ? 0 : left;
	return wait < 0 || left < wait ? left : wait;
}

/* How long nothing needs to be done; -1: until something happens. */
static int64_t
idle_time(const struct running *r)
{
	int64_t t = now(), wait = -1;
	if (r->deadline && !r->term_at)
		wait = sooner(wait, r->deadline - t);
	if (r->term_at && !r->killed)
		wait = sooner(wait, r->term_at + r->a->kill_after - t);
	if (r->exited && !r->term_at)
		wait = sooner(wait, r->exited_at + LINGER - t);
	if (r->a->tick)
		wait = sooner(wait, r->tick_at - t);
	return wait;
}

static void
look_at_clock(struct running *r)
{
	int64_t t = now();
	if (r->a->tick && t >= r->tick_at) {
		r->tick_at = t + r->a->tick;
		r->a->on_tick(r->a->context);
	}
	if (!r->exited && r->deadline && t >= r->deadline)
		r->outcome.timed_out = true;
	if (canceled)
		r->outcome.canceled = canceled;
	/*
	 * Give processes that the batch left running, for example with "&", a
	 * moment to end.
	 */
	bool lingers = r->exited && t - r->exited_at >= LINGER;
	if (r->outcome.timed_out || r->outcome.canceled || lingers)
		stop_session(r);
}

/* After the batch's own process has ended: whether others of its session go on. */
static bool
others_go_on(const struct running *r)
{
	return session_signal(r->pid, 0) > 0;
}

static void
watch(struct running *r)
{
	struct pollfd fds[2] = {{.events = POLLIN}, {.events = POLLOUT}};
	while (!r->exited || !r->quiet || (!r->killed && others_go_on(r))) {
		size_t waiting = r->a->log->echo.n;
		fds[0].fd = r->quiet || waiting >= LOG_ECHO_MAX ? -1 : r->output;
		fds[1].fd = waiting ? STDERR_FILENO : -1;
		fds[0].revents = fds[1].revents = 0;
		int64_t wait = idle_time(r);
		/* Processes of the batch that are not our children end without a signal to us. */
		if (r->exited && r->quiet)
			wait = sooner(wait, 20);
		wait_for(fds, 2, wait);
		if (fds[1].revents)
			log_flush(r->a->log);
		if (fds[0].revents)
			read_output(r);
		if (child_changed || r->quiet)
			reap(r);
		look_at_clock(r);
		/* A process that left the session may keep the pipe open for ever. */
		if (r->exited && r->killed)
			break;
	}
	if (r->exited && r->term_at && !r->outcome.timed_out && !r->outcome.canceled)
		message("processes that the batch left running were ended");
}

static int64_t
cpu_milliseconds(const struct rusage *u)
{
	return ((int64_t)u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000 +
	       (u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1000;
}

struct outcome
attempt_run(const struct attempt *a)
{
	struct running r = {.a = a};
	struct rusage before, after;
	int ends[2];
	pid_t parent = getpid();
	getrusage(RUSAGE_CHILDREN, &before);
	if (pipe2(ends, O_CLOEXEC))
		die_errno(STATUS_TRY_AGAIN, "cannot make a pipe");
	r.pid = fork();
	if (r.pid < 0)
		die_errno(STATUS_TRY_AGAIN, "cannot start a process");
	if (r.pid == 0)
		become(a, parent, ends[1]);
	close(ends[1]);
	r.output = ends[0];
	r.deadline = a->timeout ? now() + a->timeout : 0;
	r.tick_at = now() + a->tick;
	watch(&r);
	close(r.output);
	getrusage(RUSAGE_CHILDREN, &after);
	r.outcome.cpu_ms = cpu_milliseconds(&after) - cpu_milliseconds(&before);
	r.outcome.memory = (int64_t)after.ru_maxrss * 1024; /* Linux counts in KiB */
	return r.outcome;
}
