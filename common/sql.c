/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/sql.h"

/* The statements of a load; names, parameters and types are in sql_name.c. */

/* Which columns a list takes. */
enum choice { ALL, KEYS, WINDOWS, VALUES };

static bool
chosen(const struct sql_column *c, enum choice choice)
{
	switch (choice) {
	case ALL:
		return true;
	case KEYS:
		return c->key;
	case WINDOWS:
		return c->window;
	case VALUES:
		return !c->key || c->loose;
	}
	return false;
}

/* "a", "b" or, with a table alias, s."a", s."b"::inet. */
static void
put_columns(struct buf *b, const struct sql_load *l, const char *alias, enum choice choice)
{
	const char *comma = "";

	for (size_t i = 0; i < l->n; i++) {
		const struct sql_column *c = &l->columns[i];
		if (!chosen(c, choice))
			continue;
		buf_put_text(b, comma);
		comma = ", ";
		if (alias)
			buf_printf(b, "%s.", alias);
		sql_put_name(b, l->dialect, c->name);
		if (alias && c->cast)
			buf_printf(b, "::%s", c->cast);
	}
}

/* t."a" = s."a" AND …; the stage's side is cast unless a subquery has done so. */
static void
put_equal(struct buf *b, const struct sql_load *l, enum choice choice, bool cast)
{
	const char *and = "";

	for (size_t i = 0; i < l->n; i++) {
		const struct sql_column *c = &l->columns[i];
		if (!chosen(c, choice))
			continue;
		buf_printf(b, "%st.", and);
		and = " AND ";
		sql_put_name(b, l->dialect, c->name);
		buf_put_text(b, " = s.");
		sql_put_name(b, l->dialect, c->name);
		if (cast && c->cast)
			buf_printf(b, "::%s", c->cast);
	}
}

static void
put_target(struct buf *b, const struct sql_load *l)
{
	sql_put_table(b, l->dialect, &l->target);
}

void
sql_create_table(struct buf *b, const struct sql_load *l)
{
	bool keyed = false;

	buf_put_text(b, "CREATE TABLE ");
	put_target(b, l);
	buf_put_text(b, " (");
	for (size_t i = 0; i < l->n; i++) {
		const struct sql_column *c = &l->columns[i];
		keyed |= c->key;
		buf_put_text(b, i > 0 ? ", " : "");
		sql_put_name(b, l->dialect, c->name);
		/* NULL is said because MySQL's timestamp is NOT NULL unless told. */
		buf_printf(b, " %s%s", c->type, c->key ? " NOT NULL" : " NULL");
	}
	if (keyed) {
		buf_put_text(b, ", PRIMARY KEY (");
		put_columns(b, l, NULL, KEYS);
		buf_put_byte(b, ')');
	}
	buf_put_byte(b, ')');
	if (l->dialect == SQL_SQLITE)
		buf_put_text(b, " STRICT");
}

void
sql_clear(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, l->dialect == SQL_POSTGRES ? "TRUNCATE TABLE " : "DELETE FROM ");
	put_target(b, l);
}

static void
put_temporary(struct buf *b, const struct sql_load *l, const char *name)
{
	if (l->dialect == SQL_POSTGRES)
		buf_put_text(b, "pg_temp.");
	if (l->dialect == SQL_SQLITE)
		buf_put_text(b, "temp.");
	if (l->dialect == SQL_MYSQL && l->target.schema.n > 0) {
		sql_put_name(b, l->dialect, l->target.schema);
		buf_put_byte(b, '.');
	}
	sql_put_name(b, l->dialect, slice_of(name));
}

void
sql_put_stage(struct buf *b, const struct sql_load *l)
{
	put_temporary(b, l, "mam_stage");
}

static void
put_window(struct buf *b, const struct sql_load *l, size_t number)
{
	char name[32];

	snprintf(name, sizeof(name), "mam_window_%zu", number);
	put_temporary(b, l, name);
}

/* CREATE a temporary table, up to its SELECT. */
static void
put_create_temporary(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, l->dialect == SQL_SQLITE ? "CREATE TABLE " : "CREATE TEMPORARY TABLE ");
}

