/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "batch/compare-builds/compare.h"
#include "common/program/message.h"

enum { TAIL_MAX = 64 * 1024, ARGUMENTS_MAX = 32 };

static volatile sig_atomic_t canceled;

static void
on_signal(int number)
{
	canceled = number;
}

int
rehearse_canceled(void)
{
	return canceled;
}

void
rehearse_catch_signals(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal};
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaction(signals[i], &action, NULL);
}

/* The last line of the output that is not empty. */
static void
read_last_line(struct buf *to, const char *path)
{
	static char tail[TAIL_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	ssize_t n =
	    fd < 0 ? 0 : pread(fd, tail, sizeof tail, size > TAIL_MAX ? size - TAIL_MAX : 0);
	struct slice text = slice_trim((struct slice){tail, n > 0 ? (size_t)n : 0});
	size_t at = text.n;
	while (at && text.p[at - 1] != '\n')
		at--;
	buf_put(to, text.p + at, text.n - at);
	buf_check(to, "a message", NULL);
	if (fd >= 0)
		close(fd);
}

static void
add(char **argv, size_t *n, const char *option, const char *value)
{
	argv[(*n)++] = xstring(slice_of(option));
	if (value)
		argv[(*n)++] = xstring(slice_of(value));
}

static char **
arguments(const struct batch *batch, const struct captured *input, const char *streams,
    const char *folder)
{
	char **argv = xcalloc(ARGUMENTS_MAX, sizeof *argv);
	size_t n = 0;
	char *name = xstring(batch->name);
	char *from = xstring(buf_slice(&input->from)), *to = xstring(buf_slice(&input->to));
	char *slot = xstring(buf_slice(&input->slot)),
	     *program = joined(batches_program_folder(), "run-batch");
	add(argv, &n, program, NULL);
	add(argv, &n, "--dry-run", NULL);
	add(argv, &n, "--replay", streams);
	add(argv, &n, "--results", folder);
	/* What was captured has a limit, and what is made of it is not much larger. */
	add(argv, &n, "--capture-max", "1048576G");
	add(argv, &n, "--name", name);
	if (*from && *to) {
		add(argv, &n, "--from", from);
		add(argv, &n, "--to", to);
	} else if (*slot) {
		add(argv, &n, "--slot", slot);
	}
	/* A path: the batch of this build, whatever other folders have. */
	add(argv, &n, batch->path, NULL);
	free(name);
	free(from);
	free(to);
	free(slot);
	free(program);
	return argv;
}

/* Programs of the build come first, also for a batch outside of it. */
static void
set_environment(const struct build *build)
{
	static const char *const ours[] = {"MAM_DRY_RUN", "MAM_REPLAY", "MAM_EXPECT", "MAM_RUN_ID",
	    "MAM_RUN_DIR", "MAM_CAPTURE_DIR", "FROM", "TO"};
	const char *old = getenv("PATH");
	struct buf path = {0};
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		unsetenv(ours[i]);
	buf_printf(&path, "%s/bin:%s%c", build->path, old ? old : "/usr/bin:/bin", '\0');
	/* Without summaries the last line of the log is the reason of a failure. */
	if (path.failed || setenv("PATH", path.p, 1) || setenv("MAM_LOG", "quiet", 1))
		_exit(STATUS_TRY_AGAIN);
}

_Noreturn static void
become(char *const *argv, const struct build *build, int log)
{
	int input = open("/dev/null", O_RDONLY);
	set_environment(build);
	if (input >= 0 && dup2(input, STDIN_FILENO) >= 0 && dup2(log, STDOUT_FILENO) >= 0 &&
	    dup2(log, STDERR_FILENO) >= 0)
		execv(argv[0], argv);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static int
wait_for(pid_t child)
{
	int status = 0, sent = 0;
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return 128;
		/* It ends its batch and waits for it. */
		if (canceled && canceled != sent)
			kill(child, sent = canceled);
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void
rehearse(struct rehearsal *r, const struct build *build, const struct batch *batch,
    const struct captured *input, const char *streams, const char *folder)
{
	*r = (struct rehearsal){
	    .streams = joined(folder, "capture"), .counters = joined(folder, "stages")};
	if (mkdir(folder, 0700))
		die_errno(STATUS_IO, "cannot make the folder %s", folder);
	char *path = joined(folder, "log");
	int log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	if (log < 0)
		die_errno(STATUS_IO, "cannot write %s", path);
	char **argv = arguments(batch, input, streams, folder);
	pid_t child = canceled ? -1 : fork();
	if (child < 0 && !canceled)
		die_errno(STATUS_TRY_AGAIN, "cannot start a process");
	if (child == 0)
		become(argv, build, log);
	r->status = child < 0 ? 128 + canceled : wait_for(child);
	close(log);
	read_last_line(&r->message, path);
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	free(argv);
	free(path);
}

void
rehearsal_free(struct rehearsal *r)
{
	free(r->streams);
	free(r->counters);
	buf_free(&r->message);
}
