/* SPDX-License-Identifier: MIT */
#include "common/sql/sql_impl.h"

/* The statements of a load; names, parameters and types are in sql_name.c. */

static bool
chosen(const struct sql_column *c, enum sql_choice choice)
{
	switch (choice) {
	case SQL_ALL:
		return true;
	case SQL_KEYS:
		return c->key;
	case SQL_WINDOWS:
		return c->window;
	case SQL_VALUES:
		return !c->key || c->loose;
	}
	return false;
}

void
sql_put_columns(struct buf *b, const struct sql_load *l, const char *alias, enum sql_choice choice)
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

void
sql_put_equal(struct buf *b, const struct sql_load *l, enum sql_choice choice, bool cast)
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

void
sql_put_target(struct buf *b, const struct sql_load *l)
{
	sql_put_table(b, l->dialect, &l->target);
}

/* Its columns in the order of --key, not of the fields. */
static void
put_primary_key(struct buf *b, const struct sql_load *l)
{
	const char *word = ", PRIMARY KEY (";

	for (size_t k = 0; k < l->n; k++)
		for (size_t i = 0; i < l->n; i++)
			if (l->columns[i].key && l->columns[i].key_place == k) {
				buf_put_text(b, word);
				word = ", ";
				sql_put_name(b, l->dialect, l->columns[i].name);
			}
	buf_put_byte(b, ')');
}

void
sql_create_table(struct buf *b, const struct sql_load *l)
{
	bool keyed = false;

	buf_put_text(b, "CREATE TABLE ");
	sql_put_target(b, l);
	buf_put_text(b, " (");
	for (size_t i = 0; i < l->n; i++) {
		const struct sql_column *c = &l->columns[i];
		keyed |= c->key;
		buf_put_text(b, i > 0 ? ", " : "");
		sql_put_name(b, l->dialect, c->name);
		/* NULL is explicit because MySQL's timestamp is NOT NULL by default. */
		buf_printf(b, " %s%s", c->type, c->key ? " NOT NULL" : " NULL");
	}
	if (keyed)
		put_primary_key(b, l);
	buf_put_byte(b, ')');
	if (l->dialect == SQL_SQLITE)
		buf_put_text(b, " STRICT");
}

void
sql_clear(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, l->dialect == SQL_POSTGRES ? "TRUNCATE TABLE " : "DELETE FROM ");
	sql_put_target(b, l);
}

void
sql_put_temporary(struct buf *b, const struct sql_load *l, const char *name)
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
	sql_put_temporary(b, l, "mam-etl stage");
}

void
sql_put_create_temporary(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, l->dialect == SQL_SQLITE ? "CREATE TABLE " : "CREATE TEMPORARY TABLE ");
}

/* Some servers of MySQL refuse each table without a primary key, a temporary one too. */
static const char row_number[] =
    " (`mam-etl row` bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY)";

void
sql_put_as_select(struct buf *b, const struct sql_load *l)
{
	if (l->dialect == SQL_MYSQL)
		buf_put_text(b, row_number);
	buf_put_text(b, l->dialect == SQL_POSTGRES ? " ON COMMIT DROP AS SELECT " : " AS SELECT ");
}

void
sql_put_from_nothing(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, " FROM ");
	sql_put_target(b, l);
	buf_put_text(b, l->dialect == SQL_POSTGRES ? " AS t WITH NO DATA" : " AS t WHERE 1 = 0");
}

void
sql_create_stage(struct buf *b, const struct sql_load *l)
{
	sql_put_create_temporary(b, l);
	sql_put_stage(b, l);
	sql_put_as_select(b, l);
	for (size_t i = 0; i < l->n; i++) {
		const struct sql_column *c = &l->columns[i];
		buf_put_text(b, i > 0 ? ", " : "");
		buf_put_text(b, c->cast ? "NULL::text AS " : "t.");
		sql_put_name(b, l->dialect, c->name);
	}
	sql_put_from_nothing(b, l);
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
	sql_put_columns(b, l, "s", SQL_KEYS);
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
	sql_put_target(b, l);
	buf_put_text(b, " (");
	sql_put_columns(b, l, NULL, SQL_ALL);
	buf_put_text(b, ") SELECT ");
	sql_put_columns(b, l, "s", SQL_ALL);
	buf_put_text(b, " FROM ");
	sql_put_stage(b, l);
	buf_put_text(b, " AS s");
}