static void
put_as_select(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, l->dialect == SQL_POSTGRES ? " ON COMMIT DROP AS SELECT " : " AS SELECT ");
}

static void
put_from_nothing(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, " FROM ");
	put_target(b, l);
	buf_put_text(b, l->dialect == SQL_POSTGRES ? " AS t WITH NO DATA" : " AS t WHERE 1 = 0");
}

void
sql_create_stage(struct buf *b, const struct sql_load *l)
{
	put_create_temporary(b, l);
	sql_put_stage(b, l);
	put_as_select(b, l);
	for (size_t i = 0; i < l->n; i++) {
		const struct sql_column *c = &l->columns[i];
		buf_put_text(b, i > 0 ? ", " : "");
		buf_put_text(b, c->cast ? "NULL::text AS " : "t.");
		sql_put_name(b, l->dialect, c->name);
	}
	put_from_nothing(b, l);
}

/* The key columns as a unique index of the target compares them. */
static void
put_group(struct buf *b, const struct sql_load *l)
{
	const char *comma = "";

	for (size_t i = 0; i < l->n; i++) {
		const struct sql_column *c = &l->columns[i];
		if (!c->key)
			continue;
		buf_printf(b, "%ss.", comma);
		comma = ", ";
		sql_put_name(b, l->dialect, c->name);
		if (c->cast)
			buf_printf(b, "::%s", c->cast);
		if (c->collation) {
			buf_put_text(b, " COLLATE ");
			sql_put_name(b, l->dialect, slice_of(c->collation));
		}
	}
}

void
sql_duplicates(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, "SELECT ");
	put_columns(b, l, "s", KEYS);
	buf_put_text(b, " FROM ");
	sql_put_stage(b, l);
	buf_put_text(b, " AS s GROUP BY ");
	put_group(b, l);
	buf_put_text(b, " HAVING count(*) > 1 LIMIT 1");
}

void
sql_insert(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, l->target.or_abort ? "INSERT OR ABORT INTO " : "INSERT INTO ");
	put_target(b, l);
	buf_put_text(b, " (");
	put_columns(b, l, NULL, ALL);
	buf_put_text(b, ") SELECT ");
	put_columns(b, l, "s", ALL);
	buf_put_text(b, " FROM ");
	sql_put_stage(b, l);
	buf_put_text(b, " AS s");
}

/* Behind word: "x" = PREFIX."x", … of the columns that an upsert sets; false when there is none. */
static bool
put_assignments(struct buf *b, const struct sql_load *l, const char *word, const char *prefix)
{
	bool some = false;

	for (size_t i = 0; i < l->n; i++) {
		const struct sql_column *c = &l->columns[i];
		if (!chosen(c, VALUES))
			continue;
		buf_put_text(b, some ? ", " : word);
		some = true;
		sql_put_name(b, l->dialect, c->name);
		buf_printf(b, " = %s.", prefix);
		sql_put_name(b, l->dialect, c->name);
	}
	return some;
}

void
sql_upsert(struct buf *b, const struct sql_load *l)
{
	sql_insert(b, l);
	if (l->dialect == SQL_MYSQL) {
		put_assignments(b, l, " ON DUPLICATE KEY UPDATE ", "s");
		return;
	}
	/* Without WHERE, SQLite takes ON for a join's. */
	buf_put_text(b, " WHERE true ON CONFLICT (");
	put_columns(b, l, NULL, KEYS);
	buf_put_byte(b, ')');
	if (!put_assignments(b, l, " DO UPDATE SET ", "excluded"))
		buf_put_text(b, " DO NOTHING");
}

