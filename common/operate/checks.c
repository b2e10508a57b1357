/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "common/json/json_write.h"
#include "common/operate/checks.h"
#include "common/text/utf8.h"
#include "common/text/visible.h"

static const char *const words[CHECK_RESULTS] = {
    [CHECK_OK] = "ok",
    [CHECK_WARNED] = "warned",
    [CHECK_FAILED] = "failed",
    [CHECK_SKIPPED] = "skipped",
};

static size_t counts[CHECK_RESULTS];
static bool as_json;

const char *
check_word(enum check_result r)
{
	return words[r];
}

bool
check_result_named(struct slice word, enum check_result *r)
{
	for (size_t i = 0; i < CHECK_RESULTS; i++) {
		if (!slice_is(word, words[i]))
			continue;
		*r = (enum check_result)i;
		return true;
	}
	return false;
}

void
checks_as_json(void)
{
	as_json = true;
}

size_t
checks_count(enum check_result r)
{
	return counts[r];
}

static size_t
checks_all(void)
{
	size_t all = 0;
	for (size_t i = 0; i < CHECK_RESULTS; i++)
		all += counts[i];
	return all;
}

static void
write_out(struct buf *b)
{
	buf_check(b, "a result", NULL);
	for (size_t at = 0; at < b->n;) {
		ssize_t n = write(STDOUT_FILENO, b->p + at, b->n - at);
		if (n < 0 && errno != EINTR)
			die_errno(STATUS_IO, "cannot write the results");
		at += n > 0 ? (size_t)n : 0;
	}
	buf_free(b);
}

/* In a description of TAP a '#' begins a directive. */
static void
put_tap(struct buf *b, struct slice text)
{
	struct buf shown = {0};
	visible_put(&shown, text);
	buf_check(&shown, "a result", NULL);
	for (size_t i = 0; i < shown.n; i++) {
		if (shown.p[i] == '#' || shown.p[i] == '\\')
			buf_put_byte(b, '\\');
		buf_put_byte(b, shown.p[i]);
	}
	buf_free(&shown);
}

static void
put_member(struct buf *b, const char *name, struct slice text)
{
	struct buf shown = {0};
	buf_printf(b, "%s\"%s\":", b->n > 1 ? "," : "", name);
	/* Shown text is UTF-8 whatever came in. */
	if (!utf8_valid(text))
		visible_put(&shown, text);
	buf_check(&shown, "a result", NULL);
	json_write_text(b, shown.n ? buf_slice(&shown) : text);
	buf_free(&shown);
}

static void
write_json(const struct check *c)
{
	struct buf b = {0};
	buf_put_byte(&b, '{');
	put_member(&b, "result", slice_of(words[c->result]));
	put_member(&b, "group", c->group);
	put_member(&b, "subject", c->subject);
	if (c->detail.n)
		put_member(&b, "detail", c->detail);
	if (c->next.n)
		put_member(&b, "next", c->next);
	buf_put_text(&b, "}\n");
	write_out(&b);
}

static void
write_tap(const struct check *c)
{
	struct buf b = {0};
	bool good = c->result == CHECK_OK || c->result == CHECK_SKIPPED;
	buf_printf(&b, "%s %zu - ", good ? "ok" : "not ok", checks_all());
	put_tap(&b, c->group);
	if (c->subject.n)
		buf_put_text(&b, ": ");
	put_tap(&b, c->subject);
	if (c->detail.n && c->result != CHECK_SKIPPED)
		buf_put_text(&b, ": ");
	if (c->result != CHECK_SKIPPED)
		put_tap(&b, c->detail);
	/* A warning is a failure that does not count: TAP has a directive for that. */
	if (c->result == CHECK_WARNED)
		buf_put_text(&b, " # TODO warned");
	if (c->result == CHECK_SKIPPED) {
		buf_put_text(&b, " # SKIP ");
		visible_put(&b, c->detail);
	}
	buf_put_byte(&b, '\n');
	if (c->next.n) {
		buf_put_text(&b, "# ");
		visible_put(&b, c->next);
		buf_put_byte(&b, '\n');
	}
	write_out(&b);
}

void
checks_put(const struct check *c)
{
	counts[c->result]++;
	if (as_json)
		write_json(c);
	else
		write_tap(c);
}

void
check_put(enum check_result r, const char *group, const char *subject, const char *next,
    const char *format, ...)
{
	char text[4096];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	checks_put(&(struct check){.result = r,
	    .group = slice_of(group),
	    .subject = slice_of(subject),
	    .detail = slice_of(text),
	    .next = slice_of(next ? next : "")});
}

int
checks_end(void)
{
	struct buf b = {0};
	if (!as_json) {
		buf_printf(&b, "1..%zu\n# %zu ok, %zu failed, %zu warned, %zu skipped\n",
		    checks_all(), counts[CHECK_OK], counts[CHECK_FAILED], counts[CHECK_WARNED],
		    counts[CHECK_SKIPPED]);
		write_out(&b);
	}
	return counts[CHECK_FAILED] ? 1 : counts[CHECK_WARNED] ? 2 : 0;
}
