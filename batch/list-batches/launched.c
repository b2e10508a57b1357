/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "batch/list-batches/launched.h"
#include "common/program/file.h"
#include "common/program/message.h"
#include "common/text/ascii.h"

enum { SOURCE_MAX = 16 * 1024 * 1024 };

static struct {
	struct entries *all;
	const struct option_list *folders, *launchers;
	struct launches found;
} w;

const char *
launch_place(const char *kind, const char *file, size_t line)
{
	struct buf b = {0};
	buf_printf(&b, "%s:%s", kind, file);
	if (line)
		buf_printf(&b, ":%zu", line);
	buf_put_byte(&b, '\0');
	buf_check(&b, "a place", NULL);
	return b.p;
}

static struct slice
base_name(struct slice path)
{
	size_t n = path.n;
	while (n && path.p[n - 1] != '/')
		n--;
	return (struct slice){path.p + n, path.n - n};
}

static void
mark(struct entry *e, const char *where)
{
	e->living = true;
	for (size_t i = 0; i < e->launched_n; i++)
		if (strcmp(e->launched[i], where) == 0)
			return;
	e->launched = xrealloc(e->launched, (e->launched_n + 1) * sizeof *e->launched);
	e->launched[e->launched_n++] = where;
}

static void
add_missing(const char *where, struct slice name, const char *why)
{
	struct launches *f = &w.found;
	for (size_t i = 0; i < f->missing_n; i++)
		if (strcmp(f->missing[i].where, where) == 0 &&
		    slice_equal(f->missing[i].name, name))
			return;
	f->missing = xrealloc(f->missing, (f->missing_n + 1) * sizeof *f->missing);
	f->missing[f->missing_n++] = (struct missing){where, name, why};
}

static bool
is_of(const struct entry *e, struct slice word)
{
	struct slice base = base_name(word);
	return slice_equal(base, e->file) || slice_equal(base, e->batch->name);
}

/* Marks all batches that a word names. */
static bool
mark_word(const char *where, struct slice word)
{
	bool any = false;
	for (size_t i = 0; i < w.all->n; i++)
		if (is_of(&w.all->items[i], word)) {
			mark(&w.all->items[i], where);
			any = true;
		}
	return any;
}

/*
 * One word, and whether a command begins with it. Quotes only separate: "sh -c 'a; b'" has four words.
 * A line that begins with '#' is a comment; a '#' in a line may be in quotes, so that the
 * rest of the line is read, and is doubtful.
 */
struct words {
	struct slice rest;
	bool begins, inside, doubtful; /* inside: a line has begun */
};

static void
pass_separator(struct words *s)
{
	char c = *s->rest.p;
	s->begins |= c && strchr("\n;&|(`", c);
	s->doubtful &= c != '\n';
	s->inside = c != '\n' && (s->inside || (c != ' ' && c != '\t'));
	s->rest.p++;
	s->rest.n--;
}

static bool
next_word(struct words *s, struct slice *word, bool *begins)
{
	while (s->rest.n && strchr(" \t\r\n;&|()<>\"'`,[]{}=\\#", *s->rest.p)) {
		if (*s->rest.p == '#' && s->inside)
			s->doubtful = true;
		else if (*s->rest.p == '#')
			while (s->rest.n > 1 && s->rest.p[1] != '\n') {
				s->rest.p++;
				s->rest.n--;
			}
		pass_separator(s);
	}
	s->inside = true;
	size_t n = 0;
	while (n < s->rest.n && s->rest.p[n] && !strchr(" \t\r\n;&|()<>\"'`,[]{}=\\", s->rest.p[n]))
		n++;
	*word = (struct slice){s->rest.p, n};
	*begins = s->begins;
	s->begins = false;
	s->rest.p += n;
	s->rest.n -= n;
	return n > 0;
}

static bool
is_launcher(struct slice word)
{
	struct slice base = base_name(word);
	if (slice_is(base, "run-batch"))
		return true;
	for (size_t i = 0; i < w.launchers->n; i++)
		if (slice_is(base, w.launchers->items[i]))
			return true;
	return false;
}

/* A file in a folder that has the name of a searched one. NULL, or why it is not a batch. */
static const char *
why_missing(struct slice path)
{
	struct slice base = base_name(path), parent = path;
	if (!base.n || base.n == path.n || !head_name_is_good(base))
		return NULL;
	parent.n -= base.n + 1;
	for (size_t i = 0; i < w.folders->n; i++) {
		struct slice folder = slice_of(w.folders->items[i]);
		while (folder.n > 1 && folder.p[folder.n - 1] == '/')
			folder.n--;
		if (!slice_equal(base_name(folder), base_name(parent)))
			continue;
		struct buf here = {0};
		struct stat info;
		buf_printf(
		    &here, "%.*s/%.*s%c", (int)folder.n, folder.p, (int)base.n, base.p, '\0');
		bool there = !here.failed && stat(here.p, &info) == 0;
		buf_free(&here);
		if (!there)
			return "there is no such file";
		return S_ISREG(info.st_mode) ? "the file is not a batch: no head, or not executable"
					     : NULL;
	}
	return NULL;
}

/* The operands of a launcher so far: the first that can be a name, and whether one was a batch. */
struct call {
	bool open, known;
	bool after_option;
	struct slice name;
};

static void
end_call(struct call *c, const char *where)
{
	if (c->open && !c->known && c->name.n)
		add_missing(where, c->name, "there is no batch of this name");
	*c = (struct call){0};
}

/* Options of run-batch that take no value. */
static bool
is_flag(struct slice option)
{
	return slice_is(option, "--again") || slice_is(option, "--dry-run") ||
	       slice_is(option, "--quiet");
}

