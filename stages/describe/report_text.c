/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/json/json_write.h"
#include "common/json/value_text.h"
#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/text/utf8.h"
#include "common/text/visible.h"
#include "stages/describe/facts.h"
#include "stages/describe/fields.h"
#include "stages/describe/report.h"

enum {
	NAME_COLUMNS = 24, /* at most */
	TYPE_COLUMNS = 9,
	COUNT_COLUMNS = 9,
	VALUE_COLUMNS = 26, /* of an example, a least or a greatest value */
	LABEL_COLUMNS = 10,
};

static const char ellipsis[] = "…";

/* Appends text as it is shown, cut to most columns, and returns the columns that it takes. */
static size_t
put_cut(struct buf *out, struct slice text, size_t most)
{
	size_t width = 0, fits = out->n, fits_width = 0;
	uint32_t before = 0;
	while (text.n) {
		struct visible shown = visible_next(text, before);
		if (width + shown.width > most) {
			out->n = fits;
			buf_put_text(out, ellipsis);
			return fits_width + 1;
		}
		buf_put(out, shown.text, shown.n);
		width += shown.width;
		if (width < most) {
			fits = out->n;
			fits_width = width;
		}
		before = shown.c;
		text.p += shown.used;
		text.n -= shown.used;
	}
	return width;
}

static size_t
columns_of(struct slice text)
{
	static struct buf shown;
	buf_reset(&shown);
	return put_cut(&shown, text, SIZE_MAX);
}

static void
put_spaces(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_put_byte(out, ' ');
}

static void
put_padded(struct buf *out, struct slice text, size_t columns)
{
	size_t width = put_cut(out, text, columns);
	put_spaces(out, columns - width);
}

static void
put_right(struct buf *out, struct slice text, size_t columns)
{
	put_spaces(out, text.n < columns ? columns - text.n : 0);
	buf_put_slice(out, text);
}

/* A label, and a text after it in one line, or in as many as it needs. */
static void
put_fact(struct buf *out, const char *label, const struct buf *text, size_t width, bool wrap)
{
	struct slice rest = buf_slice(text);
	size_t room = width > 2 * LABEL_COLUMNS ? width - LABEL_COLUMNS : LABEL_COLUMNS;
	out->failed |= text->failed;
	put_padded(out, slice_of(label), LABEL_COLUMNS);
	if (!wrap) {
		put_cut(out, rest, room);
		buf_put_byte(out, '\n');
		return;
	}
	for (;;) {
		/* The last space that fits ends the line; a longer word is cut. */
		size_t n = 0, columns = 0, space = 0;
		uint32_t before = 0;
		while (n < rest.n && columns <= room) {
			struct slice left = {rest.p + n, rest.n - n};
			struct visible shown = visible_next(left, before);
			if (*left.p == ' ')
				space = n;
			columns += shown.width;
			before = shown.c;
			n += shown.used;
		}
		bool all = n == rest.n && columns <= room;
		size_t end = all || !space ? rest.n : space;
		put_cut(out, (struct slice){rest.p, end}, room);
		buf_put_byte(out, '\n');
		if (end == rest.n)
			return;
		rest.p += end + 1;
		rest.n -= end + 1;
		put_spaces(out, LABEL_COLUMNS);
	}
}

static const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* Facts about the stream. */

static void
put_result(struct buf *out, size_t width)
{
	struct buf b = {0};
	buf_printf(&b, "%" PRIu64 " record%s of %zu field%s, %" PRIu64 " byte%s", facts.records,
	    plural(facts.records), fields_count(), plural(fields_count()), facts.bytes,
	    plural(facts.bytes));
	if (facts.streams > 1)
		buf_printf(&b, ", in %" PRIu64 " streams", facts.streams);
	if (!facts.failed)
		buf_put_text(&b, ", complete and sealed");
	put_fact(out, "records", &b, width, true);
	if (facts.failed) {
		buf_reset(&b);
		buf_put_text(&b, "NOT COMPLETE: ");
		if (facts.failed_stage.n) {
			buf_put_slice(&b, buf_slice(&facts.failed_stage));
			buf_printf(&b, " failed with %d: ", facts.status);
		}
		buf_put_slice(&b, buf_slice(&facts.why));
		put_fact(out, "failure", &b, width, true);
		buf_reset(&b);
		buf_printf(
		    &b, "after record %" PRIu64 ", at byte %" PRIu64, facts.records, facts.bytes);
		put_fact(out, "", &b, width, true);
	}
	buf_free(&b);
}

static void
put_header(struct buf *out, size_t width)
{
	struct buf b = {0};
	buf_put_slice(&b, buf_slice(&facts.by));
	buf_put_text(&b, ", run ");
	buf_put_slice(&b, buf_slice(&facts.run));
	if (facts.dry)
		buf_put_text(&b, ", a dry run");
	put_fact(out, "header", &b, width, true);
	if (fields_schemas() != 1) {
		buf_reset(&b);
		if (fields_schemas())
			buf_printf(&b, "%" PRIu64 " in turn", fields_schemas());
		else
			buf_put_text(&b, "none: each record names its fields");
		put_fact(out, "schemas", &b, width, false);
	}
	if (facts.sealed) {
		buf_reset(&b);
		buf_printf(&b, "xxh3 %016" PRIx64, facts.seal.xxh3);
		if (facts.digest_text.n) {
			buf_put_text(&b, ", digest ");
			buf_put_slice(&b, buf_slice(&facts.digest_text));
		}
		if (facts.sealed > 1)
			buf_put_text(&b, " (of the last stream)");
		put_fact(out, "seal", &b, width, true);
	}
	buf_free(&b);
}

