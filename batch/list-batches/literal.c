/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "batch/list-batches/launched.h"
#include "batch/list-batches/literal.h"
#include "common/batch/literals.h"
#include "common/program/file.h"
#include "common/program/message.h"
#include "common/text/ascii.h"
#include "common/text/visible.h"

enum { SCRIPT_MAX = 4 * 1024 * 1024, KEY_ID_BYTES = 20 };

/* path: before the line, or empty. */
static void
put_line(struct buf *b, const char *indent, const char *path, size_t line, struct slice name)
{
	buf_printf(b, "%s- [ ] ", indent);
	if (*path)
		buf_printf(b, "`%s`, ", path);
	buf_printf(b, "line %zu: `", line);
	visible_put(b, name);
	buf_put_text(b, "`\n");
}

/* AKIA or ASIA and 16 capitals and digits, with nothing of the kind around them. */
static bool
has_key_id(struct slice line)
{
	for (size_t i = 0; i + KEY_ID_BYTES <= line.n; i++) {
		const char *p = line.p + i;
		size_t n = 4;
		if ((memcmp(p, "AKIA", 4) != 0 && memcmp(p, "ASIA", 4) != 0) ||
		    (i && (is_letter(p[-1]) || is_digit(p[-1]))))
			continue;
		while (i + n < line.n && (is_digit(p[n]) || (p[n] >= 'A' && p[n] <= 'Z')))
			n++;
		if (n == KEY_ID_BYTES)
			return true;
	}
	return false;
}

static size_t
put_key_ids(struct buf *b, struct slice text, const char *indent, const char *path)
{
	struct slice line;
	size_t found = 0;
	for (size_t n = 1; slice_take_line(&text, &line); n++)
		if (has_key_id(line)) {
			put_line(b, indent, path, n, SLICE("id of an AWS access key"));
			found++;
		}
	return found;
}

static size_t
put_literals(
    struct buf *b, struct slice file, struct slice text, const char *indent, const char *path)
{
	const struct language *language = language_of(file, text);
	if (!language) /* assignments of a shell are the simplest ones */
		language = language_of(SLICE(".sh"), (struct slice){0});
	struct literal found;
	size_t at = 0, n = 0;
	while (literal_next(language, text, &at, &found)) {
		/* The name of a password in a URL is its scheme. */
		const char *after = found.name.p + found.name.n;
		if (text.p + text.n - after > 3 && memcmp(after, "://", 3) == 0)
			found.name.n += 3;
		put_line(b, indent, path, found.line, found.name);
		n++;
	}
	return n + put_key_ids(b, text, indent, path);
}

size_t
literals_put(struct buf *b, const struct entry *e, const char *indent)
{
	struct buf text = {.max = SCRIPT_MAX};
	if (!file_read(e->batch->path, &text))
		die_errno(STATUS_IO, "cannot read %s", e->batch->path);
	buf_check(&text, e->batch->path, NULL);
	size_t n = put_literals(b, e->file, buf_slice(&text), indent, "");
	buf_free(&text);
	return n;
}

size_t
literals_put_file(struct buf *b, const struct extra_file *f, const char *indent)
{
	return put_literals(b, f->name, buf_slice(&f->text), indent, f->path);
}