/*
 * After word: "x" = PREFIX."x", … of the columns that an upsert sets; false if
 * it sets none.
 */
static bool
put_assignments(struct buf *b, const struct sql_load *l, const char *word, const char *prefix)
{
	bool some = false;

	for (size_t i = 0; i < l->n; i++) {
		const struct sql_column *c = &l->columns[i];
		if (!chosen(c, SQL_VALUES))
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
	sql_put_columns(b, l, NULL, SQL_KEYS);
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
		values += chosen(&l->columns[i], SQL_VALUES);
	if (values == 0)
		return false;
	buf_put_text(b, "UPDATE ");
	sql_put_target(b, l);
	buf_put_text(b, " AS t JOIN ");
	sql_put_stage(b, l);
	buf_put_text(b, " AS s ON ");
	sql_put_equal(b, l, SQL_KEYS, true);
	buf_put_text(b, " SET ");
	for (size_t i = 0; i < l->n; i++) {
		const struct sql_column *c = &l->columns[i];
		if (!chosen(c, SQL_VALUES))
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
	sql_put_target(b, l);
	buf_put_text(b, " AS t ON ");
	sql_put_equal(b, l, SQL_KEYS, true);
	buf_put_text(b, " WHERE ");
	for (size_t i = 0; i < l->n; i++)
		if (l->columns[i].key) {
			buf_put_text(b, "t.");
			sql_put_name(b, l->dialect, l->columns[i].name);
			break;
		}
	buf_put_text(b, " IS NULL");
}

void
sql_put_delete_join(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, l->dialect == SQL_MYSQL ? "DELETE t FROM " : "DELETE FROM ");
	sql_put_target(b, l);
	buf_put_text(b, l->dialect == SQL_MYSQL ? " AS t JOIN " : " AS t USING ");
}

void
sql_missing(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, "SELECT count(*) FROM ");
	sql_put_stage(b, l);
	buf_put_text(b, " AS s WHERE NOT EXISTS (SELECT 1 FROM ");
	sql_put_target(b, l);
	buf_put_text(b, " AS t WHERE ");
	sql_put_equal(b, l, SQL_KEYS, true);
	buf_put_byte(b, ')');
}

/* SQLite's way: WHERE ("day") IN (SELECT s."day" FROM stage AS s) */
static void
put_in_windows(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, " WHERE (");
	sql_put_columns(b, l, NULL, SQL_WINDOWS);
	buf_put_text(b, ") IN (SELECT ");
	sql_put_columns(b, l, "s", SQL_WINDOWS);
	buf_put_text(b, " FROM ");
	sql_put_stage(b, l);
	buf_put_text(b, " AS s)");
}

void
sql_delete_windows(struct buf *b, const struct sql_load *l)
{
	if (l->dialect == SQL_SQLITE) {
		buf_put_text(b, "DELETE FROM ");
		sql_put_target(b, l);
		put_in_windows(b, l);
		return;
	}
	sql_put_delete_join(b, l);
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
	sql_put_equal(b, l, SQL_WINDOWS, false);
}

void
sql_left_windows(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, "SELECT ");
	sql_put_columns(b, l, NULL, SQL_WINDOWS);
	buf_put_text(b, " FROM ");
	sql_put_target(b, l);
	if (l->dialect == SQL_SQLITE)
		put_in_windows(b, l);
	else {
		buf_put_text(b, " AS t WHERE EXISTS (SELECT 1 FROM ");
		sql_put_stage(b, l);
		buf_put_text(b, " AS s WHERE ");
		sql_put_equal(b, l, SQL_WINDOWS, true);
		buf_put_byte(b, ')');
	}
	buf_put_text(b, " LIMIT 1");
}