/* The member of a map of counters; VALUE_NULL if it is not there. */
static struct value
member(const struct record *r, const char *name)
{
	long at = record_find(r, slice_of(name), 0);
	return at < 0 ? (struct value){.type = VALUE_NULL} : r->cells[at].value;
}

static void
put_counters(struct buf *b, const struct record *r)
{
	static const char *const counts[][2] = {
	    {"records_in", " in, "}, {"records_out", " out, "}, {"rejected", " rejected, "}};
	for (int i = 0; i < 2; i++) {
		struct value v = member(r, i ? "version" : "stage");
		value_text(b, &v, NULL);
		buf_put_text(b, i ? ": " : " ");
	}
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct value v = member(r, counts[i][0]);
		value_text(b, &v, NULL);
		buf_put_text(b, counts[i][1]);
	}
	struct value seconds = member(r, "cpu_seconds"), memory = member(r, "peak_memory");
	buf_printf(b, "%.2f CPU s, %.1f MB", seconds.type == VALUE_FLOAT ? seconds.f : 0,
	    memory.type == VALUE_INT ? (double)memory.u / 1e6 : 0);
}

static void
put_stages(struct buf *out, size_t width)
{
	const char *p = facts.stages.p, *end = p + facts.stages.n;
	struct record r = {0};
	struct buf b = {0};
	for (size_t i = 0; i < facts.stages_kept; i++) {
		const char *next = mp_skip(p, end);
		buf_reset(&b);
		if (record_read(&r, NULL, (struct slice){p, (size_t)(next - p)}, false))
			put_counters(&b, &r);
		put_fact(out, i ? "" : "stages", &b, width, false);
		p = next;
	}
	if (facts.stage_count > facts.stages_kept) {
		buf_reset(&b);
		buf_printf(&b, "and %zu more", facts.stage_count - facts.stages_kept);
		put_fact(out, "", &b, width, false);
	}
	record_free(&r);
	buf_free(&b);
}

/* States, or windows. */
static void
put_items(struct buf *out, const char *label, const struct buf *items, size_t n, uint64_t all,
    size_t width)
{
	const struct json_style style = {0};
	struct buf b = {0};
	for (size_t i = 0; i < n; i++) {
		buf_reset(&b);
		const char *wrong = json_write(&b, buf_slice(&items[i]), &style);
		if (wrong)
			buf_printf(&b, "… (%s has no JSON form)", wrong);
		put_fact(out, i ? "" : label, &b, width, false);
	}
	if (all > n) {
		buf_reset(&b);
		buf_printf(&b, "%" PRIu64 " in all", all);
		put_fact(out, n ? "" : label, &b, width, false);
	}
	buf_free(&b);
}

/* Fields. */

static void
put_value(struct buf *out, const struct profile_value *kept)
{
	struct buf text = {0};
	if (kept->v.type == VALUE_BYTES)
		buf_put_text(&text, "0x");
	if (!kept->cut || kept->v.type != VALUE_JSON)
		value_text(&text, &kept->v, &(struct value_style){.float_marked = true});
	if (kept->cut)
		buf_put_text(&text, ellipsis);
	out->failed |= text.failed;
	bool quotes = kept->v.type == VALUE_TEXT &&
		      (!text.n || text.p[0] == ' ' || text.p[text.n - 1] == ' ');
	buf_put_text(out, quotes ? "\"" : "");
	put_cut(out, buf_slice(&text), VALUE_COLUMNS);
	buf_put_text(out, quotes ? "\"" : "");
	buf_free(&text);
}

static void
put_types(struct buf *out, const struct described *f)
{
	bool any = false;
	for (unsigned t = VALUE_BOOL; t < VALUE_BAD; t++)
		if (f->types >> t & 1 || f->profile.counts[t]) {
			buf_put_text(out, any ? "|" : "");
			buf_put_text(out, value_type_name((enum value_type)t));
			any = true;
		}
	buf_put_text(out, any ? "" : "null");
}

static void
put_range(struct buf *out, const struct profile *p)
{
	bool any = false;
	for (size_t i = 0; i < PROFILE_FAMILIES; i++) {
		if (!p->ranges[i] || i == PROFILE_BOOL)
			continue;
		buf_put_text(out, any ? ", " : "");
		put_value(out, &p->ranges[i]->least);
		buf_put_text(out, " .. ");
		put_value(out, &p->ranges[i]->greatest);
		any = true;
	}
}

/* The columns of the table. */
struct columns {
	size_t width, name;
	bool estimated; /* a number of different values was */
};

