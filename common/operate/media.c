/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/operate/media.h"
#include "common/operate/media_words.h"
#include "common/program/file.h"
#include "common/program/message.h"

enum { MEDIA_BYTES_MAX = 1024 * 1024, MEDIA_FILES_MAX = 10000 };

char *
media_folder(const char *batch_path)
{
	const char *named = getenv("MAM_MEDIA"), *slash = strrchr(batch_path, '/');
	struct buf path = {0};
	if (named && *named)
		return xstring(slice_of(named));
	buf_put(&path, batch_path, slash ? (size_t)(slash - batch_path) + 1 : 0);
	buf_put(&path, "media", sizeof "media");
	buf_check(&path, "a path", NULL);
	return path.p;
}

static void
add_file(struct media *all, const char *folder, const char *name)
{
	struct buf path = {0}, text = {.max = MEDIA_BYTES_MAX};
	struct stat info;
	buf_printf(&path, "%s/%s%c", folder, name, '\0');
	buf_check(&path, "a path", NULL);
	if (stat(path.p, &info) != 0 || !S_ISREG(info.st_mode)) {
		buf_free(&path);
		return;
	}
	if (all->n == MEDIA_FILES_MAX)
		die(STATUS_CONFIG, "%s: more than %d media files", folder, MEDIA_FILES_MAX);
	all->items = xrealloc(all->items, (all->n + 1) * sizeof *all->items);
	struct media_file *f = &all->items[all->n++];
	*f = (struct media_file){.path = path.p};
	f->name = slice_of(strrchr(f->path, '/') + 1);
	if (!file_read(f->path, &text)) {
		snprintf(
		    f->mistake.text, sizeof f->mistake.text, "cannot be read: %s", strerror(errno));
	} else if (text.failed) {
		snprintf(f->mistake.text, sizeof f->mistake.text, "is larger than 1 MiB");
	} else {
		f->text = text.p;
		f->good = media_head_read(buf_slice(&text), &f->head, &f->mistake);
		return;
	}
	buf_free(&text);
}

