/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "common/program/message.h"
#include "common/stream/sort_keys.h"

void
sort_keys_init(struct sort_keys *k, const struct option_list *names)
{
	if (names->n >= WANTED_MAX)
		die(STATUS_USAGE, "--key: more than %d fields", WANTED_MAX - 1);
	for (size_t i = 0; i < names->n; i++) {
		struct slice name = slice_of(names->items[i]);
		for (size_t j = 0; j < i; j++)
			if (slice_equal(name, k->list[j].name))
				die(STATUS_USAGE, "--key: %s is named twice", quoted(name));
		k->list[i] = (struct sort_key){.name = name};
	}
	k->n = names->n;
	k->layouts = layouts_new(names);
}

/* Whether the value can be ordered beside those of the field before it. */
static const char *
check_value(struct sort_key *f, const struct value *v, uint64_t number)
{
	static char why[300];
	const char *reason = NULL;
	if (v->type == VALUE_NULL)
		return NULL;
	/* Unlike others, sorting has a place for NaN. */
	bool nan = v->type == VALUE_FLOAT && isnan(v->f);
	enum family family = nan ? FAMILY_NUMBER : order_family(v, &reason);
	if (family == FAMILY_NONE)
		return reason;
	if (!f->family) {
		f->family = family;
		f->first = number;
		f->place = message_place();
	}
	if (family == f->family)
		return NULL;
	bool elsewhere = f->place && f->place != message_place();
	snprintf(why, sizeof why,
	    "is %s and cannot be compared with %s of record %" PRIu64
	    "%s%.100s: put normalize before",
	    family_name(family), family_name(f->family), f->first, elsewhere ? " in " : "",
	    elsewhere ? f->place : "");
	return why;
}

/* The names of the first record's fields. */
static void
keep_names(struct sort_keys *k, const struct record_parts *parts)
{
	for (size_t i = 0; i < parts->n && k->others.n < 500; i++) {
		buf_put_text(&k->others, i ? ", " : "");
		buf_put_slice(&k->others, parts->known[parts->names[i]]);
	}
	if (!parts->n)
		buf_put_text(&k->others, "no field at all");
}

bool
sort_keys_make(struct sort_keys *k, const struct stream_in *in, struct sort_item *item,
    size_t *field, const char **why)
{
	static struct value values[WANTED_MAX];
	*why = NULL;
	if (!layout_locate(k->layouts, item->layout, item->raw, stream_parts(in), values))
		return false;
	if (item->layout == LAYOUT_NONE && !k->others.n)
		keep_names(k, stream_parts(in));
	buf_reset(&k->bytes);
	for (size_t i = 0; i < k->n; i++) {
		*why = check_value(&k->list[i], &values[i], item->number);
		if (*why) {
			*field = i;
			return false;
		}
		k->list[i].found |= values[i].raw.p != NULL;
		order_put(&k->bytes, &values[i], k->list[i].flags);
	}
	buf_check(&k->bytes, "a key", NULL);
	item->key = buf_slice(&k->bytes);
	return true;
}

void
sort_keys_end_input(struct sort_keys *k)
{
	for (size_t i = 0; i < k->n; i++) {
		if (k->others.n && !k->list[i].found)
			die(STATUS_DATA, "--key: no record has a field %s; the first has %.*s",
			    quoted(k->list[i].name), (int)k->others.n, k->others.p);
		k->list[i].found = false;
	}
	buf_reset(&k->others);
}
