/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "common/program/capture.h"
#include "common/program/file.h"
#include "common/program/message.h"
#include "common/program/secret.h"

/* A plain memset before free is a dead store that the compiler may drop. */
static void *(*const volatile overwrite)(void *, int, size_t) = memset;

static void
wipe(char *p, size_t n)
{
	overwrite(p, 0, n);
}

void
secret_wipe_buf(struct buf *b)
{
	if (b->p)
		wipe(b->p, b->cap);
	buf_free(b);
}

enum secret_kind
secret_kind(const char *source, const char **rest)
{
	static const struct {
		const char *prefix;
		enum secret_kind kind;
	} kinds[] = {
	    {"env:", SECRET_ENV},
	    {"file:", SECRET_FILE},
	    {"exec:", SECRET_EXEC},
	    {"ssm:", SECRET_SSM},
	    {"secretsmanager:", SECRET_SECRETSMANAGER},
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t n = strlen(kinds[i].prefix);
		if (strncmp(source, kinds[i].prefix, n) != 0 || source[n] == '\0')
			continue;
		*rest = source + n;
		return kinds[i].kind;
	}
	*rest = source;
	return SECRET_LITERAL;
}

bool
secret_take(struct secret *s, struct slice value, struct failure *f)
{
	if (!value.n)
		return failure_set(f, STATUS_CONFIG, "the secret is empty");
	if (value.n > SECRET_MAX)
		return failure_set(f, STATUS_CONFIG, "the secret is over %d bytes", SECRET_MAX);
	if (memchr(value.p, '\0', value.n))
		return failure_set(f, STATUS_CONFIG, "the secret holds a NUL byte");
	s->n = value.n;
	s->p = malloc(s->n + 1);
	if (!s->p)
		return failure_set(f, STATUS_TRY_AGAIN, "no memory for a secret");
	memcpy(s->p, value.p, s->n);
	s->p[s->n] = '\0';
	return true;
}

static bool
read_variable(struct secret *s, const char *name, struct failure *f)
{
	const char *value = getenv(name);
	if (!value)
		return failure_set(
		    f, STATUS_CONFIG, "environment variable %s is not set", quoted(slice_of(name)));
	if (strlen(value) > SECRET_MAX)
		return failure_set(f, STATUS_CONFIG, "environment variable %s is over %d bytes",
		    quoted(slice_of(name)), SECRET_MAX);
	return secret_take(s, slice_of(value), f);
}

/* Without one line end after it. */
static struct slice
without_line_end(struct slice value)
{
	if (value.n && value.p[value.n - 1] == '\n')
		value.n--;
	if (value.n && value.p[value.n - 1] == '\r')
		value.n--;
	return value;
}

static bool
read_file(struct buf *to, const char *path, struct failure *f)
{
	errno = 0;
	if (!file_read(path, to)) {
		enum status status =
		    errno == EACCES || errno == EPERM ? STATUS_PERMISSION : STATUS_CONFIG;
		return failure_set_errno(f, status, "cannot read %s", quoted(slice_of(path)));
	}
	return to->failed ? failure_set(f, STATUS_CONFIG, "%s is over %d bytes",
				quoted(slice_of(path)), SECRET_MAX)
			  : true;
}

bool
secret_hide_process(struct failure *f)
{
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
		   ? failure_set_errno(f, STATUS_BUG, "cannot keep a secret out of core files")
		   : true;
}

/* The value of a file or command, with a line end after it. */
static bool
read_outside(struct secret *s, enum secret_kind kind, const char *rest, struct failure *f)
{
	struct buf value = {.max = SECRET_MAX + 2};
	/* All at once: a buffer that grows leaves copies of the secret. */
	bool good = buf_reserve(&value, SECRET_MAX + 2) != NULL ||
		    failure_set(f, STATUS_TRY_AGAIN, "no memory for a secret");
	if (good)
		good = kind == SECRET_FILE ? read_file(&value, rest, f)
					   : capture(rest, SECRET_COMMAND_TIME, &value, f);
	good = good && secret_take(s, without_line_end(buf_slice(&value)), f);
	secret_wipe_buf(&value);
	return good;
}

bool
secret_read(struct secret *s, const char *source, struct failure *f)
{
	const char *rest;
	*s = (struct secret){0};
	if (!secret_hide_process(f))
		return false;
	switch (secret_kind(source, &rest)) {
	case SECRET_ENV:
		return read_variable(s, rest, f);
	case SECRET_FILE:
	case SECRET_EXEC:
		return read_outside(s, secret_kind(source, &rest), rest, f);
	case SECRET_SSM:
	case SECRET_SECRETSMANAGER:
		return failure_set(f, STATUS_USAGE,
		    "%s is read before the stages start: name it env:NAME here, and run the batch "
		    "by run-batch, or by secret exec --map NAME=SOURCE",
		    quoted(slice_of(source)));
	case SECRET_LITERAL:
		break;
	}
	return failure_set(f, STATUS_USAGE,
	    "takes the name of a secret, env:NAME, file:PATH or exec:COMMAND, never its value: "
	    "an argument is visible to every user of the machine");
}

void
secret_load(struct secret *s, const char *option, const char *name)
{
	struct failure f = {0};
	const char *rest;
	bool literal = secret_kind(name, &rest) == SECRET_LITERAL;
	if (!secret_read(s, name, &f))
		die(f.status, "--%s%s %s", option, literal ? "" : ":", f.text);
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
