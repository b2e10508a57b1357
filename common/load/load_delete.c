/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/load/load_impl.h"
#include "common/program/message.h"

/* The first row of a query, as a message shows it; false without a row. */
static bool
first_row(struct loading *g, void (*build)(struct buf *, const struct sql_load *), struct buf *row)
{
	struct buf sql = {0};

	build(&sql, &g->load.sql);
	buf_check(&sql, "a statement", NULL);
	bool found = g->driver->query(g->d, buf_slice(&sql), row);
	buf_free(&sql);
	return found;
}

static bool
sets_columns(const struct loading *g)
{
	for (size_t i = 0; i < g->load.n; i++)
		if (!g->sql_columns[i].key || g->sql_columns[i].loose)
			return true;
	return false;
}

static void
check_update_cascade(struct loading *g)
{
	struct buf row = {0};

	if (!sets_columns(g))
		return;
	if (g->load.sql.dialect == SQL_MYSQL && !first_row(g, sql_sets_indexed, &row))
		return;
	buf_reset(&row);
	if (first_row(g, sql_update_cascades, &row))
		die(STATUS_REFUSED,
		    "a foreign key passes updates of table %s on to the rows of another table "
		    "(%.*s): --allow-cascade permits that",
		    quoted(slice_of(g->load.table_text)), (int)row.n, row.p);
	buf_free(&row);
}

void
load_check_cascade(struct loading *g)
{
	struct buf row = {0};

	if (g->allow_cascade)
		return;
	if (g->load.mode == LOAD_UPSERT) {
		check_update_cascade(g);
		return;
	}
	if (first_row(g, sql_cascades, &row))
		die(STATUS_REFUSED,
		    "a foreign key passes deletes from table %s on to the rows of another table "
		    "(%.*s): --allow-cascade permits that",
		    quoted(slice_of(g->load.table_text)), (int)row.n, row.p);
	buf_free(&row);
}

/*
 * A DELETE certainly deletes all its rows if nothing can interfere: no trigger,
 * rule, row security, partition or other server. MySQL's triggers cannot skip a
 * row.
 */
static bool
may_skip(struct loading *g)
{
	struct buf row = {0};

	bool found = g->load.sql.dialect != SQL_MYSQL && first_row(g, sql_interferes, &row);
	buf_free(&row);
	return found;
}

_Noreturn static void
left(const struct loading *g, struct slice row)
{
	die(STATUS_REFUSED,
	    "the DELETE left rows in table %s%s%.*s: a trigger, a rule or row security kept them, "
	    "and they would be there twice",
	    quoted(slice_of(g->load.table_text)), row.n > 0 ? ", the first with " : "", (int)row.n,
	    row.p);
}

static void
check_left(struct loading *g, const struct load_windows *shapes)
{
	struct buf row = {0}, sql = {0};

	for (size_t i = 0; i < shapes->n; i++) {
		buf_reset(&sql);
		sql_left_covered(&sql, &g->load.sql, &shapes->windows[i]);
		buf_check(&sql, "a statement", NULL);
		if (g->driver->query(g->d, buf_slice(&sql), &row))
			left(g, buf_slice(&row));
	}
	if (g->load.n > 0 && g->window.n > 0 && first_row(g, sql_left_windows, &row))
		left(g, buf_slice(&row));
	buf_free(&sql);
	buf_free(&row);
}

static void
delete_covered(struct loading *g, const struct load_windows *shapes, bool empty, uint64_t *deleted)
{
	for (size_t i = 0; i < shapes->n; i++)
		if (shapes->empty[i] == empty)
			load_window_statement(
			    g, &shapes->windows[i], sql_delete_covered, NULL, 0, deleted);
}

void
load_delete_windows(struct loading *g, const struct load_windows *shapes)
{
	struct load_result *r = &g->result;

	/* Once more, for the table is locked by now; MySQL's answer costs too much for that. */
	if (g->load.sql.dialect != SQL_MYSQL)
		load_check_cascade(g);
	delete_covered(g, shapes, false, &r->deleted);
	if (g->load.n > 0 && g->window.n > 0)
		r->deleted += load_statement(g, sql_delete_windows, NULL);
	/* Last, so that rows which another window replaces do not count. */
	delete_covered(g, shapes, true, &r->emptied);
	r->deleted += r->emptied;
	if (may_skip(g))
		check_left(g, shapes);
}

/* TRUNCATE does not report how many rows there were. They are counted under its lock, if the role may read. */
static void
truncate(struct loading *g)
{
	uint64_t n = 0;

	if (load_number(g, sql_row_security, &n))
		die(STATUS_REFUSED,
		    "--mode truncate-insert: row security hides rows of table %s, and TRUNCATE "
		    "deletes these too: use --mode delete-insert",
		    quoted(slice_of(g->load.table_text)));
	if (load_number(g, sql_may_count, &n)) {
		load_statement(g, sql_lock, NULL);
		load_number(g, sql_count, &g->result.deleted);
	} else if (g->limits.limited)
		die(STATUS_PERMISSION,
		    "--max-deleted: the rows of table %s cannot be counted: the role has no "
		    "privilege SELECT, or it is a foreign table",
		    quoted(slice_of(g->load.table_text)));
	else
		g->result.deletes_unknown = true;
	load_statement(g, sql_clear, NULL);
}

void
load_clear(struct loading *g)
{
	uint64_t n = 0;

	if (g->load.sql.dialect == SQL_POSTGRES) {
		truncate(g);
		return;
	}
	g->result.deleted = load_statement(g, sql_clear, NULL);
	if (may_skip(g) && load_number(g, sql_count, &n) && n > 0)
		left(g, SLICE(""));
}
