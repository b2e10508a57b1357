/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
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
put_sum(struct buf *b, struct slice digits)
{
	int64_t i;
	if (parse_integer(digits, INT64_MIN, INT64_MAX, &i))
		mp_buf_int(b, i);
	else
		put_decimal(b, digits);
}

static double
nearest(struct slice digits)
{
	static struct buf text;
	buf_reset(&text);
	buf_put_slice(&text, digits);
	buf_put_byte(&text, '\0');
	buf_check(&text, "a sum", NULL);
	return strtod(text.p, NULL);
}

/* The difference in percent of the old sum, to two places; null if that is 0. */
static void
put_percent(struct buf *b, struct slice difference, struct slice old)
{
	char text[400];
	double percent = nearest(difference) / fabs(nearest(old)) * 100;
	int n = number_is_finite(percent) ? snprintf(text, sizeof text, "%.2f", percent) : -1;
	if (n < 0 || (size_t)n >= sizeof text)
		mp_buf_nil(b);
	else if (strcmp(text, "-0.00") == 0)
		put_decimal(b, SLICE("0.00"));
	else
		put_decimal(b, (struct slice){text, (size_t)n});
}

/* The sums of both sides as decimals, and what follows from them. */
static void
put_sums(struct buf *b, struct slice old, struct slice new)
{
	static struct buf negated, difference;
	buf_reset(&negated);
	buf_reset(&difference);
	if (*old.p == '-') {
		buf_put(&negated, old.p + 1, old.n - 1);
	} else {
		buf_put_byte(&negated, '-');
		buf_put_slice(&negated, old);
	}
	buf_check(&negated, "a sum", NULL);
	decimal_add(new, buf_slice(&negated), &difference);
	buf_check(&difference, "a sum", NULL);
	mp_buf_str(b, SLICE("old"));
	put_sum(b, old);
	mp_buf_str(b, SLICE("new"));
	put_sum(b, new);
	mp_buf_str(b, SLICE("difference"));
	put_sum(b, buf_slice(&difference));
	mp_buf_str(b, SLICE("percent"));
	put_percent(b, buf_slice(&difference), old);
}

static void
send(struct summary *s, struct slice field, const struct buf sums[2], uint64_t added,
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
		put_sums(b, buf_slice(&sums[0]), buf_slice(&sums[1]));
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

/* The digits of a field's sum; 0 where a side has no number. */
static void
put_digits(struct buf *b, const struct decimal_sum *sum)
{
	buf_reset(b);
	if (sum->failed)
		die(STATUS_TRY_AGAIN, "no memory for a sum");
	if (!decimal_sum_get(sum, b))
		buf_put_byte(b, '0');
	buf_check(b, "a sum", NULL);
}

/* The records of the group first, then each field that differs. */
static void
send_group(struct summary *s)
{
	static struct buf digits[2];
	if (!s->added && !s->removed && !s->changed)
		return;
	for (int i = 0; i < 2; i++) {
		buf_reset(&digits[i]);
		buf_printf(&digits[i], "%" PRIu64, s->counts[i]);
		buf_check(&digits[i], "a sum", NULL);
	}
	send(s, (struct slice){0}, digits, s->added, s->removed, s->changed);
	for (size_t i = 0; i < s->names.n; i++) {
		struct summary_field *f = &s->fields[i];
		if (!f->added && !f->removed && !f->changed)
			continue;
		bool sums = f->number && !f->no_number[0] && !f->no_number[1];
		for (int k = 0; sums && k < 2; k++)
			put_digits(&digits[k], &f->sums[k]);
		send(s, s->names.names[i], sums ? digits : NULL, f->added, f->removed, f->changed);
	}
}

static void
reset_group(struct summary *s)
{
	for (size_t i = 0; i < s->names.n; i++) {
		struct summary_field *f = &s->fields[i];
		decimal_sum_free(&f->sums[0]);
		decimal_sum_free(&f->sums[1]);
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
	struct decimal_sum *sum = &f->sums[which];
	int64_t scaled;
	unsigned places;
	if (v->type != VALUE_INT && v->type != VALUE_DECIMAL && v->type != VALUE_FLOAT)
		return;
	f->number = true;
	if (v->type == VALUE_INT && !v->huge) {
		decimal_sum_add_scaled(sum, v->i, 0);
		return;
	}
	if (v->type == VALUE_FLOAT && !number_is_finite(v->f)) {
		f->no_number[which] = true;
		return;
	}
	if (v->type == VALUE_INT)
		number_put_integer(&text, v);
	else if (v->type == VALUE_FLOAT)
		number_put_float(&text, v->f);
	struct slice digits = v->type == VALUE_DECIMAL ? v->s : buf_slice(&text);
	if (decimal_scaled(digits, &scaled, &places))
		decimal_sum_add_scaled(sum, scaled, places);
	else
		decimal_sum_add(sum, digits);
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
