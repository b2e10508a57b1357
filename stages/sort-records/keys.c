/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "common/program/message.h"
#include "stages/sort-records/keys.h"

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

void
keys_parse(struct keys *k, const char *text, bool nulls_first)
{
	if (!text)
		die(STATUS_USAGE, "--key is missing: which fields to sort by");
	struct option_list names = options_split("key", text);
	if (names.n >= WANTED_MAX)
		die(STATUS_USAGE, "--key: more than %d fields", WANTED_MAX - 1);
	for (size_t i = 0; i < names.n; i++) {
		struct slice name = slice_of(names.items[i]);
		unsigned flags = take_direction(&name) ? ORDER_DESCENDING : 0;
		if (nulls_first)
			flags |= ORDER_NULLS_FIRST;
		names.items[i] = xstring(name);
		for (size_t j = 0; j < i; j++)
			if (slice_equal(name, k->list[j].name))
				die(STATUS_USAGE, "--key: %s is named twice", quoted(name));
		k->list[i] =
		    (struct keys_field){slice_of(names.items[i]), flags, FAMILY_NONE, 0, false};
	}
	k->n = names.n;
	k->layouts = layouts_new(&names);
}

/* Whether the value can be ordered beside those of the field before it. */
static const char *
check_value(struct keys_field *f, const struct value *v, uint64_t number)
{
	static char why[160];
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
	}
	if (family == f->family)
		return NULL;
	snprintf(why, sizeof why,
	    "is %s and cannot be compared with %s of record %" PRIu64 ": put normalize before",
	    family_name(family), family_name(f->family), f->first);
	return why;
}

/* The names of the first record's fields. */
static void
keep_names(struct keys *k, const struct record_parts *parts)
{
	for (size_t i = 0; i < parts->n && k->others.n < 500; i++) {
		buf_put_text(&k->others, i ? ", " : "");
		buf_put_slice(&k->others, parts->known[parts->names[i]]);
	}
	if (!parts->n)
		buf_put_text(&k->others, "no field at all");
}

bool
keys_make(struct keys *k, const struct stream_in *in, struct sort_item *item, size_t *field,
    const char **why)
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
keys_check_found(const struct keys *k)
{
	if (!k->others.n)
		return;
	for (size_t i = 0; i < k->n; i++)
		if (!k->list[i].found)
			die(STATUS_DATA, "--key: no record has a field %s; the first has %.*s",
			    quoted(k->list[i].name), (int)k->others.n, k->others.p);
}
