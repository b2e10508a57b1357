/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/operate/records.h"
#include "common/operate/state.h"
#include "common/program/file.h"
#include "common/program/message.h"

enum { RECORD_BYTES_MAX = 4 * 1024 * 1024 };

void
records_keep(const char *folder, struct history *h, const struct run *r)
{
	struct buf json = {0}, name = {0};
	run_write_json(&json, r);
	buf_printf(&name, "%.*s-%s.json%c", (int)r->text[RUN_ID].n, r->text[RUN_ID].p,
	    run_is(r, RUN_STATE, "running") ? "start" : "end", '\0');
	buf_check(&json, "the record of the run", NULL);
	buf_check(&name, "the name of a record", NULL);
	char *path = state_path(folder, "pending", name.p);
	if (!state_write(path, buf_slice(&json))) {
		message("cannot write %s: %s", path, strerror(errno));
		if (!h || !history_put(h, r))
			message(
			    "the record of this run is in no history: %.*s", (int)json.n, json.p);
	}
	free(path);
	buf_free(&json);
	buf_free(&name);
}

/* A file that is not a record, or that the history can never take, is set aside, so that it cannot stop the records after it. */
static void
set_aside(const char *path, const char *why, const char *detail)
{
	struct buf aside = {0};
	buf_printf(&aside, "%s.bad%c", path, '\0');
	if (!aside.failed && rename(path, aside.p) == 0)
		message(
		    "%s %s%s%s; it is kept as %s", path, why, *detail ? ": " : "", detail, aside.p);
	buf_free(&aside);
}

/* False: the history did not take it. */
static bool
deliver(const char *path, struct history *h)
{
	static struct run r;
	struct buf json = {.max = RECORD_BYTES_MAX};
	bool taken = true;
	if (file_read(path, &json)) {
		const char *wrong =
		    json.failed ? "is too long" : run_read_json(&r, buf_slice(&json));
		if (wrong)
			set_aside(path, wrong, "");
		else if (history_put(h, &r))
			unlink(path);
		else if (history_error(h)->status == STATUS_DATA && !history_error(h)->lost) {
			set_aside(path, "is refused by the history", history_error(h)->text);
			history_forgive(h);
		} else
			taken = false;
	}
	buf_free(&json);
	return taken;
}

bool
records_deliver(const char *folder, struct history *h)
{
	char *pending = state_path(folder, "pending", NULL), **names;
	size_t n = state_list(pending, &names);
	bool good = true;
	for (size_t i = 0; good && i < n; i++) {
		size_t length = strlen(names[i]);
		if (length < 5 || strcmp(names[i] + length - 5, ".json") != 0)
			continue;
		char *path = state_path(folder, "pending", names[i]);
		good = deliver(path, h);
		free(path);
	}
	if (!good)
		message("cannot write to the history: %s; records wait in %s",
		    history_error(h)->text, pending);
	state_list_free(names, n);
	free(pending);
	return good;
}

char *
records_lock_name(struct slice batch, struct slice slot)
{
	struct buf name = {0};
	buf_printf(&name, "%.*s@%.*s%c", (int)batch.n, batch.p ? batch.p : "", (int)slot.n,
	    slot.p ? slot.p : "", '\0');
	buf_check(&name, "the name of a lock", NULL);
	return name.p;
}

static void
first_line(struct buf *to, const char *path)
{
	struct buf text = {.max = 4096};
	if (file_read(path, &text)) {
		const char *end = text.n ? memchr(text.p, '\n', text.n) : NULL;
		buf_put(to, text.p, end ? (size_t)(end - text.p) : text.n);
	}
	buf_free(&text);
}

