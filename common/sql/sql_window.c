/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/sql/sql_impl.h"

/* The statements about the windows that a stream's coverage gives. */

static void
put_window(struct buf *b, const struct sql_load *l, size_t number)
{
	char name[32];

	snprintf(name, sizeof name, "mam-etl window %zu", number);
	sql_put_temporary(b, l, name);
}

void
sql_create_window(struct buf *b, const struct sql_load *l, const struct sql_window *w)
{
	size_t bound = 0;

	sql_put_create_temporary(b, l);
	put_window(b, l, w->number);
	sql_put_as_select(b, l);
	for (size_t i = 0; i < w->n; i++)
		for (int k = 0; k < 1 + w->bounds[i].range; k++) {
			buf_put_text(b, bound > 0 ? ", t." : "t.");
			sql_put_name(b, l->dialect, w->bounds[i].column);
			buf_printf(b, " AS w%zu", bound++);
		}
	sql_put_from_nothing(b, l);
}

void
sql_insert_window(struct buf *b, const struct sql_load *l, const struct sql_window *w)
{
	size_t bound = 0;

	buf_put_text(b, "INSERT INTO ");
	put_window(b, l, w->number);
	/* MySQL's has the number of the row before the bounds, see sql_put_as_select. */
	buf_put_text(b, l->dialect == SQL_MYSQL ? " VALUES (NULL, " : " VALUES (");
	for (size_t i = 0; i < w->n; i++)
		for (int k = 0; k < 1 + w->bounds[i].range; k++) {
			buf_put_text(b, bound > 0 ? ", " : "");
			sql_put_parameter(b, l->dialect, ++bound);
		}
	buf_put_byte(b, ')');
}

/* alias."day" >= w.w0 AND alias."day" < w.w1 AND alias."account" = w.w2; the stage's side is cast. */
static void
put_inside(struct buf *b, const struct sql_load *l, const struct sql_window *w, const char *alias)
{
	static const char *const range[] = {">=", "<"};
	size_t bound = 0;

	for (size_t i = 0; i < w->n; i++)
		for (int k = 0; k < 1 + w->bounds[i].range; k++) {
			const struct sql_bound *o = &w->bounds[i];
			buf_printf(b, "%s%s.", bound > 0 ? " AND " : "", alias);
			sql_put_name(b, l->dialect, o->column);
			if (*alias == 's' && o->cast)
				buf_printf(b, "::%s", o->cast);
			buf_printf(b, " %s w.w%zu", o->range ? range[k] : "=", bound++);
		}
}

void
sql_delete_covered(struct buf *b, const struct sql_load *l, const struct sql_window *w)
{
	if (l->dialect == SQL_SQLITE) {
		buf_put_text(b, "DELETE FROM ");
		sql_put_target(b, l);
		buf_put_text(b, " AS t WHERE EXISTS (SELECT 1 FROM ");
	} else
		sql_put_delete_join(b, l);
	put_window(b, l, w->number);
	buf_printf(b, " AS w %s ", l->dialect == SQL_MYSQL ? "ON" : "WHERE");
	put_inside(b, l, w, "t");
	if (l->dialect == SQL_SQLITE)
		buf_put_byte(b, ')');
}

void
sql_left_covered(struct buf *b, const struct sql_load *l, const struct sql_window *w)
{
	buf_put_text(b, "SELECT ");
	for (size_t i = 0; i < w->n; i++) {
		buf_put_text(b, i > 0 ? ", t." : "t.");
		sql_put_name(b, l->dialect, w->bounds[i].column);
	}
	buf_put_text(b, " FROM ");
	sql_put_target(b, l);
	buf_put_text(b, " AS t WHERE EXISTS (SELECT 1 FROM ");
	put_window(b, l, w->number);
	buf_put_text(b, " AS w WHERE ");
	put_inside(b, l, w, "t");
	buf_put_text(b, ") LIMIT 1");
}

void
sql_uncovered(struct buf *b, const struct sql_load *l, const struct sql_window *w, size_t n)
{
	const char *word = " AS s WHERE ";

	buf_put_text(b, "SELECT ");
	for (size_t i = 0; i < w[0].n; i++) {
		buf_put_text(b, i > 0 ? ", s." : "s.");
		sql_put_name(b, l->dialect, w[0].bounds[i].column);
	}
	buf_put_text(b, " FROM ");
	sql_put_stage(b, l);
	for (size_t i = 0; i < n; i++) {
		buf_printf(b, "%sNOT EXISTS (SELECT 1 FROM ", word);
		word = " AND ";
		put_window(b, l, w[i].number);
		buf_put_text(b, " AS w WHERE ");
		put_inside(b, l, &w[i], "s");
		buf_put_byte(b, ')');
	}
	buf_put_text(b, " LIMIT 1");
}
