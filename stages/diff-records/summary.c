/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/record/number.h"
#include "stages/diff-records/summary.h"

static const char *const own[] = {
    "field", "old", "new", "difference", "percent", "added", "removed", "changed"};

void
summary_init(struct summary *s)
{
	for (size_t i = 0; i < s->by; i++)
		for (size_t k = 0; k < sizeof own / sizeof own[0]; k++)
			if (slice_is(s->keys->list[i].name, own[k]))
				die(STATUS_USAGE,
				    "--by: %s is the name of a field of the output: put "
				    "normalize before, and give it another name",
				    quoted(s->keys->list[i].name));
}

static void
put_decimal(struct buf *b, struct slice digits)
{
	mp_buf_ext(b, EXT_DECIMAL, digits);
}

/* An int where all numbers were ints, else a decimal. */
static void
put_sum(struct buf *b, struct exact_sum *sum)
{
	static struct buf text;
	int64_t i;
	buf_reset(&text);
	exact_sum_put(sum, &text);
	if (!sum->scale && parse_integer(buf_slice(&text), INT64_MIN, INT64_MAX, &i))
		mp_buf_int(b, i);
	else
		put_decimal(b, buf_slice(&text));
	b->failed |= text.failed;
}

static double
nearest(struct exact_sum *sum)
{
	static struct buf text;
	buf_reset(&text);
	exact_sum_put(sum, &text);
	buf_put_byte(&text, '\0');
	buf_check(&text, "a sum", NULL);
	return strtod(text.p, NULL);
}

/* The difference in percent of the old sum, to two places; null if that is 0. */
static void
put_percent(struct buf *b, struct exact_sum *difference, struct exact_sum *old)
{
	char text[400];
	double percent = exact_sum_sign(old) ? nearest(difference) / fabs(nearest(old)) * 100 : NAN;
	int n = number_is_finite(percent) ? snprintf(text, sizeof text, "%.2f", percent) : -1;
	if (n < 0 || (size_t)n >= sizeof text)
		mp_buf_nil(b);
	else if (strcmp(text, "-0.00") == 0)
		put_decimal(b, SLICE("0.00"));
	else
		put_decimal(b, (struct slice){text, (size_t)n});
}

static void
put_sums(struct buf *b, struct exact_sum sums[2])
{
	static struct exact_sum difference;
	static const char *const names[] = {"old", "new", "difference"};
	exact_sum_reset(&difference);
	bool good = exact_sum_add_sum(&difference, &sums[1], false) &&
		    exact_sum_add_sum(&difference, &sums[0], true);
	for (int i = 0; i < 3; i++) {
		mp_buf_str(b, slice_of(names[i]));
		if (i < 2)
			put_sum(b, &sums[i]);
		else if (good)
			put_sum(b, &difference);
		else
			mp_buf_nil(b);
	}
	mp_buf_str(b, SLICE("percent"));
	if (good)
		put_percent(b, &difference, &sums[0]);
	else
		mp_buf_nil(b);
}

static void
send(struct summary *s, struct slice field, struct exact_sum sums[2], uint64_t added,
    uint64_t removed, uint64_t changed)
{
	struct buf *b = &s->record;
	const uint64_t counts[] = {added, removed, changed};
	buf_reset(b);
	mp_buf_map(b, s->by + sizeof own / sizeof own[0]);
	buf_put_slice(b, buf_slice(&s->values));
	mp_buf_str(b, SLICE("field"));
	if (field.p)
		mp_buf_str(b, field);
	else
		mp_buf_nil(b);
	if (sums)
		put_sums(b, sums);
	for (size_t i = 1; !sums && i < 5; i++) {
		mp_buf_str(b, slice_of(own[i]));
		mp_buf_nil(b);
	}
	for (size_t i = 0; i < 3; i++) {
		mp_buf_str(b, slice_of(own[5 + i]));
		mp_buf_uint(b, counts[i]);
	}
	buf_check(b, "a summary", NULL);
	stream_out_record(s->out, buf_slice(b));
}

/* The records of the group first, then each field that differs. */
static void
send_group(struct summary *s)
{
	static struct exact_sum counts[2];
	if (!s->added && !s->removed && !s->changed)
		return;
	for (int i = 0; i < 2; i++) {
		exact_sum_reset(&counts[i]);
		if (!exact_sum_add_integer(&counts[i], s->counts[i], false))
			die(STATUS_TRY_AGAIN, "no memory for a sum");
	}
	send(s, (struct slice){0}, counts, s->added, s->removed, s->changed);
	for (size_t i = 0; i < s->names.n; i++) {
		struct summary_field *f = &s->fields[i];
		bool sums = f->number && !f->no_number[0] && !f->no_number[1];
		if (f->added || f->removed || f->changed)
			send(s, s->names.names[i], sums ? f->sums : NULL, f->added, f->removed,
			    f->changed);
	}
}