/* ID-VERSION_ID of os-release(5): "debian-12". */
static void
put_os(struct buf *to)
{
	struct buf text = {.max = 64 * 1024};
	struct slice id = {0}, version = {0};
	if (!file_read("/etc/os-release", &text))
		file_read("/usr/lib/os-release", &text);
	for (size_t at = 0; at < text.n;) {
		const char *p = text.p + at, *end = memchr(p, '\n', text.n - at);
		struct slice line = {p, end ? (size_t)(end - p) : text.n - at};
		at += line.n + 1;
		if (line.n > 3 && memcmp(line.p, "ID=", 3) == 0)
			id = (struct slice){line.p + 3, line.n - 3};
		else if (line.n > 11 && memcmp(line.p, "VERSION_ID=", 11) == 0)
			version = (struct slice){line.p + 11, line.n - 11};
	}
	for (size_t i = 0; i < id.n + version.n; i++) {
		char c = i < id.n ? id.p[i] : version.p[i - id.n];
		if (i == id.n)
			buf_put_byte(to, '-');
		if (c != '"' && c != '\'')
			buf_put_byte(to, c);
	}
	buf_free(&text);
}

void
records_set_host(struct run *r)
{
	char name[256] = "";
	gethostname(name, sizeof name - 1);
	run_set(r, RUN_HOST, slice_of(name));
	run_set(r, RUN_BOOT, SLICE(""));
	first_line(&r->text[RUN_BOOT], "/proc/sys/kernel/random/boot_id");
	run_set(r, RUN_OS, SLICE(""));
	put_os(&r->text[RUN_OS]);
}

struct search {
	const char *folder;
	struct run here;
	struct run *lost; /* copies: a row cannot be written while rows are read */
	size_t n;
};

static bool
same(const struct run *a, const struct run *b, enum run_text which)
{
	return slice_equal(run_get(a, which), run_get(b, which));
}

static bool
is_below(struct slice path, const char *folder)
{
	size_t n = strlen(folder);
	return path.n > n && memcmp(path.p, folder, n) == 0 && path.p[n] == '/';
}

static bool
is_lost(const struct search *s, const struct run *r)
{
	int64_t seen = 0;
	bool here = same(r, &s->here, RUN_HOST);
	if (here && !same(r, &s->here, RUN_BOOT))
		return true;
	/* The lock of a run is in its own state folder. */
	if (!here || !is_below(run_get(r, RUN_FOLDER), s->folder))
		return run_read_time(run_get(r, RUN_SEEN), &seen) &&
		       state_now() - seen > LOST_AFTER;
	char *name = records_lock_name(run_get(r, RUN_BATCH), run_get(r, RUN_SLOT));
	int fd;
	long holder;
	enum state_lock lock = state_lock(s->folder, name, &fd, &holder);
	if (lock == STATE_LOCKED)
		state_unlock(s->folder, name, fd);
	free(name);
	/*
	 * A later run for the same slot may hold the lock by now; compare the
	 * process ids.
	 */
	return lock == STATE_LOCKED ||
	       (lock == STATE_BUSY && holder && holder != r->number[RUN_PID]);
}

static void
look(void *context, const struct run *r)
{
	struct search *s = context;
	if (!is_lost(s, r))
		return;
	s->lost = xrealloc(s->lost, (s->n + 1) * sizeof *s->lost);
	struct run *copy = &s->lost[s->n++];
	*copy = (struct run){0};
	run_reset(copy);
	for (size_t i = 0; i < RUN_TEXTS; i++)
		run_set(copy, (enum run_text)i, run_get(r, (enum run_text)i));
	memcpy(copy->number, r->number, sizeof copy->number);
}

size_t
records_mark_lost(const char *folder, struct history *h, struct slice batch)
{
	struct search s = {.folder = folder};
	run_reset(&s.here);
	records_set_host(&s.here);
	history_select(
	    h, &(struct history_query){.batch = batch, .state = SLICE("running")}, look, &s);
	for (size_t i = 0; i < s.n; i++) {
		run_set(&s.lost[i], RUN_STATE, SLICE("lost"));
		run_set(&s.lost[i], RUN_MESSAGE,
		    SLICE("the process that ran it, or its host, is gone; its result was never "
			  "recorded"));
		history_put(h, &s.lost[i]);
		run_free(&s.lost[i]);
	}
	free(s.lost);
	run_free(&s.here);
	return s.n;
}
