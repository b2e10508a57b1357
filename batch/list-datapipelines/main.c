/* SPDX-License-Identifier: MIT */
/*
 * list-datapipelines: the batches that pipelines of AWS Data Pipeline launch, on which image and
 * build, and into which database; compared with the batches of some folders.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/json/json_write.h"
#include "common/operate/live.h"
#include "common/operate/rows.h"
#include "common/program/file.h"
#include "common/program/message.h"
#include "common/text/ascii.h"

static struct cfg {
	struct option_list folders;
	bool unused, missing;
	const char *target, *os, *save, *region;
} cfg;

static const struct option_row options[] = {
    {.name = "batches",
	.word = "FOLDER",
	.help = "the batches are here; may be repeated (MAM_BATCHES, else pipelines/)",
	.kind = OPTION_LIST,
	.to.list = &cfg.folders},
    {.name = "target",
	.word = "WORD",
	.help = "only pipelines with this target: mysql, mysql:DATABASE or mysql:DATABASE.TABLE",
	.kind = OPTION_TEXT,
	.to.text = &cfg.target},
    {.name = "os",
	.word = "NAME",
	.help = "only pipelines with the image or the build of this --system; \"other\": of none",
	.kind = OPTION_TEXT,
	.to.text = &cfg.os},
    {.name = "missing",
	.help = "list batches that a pipeline launches and that are not in the folders",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.missing},
    {.name = "unused",
	.help = "list batches in the folders that no pipeline launches",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.unused},
    {.name = "save",
	.word = "FOLDER",
	.help = "save the definitions as FOLDER/ID.json",
	.kind = OPTION_TEXT,
	.to.text = &cfg.save},
    {.name = "region",
	.word = "NAME",
	.help = "the region (AWS_REGION, the profile, the machine's)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.region},
    {0},
};

static const struct option_row *const tables[] = {options, rows_options, live_option_rows, NULL};
static const struct program program = {.name = "list-datapipelines",
    .operands = "[FILE ...]",
    .about = "Lists the pipelines of AWS Data Pipeline and the batches that they launch.",
    .tables = tables};

/* The names of the systems that a pipeline is of, "other" if of none. */
static void
put_systems(struct buf *out, const struct live *l, const struct dp_system *systems, size_t n)
{
	bool *used = xcalloc(n + 1, sizeof *used);
	if (n && !dp_systems_of(&l->d, systems, n, used))
		buf_put_text(out, "other");
	for (size_t i = 0; i < n; i++)
		if (used[i])
			buf_printf(out, "%s%.*s", out->n ? " " : "", (int)systems[i].name.n,
			    systems[i].name.p);
	free(used);
}

static void
cell_of_list(const struct slice *items, size_t n)
{
	struct buf text = {0};
	for (size_t i = 0; i < n; i++) {
		buf_put_text(&text, i ? ", " : "");
		buf_put_slice(&text, items[i]);
	}
	buf_check(&text, "a cell", NULL);
	rows_cell(buf_slice(&text));
	buf_free(&text);
}

static bool
has_word(struct slice list, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i + n <= list.n; i++)
		if (memcmp(list.p + i, word, n) == 0 && (i == 0 || list.p[i - 1] == ' ') &&
		    (i + n == list.n || list.p[i + n] == ' '))
			return true;
	return false;
}

static bool
is_wanted(const struct live *l, struct slice systems)
{
	bool target = !cfg.target;
	for (size_t i = 0; i < l->targets_n; i++)
		target |= cfg.target && live_is_target(l->targets[i], slice_of(cfg.target));
	return target && (!cfg.os || has_word(systems, cfg.os));
}

/* By target: pipelines of one target move together. */
static int
by_target(const void *x, const void *y)
{
	const struct live *a = x, *b = y;
	struct slice none = {0};
	int order =
	    slice_compare(a->targets_n ? a->targets[0] : none, b->targets_n ? b->targets[0] : none);
	return order ? order : strcmp(a->id, b->id);
}

