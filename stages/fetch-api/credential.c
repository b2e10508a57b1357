/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/program/message.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/credential.h"
#include "stages/fetch-api/redact.h"

/* A mark has no character that a URL, a header, JSON or XML would encode. */
static const char before[] = "mam-secret-";
enum { BEFORE = sizeof before - 1, DIGITS = 4, MARK = BEFORE + DIGITS };

static const char **names;
static size_t n_names;

static void
put_mark(struct secret *s, const char *name)
{
	struct failure failure = {0};
	char mark[MARK + 1];
	names = xrealloc(names, (n_names + 1) * sizeof *names);
	names[n_names] = name;
	snprintf(mark, sizeof mark, "%s%04zu", before, n_names++ % 10000);
	if (!secret_take(s, slice_of(mark), &failure))
		die(STATUS_BUG, "a mark is not taken for a secret");
}

void
credential_load(struct secret *s, const char *option, const char *name)
{
	const char *rest;
	enum secret_kind kind = secret_kind(name, &rest);
	bool shell_has_it = kind == SECRET_ENV || kind == SECRET_FILE || kind == SECRET_EXEC;
	if ((config.print_request || config.replay) && shell_has_it) {
		put_mark(s, name);
		/* A trace has "***" in its place. */
		if (config.replay)
			redact_add(secret_value(s));
		return;
	}
	secret_load(s, option, name);
	redact_add(secret_value(s));
}

size_t
credential_at(const char *p, size_t n, const char **name)
{
	int64_t number;
	if (n < MARK || memcmp(p, before, BEFORE) != 0 ||
	    !parse_integer((struct slice){p + BEFORE, DIGITS}, 0, INT32_MAX, &number) ||
	    (size_t)number >= n_names)
		return 0;
	*name = names[number];
	return MARK;
}
