/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/operate/batches.h"
#include "common/program/message.h"
#include "common/text/nearest.h"

enum { DEPTH_MAX = 5, BATCHES_MAX = 10000 };

const char *
batches_program_folder(void)
{
	static char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	if (n <= 0)
		die_errno(STATUS_CONFIG, "cannot find this program's own folder in /proc");
	path[n] = '\0';
	char *slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	return path;
}

static bool
is_folder(const char *path)
{
	struct stat info;
	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Beside bin/ where it is installed; the source tree has build/bin/. */
static struct option_list
default_folders(void)
{
	static const char *const beside[] = {"/../pipelines", "/../../pipelines"};
	for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
		struct buf path = {0};
		buf_put_text(&path, batches_program_folder());
		buf_put_text(&path, beside[i]);
		buf_put_byte(&path, '\0');
		buf_check(&path, "a path", NULL);
		char *real = is_folder(path.p) ? realpath(path.p, NULL) : NULL;
		buf_free(&path);
		if (!real)
			continue;
		const char **items = xmalloc(sizeof *items);
		items[0] = real;
		return (struct option_list){items, 1};
	}
	die(STATUS_CONFIG, "no folder with batches: give --batches FOLDER or set MAM_BATCHES, or "
			   "name a batch by its path");
}

struct option_list
batches_folders(const struct option_list *given)
{
	const char *named = getenv("MAM_BATCHES");
	if (given->n)
		return *given;
	if (!named || !*named)
		return default_folders();
	struct option_list list = {0};
	while (*named) {
		size_t n = strcspn(named, ":");
		if (n) {
			list.items = xrealloc(list.items, (list.n + 1) * sizeof *list.items);
			list.items[list.n++] = xstring((struct slice){named, n});
		}
		named += n + (named[n] == ':');
	}
	return list;
}

bool
batch_read(struct batch *b, const char *path)
{
	*b = (struct batch){0};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	b->text = xmalloc(HEAD_BYTES_MAX + 1);
	size_t n = 0;
	ssize_t got = 1;
	while (n < HEAD_BYTES_MAX && got > 0) {
		got = read(fd, b->text + n, HEAD_BYTES_MAX - n);
		n += got > 0 ? (size_t)got : 0;
	}
	int why = errno;
	close(fd);
	errno = why;
	if (got < 0)
		return false;
	b->text[n] = '\0';
	b->path = xstring(slice_of(path));
	b->good = head_read((struct slice){b->text, n}, &b->head, &b->mistake);
	const char *slash = strrchr(b->path, '/');
	b->name = b->head.name.n ? b->head.name : slice_of(slash ? slash + 1 : b->path);
	return true;
}

static void
forget(struct batch *b)
{
	free(b->path);
	free(b->text);
}

static void
add_file(struct batches *all, const char *path)
{
	struct batch b;
	if (!batch_read(&b, path)) {
		message("cannot read %s: %s", path, strerror(errno));
		return;
	}
	if (!b.head.keys) {
		forget(&b);
		return;
	}
	if (all->n == BATCHES_MAX)
		die(STATUS_CONFIG, "more than %d batches", BATCHES_MAX);
	all->items = xrealloc(all->items, (all->n + 1) * sizeof *all->items);
	all->items[all->n++] = b;
}

static void
search(struct batches *all, const char *path, size_t depth)
{
	DIR *folder = opendir(path);
	if (!folder)
		die_errno(STATUS_CONFIG, "cannot read the folder of batches %s", path);
	for (struct dirent *e; (e = readdir(folder));) {
		if (e->d_name[0] == '.')
			continue;
		struct buf name = {0};
		buf_printf(&name, "%s/%s%c", path, e->d_name, '\0');
		buf_check(&name, "a path", NULL);
		struct stat info, link;
		if (stat(name.p, &info) == 0 && lstat(name.p, &link) == 0) {
			if (S_ISDIR(link.st_mode) && depth < DEPTH_MAX)
				search(all, name.p, depth + 1);
			else if (S_ISREG(info.st_mode) && info.st_mode & 0111)
				add_file(all, name.p);
		}
		buf_free(&name);
	}
	closedir(folder);
}

static int
by_name(const void *a, const void *b)
{
	const struct batch *x = a, *y = b;
	int order = slice_compare(x->name, y->name);
	return order ? order : strcmp(x->path, y->path);
}

struct batches
batches_find(const struct option_list *folders)
{
	struct batches all = {0};
	for (size_t i = 0; i < folders->n; i++)
		search(&all, folders->items[i], 1);
	if (all.n)
		qsort(all.items, all.n, sizeof *all.items, by_name);
	return all;
}

_Noreturn static void
no_such_batch(const struct option_list *folders, const struct batches *all, const char *name)
{
	struct buf text = {0};
	struct slice *names = xmalloc((all->n + 1) * sizeof *names);
	for (size_t i = 0; i < all->n; i++)
		names[i] = all->items[i].name;
	struct slice near = nearest_name(slice_of(name), names, all->n);
	if (near.n)
		buf_printf(&text, ", did you mean \"%.*s\"?", (int)near.n, near.p);
	buf_printf(&text, " (%zu batches in", all->n);
	for (size_t i = 0; i < folders->n; i++)
		buf_printf(&text, " %s", folders->items[i]);
	buf_printf(&text, ")%c", '\0');
	die(STATUS_CONFIG, "there is no batch %s%s", quoted(slice_of(name)), text.p);
}

struct batch
batches_one(const struct option_list *folders, const char *name)
{
	struct batch one = {0};
	if (strchr(name, '/')) {
		if (!batch_read(&one, name))
			die_errno(STATUS_CONFIG, "cannot read the batch %s", name);
	} else {
		struct batches all = batches_find(folders);
		for (size_t i = 0; i < all.n; i++) {
			if (!slice_is(all.items[i].name, name))
				continue;
			if (one.path)
				die(STATUS_CONFIG, "two batches have the name %s: %s and %s", name,
				    one.path, all.items[i].path);
			one = all.items[i];
		}
		if (!one.path)
			no_such_batch(folders, &all, name);
	}
	if (!one.good)
		die(STATUS_CONFIG, "%s, line %zu: %s", one.path, one.mistake.line,
		    one.mistake.text);
	return one;
}