static void
list(enum rows_format format, struct lives *lives)
{
	static const struct rows_column columns[] = {{"target", ','}, {"pipeline", 0}, {"name", 0},
	    {"state", 0}, {"schedule", 0}, {"os", ' '}, {"image", ','}, {"artifact", ','},
	    {"batches", ','}};
	size_t n;
	struct dp_system *systems = live_systems(&n);
	rows_open(format, columns, sizeof columns / sizeof *columns);
	if (lives->n)
		qsort(lives->items, lives->n, sizeof *lives->items, by_target);
	for (size_t i = 0; i < lives->n; i++) {
		const struct live *l = &lives->items[i];
		struct buf names = {0};
		put_systems(&names, l, systems, n);
		buf_check(&names, "a cell", NULL);
		if (is_wanted(l, buf_slice(&names))) {
			cell_of_list(l->targets, l->targets_n);
			rows_cell(slice_of(l->id));
			rows_cell(slice_of(l->name));
			rows_cell(slice_of(l->state));
			rows_cell(buf_slice(&l->schedule));
			rows_cell(buf_slice(&names));
			cell_of_list(l->images, l->images_n);
			cell_of_list(l->artifacts, l->artifacts_n);
			struct slice *batches = xcalloc(l->batches_n + 1, sizeof *batches);
			for (size_t j = 0; j < l->batches_n; j++)
				batches[j] = l->batches[j].name;
			cell_of_list(batches, l->batches_n);
			free(batches);
		}
		buf_free(&names);
	}
	rows_print();
}

static void
list_missing(enum rows_format format, const struct lives *lives)
{
	static const struct rows_column columns[] = {{"batch", 0}, {"pipeline", 0}, {"name", 0}};
	rows_open(format, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < lives->n; i++)
		for (size_t j = 0; j < lives->items[i].batches_n; j++) {
			if (lives->items[i].batches[j].batch)
				continue;
			rows_cell(lives->items[i].batches[j].name);
			rows_cell(slice_of(lives->items[i].id));
			rows_cell(slice_of(lives->items[i].name));
		}
	rows_print();
}

static bool
is_launched(const struct batch *b, const struct lives *lives)
{
	for (size_t i = 0; i < lives->n; i++)
		for (size_t j = 0; j < lives->items[i].batches_n; j++)
			if (lives->items[i].batches[j].batch == b)
				return true;
	return false;
}

static void
list_unused(enum rows_format format, const struct lives *lives, const struct batches *all)
{
	static const struct rows_column columns[] = {{"batch", 0}, {"path", 0}, {"target", 0}};
	rows_open(format, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < all->n; i++) {
		if (is_launched(&all->items[i], lives))
			continue;
		rows_cell(all->items[i].name);
		rows_cell(slice_of(all->items[i].path));
		rows_cell(all->items[i].head.target);
	}
	rows_print();
}

/* An id as the name of a file: letters, digits and a few others. */
static void
save(const struct live *l)
{
	struct buf path = {0}, text = {0};
	buf_printf(&path, "%s/", cfg.save);
	for (const char *p = l->id; *p; p++)
		buf_put_byte(&path, is_letter(*p) || is_digit(*p) || strchr("-_.", *p) ? *p : '_');
	buf_put_text(&path, ".json");
	buf_put_byte(&path, '\0');
	buf_check(&path, "a path", NULL);
	if (l->file)
		buf_put_slice(&text, buf_slice(&l->json));
	else if (json_write(&text, buf_slice(&l->d.mp), &(struct json_style){0}))
		die(STATUS_DATA, "%s: the definition cannot be written as JSON", l->id);
	buf_check(&text, "a definition", NULL);
	if (!file_replace(path.p, buf_slice(&text)))
		die_errno(STATUS_IO, "cannot write %s", path.p);
	buf_free(&path);
	buf_free(&text);
}

int
main(int argc, char **argv)
{
	struct operands files = options_parse(&program, argc, argv);
	if (cfg.unused + cfg.missing > 1)
		die(STATUS_USAGE, "--unused and --missing exclude each other");
	if (cfg.os && !live_options.systems.n)
		die(STATUS_USAGE, "--os needs --system: nothing else names the images");
	enum rows_format format = rows_format();
	struct option_list folders = batches_folders(&cfg.folders);
	struct batches all = batches_find(&folders);
	struct lives lives = live_read(files.n ? NULL : aws_open_or_die(cfg.region), &files, &all);
	if (cfg.save && mkdir(cfg.save, 0777) && errno != EEXIST)
		die_errno(STATUS_IO, "cannot make the folder %s", cfg.save);
	for (size_t i = 0; cfg.save && i < lives.n; i++)
		save(&lives.items[i]);
	if (cfg.missing)
		list_missing(format, &lives);
	else if (cfg.unused)
		list_unused(format, &lives, &all);
	else
		list(format, &lives);
	return STATUS_OK;
}