bool
sql_update(struct buf *b, const struct sql_load *l)
{
	const char *comma = "";
	size_t values = 0;

	for (size_t i = 0; i < l->n; i++)
		values += chosen(&l->columns[i], VALUES);
	if (values == 0)
		return false;
	buf_put_text(b, "UPDATE ");
	put_target(b, l);
	buf_put_text(b, " AS t JOIN ");
	sql_put_stage(b, l);
	buf_put_text(b, " AS s ON ");
	put_equal(b, l, KEYS, true);
	buf_put_text(b, " SET ");
	for (size_t i = 0; i < l->n; i++) {
		const struct sql_column *c = &l->columns[i];
		if (!chosen(c, VALUES))
			continue;
		buf_printf(b, "%st.", comma);
		comma = ", ";
		sql_put_name(b, l->dialect, c->name);
		buf_put_text(b, " = s.");
		sql_put_name(b, l->dialect, c->name);
	}
	return true;
}

void
sql_insert_new(struct buf *b, const struct sql_load *l)
{
	sql_insert(b, l);
	buf_put_text(b, " LEFT JOIN ");
	put_target(b, l);
	buf_put_text(b, " AS t ON ");
	put_equal(b, l, KEYS, true);
	buf_put_text(b, " WHERE ");
	for (size_t i = 0; i < l->n; i++)
		if (l->columns[i].key) {
			buf_put_text(b, "t.");
			sql_put_name(b, l->dialect, l->columns[i].name);
			break;
		}
	buf_put_text(b, " IS NULL");
}

/* DELETE FROM target AS t, up to where the other table's name goes. */
static void
put_delete_join(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, l->dialect == SQL_MYSQL ? "DELETE t FROM " : "DELETE FROM ");
	put_target(b, l);
	buf_put_text(b, l->dialect == SQL_MYSQL ? " AS t JOIN " : " AS t USING ");
}

void
sql_delete_windows(struct buf *b, const struct sql_load *l)
{
	if (l->dialect == SQL_SQLITE) {
		buf_put_text(b, "DELETE FROM ");
		put_target(b, l);
		buf_put_text(b, " WHERE (");
		put_columns(b, l, NULL, WINDOWS);
		buf_put_text(b, ") IN (SELECT ");
		put_columns(b, l, "s", WINDOWS);
		buf_put_text(b, " FROM ");
		sql_put_stage(b, l);
		buf_put_text(b, " AS s)");
		return;
	}
	put_delete_join(b, l);
	buf_put_text(b, "(SELECT DISTINCT ");
	const char *comma = "";
	for (size_t i = 0; i < l->n; i++) {
		const struct sql_column *c = &l->columns[i];
		if (!c->window)
			continue;
		buf_printf(b, "%sx.", comma);
		comma = ", ";
		sql_put_name(b, l->dialect, c->name);
		if (c->cast) {
			buf_printf(b, "::%s AS ", c->cast);
			sql_put_name(b, l->dialect, c->name);
		}
	}
	buf_put_text(b, " FROM ");
	sql_put_stage(b, l);
	buf_printf(b, " AS x) AS s %s ", l->dialect == SQL_MYSQL ? "ON" : "WHERE");
	put_equal(b, l, WINDOWS, false);
}

void
sql_create_window(struct buf *b, const struct sql_load *l, const struct sql_window *w)
{
	size_t bound = 0;

	put_create_temporary(b, l);
	put_window(b, l, w->number);
	put_as_select(b, l);
	for (size_t i = 0; i < w->n; i++)
		for (int k = 0; k < 1 + w->bounds[i].range; k++) {
			buf_put_text(b, bound > 0 ? ", t." : "t.");
			sql_put_name(b, l->dialect, w->bounds[i].column);
			buf_printf(b, " AS w%zu", bound++);
		}
	put_from_nothing(b, l);
}

void
sql_insert_window(struct buf *b, const struct sql_load *l, const struct sql_window *w)
{
	size_t bound = 0;

	buf_put_text(b, "INSERT INTO ");
	put_window(b, l, w->number);
	buf_put_text(b, " VALUES (");
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
		put_target(b, l);
		buf_put_text(b, " AS t WHERE EXISTS (SELECT 1 FROM ");
	} else
		put_delete_join(b, l);
	put_window(b, l, w->number);
	buf_printf(b, " AS w %s ", l->dialect == SQL_MYSQL ? "ON" : "WHERE");
	put_inside(b, l, w, "t");
	if (l->dialect == SQL_SQLITE)
		buf_put_byte(b, ')');
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
