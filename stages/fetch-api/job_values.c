/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "common/text/ascii.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/job_values.h"

static const struct slice prefixes[] = {{"create.", 7}, {"poll.", 5}};
static bool remove_polled;

/* 0: of the answer of --create-url, 1: of --poll-url, -1: neither. */
static int
source_of(struct slice name)
{
	for (int i = 0; i < 2; i++) {
		size_t n = prefixes[i].n;
		bool given = i ? config.poll.url : config.create.url;
		if (given && name.n > n && memcmp(name.p, prefixes[i].p, n) == 0)
			return i;
	}
	return -1;
}

static struct slice
path_in(struct slice name)
{
	size_t n = prefixes[source_of(name)].n;
	return (struct slice){name.p + n, name.n - n};
}

static struct slice
answer_of(struct slice name)
{
	const struct job *job = &fetch.task->job;
	return buf_slice(source_of(name) ? &job->polled : &job->created);
}

bool
job_values_has(struct slice name)
{
	return source_of(name) >= 0;
}

bool
job_values_remove_polled(void)
{
	return remove_polled;
}

void
job_values_check(const char *option, struct slice name)
{
	bool poll = strncmp(option, "poll-", 5) == 0, removal = strncmp(option, "delete-", 7) == 0;
	bool after = strcmp(option, "url") == 0 || strcmp(option, "param") == 0 ||
		     strcmp(option, "body") == 0 || removal;
	struct json_path path = {0};
	const char *wrong = json_path_parse(&path, path_in(name));
	json_path_free(&path);
	if (wrong)
		die(STATUS_USAGE, "--%s: {%.*s}: %s", option, (int)name.n, name.p, wrong);
	remove_polled |= removal && source_of(name) == 1;
	if (after || (poll && source_of(name) == 0))
		return;
	die(STATUS_USAGE,
	    "--%s: {%.*s} is not known there: values of the answer of --%s-url are for --url, "
	    "--param, --body%s and those of --delete-url",
	    option, (int)name.n, name.p, source_of(name) ? "poll" : "create",
	    source_of(name) ? "" : ", those of --poll-url");
}

/* Marks of --print-request: digits, so that they are good at every place of a request. */
static const char before[] = "7310940625";
static const char scheme[] = "https://";
enum { BEFORE = sizeof before - 1, DIGITS = 4, MARK = BEFORE + DIGITS, SCHEME = sizeof scheme - 1 };

static struct mark {
	char text[SCHEME + MARK + 1];
	struct slice name; /* as in the template */
	char *variable;
	bool printed;
} * marks;
static size_t n_marks;

static struct mark *
mark_of(struct slice name)
{
	for (size_t i = 0; i < n_marks; i++)
		if (slice_equal(marks[i].name, name))
			return &marks[i];
	marks = xrealloc(marks, (n_marks + 1) * sizeof *marks);
	struct mark *m = &marks[n_marks];
	*m = (struct mark){.name = name, .variable = xstring(name)};
	for (char *c = m->variable; *c; c++)
		if (!is_letter(*c) && !is_digit(*c))
			*c = '_';
	snprintf(m->text, sizeof m->text, "%s%s%04zu", scheme, before, n_marks++ % 10000);
	return m;
}

size_t
job_values_mark_at(const char *p, size_t n, const char **name)
{
	size_t skip = n >= SCHEME && memcmp(p, scheme, SCHEME) == 0 ? SCHEME : 0;
	int64_t number;
	if (n < skip + MARK || memcmp(p + skip, before, BEFORE) != 0 ||
	    !parse_integer((struct slice){p + skip + BEFORE, DIGITS}, 0, INT32_MAX, &number) ||
	    (size_t)number >= n_marks)
		return 0;
	*name = marks[number].variable;
	return skip + MARK;
}

void
job_values_print(void)
{
	for (size_t i = 0; i < n_marks; i++) {
		struct mark *m = &marks[i];
		struct slice path = path_in(m->name);
		if (!m->printed)
			printf("# %s: %.*s of the answer of --%s-url\n", m->variable, (int)path.n,
			    path.p, source_of(m->name) ? "poll" : "create");
		m->printed = true;
	}
}

bool
job_values_get(struct slice name, bool url, struct template_value *v)
{
	struct slice answer = answer_of(name), value;
	struct json_path path = {0};
	*v = (struct template_value){0};
	if (config.print_request) {
		const struct mark *m = mark_of(name);
		v->given = true;
		v->value.type = VALUE_TEXT;
		v->value.s = slice_of(m->text + (url ? 0 : SCHEME));
		return true;
	}
	if (!answer.n || json_path_parse(&path, path_in(name)))
		return false;
	bool found = mp_path_get(answer, &path, &value);
	json_path_free(&path);
	if (found)
		value_read(value.p, value.p + value.n, &v->value);
	return found;
}

bool
job_values_lacks(struct slice name)
{
	struct template_value v;
	if (!job_values_get(name, false, &v))
		return true;
	return v.value.type == VALUE_NULL || (v.value.type == VALUE_TEXT && !v.value.s.n);
}

void
job_values_explain(struct buf *b, struct slice name)
{
	struct json_path path = {0};
	if (json_path_parse(&path, path_in(name)) || !answer_of(name).n)
		return;
	mp_path_explain(b, answer_of(name), &path);
	json_path_free(&path);
}
