/* SPDX-License-Identifier: MIT */
/*
 * diff-records: what differs between two captured streams. side.c sorts each of them by
 * key, in memory and on disk; compare.c compares records with equal keys field by field;
 * changes.c writes each difference as a record, summary.c their sums.
 */
#include <inttypes.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/mp.h"
#include "common/stream/spill.h"
#include "stages/diff-records/changes.h"
#include "stages/diff-records/summary.h"

static struct cfg {
	const char *key, *by, *ignore;
	bool summary, exit_code;
} cfg;

static const struct option_row options[] = {
    {.name = "key",
	.word = "FIELD,...",
	.help = "the fields that make a record's key, separated by commas",
	.kind = OPTION_TEXT,
	.to.text = &cfg.key},
    {.name = "ignore",
	.word = "FIELD,...",
	.help = "fields that are not compared",
	.kind = OPTION_TEXT,
	.to.text = &cfg.ignore},
    {.name = "summary",
	.help = "write sums and counts, not each difference",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.summary},
    {.name = "by",
	.word = "FIELD,...",
	.help = "a summary for each value of these fields of --key",
	.kind = OPTION_TEXT,
	.to.text = &cfg.by},
    {.name = "exit-code",
	.help = "exit with 1 if there are differences",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.exit_code},
    {0},
};

static const struct option_row *const tables[] = {options, spill_options, NULL};
static const struct program program = {
    .name = "diff-records",
    .operands = "OLD NEW",
    .about = "Writes what differs between two captured streams.",
    .tables = tables,
};

/* Memory of the process, its libraries and the stream's buffers. */
static const size_t PROCESS = 5 * 1024 * 1024;

static struct side sides[2]; /* old and new */
static struct sort_keys keys;
static struct comparison comparison;
static struct changes changes = {.keys = &keys, .comparison = &comparison};
static struct summary summary = {.keys = &keys, .comparison = &comparison};

/* Counters of the end mark. */
static uint64_t added, removed, changed, equal, field_changes;

static bool
names_contain(const struct option_list *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}

/* The fields to sort by: those of --by, so that their groups come one after the other, then the rest of --key. */
static struct option_list
sort_fields(const struct option_list *key)
{
	struct option_list by = cfg.by ? options_split("by", cfg.by) : (struct option_list){0};
	struct option_list all = {.items = xcalloc(by.n + key->n, sizeof *all.items)};
	for (size_t i = 0; i < by.n; i++) {
		if (!names_contain(key, by.items[i]))
			die(STATUS_USAGE, "--by: %s is not a field of --key",
			    quoted(slice_of(by.items[i])));
		if (names_contain(&all, by.items[i]))
			die(STATUS_USAGE, "--by: %s is named twice", quoted(slice_of(by.items[i])));
		all.items[all.n++] = by.items[i];
	}
	for (size_t i = 0; i < key->n; i++)
		if (!names_contain(&by, key->items[i]))
			all.items[all.n++] = key->items[i];
	summary.by = by.n;
	cfg.summary |= by.n > 0;
	return all;
}

static void
read_sides(struct operands files, struct stream_out *out, struct stream_in **in)
{
	for (int i = 0; i < 2; i++)
		side_open(&sides[i], files.items[i]);
	if (sides[0].fd == sides[1].fd)
		die(STATUS_USAGE, "standard input cannot be both OLD and NEW");
	for (int i = 0; i < 2; i++)
		sorter_init(&sides[i].sorter, ((size_t)spill_config.memory - PROCESS) / 2,
		    spill_config.tmp, "tmp");
	for (int i = 0; i < 2; i++) {
		message_set_place(sides[i].name);
		if (i)
			stream_in_continue(*in, sides[i].fd, sides[i].name);
		else
			*in = stream_in_open_named(sides[i].fd, sides[i].name, out);
		side_read(&sides[i], &keys, *in);
	}
	message_set_place(NULL);
}

/* The current records have the same key. */
static void
take_pair(void)
{
	bool differ;
	const struct sort_item *old = &sides[0].item, *new = &sides[1].item;
	bool same = old->layout == new->layout &&slice_equal(old->raw, new->raw);
	if (cfg.summary) {
		differ = summary_pair(&summary, &sides[0], &sides[1]);
	} else if (same) {
		differ = false;
	} else {
		comparison_read(&comparison, 0, &sides[0]);
		comparison_read(&comparison, 1, &sides[1]);
		differ = changes_pair(&changes, &sides[0]);
	}
	*(differ ? &changed : &equal) += 1;
}

static void
take_single(int which)
{
	if (cfg.summary)
		summary_single(&summary, which, &sides[which]);
	else
		changes_single(&changes, which, &sides[which]);
	*(which ? &added : &removed) += 1;
}

static void
compare_all(void)
{
	for (int i = 0; i < 2; i++)
		side_next(&sides[i], &keys);
	while (sides[0].there || sides[1].there) {
		int order = !sides[0].there   ? 1
			    : !sides[1].there ? -1
					      : slice_compare(sides[0].item.key, sides[1].item.key);
		if (order)
			take_single(order > 0);
		else
			take_pair();
		if (order <= 0)
			side_next(&sides[0], &keys);
		if (order >= 0)
			side_next(&sides[1], &keys);
	}
	if (cfg.summary)
		summary_finish(&summary);
}

static void
report(void)
{
	struct buf text = {0};
	buf_printf(&text,
	    "%" PRIu64 " added, %" PRIu64 " removed, %" PRIu64 " changed, %" PRIu64 " equal", added,
	    removed, changed, equal);
	if (field_changes)
		buf_printf(&text, ", %" PRIu64 " field%s added, removed or of another type",
		    field_changes, field_changes == 1 ? "" : "s");
	buf_check(&text, "the summary", NULL);
	stream_summary(buf_slice(&text));
	buf_free(&text);
	stream_count("added", added);
	stream_count("removed", removed);
	stream_count("changed", changed);
	stream_count("equal", equal);
	stream_count("spilled", sides[0].sorter.spilled + sides[1].sorter.spilled);
}

int
main(int argc, char **argv)
{
	stream_out_abort_on_exit();
	struct operands files = options_parse(&program, argc, argv);
	if (!cfg.key)
		die(STATUS_USAGE, "--key is missing: which fields tell one record from another");
	if (files.n != 2)
		die(STATUS_USAGE, "two files are needed, OLD and NEW; - is standard input");
	struct option_list key = options_split("key", cfg.key), none = {0}, fields;
	struct option_list ignored = cfg.ignore ? options_split("ignore", cfg.ignore) : none;
	fields = sort_fields(&key);
	sort_keys_init(&keys, &fields);
	if (cfg.summary)
		summary_init(&summary);
	changes_init(&changes, &key);
	struct stream_out *out = stream_out_open(STDOUT_FILENO);
	changes.out = summary.out = out;
	struct stream_in *in;
	read_sides(files, out, &in);
	comparison_init(&comparison, &keys, &ignored, &sides[0], &sides[1]);
	field_changes = changes_fields(&changes, &sides[0], &sides[1], cfg.summary);
	compare_all();
	report();
	stream_finish(in, out);
	bool differ = added || removed || changed || field_changes;
	return cfg.exit_code && differ ? 1 : STATUS_OK;
}
