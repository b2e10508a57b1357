/* SPDX-License-Identifier: MIT */
#ifndef BATCH_RUN_BATCH_SESSION_H
#define BATCH_RUN_BATCH_SESSION_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * A batch runs in a session of its own (setsid). A session, unlike a process group, also holds the
 * children of programs that make groups, such as timeout(1). A process that makes a session of its
 * own, as daemons do, is not followed.
 */

/* Sends a signal to every process of the session. Returns how many there were, without zombies. */
size_t session_signal(pid_t session, int signal);

/* Kills the session and waits until nothing of it is left. */
void session_end(pid_t session);

/*
 * A process that outlives this one: when this process ends in any way, even by SIGKILL, the guard
 * kills the session. It also holds the lock's descriptor until then, so that the next run cannot
 * begin before the last process of this one is gone.
 */
struct guard {
	int fd; /* a pipe; its end wakes the guard */
	pid_t pid;
};
/* keep: descriptors that the guard holds, -1: none. False with errno set. */
bool guard_start(struct guard *g, int keep);
/* In the batch's own process, after setsid and before exec. */
void guard_protects_me(const struct guard *g);
/* The session is over; the guard ends too. */
void guard_stop(struct guard *g);

#endif