static void
add_operand(struct call *c, struct slice word)
{
	bool option = word.p[0] == '-';
	/* A command that has no head: the name is the launcher's own. */
	c->known |= slice_is(word, "--") || slice_is(word, "--name");
	bool name = !option && !c->after_option && head_name_is_good(base_name(word));
	if (!c->name.n && name)
		c->name = word;
	c->after_option = option && !is_flag(word);
}

void
launched_command(const char *where, struct slice command)
{
	struct words words = {.rest = command, .begins = true};
	struct call call = {0};
	struct slice word;
	bool begins;
	w.found.commands++;
	while (next_word(&words, &word, &begins)) {
		if (begins)
			end_call(&call, where);
		bool known = mark_word(where, word);
		call.known |= known;
		if (is_launcher(word)) {
			call.open = true;
			continue;
		}
		if (call.open && !words.doubtful)
			add_operand(&call, word);
		const char *why = known || call.open || words.doubtful ? NULL : why_missing(word);
		if (why)
			add_missing(where, word, why);
	}
	end_call(&call, where);
}

void
launched_name(const char *where, struct slice name)
{
	w.found.commands++;
	if (!mark_word(where, name))
		add_missing(where, name, "there is no batch of this name");
}

static void
read_list(const char *file, struct slice text)
{
	struct slice line;
	for (size_t n = 1; slice_take_line(&text, &line); n++) {
		line = slice_trim(line);
		if (line.n && line.p[0] != '#')
			launched_name(launch_place("file", file, n), line);
	}
}

static void
read_script(const char *file, struct slice text)
{
	launched_command(launch_place("script", file, 0), text);
}

/* The file stays in memory: names and places point into it. */
static struct slice
read_all(const char *source, const char *file)
{
	struct buf *text = xcalloc(1, sizeof *text);
	text->max = SOURCE_MAX;
	if (!file_read(file, text))
		die_errno(STATUS_IO, "--launched %s", source);
	if (text->failed)
		die(STATUS_DATA, "--launched %s: the file is larger than %d MiB", source,
		    SOURCE_MAX / 1024 / 1024);
	return buf_slice(text);
}

static const struct kind {
	const char *name;
	void (*read)(const char *file, struct slice text);
	const char *ending; /* of the files of a folder */
} kinds[] = {
    {"crontab", read_crontab, ""},
    {"datapipeline", read_datapipeline, ".json"},
    {"prefect", read_prefect, ".yaml"},
    {"script", read_script, ""},
    {"file", read_list, ""},
};

/* All files of a folder, such as /etc/cron.d or a folder of definitions. */
static void
read_folder(const struct kind *kind, const char *source, const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);
	if (n < 0)
		die_errno(STATUS_IO, "--launched %s", source);
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		size_t end = strlen(kind->ending), length = strlen(name);
		if (name[0] == '.' || length < end ||
		    strcmp(name + length - end, kind->ending) != 0)
			continue;
		struct buf file = {0};
		struct stat info;
		buf_printf(&file, "%s/%s%c", path, name, '\0');
		buf_check(&file, "a path", NULL);
		if (stat(file.p, &info) == 0 && S_ISREG(info.st_mode))
			kind->read(file.p, read_all(source, file.p));
	}
}

static void
read_source(const char *source)
{
	const char *colon = strchr(source, ':');
	struct slice name = {source, colon ? (size_t)(colon - source) : 0};
	struct stat info;
	size_t before = w.found.commands, i = 0;
	if (!colon || !colon[1])
		die(STATUS_USAGE, "--launched: %s is not KIND:FILE", quoted(slice_of(source)));
	const char *file = colon + 1;
	bool folder = stat(file, &info) == 0 && S_ISDIR(info.st_mode);
	while (i < sizeof kinds / sizeof *kinds && !slice_is(name, kinds[i].name))
		i++;
	if (slice_is(name, "systemd"))
		read_systemd(file);
	else if (i == sizeof kinds / sizeof *kinds)
		die(STATUS_USAGE,
		    "--launched: %s is not a kind: crontab, systemd, datapipeline, prefect, "
		    "script, file",
		    quoted(name));
	else if (folder)
		read_folder(&kinds[i], source, file);
	else
		kinds[i].read(file, read_all(source, file));
	/* An empty answer is more likely a failure of the program that wrote the file. */
	if (w.found.commands == before)
		die(STATUS_DATA,
		    "--launched %s: nothing is launched in it; leave it out if that is right",
		    source);
}

/* A batch that a living one calls lives too, in any order. */
static void
spread_life(struct entries *all)
{
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < all->n; i++) {
			struct words words = {
			    .rest = buf_slice(&all->items[i].code), .begins = true};
			struct slice word;
			bool begins, called = false;
			while (all->items[i].living && next_word(&words, &word, &begins)) {
				called = !begins && (called || is_launcher(word));
				called |= begins && is_launcher(word);
				bool path = memchr(word.p, '/', word.n) != NULL;
				for (size_t k = 0; (path || called) && k < all->n; k++)
					if (!all->items[k].living && is_of(&all->items[k], word))
						changed = all->items[k].living = true;
			}
		}
	}
}

struct launches
launched_read(struct entries *all, const struct option_list *folders,
    const struct option_list *sources, const struct option_list *launchers)
{
	w.all = all;
	w.folders = folders;
	w.launchers = launchers;
	for (size_t i = 0; i < sources->n; i++)
		read_source(sources->items[i]);
	if (sources->n)
		spread_life(all);
	else /* without a source all count as living */
		for (size_t i = 0; i < all->n; i++)
			all->items[i].living = true;
	return w.found;
}
