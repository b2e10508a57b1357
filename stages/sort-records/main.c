/* SPDX-License-Identifier: MIT */
/*
 * sort-records: the records of a stream in the order of their values. The values of
 * --key become bytes that memcmp orders (common/record/order.h); common/stream/sorter.h
 * sorts by them in the memory of --memory and on disk.
 */
#include <inttypes.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/mp.h"
#include "common/stream/sort_keys.h"
#include "common/stream/sorter.h"
#include "common/stream/spill.h"
#include "common/stream/stream.h"
#include "stages/sort-records/held.h"

static struct cfg {
	const char *key, *nulls;
} cfg = {.nulls = "last"};

static const struct option_row options[] = {
    {.name = "key",
	.word = "FIELD[:desc],...",
	.help = "the fields to sort by, the first one first",
	.kind = OPTION_TEXT,
	.to.text = &cfg.key},
    {.name = "nulls",
	.word = "first|last",
	.help = "where null and missing values go, whatever the direction (last)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.nulls,
	.choices = "first|last"},
    {0},
};

static const struct option_row *const tables[] = {options, spill_options, reject_options, NULL};
static const struct program program = {
    .name = "sort-records", .about = "Sorts records by typed values.", .tables = tables};

/* Memory of the process, its libraries and the stream's buffers. */
static const size_t PROCESS = 5 * 1024 * 1024;

/* Removes ":desc" or ":asc" from the end of the name; true for the first. */
static bool
take_direction(struct slice *name)
{
	static const struct slice words[] = {{":desc", 5}, {":asc", 4}};
	for (int i = 0; i < 2; i++) {
		size_t n = words[i].n;
		if (name->n <= n || memcmp(name->p + name->n - n, words[i].p, n) != 0)
			continue;
		name->n -= n;
		return i == 0;
	}
	return false;
}

static void
parse_key(struct sort_keys *keys)
{
	unsigned flags[WANTED_MAX], nulls = strcmp(cfg.nulls, "first") == 0 ? ORDER_NULLS_FIRST : 0;
	if (!cfg.key)
		die(STATUS_USAGE, "--key is missing: which fields to sort by");
	struct option_list names = options_split("key", cfg.key);
	for (size_t i = 0; i < names.n; i++) {
		struct slice name = slice_of(names.items[i]);
		bool descending = take_direction(&name);
		if (i < WANTED_MAX)
			flags[i] = nulls | (descending ? ORDER_DESCENDING : 0);
		names.items[i] = xstring(name);
	}
	sort_keys_init(keys, &names);
	for (size_t i = 0; i < keys->n; i++)
		keys->list[i].flags = flags[i];
}

/* A record without a schema, which comes after one of a stream that has a schema, or before it. */
static void
check_alike(const struct stream_in *in, uint32_t layout)
{
	static bool with, without;
	*(layout == LAYOUT_NONE ? &without : &with) = true;
	if (with && without)
		die(STATUS_DATA,
		    "record %" PRIu64 " has %s schema, and records before it have %s: "
		    "put normalize before, which makes all streams alike",
		    stream_record_number(in), layout == LAYOUT_NONE ? "no" : "a",
		    layout == LAYOUT_NONE ? "one" : "none");
}

static void
take_record(struct sorter *s, struct sort_keys *keys, struct stream_in *in, struct sort_item *item)
{
	const char *why;
	size_t field;
	item->number = stream_record_number(in);
	if (!stream_schema(in)->n)
		item->layout = LAYOUT_NONE; /* another stream began */
	check_alike(in, item->layout);
	if (!sort_keys_make(keys, in, item, &field, &why)) {
		static struct record r;
		stream_decode(in, item->raw, &r);
		if (!why)
			die(STATUS_BUG, "record %" PRIu64 " is well-formed and was not read",
			    item->number);
		reject(&r, item->number, keys->list[field].name, "key", why);
		return;
	}
	sorter_add(s, item);
}

/* Reads all records; returns the layout of the last schema. */
static uint32_t
read_all(struct sorter *s, struct sort_keys *keys, struct held *held, struct stream_in *in)
{
	struct sort_item item = {.layout = LAYOUT_NONE};
	enum stream_kind kind;
	while ((kind = stream_next(in, &item.raw)) != STREAM_END) {
		if (kind == STREAM_SCHEMA)
			item.layout = layouts_add(keys->layouts, stream_schema(in), item.raw);
		else if (kind == STREAM_RECORD)
			take_record(s, keys, in, &item);
		else
			held_put(held, &s->spill, item.raw);
	}
	sort_keys_end_input(keys);
	return item.layout;
}

static void
send_layout(struct stream_out *out, const struct layouts *layouts, uint32_t layout)
{
	if (layout != LAYOUT_NONE)
		stream_out_item(out, layouts_item(layouts, layout));
}

/* A schema comes again wherever the next record has another one. */
static void
write_all(struct sorter *s, const struct layouts *layouts, uint32_t last, struct stream_out *out)
{
	uint32_t current = LAYOUT_NONE;
	struct sort_item item;
	bool any = false;
	for (; sorter_next(s, &item); any = true) {
		if (item.layout != current)
			send_layout(out, layouts, item.layout);
		current = item.layout;
		stream_out_record(out, item.raw);
	}
	/* A loader is to know the fields of a stream without records too. */
	if (!any)
		send_layout(out, layouts, last);
}

int
main(int argc, char **argv)
{
	stream_out_abort_on_exit();
	options_parse(&program, argc, argv);
	static struct sort_keys keys;
	static struct sorter sorter;
	static struct held held;
	parse_key(&keys);
	struct stream_out *out = stream_out_open(STDOUT_FILENO);
	sorter_init(&sorter, (size_t)spill_config.memory - PROCESS, spill_config.tmp, "tmp");
	struct stream_in *in = stream_in_open(STDIN_FILENO, out);
	uint32_t last = read_all(&sorter, &keys, &held, in);
	sorter_finish(&sorter);
	write_all(&sorter, keys.layouts, last, out);
	held_send(&held, &sorter.spill, out);
	stream_count("spilled", sorter.spilled);
	stream_finish(in, out);
	return STATUS_OK;
}
