/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "common/json/value_text.h"
#include "common/load/load_impl.h"
#include "common/program/message.h"
#include "common/record/mp.h"

enum { COVERAGE_MAX = 64 * 1024 * 1024 }; /* bytes of all windows of a load */

/* Keeps the window; its contents are read once the columns are known. */
void
load_take_coverage(struct loading *g, struct slice item)
{
	struct mp_token head;
	struct record r = {0};

	if (g->load.mode != LOAD_DELETE_INSERT)
		return;
	if (!mp_read(item.p, item.p + item.n, &head) || head.type != MP_EXT ||
	    !record_read(&r, NULL, (struct slice){head.p, head.n}, true))
		die(STATUS_INCOMPLETE, "a coverage item of the input is malformed");
	long at = record_find(&r, SLICE("window"), 0), n = record_find(&r, SLICE("records"), 1);
	if (at < 0 || r.cells[at].value.type != VALUE_JSON)
		die(STATUS_INCOMPLETE, "a coverage item of the input has no window");
	if (g->n_coverage++ == LOAD_WINDOWS_MAX)
		die(STATUS_DATA, "more than %d coverage windows in one load", LOAD_WINDOWS_MAX);
	const struct value *records = n >= 0 ? &r.cells[n].value : NULL;
	bool empty = records && records->type == VALUE_INT && records->i == 0 && !records->huge;
	g->coverage.max = COVERAGE_MAX;
	buf_put_byte(&g->coverage, empty ? 1 : 0);
	buf_put_slice(&g->coverage, r.cells[at].value.s);
	buf_check(&g->coverage, "the coverage of the input", NULL);
	record_free(&r);
}

/* The bounds of one window, made ready to be a row of its shape's table. */
struct window {
	struct sql_bound *bounds;
	size_t n;
	struct value *values;
	struct buf *scratch; /* of each value */
	size_t n_values;
	bool empty;
};

_Noreturn static void
bad_bound(struct slice column, const char *what)
{
	die(STATUS_DATA, "coverage of the input: %s: %s", quoted(column), what);
}

/*
 * A bound of a range of instants that are kept as text (SQLite). They compare
 * byte by byte, and 00:00:00.5Z would come before 00:00:00Z: without its Z a
 * whole second comes before all that it holds. A fraction would still come
 * after the texts of its own second without one.
 */
static void
bound_instant(struct slice column, const struct value *v, struct slice *text)
{
	if (v->at.nanoseconds != 0)
		bad_bound(column,
		    "a window that begins or ends within a second cannot be used with "
		    "a column of text");
	text->n--;
}

_Noreturn static void
reject_bound(struct slice column, const struct value *v, const struct reject_reason *why)
{
	struct buf text = {0};

	value_text(&text, v, NULL);
	buf_check(&text, "a coverage window", NULL);
	die(STATUS_DATA, "coverage of the input: %s: %s %s", quoted(column),
	    quoted(buf_slice(&text)), why->text);
}

/*
 * A text that only the database can parse: if it changed the text, the window
 * would have other bounds.
 */
static void
parse_bound(struct loading *g, const struct column *c, struct value *v, struct buf *bytes)
{
	struct buf given = {0};

	buf_put_slice(&given, v->s);
	buf_check(&given, "a coverage window", NULL);
	v->s = buf_slice(&given);
	struct load_text text = {.some = true, .given = v->s};
	buf_reset(bytes);
	g->driver->parse(g->d, c, &text, 1, bytes);
	if (text.why)
		reject_bound(c->name, v, text.why);
	v->s = text.parsed;
	buf_free(&given);
}

static void
add_value(
    struct loading *g, struct window *w, const struct column *c, const struct value *v, bool range)
{
	struct reject_reason why;
	size_t i = w->n_values++;

	w->scratch[i] = (struct buf){.max = STREAM_RECORD_MAX};
	if (v->type == VALUE_NULL)
		bad_bound(c->name, "a bound is null");
	if (!column_fit(c, v, &w->values[i], &w->scratch[i], &why))
		reject_bound(c->name, v, &why);
	if (c->kind == COLUMN_OTHER && g->driver->parse)
		parse_bound(g, c, &w->values[i], &w->scratch[i]);
	buf_check(&w->scratch[i], "a coverage window", NULL);
	if (c->kind == COLUMN_UUID)
		w->values[i] = *v;
	if (range && v->type == VALUE_TIMESTAMP && w->values[i].type == VALUE_TEXT)
		bound_instant(c->name, v, &w->values[i].s);
	if (w->values[i].type == VALUE_BYTES || c->kind == COLUMN_JSON)
		bad_bound(c->name, "a column of this type cannot be used for a window");
	/* As text 9 comes after 10, and 1.5 is not 1.50. */
	bool fraction = v->type == VALUE_DECIMAL || v->type == VALUE_FLOAT;
	if (c->kind == COLUMN_TEXT && (fraction || (range && v->type == VALUE_INT)))
		bad_bound(c->name, "a window of numbers cannot be used with a column of text");
}

static void
add_bound(struct loading *g, struct window *w, struct slice name, const struct value *v)
{
	const struct column *c = load_find_column(g, name);
	struct value low, high;

	bool range = v->type == VALUE_JSON;
	w->bounds[w->n++] = (struct sql_bound){c->name, c->cast, range};
	if (!range) {
		add_value(g, w, c, v, range);
		return;
	}
	struct mp_token head;
	const char *end = v->s.p + v->s.n, *p = mp_read(v->s.p, end, &head);
	if (!p || head.type != MP_ARRAY || head.n != 2 || !(p = value_read(p, end, &low)) ||
	    !value_read(p, end, &high))
		bad_bound(name, "a bound is neither one value nor a range of two");
	add_value(g, w, c, &low, range);
	add_value(g, w, c, &high, range);
}

