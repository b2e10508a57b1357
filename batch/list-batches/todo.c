/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "batch/list-batches/list.h"
#include "batch/list-batches/literal.h"
#include "common/program/message.h"

static struct buf out; /* of standard output */
static const struct todo *todo;
static const char replace_them[] =
    "replace them by new ones, since the history of the repository shows these";

/* "ads-data, postgresql ads.daily" after a batch's name. */
static void
put_facts(struct buf *b, const struct entry *e)
{
	const struct head *head = &e->batch->head;
	const struct slice facts[] = {head->owner, head->target, head->schedule};
	const char *before = " (";
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		if (!facts[i].n)
			continue;
		buf_put_text(b, before);
		buf_put_slice(b, facts[i]);
		before = ", ";
	}
	if (*before == ',')
		buf_put_byte(b, ')');
}

/* One item: a line of the checklist, or a file whose first line is the title. */
static void
item(const char *title, struct slice name, const struct buf *facts, const struct buf *body)
{
	if (!todo->folder) {
		buf_printf(&out, "- [ ] %s `%.*s`%.*s\n", title, (int)name.n, name.p, (int)facts->n,
		    facts->n ? facts->p : "");
		buf_put_slice(&out, buf_slice(body));
		return;
	}
	struct buf path = {0}, text = {0};
	buf_printf(&path, "%s/", todo->folder);
	for (size_t i = 0; i < name.n; i++)
		buf_put_byte(&path, name.p[i] == ' ' ? '-' : name.p[i]);
	buf_printf(&path, ".md%c", '\0');
	buf_printf(&text, "# %s %.*s\n\n`%.*s`%.*s\n\n", title, (int)name.n, name.p, (int)name.n,
	    name.p, (int)facts->n, facts->n ? facts->p : "");
	buf_put_slice(&text, buf_slice(body));
	buf_check(&path, "a path", NULL);
	buf_check(&text, "a checklist", NULL);
	FILE *file = fopen(path.p, "w");
	if (!file || fwrite(text.p, 1, text.n, file) != text.n || fflush(file) || fclose(file))
		die_errno(STATUS_IO, "cannot write %s", path.p);
	buf_free(&path);
	buf_free(&text);
}

static void
step(struct buf *body, const char *text)
{
	buf_printf(body, "%s- [ ] %s\n", todo->folder ? "" : "  ", text);
}

static void
remove_batch(const struct entry *e, const struct extra_files *files)
{
	struct buf facts = {0}, body = {0}, line = {0};
	put_facts(&facts, e);
	step(&body, "ask the owner whether its table is still read");
	buf_printf(&line, "remove `%s`%c", e->batch->path, '\0');
	step(&body, line.p);
	for (size_t i = 0; i < files->n; i++) {
		const struct extra_file *f = &files->items[i];
		if (f->used || !text_names(buf_slice(&e->code), f->name))
			continue;
		buf_reset(&line);
		buf_printf(&line, "remove `%s`, which no other living batch uses%c", f->path, '\0');
		step(&body, line.p);
	}
	item("Remove", e->batch->name, &facts, &body);
	buf_free(&facts);
	buf_free(&body);
	buf_free(&line);
}

/* Files that are used by no batch at all, living or not. */
static void
remove_files(const struct entries *all, const struct extra_files *files)
{
	struct buf body = {0}, none = {0};
	for (size_t i = 0; i < files->n; i++) {
		const struct extra_file *f = &files->items[i];
		bool named = f->used;
		for (size_t k = 0; k < all->n && !named; k++)
			named = text_names(buf_slice(&all->items[k].code), f->name);
		if (!named)
			buf_printf(
			    &body, "%s- [ ] remove `%s`\n", todo->folder ? "" : "  ", f->path);
	}
	if (body.n)
		item("Remove", SLICE("files that no batch uses"), &none, &body);
	buf_free(&body);
}