static void
reset_group(struct summary *s)
{
	for (size_t i = 0; i < s->names.n; i++) {
		struct summary_field *f = &s->fields[i];
		exact_sum_reset(&f->sums[0]);
		exact_sum_reset(&f->sums[1]);
		f->no_number[0] = f->no_number[1] = f->number = false;
		f->added = f->removed = f->changed = 0;
	}
	s->counts[0] = s->counts[1] = s->added = s->removed = s->changed = 0;
}

/* Begins another group if the record is not of this one. */
static void
enter_group(struct summary *s, const struct side *side)
{
	static struct value values[WANTED_MAX];
	static struct buf key;
	if (s->any && !s->by)
		return;
	buf_reset(&key);
	layout_locate(s->keys->layouts, side->item.layout, side->item.raw, NULL, values);
	for (size_t i = 0; i < s->by; i++)
		order_put(&key, &values[i], s->keys->list[i].flags);
	buf_check(&key, "a group", NULL);
	if (s->any && slice_equal(buf_slice(&key), buf_slice(&s->key)))
		return;
	summary_finish(s);
	s->any = true;
	buf_reset(&s->key);
	buf_put_slice(&s->key, buf_slice(&key));
	buf_reset(&s->values);
	for (size_t i = 0; i < s->by; i++) {
		mp_buf_str(&s->values, s->keys->list[i].name);
		if (values[i].type == VALUE_NULL)
			mp_buf_nil(&s->values);
		else
			buf_put_slice(&s->values, values[i].raw);
	}
	buf_check(&s->values, "a group", NULL);
}

static struct summary_field *
field_of(struct summary *s, struct slice name)
{
	size_t before = s->names.n;
	long at = field_lookup_add(&s->names, name);
	if (at < 0)
		die(STATUS_TRY_AGAIN, "no memory for the names of fields");
	if (s->names.n > before) {
		s->fields = xrealloc(s->fields, s->names.n * sizeof *s->fields);
		s->fields[at] = (struct summary_field){0};
	}
	return &s->fields[at];
}

static void
add(struct summary_field *f, int which, const struct value *v)
{
	char room[400];
	struct buf text = {.p = room, .cap = sizeof room, .max = sizeof room};
	bool good = true;
	if (v->type == VALUE_INT) {
		bool negative = !v->huge && v->i < 0;
		good = exact_sum_add_integer(&f->sums[which], negative ? 0 - v->u : v->u, negative);
	} else if (v->type == VALUE_DECIMAL) {
		good = exact_sum_add(&f->sums[which], v->s);
	} else if (v->type == VALUE_FLOAT) {
		good = number_is_finite(v->f);
		if (good)
			number_put_float(&text, v->f);
		good = good && !text.failed && exact_sum_add(&f->sums[which], buf_slice(&text));
	} else {
		return;
	}
	f->number = true;
	f->no_number[which] |= !good;
}

static void
take_field(void *to, struct slice name, const struct value *old, const struct value *new)
{
	struct summary *s = to;
	struct summary_field *f = field_of(s, name);
	add(f, 0, old);
	add(f, 1, new);
	if (values_equal(old, new))
		return;
	f->changed++;
	s->differs = true;
}

bool
summary_pair(struct summary *s, const struct side *old, const struct side *new)
{
	enter_group(s, old);
	s->counts[0]++;
	s->counts[1]++;
	s->differs = false;
	comparison_read(s->comparison, 0, old);
	comparison_read(s->comparison, 1, new);
	comparison_each(s->comparison, take_field, s);
	s->changed += s->differs;
	return s->differs;
}

void
summary_single(struct summary *s, int which, const struct side *side)
{
	enter_group(s, side);
	s->counts[which]++;
	*(which ? &s->added : &s->removed) += 1;
	const struct record *r = comparison_read(s->comparison, which, side);
	for (size_t i = 0; i < r->n; i++) {
		const struct cell *cell = &r->cells[i];
		if (!comparison_wants(s->comparison, which, i, cell->name) ||
		    cell->value.type == VALUE_NULL)
			continue;
		struct summary_field *f = field_of(s, cell->name);
		add(f, which, &cell->value);
		*(which ? &f->added : &f->removed) += 1;
	}
}

void
summary_finish(struct summary *s)
{
	if (s->any)
		send_group(s);
	reset_group(s);
}
