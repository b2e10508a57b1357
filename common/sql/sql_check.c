/* SPDX-License-Identifier: MIT */
#include "common/sql/sql_impl.h"

/*
 * Queries of a load about its table: its contents, and the database's own
 * reactions to changes.
 */

void
sql_put_literal(struct buf *b, enum sql_dialect d, struct slice text)
{
	/*
	 * E'' has the same meaning under any standard_conforming_strings;
	 * MySQL's session uses backslashes.
	 */
	buf_put_text(b, d == SQL_POSTGRES ? "E'" : "'");
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'' || (text.p[i] == '\\' && d != SQL_SQLITE))
			buf_put_byte(b, text.p[i]);
		buf_put_byte(b, text.p[i]);
	}
	buf_put_byte(b, '\'');
}

/* The target's oid, as an expression. */
static void
put_oid(struct buf *b, const struct sql_load *l)
{
	struct buf name = {0};

	sql_put_target(&name, l);
	b->failed |= name.failed;
	buf_put_text(b, "pg_catalog.to_regclass(");
	sql_put_literal(b, l->dialect, buf_slice(&name));
	buf_put_byte(b, ')');
	buf_free(&name);
}

static void
put_same_name_postgres(struct buf *b, const struct sql_load *l)
{
	bool schema = l->target.schema.n > 0;

	buf_printf(b,
	    "SELECT %sc.relname FROM pg_catalog.pg_class AS c "
	    "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE lower(c.relname) = ",
	    schema ? "n.nspname || '.' || " : "");
	buf_put_text(b, "lower(");
	sql_put_literal(b, l->dialect, l->target.name);
	buf_put_text(b, ") AND c.relkind IN ('r', 'p', 'v', 'f') AND ");
	if (schema) {
		buf_put_text(b, "lower(n.nspname) = lower(");
		sql_put_literal(b, l->dialect, l->target.schema);
		buf_put_byte(b, ')');
	} else
		buf_put_text(b, "pg_catalog.pg_table_is_visible(c.oid)");
	buf_put_text(b, " ORDER BY 1 LIMIT 1");
}

void
sql_same_name(struct buf *b, const struct sql_load *l)
{
	if (l->dialect == SQL_POSTGRES)
		put_same_name_postgres(b, l);
	if (l->dialect != SQL_MYSQL)
		return;
	buf_put_text(b, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ");
	if (l->target.schema.n > 0)
		sql_put_literal(b, l->dialect, l->target.schema);
	else
		buf_put_text(b, "DATABASE()");
	buf_put_text(b, " AND LOWER(TABLE_NAME) = LOWER(");
	sql_put_literal(b, l->dialect, l->target.name);
	buf_put_text(b, ") ORDER BY 1 LIMIT 1");
}

void
sql_may_count(struct buf *b, const struct sql_load *l)
{
	/* A foreign table cannot be locked. */
	buf_put_text(b, "SELECT 1 FROM pg_catalog.pg_class WHERE oid = ");
	put_oid(b, l);
	buf_put_text(b, " AND relkind IN ('r', 'p') AND "
			"pg_catalog.has_any_column_privilege(oid, 'SELECT')");
}

void
sql_lock(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, "LOCK TABLE ");
	sql_put_target(b, l);
	buf_put_text(b, " IN ACCESS EXCLUSIVE MODE");
}

void
sql_count(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, "SELECT count(*) FROM ");
	sql_put_target(b, l);
}

void
sql_row_security(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, "SELECT 1 WHERE pg_catalog.row_security_active(");
	put_oid(b, l);
	buf_put_byte(b, ')');
}

void
sql_interferes(struct buf *b, const struct sql_load *l)
{
	if (l->dialect == SQL_SQLITE) {
		buf_put_text(
		    b, "SELECT 1 FROM main.sqlite_schema WHERE type = 'trigger' AND tbl_name = ");
		sql_put_literal(b, l->dialect, l->target.name);
		buf_put_text(b, " COLLATE NOCASE LIMIT 1");
		return;
	}
	buf_put_text(b, "SELECT 1 FROM pg_catalog.pg_class WHERE oid = ");
	put_oid(b, l);
	buf_put_text(b, " AND (relhastriggers OR relhasrules OR relrowsecurity "
			"OR relhassubclass OR relkind <> 'r')");
}

/* ('name', 'cost'): the columns that an upsert sets. */
static void
put_set_columns(struct buf *b, const struct sql_load *l)
{
	const char *comma = "(";

	for (size_t i = 0; i < l->n; i++) {
		if (l->columns[i].key && !l->columns[i].loose)
			continue;
		buf_put_text(b, comma);
		comma = ", ";
		sql_put_literal(b, l->dialect, l->columns[i].name);
	}
	buf_put_byte(b, ')');
}

