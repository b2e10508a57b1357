/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "batch/list-batches/files.h"
#include "common/program/file.h"
#include "common/program/message.h"

enum { DEPTH_MAX = 5, TEXT_MAX = 1024 * 1024, FILES_MAX = 100000 };

static bool
is_batch(const struct entries *all, const char *path)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->items[i].batch->path, path) == 0)
			return true;
	return false;
}

static bool
is_document(struct slice name)
{
	return name.n > 3 && memcmp(name.p + name.n - 3, ".md", 3) == 0;
}

static void
add_file(struct extra_files *files, const char *path, off_t size)
{
	if (files->n == FILES_MAX)
		die(STATUS_CONFIG, "more than %d files beside the batches", FILES_MAX);
	files->items = xrealloc(files->items, (files->n + 1) * sizeof *files->items);
	struct extra_file *f = &files->items[files->n++];
	*f = (struct extra_file){.path = xstring(slice_of(path)), .text = {.max = TEXT_MAX}};
	f->name = slice_of(strrchr(f->path, '/') + 1);
	if (size < TEXT_MAX && !file_read(path, &f->text))
		message("cannot read %s: %s", path, strerror(errno));
}

static void
search(struct extra_files *files, const struct entries *all, const char *folder, int depth)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, NULL, alphasort);
	if (n < 0)
		die_errno(STATUS_CONFIG, "cannot read the folder %s", folder);
	for (int i = 0; i < n; i++) {
		struct buf path = {0};
		struct stat info;
		const char *name = entries[i]->d_name;
		buf_printf(&path, "%s/%s%c", folder, name, '\0');
		buf_check(&path, "a path", NULL);
		if (name[0] != '.' && lstat(path.p, &info) == 0) {
			if (S_ISDIR(info.st_mode) && depth < DEPTH_MAX)
				search(files, all, path.p, depth + 1);
			else if (S_ISREG(info.st_mode) && !is_batch(all, path.p) &&
				 !is_document(slice_of(name)))
				add_file(files, path.p, info.st_size);
		}
		buf_free(&path);
		free(entries[i]);
	}
	free(entries);
}

/* The ending comes right after a variable: "$name.fields", "${name}.fields", "#{name}.fields", "{name}.fields". */
static bool
has_variable(struct slice text, struct slice ending)
{
	for (size_t at = 1; at + ending.n <= text.n; at++) {
		if (memcmp(text.p + at, ending.p, ending.n) != 0)
			continue;
		size_t i = at;
		while (
		    i && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_",
			     text.p[i - 1]))
			i--;
		if (text.p[at - 1] == '}' || text.p[at - 1] == '*' || (i && text.p[i - 1] == '$'))
			return true;
	}
	return false;
}

static bool
uses(struct slice text, struct slice own, struct slice name)
{
	if (text_names(text, name))
		return true;
	size_t stem = name.n;
	while (stem && name.p[stem - 1] != '.')
		stem--;
	if (!stem)
		return false;
	struct slice ending = {name.p + stem - 1, name.n - stem + 1}, before = {name.p, stem - 1};
	return has_variable(text, ending) && (text_names(text, before) || slice_equal(before, own));
}

struct extra_files
files_read(const struct option_list *folders, const struct entries *all)
{
	struct extra_files files = {0};
	for (size_t i = 0; i < folders->n; i++)
		search(&files, all, folders->items[i], 1);
	for (size_t k = 0; k < files.n; k++)
		for (size_t i = 0; i < all->n && !files.items[k].used; i++)
			files.items[k].used =
			    all->items[i].living && uses(buf_slice(&all->items[i].code),
							all->items[i].file, files.items[k].name);
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t k = 0; k < files.n; k++)
			for (size_t i = 0; i < files.n && !files.items[k].used; i++)
				if (i != k && files.items[i].used &&
				    text_names(
					buf_slice(&files.items[i].text), files.items[k].name))
					files.items[k].used = changed = true;
	}
	return files;
}