/*
 * The first line: name, types, nulls, different values, and from where to where they go,
 * which has a line of its own if there is no room.
 */
static void
put_summary(struct buf *out, const struct described *f, struct columns *c)
{
	const struct profile *p = &f->profile;
	struct buf line = {0}, b = {0};
	bool exact;
	put_padded(&line, f->name, c->name);
	buf_put_byte(&line, ' ');
	put_types(&b, f);
	put_padded(&line, buf_slice(&b), TYPE_COLUMNS);
	buf_reset(&b);
	buf_printf(&b, " %" PRIu64, p->counts[VALUE_NULL]);
	put_right(&line, buf_slice(&b), COUNT_COLUMNS);
	buf_reset(&b);
	uint64_t n = distinct_count(&p->distinct, &exact);
	buf_printf(&b, " %s%" PRIu64, exact ? "" : "~", n);
	c->estimated |= !exact;
	put_right(&line, buf_slice(&b), COUNT_COLUMNS + 1);
	buf_reset(&b);
	put_range(&b, p);
	if (b.n) {
		bool fits =
		    columns_of(buf_slice(&line)) + 2 + columns_of(buf_slice(&b)) <= c->width;
		if (!fits) {
			put_cut(out, buf_slice(&line), c->width);
			buf_put_byte(out, '\n');
			buf_reset(&line);
		}
		put_spaces(&line, 2);
		buf_put_slice(&line, buf_slice(&b));
	}
	out->failed |= line.failed | b.failed;
	put_cut(out, buf_slice(&line), c->width);
	buf_put_byte(out, '\n');
	buf_free(&line);
	buf_free(&b);
}

/* The second line: what else there is to say. */
static void
put_details(struct buf *out, const struct described *f, size_t width)
{
	const struct profile *p = &f->profile;
	struct buf line = {0};
	uint64_t missing = facts.records - f->values;
	if (missing)
		buf_printf(&line, "missing %" PRIu64 ", ", missing);
	if (p->counts[VALUE_INT] + p->counts[VALUE_FLOAT] + p->counts[VALUE_DECIMAL] >
	    p->not_finite) {
		buf_put_text(&line, "sum ");
		decimal_sum_get(&p->sum, &line);
		buf_put_text(&line, ", ");
	}
	if (p->not_finite)
		buf_printf(&line, "%" PRIu64 " NaN or infinite, ", p->not_finite);
	if (p->counts[VALUE_TEXT])
		buf_printf(&line, "longest %" PRIu64 " character%s, ", p->longest_characters,
		    plural(p->longest_characters));
	if (p->counts[VALUE_BYTES])
		buf_printf(&line, "longest %" PRIu64 " byte%s, ", p->longest_bytes,
		    plural(p->longest_bytes));
	if (p->empty)
		buf_printf(&line, "%" PRIu64 " empty, ", p->empty);
	if (p->n_examples)
		buf_put_text(&line, "e.g. ");
	for (size_t i = 0; i < p->n_examples; i++) {
		buf_put_text(&line, i ? " | " : "");
		put_value(&line, &p->examples[i]);
	}
	if (line.n) {
		if (!p->n_examples)
			line.n -= 2; /* ", " */
		put_spaces(out, 2);
		put_cut(out, buf_slice(&line), width - 2);
		buf_put_byte(out, '\n');
	}
	out->failed |= line.failed;
	buf_free(&line);
}

static void
put_fields(struct buf *out, size_t width)
{
	struct columns c = {.width = width, .name = sizeof "FIELD" - 1};
	if (!fields_count())
		return;
	for (size_t i = 0; i < fields_count(); i++) {
		size_t n = columns_of(fields_at(i)->name);
		c.name = n > NAME_COLUMNS ? NAME_COLUMNS : n > c.name ? n : c.name;
	}
	buf_put_byte(out, '\n');
	struct buf b = {0};
	put_padded(&b, SLICE("FIELD"), c.name + 1);
	put_padded(&b, SLICE("TYPE"), TYPE_COLUMNS);
	put_right(&b, SLICE("NULL"), COUNT_COLUMNS);
	put_right(&b, SLICE("DISTINCT"), COUNT_COLUMNS + 1);
	buf_put_text(&b, "  LEAST .. GREATEST");
	put_cut(out, buf_slice(&b), width);
	buf_put_byte(out, '\n');
	buf_free(&b);
	for (size_t i = 0; i < fields_count(); i++) {
		put_summary(out, fields_at(i), &c);
		put_details(out, fields_at(i), width);
	}
	if (fields_beyond())
		buf_printf(out, "and %" PRIu64 " values of further fields\n", fields_beyond());
	if (c.estimated)
		buf_put_text(out, "~ is an estimate with a standard error of 0.8 %\n");
}

void
report_text(struct buf *out, size_t width)
{
	put_result(out, width);
	put_header(out, width);
	put_stages(out, width);
	put_items(out, "coverage", facts.window, facts.n_window, facts.windows, width);
	put_items(out, "state", facts.state, facts.n_state, facts.states, width);
	put_fields(out, width);
}
