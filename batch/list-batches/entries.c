/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "batch/list-batches/entries.h"
#include "common/program/file.h"
#include "common/program/message.h"
#include "common/program/zone_file.h"
#include "common/text/ascii.h"

enum { CODE_MAX = 4 * 1024 * 1024 };

static bool
is_name_letter(char c)
{
	return is_letter(c) || is_digit(c) || c == '_' || c == '-';
}

/* Whether the bytes from p in the direction of step go on with a name; a dot does if a letter follows. */
static bool
goes_on(struct slice text, const char *p, int step)
{
	const char *end = text.p + text.n;
	if (p < text.p || p >= end)
		return false;
	if (*p == '.' && p + step >= text.p && p + step < end)
		p += step;
	return is_name_letter(*p);
}

bool
text_names(struct slice text, struct slice file)
{
	if (!file.n)
		return false;
	for (size_t at = 0; at + file.n <= text.n; at++) {
		const char *p = memchr(text.p + at, file.p[0], text.n - at - file.n + 1);
		if (!p)
			return false;
		at = (size_t)(p - text.p);
		if (memcmp(p, file.p, file.n) == 0 && !goes_on(text, p - 1, -1) &&
		    !goes_on(text, p + file.n, 1))
			return true;
	}
	return false;
}

/* A comment does not use the files that it names. */
static void
read_code(struct entry *e)
{
	struct buf all = {.max = CODE_MAX};
	if (!file_read(e->batch->path, &all))
		message("cannot read %s: %s", e->batch->path, strerror(errno));
	struct slice rest = buf_slice(&all);
	while (rest.n) {
		const char *end = memchr(rest.p, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.p) + 1 : rest.n;
		struct slice line = slice_trim((struct slice){rest.p, n});
		/* A line of options begins with "--" as well, without a space. */
		bool comment =
		    line.n && (line.p[0] == '#' || (line.n > 1 && memcmp(line.p, "//", 2) == 0) ||
				  (line.n > 2 && memcmp(line.p, "-- ", 3) == 0));
		if (!comment)
			buf_put(&e->code, rest.p, n);
		rest.p += n;
		rest.n -= n;
	}
	buf_check(&e->code, "a batch's text", NULL);
	buf_free(&all);
}

static void
read_schedule(struct entry *e, int64_t now)
{
	struct schedule s;
	struct slice at;
	const char *wrong;
	if (!e->batch->head.schedule.n || schedule_read(e->batch->head.schedule, &s, &at))
		return;
	e->zone = zone_named(s.zone, &wrong);
	e->zone_name = s.zone;
	if (!e->zone) {
		message("%s: schedule: %s %s", e->batch->path, quoted(s.zone), wrong);
		e->good = false;
		return;
	}
	e->scheduled =
	    schedule_next(&s, e->zone, now, &e->next) && schedule_last(&s, e->zone, now, &e->slot);
}

static void
refuse_twins(struct entries *all)
{
	for (size_t i = 1; i < all->n; i++) {
		struct entry *a = &all->items[i - 1], *b = &all->items[i];
		if (!slice_equal(a->batch->name, b->batch->name))
			continue;
		message("two batches have the name %s: %s and %s", quoted(a->batch->name),
		    a->batch->path, b->batch->path);
		a->good = b->good = false;
	}
}

struct entries
entries_read(const struct option_list *folders, int64_t now)
{
	struct batches found = batches_find(folders);
	struct entries all = {.items = xcalloc(found.n + 1, sizeof *all.items), .n = found.n};
	all.media = media_of_batches(&found);
	for (size_t i = 0; i < found.n; i++) {
		struct entry *e = &all.items[i];
		e->batch = &found.items[i];
		e->good = e->batch->good;
		const char *slash = strrchr(e->batch->path, '/');
		e->file = slice_of(slash ? slash + 1 : e->batch->path);
		read_code(e);
		if (!e->good)
			message("%s, line %zu: %s", e->batch->path, e->batch->mistake.line,
			    e->batch->mistake.text);
		else
			read_schedule(e, now);
	}
	refuse_twins(&all);
	for (size_t i = 0; i < all.n; i++)
		all.mistakes |= !all.items[i].good;
	return all;
}