struct media
media_find(const char *folder)
{
	struct media all = {0};
	struct dirent **entries;
	const char *named = getenv("MAM_MEDIA");
	int n = scandir(folder, &entries, NULL, alphasort);
	if (n < 0 && (errno != ENOENT || (named && *named)))
		die_errno(STATUS_CONFIG, "cannot read the folder of media files %s", folder);
	for (int i = 0; i < n; i++) {
		struct slice name = slice_of(entries[i]->d_name);
		if (name.p[0] != '.' &&
		    (slice_ends_with(name, ".api") || slice_ends_with(name, ".fields")))
			add_file(&all, folder, entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return all;
}

static int
compare_slices(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static bool
has_word(const struct words *w, struct slice word)
{
	return w->n && bsearch(&word, w->items, w->n, sizeof word, compare_slices);
}

static struct slice
file_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slice_of(slash ? slash + 1 : path);
}

/* The name, or a variable in place of its stem if the stem is in the text or is the batch's own name. */
static bool
uses(const struct words *w, struct slice own, struct slice name)
{
	bool api = slice_ends_with(name, ".api");
	struct slice stem = {name.p, name.n - strlen(api ? ".api" : ".fields")};
	if (has_word(w, name))
		return true;
	return (api ? w->api : w->fields) && (has_word(w, stem) || slice_equal(stem, own));
}

static void
take(struct batch *b, struct media_file *f)
{
	f->users++;
	if (!f->good)
		return;
	if (!b->head.api.n && f->head.version.n && slice_ends_with(f->name, ".api")) {
		struct buf api = {0};
		buf_printf(&api, "%.*s ", (int)(f->name.n - 4), f->name.p);
		buf_put_slice(&api, f->head.version);
		buf_check(&api, "a version", NULL);
		b->head.api = buf_slice(&api);
	}
	if (f->head.has_sunset && (!b->head.has_sunset || f->head.sunset < b->head.sunset)) {
		b->head.sunset = f->head.sunset;
		b->head.has_sunset = true;
	}
}

/* What one batch names. */
struct named {
	size_t *files, n_files;     /* media files, by index */
	size_t *batches, n_batches; /* other batches of its folder, by index */
	size_t seen;                /* by the search for this batch + 1 */
};

static void
add_index(size_t **list, size_t *n, size_t index)
{
	if (!(*n & (*n - 1)))
		*list = xrealloc(*list, (*n ? 2 * *n : 1) * sizeof **list);
	(*list)[(*n)++] = index;
}

/* A batch by the name of its file. */
struct by_file {
	struct slice name;
	size_t batch;
};

static int
compare_names(const void *a, const void *b)
{
	return slice_compare(((const struct by_file *)a)->name, ((const struct by_file *)b)->name);
}

static bool
same_folder(const char *a, const char *b)
{
	const char *x = strrchr(a, '/'), *y = strrchr(b, '/');
	size_t n = x ? (size_t)(x - a) : 0, m = y ? (size_t)(y - b) : 0;
	return n == m && memcmp(a, b, n) == 0;
}

static void
find_batches(struct named *to, const struct words *w, const struct batches *all, size_t self,
    const struct by_file *files)
{
	for (size_t i = 0; i < w->n; i++) {
		struct by_file wanted = {w->items[i], 0}, *found;
		if (i && slice_equal(w->items[i], w->items[i - 1]))
			continue;
		found = bsearch(&wanted, files, all->n, sizeof *files, compare_names);
		/* Files of several folders may have the name. */
		while (found && found > files && slice_equal(found[-1].name, wanted.name))
			found--;
		for (; found && found < files + all->n && slice_equal(found->name, wanted.name);
		     found++)
			if (found->batch != self &&
			    same_folder(all->items[found->batch].path, all->items[self].path))
				add_index(&to->batches, &to->n_batches, found->batch);
	}
}

static void
append(struct media *to, struct media *more)
{
	if (more->n) {
		to->items = xrealloc(to->items, (to->n + more->n) * sizeof *to->items);
		memcpy(to->items + to->n, more->items, more->n * sizeof *more->items);
		to->n += more->n;
	}
	free(more->items);
}

/* The media files of one folder are next to each other in the list. */
struct span {
	char *folder;
	size_t first, n;
};

static struct span
span_of(const char *batch_path, struct span **spans, size_t *n, struct media *all)
{
	char *folder = media_folder(batch_path);
	for (size_t i = 0; i < *n; i++)
		if (strcmp((*spans)[i].folder, folder) == 0) {
			free(folder);
			return (*spans)[i];
		}
	struct media more = media_find(folder);
	struct span span = {folder, all->n, more.n};
	append(all, &more);
	*spans = xrealloc(*spans, (*n + 1) * sizeof **spans);
	(*spans)[(*n)++] = span;
	return span;
}

/* Files that the batch names and its folder does not have; each is in the list once. */
static void
add_missing(struct media *missing, const struct batch *b, const struct words *w)
{
	char *folder = media_folder(b->path);
	for (size_t i = 0; i < w->n_paths; i++) {
		struct buf path = {0};
		bool known = false;
		buf_printf(&path, "%s/%.*s%c", folder, (int)w->paths[i].n, w->paths[i].p, '\0');
		buf_check(&path, "a path", NULL);
		for (size_t k = 0; k < missing->n && !known; k++)
			known = strcmp(missing->items[k].path, path.p) == 0;
		if (known || access(path.p, F_OK) == 0 || errno != ENOENT) {
			buf_free(&path);
			continue;
		}
		missing->items =
		    xrealloc(missing->items, (missing->n + 1) * sizeof *missing->items);
		struct media_file *f = &missing->items[missing->n++];
		*f = (struct media_file){.path = path.p, .users = 1};
		f->name = file_name(f->path);
		snprintf(f->mistake.text, sizeof f->mistake.text,
		    "does not exist, and %.*s names it", (int)(b->name.n < 100 ? b->name.n : 100),
		    b->name.p);
	}
	free(folder);
}

/* Goes through the batches that one names, each once, and takes from their media files. */
static void
take_all(struct batches *all, struct media *media, struct named *named, size_t batch)
{
	size_t *open = NULL, n = 0;
	add_index(&open, &n, batch);
	named[batch].seen = batch + 1;
	for (size_t at = 0; at < n; at++) {
		const struct named *here = &named[open[at]];
		for (size_t i = 0; i < here->n_files; i++)
			take(&all->items[batch], &media->items[here->files[i]]);
		for (size_t i = 0; i < here->n_batches; i++) {
			struct named *next = &named[here->batches[i]];
			if (next->seen != batch + 1)
				add_index(&open, &n, here->batches[i]);
			next->seen = batch + 1;
		}
	}
	free(open);
}

struct media
media_of_batches(struct batches *all)
{
	struct media media = {0}, missing = {0};
	struct span *spans = NULL;
	size_t n_spans = 0;
	struct named *named = xcalloc(all->n + 1, sizeof *named);
	struct by_file *files = xcalloc(all->n + 1, sizeof *files);
	for (size_t i = 0; i < all->n; i++)
		files[i] = (struct by_file){file_name(all->items[i].path), i};
	qsort(files, all->n, sizeof *files, compare_names);
	for (size_t i = 0; i < all->n; i++) {
		struct batch *b = &all->items[i];
		struct span span = span_of(b->path, &spans, &n_spans, &media);
		struct words w = words_of(b->text);
		for (size_t k = span.first; k < span.first + span.n; k++)
			if (uses(&w, file_name(b->path), media.items[k].name))
				add_index(&named[i].files, &named[i].n_files, k);
		find_batches(&named[i], &w, all, i, files);
		add_missing(&missing, b, &w);
		free(w.items);
		free(w.paths);
	}
	for (size_t i = 0; media.items && i < all->n; i++)
		take_all(all, &media, named, i);
	for (size_t i = 0; i < all->n; i++) {
		free(named[i].files);
		free(named[i].batches);
	}
	append(&media, &missing);
	for (size_t i = 0; i < n_spans; i++)
		free(spans[i].folder);
	free(spans);
	free(named);
	free(files);
	return media;
}

enum media_state
media_judge(const struct media_file *f, int64_t today, struct buf *why)
{
	if (!f->good && !f->mistake.line) {
		buf_put_text(why, f->mistake.text);
		return MEDIA_MISTAKE;
	}
	return media_head_judge(&f->head, f->good ? NULL : &f->mistake, today, why);
}

bool
media_report(const struct media *all, int64_t today)
{
	bool mistakes = false;
	for (size_t i = 0; i < all->n; i++) {
		const struct media_file *f = &all->items[i];
		struct buf why = {0};
		enum media_state state = media_judge(f, today, &why);
		buf_put_byte(&why, '\0');
		buf_check(&why, "a message", NULL);
		if (state != MEDIA_GOOD && state != MEDIA_NO_VERSION)
			message("%s: %s", f->path, why.p);
		mistakes |= state == MEDIA_MISTAKE;
		buf_free(&why);
	}
	return mistakes;
}
