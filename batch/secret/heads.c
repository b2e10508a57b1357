/* SPDX-License-Identifier: MIT */
#include "batch/secret/heads.h"
#include "common/operate/batches.h"

void
needs_add(struct needs *needs, const char *batch, struct slice variable, struct slice source)
{
	size_t n = needs->n++;
	needs->list = xrealloc(needs->list, needs->n * sizeof *needs->list);
	needs->batches = xrealloc(needs->batches, needs->n * sizeof *needs->batches);
	needs->list[n] = (struct wanted){.variable = xstring(variable), .source = xstring(source)};
	needs->batches[n] = batch;
}

static void
add(struct needs *needs, const struct batch *batch)
{
	const char *name = xstring(batch->name);
	for (size_t i = 0; i < batch->head.secret_count; i++)
		needs_add(
		    needs, name, batch->head.secrets[i].variable, batch->head.secrets[i].source);
}

void
needs_add_batch(struct needs *needs, const char *name)
{
	/* A path needs no folder. */
	struct option_list folders = {0};
	if (!strchr(name, '/'))
		folders = batches_folders(&settings.batches);
	struct batch batch = batches_one(&folders, name);
	if (!batch.head.keys)
		die(STATUS_CONFIG, "%s has no head comment: it is not a batch",
		    quoted(slice_of(name)));
	add(needs, &batch);
}

void
needs_add_all(struct needs *needs)
{
	struct option_list folders = batches_folders(&settings.batches);
	struct batches all = batches_find(&folders);
	if (!all.n)
		die(STATUS_CONFIG, "there are no batches in %s",
		    quoted(slice_of(folders.n ? folders.items[0] : "")));
	for (size_t i = 0; i < all.n; i++) {
		struct batch *b = &all.items[i];
		if (b->good) {
			add(needs, b);
			continue;
		}
		message("%s: line %zu: %s", b->path, b->mistake.line, b->mistake.text);
		needs->bad = true;
	}
}
