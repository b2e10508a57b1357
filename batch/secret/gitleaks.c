/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch/secret/gitleaks.h"
#include "batch/secret/secret.h"
#include "common/json/json_read.h"
#include "common/program/file.h"
#include "common/record/mp_path.h"

enum { REPORT_MAX = 64 * 1024 * 1024 };

void
report_read(struct report *r, const char *path)
{
	struct buf text = {.max = REPORT_MAX};
	struct json_error error;
	struct mp_token t;
	if (!file_read(path, &text))
		die_errno(STATUS_CONFIG, "--gitleaks: cannot read %s", quoted(slice_of(path)));
	buf_check(&text, "the report of gitleaks", NULL);
	if (!json_to_msgpack(buf_slice(&text), JSON_DUPLICATES_ERROR, &r->map, &error))
		die(STATUS_CONFIG, "--gitleaks: %s is not JSON: line %llu: %s",
		    quoted(slice_of(path)), (unsigned long long)error.line, error.what);
	secret_wipe_buf(&text);
	const char *end = r->map.p + r->map.n, *p = mp_read(r->map.p, end, &t);
	if (!p || t.type != MP_ARRAY)
		die(STATUS_CONFIG, "--gitleaks: %s is not a report: it is to be a JSON array",
		    quoted(slice_of(path)));
	r->list = xcalloc(t.n, sizeof *r->list);
	for (size_t left = t.n; left > 0; left--) {
		const char *after = mp_skip(p, end);
		struct slice item = {p, (size_t)(after - p)};
		struct finding *f = &r->list[r->n++];
		p = after;
		*f = (struct finding){.rule = mp_member_text(item, "RuleID"),
		    .file = mp_member_text(item, "File"),
		    .secret = mp_member_text(item, "Secret")};
		if (mp_member(item, "StartLine", &t) && t.type == MP_INT)
			f->line = t.i;
		if (!f->secret.n)
			die(STATUS_CONFIG,
			    "--gitleaks: finding %zu of %s has no Secret (was it written with "
			    "--redact?)",
			    r->n, quoted(slice_of(path)));
		if (slice_equal_caseless(f->secret, SLICE("REDACTED")))
			die(STATUS_CONFIG, "--gitleaks: %s was written with --redact",
			    quoted(slice_of(path)));
	}
}

static int
longer_first(const void *p, const void *q)
{
	const struct slice *a = p, *b = q;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return slice_compare(*a, *b);
}

/* As a literal, or, if it has several lines, as a regular expression: a replacement is one line. */
static void
put_pattern(struct buf *b, struct slice s)
{
	bool lines = memchr(s.p, '\n', s.n) || memchr(s.p, '\r', s.n);
	buf_put_text(b, lines ? "regex:" : "literal:");
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (lines && c == '\n')
			buf_put_text(b, "\\n");
		else if (lines && c == '\r')
			buf_put_text(b, "\\r");
		else if (lines && strchr("\\^$.|?*+()[]{}", c))
			buf_printf(b, "\\%c", c);
		else
			buf_put_byte(b, c);
	}
	buf_put_text(b, "==>***REMOVED***\n");
}

size_t
report_write_replacements(const struct report *r, const char *path)
{
	struct slice *secrets = xcalloc(r->n, sizeof *secrets);
	struct buf b = {0};
	size_t n = 0;
	for (size_t i = 0; i < r->n; i++)
		secrets[i] = r->list[i].secret;
	if (r->n)
		qsort(secrets, r->n, sizeof *secrets, longer_first);
	for (size_t i = 0; i < r->n; i++) {
		if (i && slice_equal(secrets[i], secrets[i - 1]))
			continue;
		put_pattern(&b, secrets[i]);
		n++;
	}
	buf_check(&b, "the replacements", NULL);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		die_errno(errno == EEXIST ? STATUS_CONFIG : STATUS_IO,
		    "--replacements: cannot make %s", quoted(slice_of(path)));
	for (size_t at = 0; at < b.n;) {
		ssize_t done = write(fd, b.p + at, b.n - at);
		if (done < 0 && errno != EINTR)
			die_errno(STATUS_IO, "cannot write %s", quoted(slice_of(path)));
		at += done > 0 ? (size_t)done : 0;
	}
	if (fsync(fd) || close(fd))
		die_errno(STATUS_IO, "cannot write %s", quoted(slice_of(path)));
	secret_wipe_buf(&b);
	free(secrets);
	return n;
}