/* Also those of partitions and children, and of the tables that a view selects from. */
static void
put_cascades_postgres(struct buf *b, const struct sql_load *l, bool update)
{
	const char *rule = update ? "confupdtype" : "confdeltype";

	buf_put_text(b, "WITH RECURSIVE below (oid) AS (SELECT ");
	put_oid(b, l);
	buf_put_text(b, "::pg_catalog.oid UNION SELECT x.oid FROM below JOIN ("
			"SELECT inhparent, inhrelid FROM pg_catalog.pg_inherits UNION ALL "
			"SELECT r.ev_class, d.refobjid FROM pg_catalog.pg_rewrite AS r "
			"JOIN pg_catalog.pg_depend AS d ON d.objid = r.oid "
			"AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass "
			"AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass "
			"WHERE r.ev_type = '1') AS x (above, oid) ON x.above = below.oid) ");
	buf_printf(b,
	    "SELECT k.conrelid::pg_catalog.regclass AS \"table\", k.conname AS \"constraint\", "
	    "CASE k.%s WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' "
	    "ELSE 'SET DEFAULT' END AS %s FROM pg_catalog.pg_constraint AS k "
	    "JOIN below ON below.oid = k.confrelid WHERE k.contype = 'f' AND k.%s IN (%s)",
	    rule, update ? "on_update" : "on_delete", rule, update ? "'n', 'd'" : "'c', 'n', 'd'");
	if (update) {
		buf_put_text(b, " AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute AS a WHERE "
				"a.attrelid = k.confrelid AND a.attnum = ANY (k.confkey) "
				"AND a.attname IN ");
		put_set_columns(b, l);
		buf_put_byte(b, ')');
	}
	buf_put_text(b, " ORDER BY 1 LIMIT 1");
}

static void
put_cascades_mysql(struct buf *b, const struct sql_load *l, bool update)
{
	const char *rule = update ? "UPDATE" : "DELETE";

	buf_printf(b,
	    "SELECT r.TABLE_NAME AS `table`, r.CONSTRAINT_NAME AS `constraint`, r.%s_RULE AS %s "
	    "FROM information_schema.REFERENTIAL_CONSTRAINTS AS r",
	    rule, update ? "on_update" : "on_delete");
	if (update)
		buf_put_text(b, " JOIN information_schema.KEY_COLUMN_USAGE AS u "
				"ON u.CONSTRAINT_SCHEMA = r.CONSTRAINT_SCHEMA "
				"AND u.CONSTRAINT_NAME = r.CONSTRAINT_NAME "
				"AND u.TABLE_NAME = r.TABLE_NAME");
	buf_put_text(b, " WHERE r.UNIQUE_CONSTRAINT_SCHEMA = ");
	sql_put_literal(b, l->dialect, l->target.schema);
	buf_put_text(b, " AND r.REFERENCED_TABLE_NAME = ");
	sql_put_literal(b, l->dialect, l->target.name);
	buf_printf(b, " AND r.%s_RULE IN (%s'SET NULL', 'SET DEFAULT')", rule,
	    update ? "" : "'CASCADE', ");
	if (update) {
		buf_put_text(b, " AND u.REFERENCED_COLUMN_NAME IN ");
		put_set_columns(b, l);
	}
	buf_put_text(b, " LIMIT 1");
}

static void
put_cascades_sqlite(struct buf *b, const struct sql_load *l, bool update)
{
	const char *rule = update ? "on_update" : "on_delete";

	buf_printf(b,
	    "SELECT m.name AS \"table\", f.\"from\" AS \"column\", f.%s "
	    "FROM main.sqlite_schema AS m JOIN pragma_foreign_key_list(m.name, 'main') AS f ",
	    rule);
	/* A key that names no column refers to the primary key. */
	if (update)
		buf_put_text(b,
		    "JOIN pragma_table_info(f.\"table\", 'main') AS c ON "
		    "c.name = f.\"to\" COLLATE NOCASE OR (f.\"to\" IS NULL AND c.pk > 0) ");
	buf_put_text(b, "WHERE m.type = 'table' AND f.\"table\" = ");
	sql_put_literal(b, l->dialect, l->target.name);
	buf_printf(b, " COLLATE NOCASE AND f.%s IN (%s'SET NULL', 'SET DEFAULT')", rule,
	    update ? "" : "'CASCADE', ");
	if (update) {
		buf_put_text(b, " AND c.name IN ");
		put_set_columns(b, l);
	}
	buf_put_text(b, " LIMIT 1");
}

static void
put_cascades(struct buf *b, const struct sql_load *l, bool update)
{
	if (l->dialect == SQL_POSTGRES)
		put_cascades_postgres(b, l, update);
	else if (l->dialect == SQL_MYSQL)
		put_cascades_mysql(b, l, update);
	else
		put_cascades_sqlite(b, l, update);
}

void
sql_cascades(struct buf *b, const struct sql_load *l)
{
	put_cascades(b, l, false);
}

void
sql_update_cascades(struct buf *b, const struct sql_load *l)
{
	put_cascades(b, l, true);
}

void
sql_sets_indexed(struct buf *b, const struct sql_load *l)
{
	buf_put_text(b, "SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ");
	sql_put_literal(b, l->dialect, l->target.schema);
	buf_put_text(b, " AND TABLE_NAME = ");
	sql_put_literal(b, l->dialect, l->target.name);
	buf_put_text(b, " AND COLUMN_NAME IN ");
	put_set_columns(b, l);
	buf_put_text(b, " LIMIT 1");
}
