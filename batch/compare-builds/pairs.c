/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "batch/compare-builds/compare.h"
#include "common/json/json_read.h"
#include "common/json/json_write.h"
#include "common/operate/state.h"
#include "common/program/file.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"

enum { COUNTERS_BYTES_MAX = 256 * 1024 };

const char *const verdict_words[VERDICTS] = {"identical", "not compared", "different"};

void
comparison_set(struct comparison *c, enum verdict v, const char *format, ...)
{
	char text[WHAT_TEXT_MAX + 200];
	va_list args;
	if (v <= c->verdict)
		return;
	c->verdict = v;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	buf_reset(&c->why);
	buf_put_text(&c->why, text);
	buf_check(&c->why, "a reason", NULL);
}

/* The streams of one folder. */
struct files {
	char **names; /* "load-pg[step]-2.mam" */
	size_t n;
	bool *taken;
};

static bool
is_load(const char *name)
{
	size_t n = strlen(name);
	return n > 9 && strncmp(name, "load-", 5) == 0 && strcmp(name + n - 4, ".mam") == 0;
}

static struct files
files_of(const char *folder)
{
	struct files f = {0};
	char **names;
	size_t n = state_list(folder, &names);
	f.names = xcalloc(n + 1, sizeof *f.names);
	f.taken = xcalloc(n + 1, sizeof *f.taken);
	for (size_t i = 0; i < n; i++)
		if (is_load(names[i]))
			f.names[f.n++] = xstring(slice_of(names[i]));
	state_list_free(names, n);
	return f;
}

static void
files_free(struct files *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->names[i]);
	free(f->names);
	free(f->taken);
}

/* "load-pg[step]": several loaders of one name have numbers in the order in which they began. */
static struct slice
stage_of(const char *name)
{
	struct slice s = {name, strlen(name) - 4};
	size_t n = s.n;
	while (n && s.p[n - 1] >= '0' && s.p[n - 1] <= '9')
		n--;
	if (n && n < s.n && s.p[n - 1] == '-')
		s.n = n - 1;
	return s;
}

static void
put_text(struct buf *b, const char *name, const char *text)
{
	buf_printf(b, "\"%s\":", name);
	json_write_text(b, slice_of(text));
}

static void
keep_pair(struct comparison *c, struct slice stage, const struct pair *p)
{
	struct buf *b = &c->streams;
	c->records += p->records[NEW];
	buf_put_text(b, b->n ? ",{\"stage\":" : "{\"stage\":");
	json_write_text(b, stage);
	buf_printf(b,
	    ",\"records\":[%" PRIu64 ",%" PRIu64 "],\"digest\":[\"%s\",\"%s\"],\"same\":%s",
	    p->records[OLD], p->records[NEW], p->digest[OLD], p->digest[NEW],
	    p->same ? "true" : "false");
	if (!p->same) {
		buf_printf(b, ",\"different\":%" PRIu64 ",", p->different);
		put_text(b, "what", p->what);
	}
	if (!p->same && p->record)
		buf_printf(b, ",\"record\":%" PRIu64, p->record);
	if (!p->same && p->field[0]) {
		buf_put_byte(b, ',');
		put_text(b, "field", p->field);
	}
	if (!p->same && (p->value[OLD][0] || p->value[NEW][0])) {
		buf_put_byte(b, ',');
		put_text(b, "old", p->value[OLD]);
		buf_put_byte(b, ',');
		put_text(b, "new", p->value[NEW]);
	}
	buf_put_byte(b, '}');
	buf_check(b, "the result of a comparison", NULL);
}

static void
judge(struct comparison *c, struct slice stage, const struct pair *p)
{
	uint64_t most = p->records[OLD] > p->records[NEW] ? p->records[OLD] : p->records[NEW];
	if (!p->done)
		comparison_set(c, NOT_COMPARED, "%.*s: %s", (int)stage.n, stage.p, p->what);
	else if (!p->same && p->different)
		comparison_set(c, DIFFERENT, "%.*s: %s; %" PRIu64 " of %" PRIu64 " records differ",
		    (int)stage.n, stage.p, p->what, p->different, most);
	else if (!p->same)
		comparison_set(c, DIFFERENT, "%.*s: %s", (int)stage.n, stage.p, p->what);
}

