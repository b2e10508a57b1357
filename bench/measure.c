/* SPDX-License-Identifier: MIT */
/*
 * measure FILE COMMAND...: runs the command and writes to FILE
 *
 * 	wall-seconds user-seconds system-seconds peak-resident-kilobytes
 *
 * of the command and all processes that it waited for, then exits with its
 * status. It is a small program because the memory of a process that forks
 * counts towards the peak of its child.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int
main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: measure FILE COMMAND...\n");
		return 64;
	}
	struct timespec from, to;
	clock_gettime(CLOCK_MONOTONIC, &from);
	pid_t pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	int status;
	if (pid < 0 || waitpid(pid, &status, 0) < 0) {
		perror("measure");
		return 74;
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	struct rusage used;
	getrusage(RUSAGE_CHILDREN, &used);
	FILE *f = fopen(argv[1], "w");
	if (!f) {
		perror(argv[1]);
		return 74;
	}
	fprintf(f, "%.6f %.6f %.6f %ld\n",
	    (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9,
	    seconds(used.ru_utime), seconds(used.ru_stime), used.ru_maxrss);
	if (fclose(f))
		return 74;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