/*
 * False if the window uses a field that is not a column and --window names the
 * windows.
 */
static bool
known_bounds(const struct loading *g, const struct record *r)
{
	static bool told;

	for (size_t i = 0; i < r->n; i++) {
		if (load_find_column(g, r->cells[i].name))
			continue;
		if (g->window.n == 0)
			die(STATUS_DATA,
			    "the input's coverage is expressed in field %s, but table %s has no "
			    "such "
			    "column: "
			    "name the fields of a window with --window",
			    quoted(r->cells[i].name), quoted(slice_of(g->load.table_text)));
		if (!told)
			message(
			    "the input's coverage is expressed in field %s, which is not a column: "
			    "only --window counts",
			    quoted(r->cells[i].name));
		told = true;
		return false;
	}
	return true;
}

static bool
same_bounds(const struct sql_window *a, const struct window *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!slice_equal(a->bounds[i].column, b->bounds[i].column) ||
		    a->bounds[i].range != b->bounds[i].range)
			return false;
	return true;
}

void
load_window_statement(struct loading *g, const struct sql_window *w,
    void (*build)(struct buf *, const struct sql_load *, const struct sql_window *),
    const struct value *values, size_t n, uint64_t *rows)
{
	struct buf sql = {0};

	build(&sql, &g->load.sql, w);
	buf_check(&sql, "a statement", NULL);
	uint64_t touched = g->driver->execute(g->d, buf_slice(&sql), values, n, NULL);
	if (rows)
		*rows += touched;
	buf_free(&sql);
}

/* The shape of these bounds; a new one gets its temporary table. */
static const struct sql_window *
find_shape(struct loading *g, struct load_windows *shapes, const struct window *w)
{
	enum { SHAPES_MAX = 32 };

	for (size_t i = 0; i < shapes->n; i++)
		if (shapes->empty[i] == w->empty && same_bounds(&shapes->windows[i], w))
			return &shapes->windows[i];
	if (shapes->n == SHAPES_MAX)
		die(STATUS_DATA, "the coverage windows of the input differ in more than %d ways",
		    SHAPES_MAX);
	if (!shapes->windows) {
		shapes->windows = xcalloc(SHAPES_MAX, sizeof *shapes->windows);
		shapes->empty = xcalloc(SHAPES_MAX, sizeof *shapes->empty);
	}
	shapes->empty[shapes->n] = w->empty;
	struct sql_bound *bounds = xcalloc(w->n, sizeof *bounds);
	memcpy(bounds, w->bounds, w->n * sizeof *bounds);
	struct sql_window *new = &shapes->windows[shapes->n];
	*new = (struct sql_window){bounds, w->n, shapes->n};
	shapes->n++;
	load_window_statement(g, new, sql_create_window, NULL, 0, NULL);
	return new;
}

static void
send_window(struct loading *g, struct load_windows *shapes, const struct record *r, bool empty)
{
	struct window w = {
	    .bounds = xcalloc(r->n, sizeof *w.bounds),
	    .values = xcalloc(2 * r->n, sizeof *w.values),
	    .scratch = xcalloc(2 * r->n, sizeof *w.scratch),
	    .empty = empty,
	};

	for (size_t i = 0; i < r->n; i++)
		add_bound(g, &w, r->cells[i].name, &r->cells[i].value);
	const struct sql_window *shape = find_shape(g, shapes, &w);
	load_window_statement(g, shape, sql_insert_window, w.values, w.n_values, NULL);
	for (size_t i = 0; i < w.n_values; i++)
		buf_free(&w.scratch[i]);
	free(w.bounds);
	free(w.values);
	free(w.scratch);
}

void
load_send_windows(struct loading *g, struct load_windows *shapes)
{
	const char *p = g->coverage.p, *end = p + g->coverage.n;
	struct record r = {0};

	while (p < end) {
		bool empty = *p++ == 1;
		const char *next = mp_skip(p, end);
		if (!record_read(&r, NULL, (struct slice){p, (size_t)(next - p)}, true) || r.n == 0)
			die(STATUS_DATA,
			    "a coverage window of the input is not a map of its bounds");
		if (known_bounds(g, &r))
			send_window(g, shapes, &r, empty);
		p = next;
	}
	record_free(&r);
}

/* A row outside of all windows would be there twice after the next run: nothing deletes it. */
void
load_check_covered(struct loading *g, const struct load_windows *shapes)
{
	struct buf sql = {0}, row = {0};

	for (size_t i = 0; i < shapes->n; i++)
		for (size_t k = 0; k < shapes->windows[i].n; k++) {
			struct slice name = shapes->windows[i].bounds[k].column;
			size_t f = 0;
			while (f < g->load.n && !slice_equal(g->sql_columns[f].name, name))
				f++;
			if (f == g->load.n)
				die(STATUS_DATA,
				    "the input's coverage is expressed in field %s, but the "
				    "records "
				    "have no such field",
				    quoted(name));
		}
	sql_uncovered(&sql, &g->load.sql, shapes->windows, shapes->n);
	buf_check(&sql, "a statement", NULL);
	if (g->driver->query(g->d, buf_slice(&sql), &row))
		die(STATUS_DATA,
		    "a record with %.*s lies in none of the windows that the input covers: "
		    "name the fields of a window with --window",
		    (int)row.n, row.p);
	buf_free(&sql);
	buf_free(&row);
}