static void
compare_two(struct pair *p, const struct comparison *c, char *const folders[SIDES], const char *a,
    const char *b)
{
	struct buf first = {0}, second = {0};
	buf_printf(&first, "%s/%s%c", folders[OLD], a, '\0');
	buf_printf(&second, "%s/%s%c", folders[NEW], b, '\0');
	buf_check(&first, "a path", NULL);
	buf_check(&second, "a path", NULL);
	pair_compare(p, (char *[]){first.p, second.p}, c->side);
	buf_free(&first);
	buf_free(&second);
}

/* Loaders of one name may begin in any order, so streams that are the same belong together. */
static void
pair_same(struct comparison *c, struct files *f, char *const folders[SIDES], bool only)
{
	for (size_t i = 0; i < f[OLD].n; i++)
		for (size_t j = 0; j < f[NEW].n && !f[OLD].taken[i]; j++) {
			struct slice stage = stage_of(f[OLD].names[i]);
			struct pair p;
			if (f[NEW].taken[j] || !slice_equal(stage, stage_of(f[NEW].names[j])))
				continue;
			compare_two(&p, c, folders, f[OLD].names[i], f[NEW].names[j]);
			if (only && !(p.done && p.same))
				continue;
			f[OLD].taken[i] = f[NEW].taken[j] = true;
			keep_pair(c, stage, &p);
			judge(c, stage, &p);
		}
}

static void
report_alone(struct comparison *c, const struct files *f, int side)
{
	for (size_t i = 0; i < f->n; i++)
		if (!f->taken[i])
			comparison_set(c, DIFFERENT, "%.*s loads a stream in %s only",
			    (int)stage_of(f->names[i]).n, f->names[i], c->side[side]);
}

void
compare_streams(struct comparison *c, char *const folders[SIDES])
{
	struct files f[SIDES] = {files_of(folders[OLD]), files_of(folders[NEW])};
	if (!f[OLD].n && !f[NEW].n)
		comparison_set(c, NOT_COMPARED, "no stream was loaded");
	if (f[OLD].n > 1 || f[NEW].n > 1)
		pair_same(c, f, folders, true);
	pair_same(c, f, folders, false);
	report_alone(c, &f[OLD], OLD);
	report_alone(c, &f[NEW], NEW);
	files_free(&f[OLD]);
	files_free(&f[NEW]);
}

static const char *const counted[] = {
    "rejected", "inserted", "updated", "inserted_or_updated", "unchanged", "deleted", "skipped"};
enum { COUNTED = sizeof counted / sizeof *counted };

/* Sums over the stages of a batch; rows of loaders only. -1: no stage has the counter. */
struct sums {
	int64_t n[COUNTED];
};

static void
add_file(struct sums *s, const char *path)
{
	struct buf text = {.max = COUNTERS_BYTES_MAX}, object = {0};
	struct json_error error;
	struct mp_token t;
	if (file_read(path, &text) && !text.failed &&
	    json_to_msgpack(buf_slice(&text), JSON_DUPLICATES_ERROR, &object, &error) &&
	    mp_member(buf_slice(&object), "stage", &t) && t.type == MP_STR) {
		bool load = t.n > 5 && memcmp(t.p, "load-", 5) == 0;
		for (size_t i = 0; i < COUNTED; i++)
			if ((load || i == 0) && mp_member(buf_slice(&object), counted[i], &t) &&
			    t.type == MP_INT)
				s->n[i] = (s->n[i] < 0 ? 0 : s->n[i]) + t.i;
	}
	buf_free(&text);
	buf_free(&object);
}

static struct sums
sums_of(const char *folder)
{
	struct sums s;
	char **names;
	size_t n = state_list(folder, &names);
	for (size_t i = 0; i < COUNTED; i++)
		s.n[i] = -1;
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(names[i]);
		struct buf path = {0};
		buf_printf(&path, "%s/%s%c", folder, names[i], '\0');
		buf_check(&path, "a path", NULL);
		if (length > 5 && strcmp(names[i] + length - 5, ".json") == 0)
			add_file(&s, path.p);
		buf_free(&path);
	}
	state_list_free(names, n);
	return s;
}

void
compare_counters(struct comparison *c, char *const folders[SIDES])
{
	struct sums a = sums_of(folders[OLD]), b = sums_of(folders[NEW]);
	for (size_t i = 0; i < COUNTED; i++)
		if (a.n[i] >= 0 && b.n[i] >= 0 && a.n[i] != b.n[i])
			comparison_set(c, DIFFERENT, "%s %s: %" PRId64 " in %s, %" PRId64 " in %s",
			    i ? "rows" : "records", counted[i], a.n[i], c->side[OLD], b.n[i],
			    c->side[NEW]);
}
