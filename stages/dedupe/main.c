/* SPDX-License-Identifier: MIT */
/*
 * dedupe: one record per key. The records come out in the order in which their
 * keys appeared; --keep chooses which record of a key is kept. If that is the
 * first, records pass at once. Memory is bounded by --memory; the rest goes to
 * disk, and the result stays exact.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/mp.h"
#include "common/stream/spill.h"
#include "common/stream/stream.h"
#include "stages/dedupe/external_dedupe.h"

static struct cfg {
	const char *key, *keep;
} cfg = {.keep = "first"};

static const struct option_row options[] = {
    {.name = "key",
	.word = "FIELD,...",
	.help = "the fields that make a record's key, separated by commas",
	.kind = OPTION_TEXT,
	.to.text = &cfg.key},
    {.name = "keep",
	.word = "first|last|max:FIELD|min:FIELD",
	.help = "which record of a key is kept (first)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.keep},
    {0},
};

static const struct option_row *const tables[] = {options, spill_options, reject_options, NULL};
static const struct program program = {
    .name = "dedupe", .about = "Keeps one record of each key, exactly.", .tables = tables};

/* The fields of --key, and that of max and min after them; *keep is set. */
static struct option_list
wanted_fields(enum keep *keep)
{
	if (!cfg.key)
		die(STATUS_USAGE, "--key is missing: which fields tell one record from another");
	struct option_list names = options_split("key", cfg.key);
	if (names.n >= WANTED_MAX)
		die(STATUS_USAGE, "--key: more than %d fields", WANTED_MAX - 1);
	for (size_t i = 0; i < names.n; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(names.items[i], names.items[k]) == 0)
				die(STATUS_USAGE, "--key: %s is named twice",
				    quoted(slice_of(names.items[i])));
	bool max = strncmp(cfg.keep, "max:", 4) == 0;
	if ((max || strncmp(cfg.keep, "min:", 4) == 0) && cfg.keep[4]) {
		*keep = max ? KEEP_MAX : KEEP_MIN;
		names.items = xrealloc(names.items, (names.n + 1) * sizeof *names.items);
		names.items[names.n++] = cfg.keep + 4;
	} else if (strcmp(cfg.keep, "last") == 0) {
		*keep = KEEP_LAST;
	} else if (strcmp(cfg.keep, "first") == 0) {
		*keep = KEEP_FIRST;
	} else {
		die(STATUS_USAGE, "--keep: %s is not one of first|last|max:FIELD|min:FIELD",
		    quoted(slice_of(cfg.keep)));
	}
	return names;
}

/* Puts the record aside because of the field. */
static void
refuse(struct stream_in *in, const struct entry *e, const char *field, const char *rule,
    const char *why)
{
	static struct record r;
	stream_decode(in, e->raw, &r);
	reject(&r, e->number, slice_of(field), rule, why);
}

/* The values of max and min must be comparable: all of the kind that the first one was. */
static const char *
check_order(const struct value *v, uint64_t number)
{
	static enum family family;
	static uint64_t first;
	static char why[200];
	const char *reason = NULL;
	enum family other = order_family(v, &reason);
	if (other == FAMILY_NONE)
		return reason;
	if (!family) {
		family = other;
		first = number;
	}
	if (other == family)
		return NULL;
	snprintf(why, sizeof why, "is %s and cannot be compared with %s of record %" PRIu64,
	    family_name(other), family_name(family), first);
	return why;
}

/* Records whose keys are known and which are looked up together: a look into a large table waits for memory. */
enum {
	BATCH = 16,
	KEY_USUAL = 64 * 1024, /* bytes; the memory of a larger key is not kept */
};

static struct batch {
	struct {
		struct entry e;
		struct buf key;
		uint64_t hash;
	} list[BATCH];
	size_t n;
} batch;

static void
take_batch(struct external_dedupe *w)
{
	for (size_t i = 0; i < batch.n; i++) {
		dedupe_take(w, batch.list[i].hash, &batch.list[i].e);
		if (batch.list[i].key.cap > KEY_USUAL)
			buf_free(&batch.list[i].key);
	}
	batch.n = 0;
}

/* The key of the record into the batch; a record that has none is put aside. */
static void
add_record(struct external_dedupe *w, struct stream_in *in, const struct option_list *names,
    const struct entry *e)
{
	static struct value values[WANTED_MAX];
	struct buf *key = &batch.list[batch.n].key;
	const char *why;
	if (!layout_locate(w->layouts, e->layout, e->raw, stream_parts(in), values)) {
		static struct record r;
		stream_decode(in, e->raw, &r);
		die(STATUS_BUG, "record %" PRIu64 " is well-formed and was not read", e->number);
	}
	buf_reset(key);
	for (size_t i = 0; i < w->keys; i++)
		if ((why = key_put(key, &values[i]))) {
			refuse(in, e, names->items[i], "key", why);
			return;
		}
	if (w->keep >= KEEP_MAX && (why = check_order(&values[w->keys], e->number))) {
		refuse(in, e, names->items[w->keys], "keep", why);
		return;
	}
	buf_check(key, "a key", NULL);
	batch.list[batch.n].e = *e;
	batch.list[batch.n].e.key = buf_slice(key);
	batch.list[batch.n].hash = dedupe_expect(w, buf_slice(key));
	batch.n++;
}

static void
take_schema(struct external_dedupe *w, struct stream_in *in, struct entry *e)
{
	e->layout = layouts_add(w->layouts, stream_schema(in), e->raw);
	if (dedupe_streams(w))
		dedupe_send_layout(w, e->layout);
}

static void
hand_on(struct external_dedupe *w, struct stream_in *in, const struct option_list *names)
{
	struct entry e = {.layout = LAYOUT_NONE};
	enum stream_kind kind;
	while ((kind = stream_next(in, &e.raw)) != STREAM_END) {
		if (kind == STREAM_SCHEMA) {
			take_schema(w, in, &e);
		} else if (kind == STREAM_RECORD) {
			e.number = stream_record_number(in);
			if (!stream_schema(in)->n)
				e.layout = LAYOUT_NONE; /* another stream began */
			add_record(w, in, names, &e);
			/*
			 * No record may wait in the batch for input that is
			 * still to come.
			 */
			if (batch.n == BATCH || !stream_ahead(in))
				take_batch(w);
		} else {
			dedupe_item(w, e.raw);
		}
	}
	dedupe_finish(w);
	/* A loader is to know the fields of a stream without records too. */
	if (stream_schema(in)->n)
		dedupe_send_layout(w, e.layout);
}

int
main(int argc, char **argv)
{
	stream_out_abort_on_exit();
	options_parse(&program, argc, argv);
	enum keep keep;
	struct option_list names = wanted_fields(&keep);
	struct stream_out *out = stream_out_open(STDOUT_FILENO);
	static struct external_dedupe w;
	dedupe_init(&w, &names, keep, names.n - (keep >= KEEP_MAX), (size_t)spill_config.memory,
	    spill_config.tmp, out);
	struct stream_in *in = stream_in_open(STDIN_FILENO, out);
	hand_on(&w, in, &names);
	stream_count("duplicates", w.duplicates);
	stream_count("conflicts", w.conflicts);
	stream_count("spilled", w.spilled);
	stream_finish(in, out);
	return STATUS_OK;
}
