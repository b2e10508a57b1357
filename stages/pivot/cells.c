/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>

#include "common/json/value_text.h"
#include "common/program/message.h"
#include "common/record/exact_type.h"
#include "common/record/mp.h"
#include "common/text/decimal_sum.h"
#include "stages/pivot/cells.h"
#include "stages/pivot/config.h"

enum { POSITIONS = 4096 }; /* of elements that are remembered */

/* The value of a column: in the record or, once it is a sum, digits in sums. */
struct cell {
	uint64_t record; /* in which it was seen last */
	const char *p;   /* NULL: a sum */
	size_t at, n;
};

static struct cell *cells;
static uint64_t *seen; /* of each wanted name, the record in which it was */
static uint64_t record;
static struct buf sums = {.max = (size_t)64 << 20}, rest = {.max = (size_t)64 << 20};
static size_t n_rest;
static const char *end;

static bool fail(struct cells_fault *fault, struct slice field, const char *rule,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

static bool
fail(struct cells_fault *fault, struct slice field, const char *rule, const char *format, ...)
{
	static char text[1024];
	va_list list;
	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	*fault = (struct cells_fault){field, rule, text};
	return false;
}

static const char *
shown(const struct value *v)
{
	static struct buf text;
	buf_reset(&text);
	value_text(&text, v, NULL);
	return quoted(buf_slice(&text));
}

/* Adds value to what the cell has. */
static bool
add(struct cell *cell, size_t column, const struct value *v, struct cells_fault *fault)
{
	static struct buf more, both;
	struct value first;
	buf_reset(&more);
	buf_reset(&both);
	if (!exact_type_digits(v, &more))
		return fail(fault, config.columns[column], "duplicates",
		    "%s is not a number to add up", shown(v));
	if (cell->p) {
		size_t at = sums.n;
		value_read(cell->p, end, &first);
		if (!exact_type_digits(&first, &sums))
			return fail(fault, config.columns[column], "duplicates",
			    "%s is not a number to add up", shown(&first));
		*cell = (struct cell){.record = record, .at = at, .n = sums.n - at};
	}
	decimal_add((struct slice){sums.p + cell->at, cell->n}, buf_slice(&more), &both);
	buf_check(&both, "a sum", NULL);
	cell->at = sums.n;
	cell->n = both.n;
	buf_put_slice(&sums, buf_slice(&both));
	buf_check(&sums, "the sums of a record", NULL);
	return true;
}

static bool
take_value(size_t column, struct slice raw, struct cells_fault *fault)
{
	struct cell *cell = &cells[column];
	struct value v;
	value_read(raw.p, raw.p + raw.n, &v);
	if (v.type == VALUE_NULL)
		return true;
	if (cell->record == record)
		return add(cell, column, &v, fault);
	*cell = (struct cell){.record = record, .p = raw.p, .n = raw.n};
	return true;
}

/* The members of an element, in the order of config.members; p NULL: not there. */
static const struct slice *
find_members(const char *p, size_t pairs)
{
	static struct slice *found;
	if (!found)
		found = xcalloc(config.members.n, sizeof *found);
	memset(found, 0, config.members.n * sizeof *found);
	for (size_t i = 0; i < pairs; i++) {
		struct mp_token key;
		const char *value = mp_read(p, end, &key);
		long at =
		    field_lookup_at(&config.members, i % POSITIONS, (struct slice){key.p, key.n});
		p = mp_skip(value, end);
		if (at >= 0)
			found[at] = (struct slice){value, (size_t)(p - value)};
	}
	return found;
}

static bool
take_unknown(
    struct slice name, struct slice element, struct cells_counts *counts, struct cells_fault *fault)
{
	if (config.rest == REST_ERROR)
		return fail(fault, config.text, "rest",
		    "has an element %s, which --columns does not name (see --rest)", quoted(name));
	counts->unknown++;
	n_rest++;
	if (config.rest == REST_JSON)
		buf_put_slice(&rest, element);
	return true;
}

static bool
take_element(
    size_t position, struct slice element, struct cells_counts *counts, struct cells_fault *fault)
{
	struct mp_token t, name = {0};
	const char *inside = mp_read(element.p, end, &t);
	if (t.type != MP_MAP)
		return fail(fault, config.text, "element", "has an element that is not an object");
	const struct slice *members = find_members(inside, t.n);
	if (members[0].p)
		mp_read(members[0].p, end, &name);
	if (!members[0].p || name.type != MP_STR)
		return fail(fault, config.text, "element", "has an element whose %s %s",
		    quoted(config.name), members[0].p ? "is not a text" : "is missing");
	struct slice text = {name.p, name.n};
	long wanted = field_lookup_at(&config.wanted, position % POSITIONS, text);
	if (wanted < 0)
		return take_unknown(text, element, counts, fault);
	if (seen[wanted] == record && !config.sum)
		return fail(fault, config.text, "duplicates",
		    "has the element %s twice (see --duplicates)", quoted(text));
	counts->duplicates += seen[wanted] == record;
	seen[wanted] = record;
	for (size_t i = 0; i < config.n_values; i++)
		if (members[i + 1].p &&
		    !take_value((size_t)wanted * config.n_values + i, members[i + 1], fault))
			return false;
	return true;
}

bool
cells_read(struct slice array, struct cells_counts *counts, struct cells_fault *fault)
{
	struct mp_token t;
	if (!cells) {
		cells = xcalloc(config.n_columns, sizeof *cells);
		seen = xcalloc(config.wanted.n, sizeof *seen);
	}
	record++;
	n_rest = 0;
	buf_reset(&sums);
	buf_reset(&rest);
	end = array.p + array.n;
	const char *p = mp_read(array.p, end, &t);
	if (t.type == MP_NIL)
		return true;
	if (t.type != MP_ARRAY)
		return fail(fault, config.text, "array", "is not an array");
	for (size_t i = 0; i < t.n; i++) {
		const char *next = mp_skip(p, end);
		if (!take_element(i, (struct slice){p, (size_t)(next - p)}, counts, fault))
			return false;
		p = next;
	}
	buf_check(&rest, "the elements of --rest", NULL);
	return true;
}

static bool
put_cell(size_t column, struct buf *out, struct cells_fault *fault)
{
	const struct cell *cell = &cells[column];
	static struct buf sum;
	struct value v;
	if (cell->record != record) {
		buf_put_slice(out, config.fallback);
		return true;
	}
	struct slice raw = {cell->p, cell->n};
	if (!cell->p) {
		buf_reset(&sum);
		value_put_decimal(&sum, (struct slice){sums.p + cell->at, cell->n});
		buf_check(&sum, "a sum", NULL);
		raw = buf_slice(&sum);
	}
	if (!config.has_type) {
		buf_put_slice(out, raw);
		return true;
	}
	value_read(raw.p, raw.p + raw.n, &v);
	return exact_type_put(config.type, &v, out) ||
	       fail(fault, config.columns[column], "type", "%s is not of the type %s", shown(&v),
		   value_type_name(config.type));
}

bool
cells_put(bool named, struct buf *out, struct cells_fault *fault)
{
	for (size_t i = 0; i < config.n_columns; i++) {
		if (named)
			mp_buf_str(out, config.columns[i]);
		if (!put_cell(i, out, fault))
			return false;
	}
	if (config.rest != REST_JSON)
		return true;
	if (named)
		mp_buf_str(out, config.rest_name);
	mp_buf_array(out, n_rest);
	buf_put_slice(out, buf_slice(&rest));
	return true;
}
