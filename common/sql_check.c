/* SPDX-License-Identifier: MIT */
#include "common/sql_impl.h"

/* Queries that a load asks about its table: what is in it, what the database does beside. */

void
sql_put_literal(struct buf *b, enum sql_dialect d, struct slice text)
{
	/* E'' means the same whatever standard_conforming_strings is; MySQL's session has backslashes. */
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
