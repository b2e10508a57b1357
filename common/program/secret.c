/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/program/secret.h"

/* A plain memset before free is a dead store that the compiler may drop. */
static void
wipe(char *p, size_t n)
{
	volatile char *v = p;
	while (n > 0)
		v[--n] = 0;
}

static void
load_variable(struct secret *s, const char *option, const char *name)
{
	const char *value = getenv(name);
	if (!value)
		die(STATUS_CONFIG, "--%s: environment variable %s is not set", option,
		    quoted(slice_of(name)));
	s->n = strlen(value);
	if (s->n > SECRET_MAX)
		die(STATUS_CONFIG, "--%s: environment variable %s is over %d bytes", option,
		    quoted(slice_of(name)), SECRET_MAX);
	s->p = xmalloc(s->n + 1);
	memcpy(s->p, value, s->n + 1);
}

static void
load_file(struct secret *s, const char *option, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		enum status status =
		    errno == EACCES || errno == EPERM ? STATUS_PERMISSION : STATUS_CONFIG;
		die_errno(status, "--%s: cannot open %s", option, quoted(slice_of(path)));
	}
	/*
	 * One byte above the ceiling distinguishes a full file from a longer
	 * one; one more is for the NUL.
	 */
	s->p = xmalloc(SECRET_MAX + 2);
	ssize_t n;
	while (s->n <= SECRET_MAX && (n = read(fd, s->p + s->n, SECRET_MAX + 1 - s->n)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die_errno(
			    STATUS_CONFIG, "--%s: cannot read %s", option, quoted(slice_of(path)));
		s->n += (size_t)n;
	}
	close(fd);
	if (s->n > SECRET_MAX)
		die(STATUS_CONFIG, "--%s: %s is over %d bytes", option, quoted(slice_of(path)),
		    SECRET_MAX);
	if (s->n > 0 && s->p[s->n - 1] == '\n')
		s->n--;
	if (s->n > 0 && s->p[s->n - 1] == '\r')
		s->n--;
	s->p[s->n] = '\0';
}

/*
 * From here on, neither a core file nor another process of the same user can
 * show our memory.
 */
static void
close_curtains(void)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		die_errno(STATUS_BUG, "cannot keep a secret out of core files");
}

void
secret_load(struct secret *s, const char *option, const char *name)
{
	close_curtains();
	*s = (struct secret){0};
	if (strncmp(name, "env:", 4) == 0 && name[4] != '\0')
		load_variable(s, option, name + 4);
	else if (strncmp(name, "file:", 5) == 0 && name[5] != '\0')
		load_file(s, option, name + 5);
	else
		die(STATUS_USAGE,
		    "--%s takes the name of a secret, env:NAME or file:PATH, never its value: "
		    "an argument is visible to every user of the machine",
		    option);
	if (s->n == 0)
		die(STATUS_CONFIG, "--%s: the secret is empty", option);
	if (memchr(s->p, '\0', s->n))
		die(STATUS_CONFIG, "--%s: the secret holds a NUL byte", option);
}

struct slice
secret_value(const struct secret *s)
{
	return (struct slice){s->p ? s->p : "", s->n};
}

void
secret_wipe(struct secret *s)
{
	if (s->p)
		wipe(s->p, s->n);
	free(s->p);
	*s = (struct secret){0};
}
