/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/operate/definitions.h"
#include "common/operate/live_impl.h"
#include "common/program/file.h"
#include "common/program/message.h"

struct live_options live_options;

const struct option_row live_option_rows[] = {
    {.name = "system",
	.word = "NAME,IMAGE,URI",
	.help = "an operating system: its name, its image, and its build of the programs; may be "
		"repeated",
	.kind = OPTION_LIST,
	.to.list = &live_options.systems},
    {.name = "targets",
	.word = "FILE",
	.help = "the targets of pipelines that launch no batch with a head: lines PIPELINE TARGET",
	.kind = OPTION_TEXT,
	.to.text = &live_options.targets},
    {.name = "launcher",
	.word = "NAME",
	.help = "a program whose last operand is a batch, as launcher and run-batch; may be "
		"repeated",
	.kind = OPTION_LIST,
	.to.list = &live_options.launchers},
    {0},
};

struct dp_system *
live_systems(size_t *n)
{
	const struct option_list *list = &live_options.systems;
	struct dp_system *systems = xcalloc(list->n + 1, sizeof *systems);
	for (*n = 0; *n < list->n; ++*n) {
		struct slice rest = slice_of(list->items[*n]),
			     *parts[] = {
				 &systems[*n].name, &systems[*n].image, &systems[*n].artifact};
		struct slice word;
		size_t k = 0;
		for (; live_next_word(&rest, ",", &word); k++)
			if (k < 3)
				*parts[k] = word;
		if (k != 3)
			die(STATUS_USAGE, "--system: %s is not NAME,IMAGE,URI",
			    quoted(slice_of(list->items[*n])));
		for (size_t i = 0; i < *n; i++)
			if (slice_equal(systems[i].name, systems[*n].name))
				die(STATUS_USAGE, "--system: %s is given twice",
				    quoted(systems[i].name));
	}
	return systems;
}

bool
live_next_word(struct slice *rest, const char *separator, struct slice *word)
{
	size_t n = 0;
	while (rest->n && strchr(" \t\r\n", *rest->p))
		(void)slice_take(rest, *rest->p);
	while (n < rest->n && !strchr(separator, rest->p[n]) && !strchr(" \t\r\n", rest->p[n]))
		n++;
	if (!n)
		return false;
	*word = (struct slice){rest->p, n};
	/* With the separator after it. */
	n += n < rest->n;
	rest->p += n;
	rest->n -= n;
	return true;
}

/* "mysql team_x.day" and "mysql:team_x.day" into the kind and the table. */
static struct slice
kind_and_table(struct slice target, struct slice *table)
{
	size_t n = 0;
	while (n < target.n && target.p[n] != ' ' && target.p[n] != ':')
		n++;
	*table = n < target.n ? slice_trim((struct slice){target.p + n + 1, target.n - n - 1})
			      : (struct slice){0};
	return (struct slice){target.p, n};
}

bool
live_is_target(struct slice target, struct slice word)
{
	struct slice table, wanted;
	struct slice kind = kind_and_table(target, &table),
		     wanted_kind = kind_and_table(word, &wanted);
	if (!slice_equal(kind, wanted_kind))
		return false;
	if (!wanted.n || slice_equal(table, wanted))
		return true;
	return table.n > wanted.n && memcmp(table.p, wanted.p, wanted.n) == 0 &&
	       table.p[wanted.n] == '.';
}

static struct live *
add(struct lives *lives)
{
	lives->items = xrealloc(lives->items, (lives->n + 1) * sizeof *lives->items);
	struct live *l = &lives->items[lives->n++];
	*l = (struct live){.state = ""};
	return l;
}

static void
read_file(struct lives *lives, const char *file)
{
	char why[DEFINITION_WHY];
	struct live *l = add(lives);
	const char *slash = strrchr(file, '/');
	struct slice name = slice_of(slash ? slash + 1 : file);
	if (name.n > 5 && strcmp(name.p + name.n - 5, ".json") == 0)
		name.n -= 5;
	l->file = file;
	l->id = l->name = xstring(name);
	if (!definition_read_file(&l->d, &l->json, file, why))
		die(STATUS_DATA, "%s: %s", file, why);
}

static void
read_folder(struct lives *lives, const char *folder)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, NULL, alphasort);
	if (n < 0)
		die_errno(STATUS_IO, "cannot read the folder %s", folder);
	for (int i = 0; i < n; i++) {
		struct slice name = slice_of(entries[i]->d_name);
		if (*name.p != '.' && name.n > 5 && strcmp(name.p + name.n - 5, ".json") == 0) {
			struct buf path = {0};
			buf_printf(&path, "%s/%s%c", folder, name.p, '\0');
			buf_check(&path, "a path", NULL);
			read_file(lives, path.p); /* the path lives on */
		}
		free(entries[i]);
	}
	free(entries);
}

static void
read_service(struct lives *lives, struct aws *a)
{
	struct dp_pipelines all = {0};
	struct failure f = {0};
	if (!datapipeline_list(a, &all, &f) || !datapipeline_describe(a, &all, &f))
		die(f.status, "%s", f.text);
	for (size_t i = 0; i < all.n; i++) {
		struct live *l = add(lives);
		l->id = all.items[i].id;
		l->name = all.items[i].name;
		l->state = all.items[i].state ? all.items[i].state : "";
		if (!datapipeline_get(a, l->id, "latest", &l->d, &f))
			die(f.status, "%s (%s): %s", l->id, l->name, f.text);
	}
}

static int
by_id(const void *x, const void *y)
{
	const struct live *a = x, *b = y;
	return strcmp(a->id, b->id);
}

/* The target that the file of --targets gives to a pipeline; empty if none. */
static struct slice
target_of(struct slice text, const struct live *l)
{
	struct slice line, pattern;
	for (size_t line_number = 1; slice_take_line(&text, &line); line_number++) {
		line = slice_trim(line);
		if (!line.n || *line.p == '#' || !live_next_word(&line, "", &pattern))
			continue;
		line = slice_trim(line);
		if (!line.n)
			die(STATUS_CONFIG, "%s, line %zu: %s has no target; write PIPELINE TARGET",
			    live_options.targets, line_number, quoted(pattern));
		char *glob = xstring(pattern);
		bool fits = fnmatch(glob, l->id, 0) == 0 || fnmatch(glob, l->name, 0) == 0;
		free(glob);
		if (fits)
			return line;
	}
	return (struct slice){0};
}

struct lives
live_read(struct aws *a, const struct operands *files, const struct batches *all)
{
	struct lives lives = {0};
	struct stat info;
	struct buf *targets = xcalloc(1, sizeof *targets); /* slices point into it */
	if (live_options.targets && !file_read(live_options.targets, targets))
		die_errno(STATUS_CONFIG, "cannot read %s", live_options.targets);
	for (size_t i = 0; i < files->n; i++)
		if (stat(files->items[i], &info) == 0 && S_ISDIR(info.st_mode))
			read_folder(&lives, files->items[i]);
		else
			read_file(&lives, files->items[i]);
	if (!files->n)
		read_service(&lives, a);
	if (lives.n)
		qsort(lives.items, lives.n, sizeof *lives.items, by_id);
	for (size_t i = 0; i < lives.n; i++)
		live_look(&lives.items[i], all, target_of(buf_slice(targets), &lives.items[i]));
	return lives;
}