static void
move_secrets(const struct entry *e)
{
	struct buf facts = {0}, body = {0}, line = {0};
	if (literals_put(&body, e, todo->folder ? "" : "  ")) {
		put_facts(&facts, e);
		buf_printf(&line, "move them with `secret import %s`%c", e->batch->path, '\0');
		step(&body, line.p);
		step(&body, replace_them);
		item("Move the secrets of", e->batch->name, &facts, &body);
	}
	buf_free(&facts);
	buf_free(&body);
	buf_free(&line);
}

/* Scripts that are not batches yet, and settings. */
static void
move_file_secrets(const struct extra_files *files)
{
	struct buf body = {0}, none = {0};
	for (size_t i = 0; i < files->n; i++)
		literals_put_file(&body, &files->items[i], todo->folder ? "" : "  ");
	if (body.n) {
		step(&body, "move those of scripts with `secret import SCRIPT`");
		step(&body, replace_them);
		item("Move the secrets of", SLICE("files that are not batches"), &none, &body);
	}
	buf_free(&body);
}

/* Whether its head names another system than the one that is left. */
static bool
runs_elsewhere(const struct head *head)
{
	for (size_t i = 0; i < head->os_count; i++)
		if (!slice_equal_caseless(head->os[i], slice_of(todo->os)))
			return true;
	return false;
}

static void
move_batch(const struct entry *e)
{
	struct buf facts = {0}, body = {0}, line = {0};
	put_facts(&facts, e);
	buf_printf(&line, "take %s from `os` in its head%c", todo->os, '\0');
	if (!runs_elsewhere(&e->batch->head))
		step(&body, "run it on the new system for a past slot and compare the rows");
	step(&body, "launch it on the new system only");
	step(&body, line.p);
	item("Move", e->batch->name, &facts, &body);
	buf_free(&facts);
	buf_free(&body);
	buf_free(&line);
}

/* By kind of database, since those of one database are switched together. */
static void
move_all(const struct entries *all, const struct filter *f)
{
	static const char *const kinds[] = {"postgresql", "mysql", "sqlite", NULL};
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		bool titled = todo->folder != NULL;
		for (size_t i = 0; i < all->n; i++) {
			const struct entry *e = &all->items[i];
			struct slice target = e->batch->head.target;
			const char *end = target.n ? memchr(target.p, ' ', target.n) : NULL;
			target.n = end ? (size_t)(end - target.p) : target.n;
			size_t kind = 0;
			while (kinds[kind] && !slice_is(target, kinds[kind]))
				kind++;
			if (kind != k || !filter_takes(f, e))
				continue;
			if (!titled)
				buf_printf(&out, "%s## %s\n\n", out.n ? "\n" : "",
				    kinds[k] ? kinds[k] : "other targets");
			titled = true;
			move_batch(e);
		}
	}
}

void
todo_write(const struct todo *wanted, const struct entries *all, const struct filter *f,
    const struct extra_files *files)
{
	todo = wanted;
	if (todo->folder && mkdir(todo->folder, 0777) && errno != EEXIST)
		die_errno(STATUS_IO, "cannot make the folder %s", todo->folder);
	if (strcmp(todo->kind, "os") == 0)
		move_all(all, f);
	for (size_t i = 0; i < all->n && strcmp(todo->kind, "remove") == 0; i++)
		if (filter_takes(f, &all->items[i]))
			remove_batch(&all->items[i], files);
	for (size_t i = 0; i < all->n && strcmp(todo->kind, "secrets") == 0; i++)
		if (filter_takes(f, &all->items[i]))
			move_secrets(&all->items[i]);
	bool every = !f->os && !f->target && !f->owner && f->sunset < 0;
	if (every && strcmp(todo->kind, "secrets") == 0)
		move_file_secrets(files);
	if (strcmp(todo->kind, "remove") == 0)
		remove_files(all, files);
	print_all(&out);
}
