/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/db/pg/describe.h"
#include "common/db/pg/text_rule.h"
#include "common/db/pg/types.h"
#include "common/sql/pg_binary.h"

/* One allocation that a table owns: a result, or memory of malloc. */
struct kept {
	struct kept *next;
	struct pg_rows rows;
	void *memory;
};

static struct kept *
keep(struct pg_connection *c, struct pg_table *t)
{
	struct kept *k = calloc(1, sizeof *k);

	if (!k) {
		db_error_memory(&c->error, "the description of the table");
		return NULL;
	}
	k->next = t->kept;
	t->kept = k;
	return k;
}

/* Memory, all zero, that lives as long as the table. NULL after the error was set. */
static void *
keep_memory(struct pg_connection *c, struct pg_table *t, size_t n, size_t size)
{
	struct kept *k = keep(c, t);

	if (!k)
		return NULL;
	k->memory = calloc(n + 1, size);
	if (!k->memory)
		db_error_memory(&c->error, "the description of the table");
	return k->memory;
}

/* A query whose rows live as long as the table. */
static bool
keep_query(struct pg_connection *c, struct pg_table *t, struct slice sql, const char *parameter,
    struct pg_rows *rows)
{
	struct pg_parameter p = {.data = slice_of(parameter)};
	struct kept *k = keep(c, t);

	if (!k || !pg_query(c, sql, &p, 1, &k->rows))
		return false;
	*rows = k->rows;
	return true;
}

void
pg_table_free(struct pg_table *t)
{
	struct kept *next;

	for (struct kept *k = t->kept; k; k = next) {
		next = k->next;
		pg_rows_free(&k->rows);
		free(k->memory);
		free(k);
	}
	buf_free(&t->seen);
	*t = (struct pg_table){0};
}

static bool
set_enum(struct pg_connection *c, struct pg_table *t, struct column *column, struct slice oid)
{
	struct pg_rows rows;

	/* A field has a NUL after it. */
	if (!keep_query(c, t,
		SLICE("SELECT enumlabel FROM pg_catalog.pg_enum "
		      "WHERE enumtypid = $1::oid ORDER BY enumsortorder"),
		oid.p, &rows))
		return false;
	struct slice *members = keep_memory(c, t, rows.n, sizeof *members);
	if (!members)
		return false;
	for (size_t i = 0; i < rows.n; i++)
		members[i] = pg_cell(&rows, i, 0);
	column->kind = COLUMN_ENUM;
	column->tag = PG_RAW;
	column->members = members;
	column->n_members = rows.n;
	return true;
}

/*
 * Goes as text into the stage; cast there without a modifier, so that assignment checks the
 * length and an explicit cast does not cut. The caller has the server parse the text before.
 */
static void
set_other(struct column *column, uint32_t oid, char category, struct slice type)
{
	enum { BIT = 1560, VARBIT = 1562, XID = 28, XID8 = 5069 };

	column->kind = COLUMN_OTHER;
	column->tag = PG_RAW;
	column->no_nul = true;
	column->loose = true;
	column->takes_digits = category == 'S' || oid == XID || oid == XID8;
	column->cast = oid == BIT || oid == VARBIT ? "varbit" : type.p;
}

/* Columns of the query below. */
enum { NAME, TYPE, OID, TYPMOD, NOT_NULL, DEFAULT, GENERATED, TYPTYPE, CATEGORY, BASE, LOOSE };

/* A domain has the type below it, with its modifier, its NOT NULL and its default; the server checks its constraints. */
static void
put_columns_query(struct buf *b, int version)
{
	buf_printf(b,
	    "WITH RECURSIVE base (num, type, typmod, required, given) AS ("
	    "SELECT attnum, atttypid, atttypmod, attnotnull, atthasdef "
	    "FROM pg_catalog.pg_attribute "
	    "WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped "
	    "UNION ALL "
	    "SELECT b.num, t.typbasetype, t.typtypmod, b.required OR t.typnotnull, "
	    "b.given OR t.typdefault IS NOT NULL "
	    "FROM base AS b JOIN pg_catalog.pg_type AS t ON t.oid = b.type WHERE t.typtype = 'd') "
	    "SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), b.type, b.typmod, "
	    "b.required, b.given%s, %s, t.typtype, t.typcategory, "
	    "pg_catalog.format_type(b.type, NULL), %s "
	    "FROM base AS b JOIN pg_catalog.pg_type AS t ON t.oid = b.type "
	    "JOIN pg_catalog.pg_attribute AS a ON a.attrelid = $1::oid AND a.attnum = b.num "
	    "LEFT JOIN pg_catalog.pg_collation AS c ON c.oid = a.attcollation "
	    "WHERE t.typtype <> 'd' ORDER BY a.attnum",
	    version < 100000 ? "" : " OR a.attidentity = 'd'",
	    version < 100000   ? "false"
	    : version < 120000 ? "a.attidentity = 'a'"
			       : "a.attidentity = 'a' OR a.attgenerated <> ''",
	    version < 120000 ? "false" : "coalesce(NOT c.collisdeterministic, false)");
}

static bool
is_true(const struct pg_rows *rows, size_t row, size_t column)
{
	return slice_is(pg_cell(rows, row, column), "t");
}

static bool
number(struct pg_connection *c, const struct pg_rows *rows, size_t row, size_t column, int64_t *n)
{
	if (parse_integer(pg_cell(rows, row, column), INT32_MIN, UINT32_MAX, n))
		return true;
	return db_error_set(&c->error, STATUS_BUG, NULL,
	    "the catalog has \"%s\" where a number should be", pg_cell(rows, row, column).p);
}

static bool
set_column(struct pg_connection *c, struct pg_table *t, const struct pg_rows *rows, size_t i)
{
	struct column *column = &t->columns[i];
	char typtype = *pg_cell(rows, i, TYPTYPE).p, category = *pg_cell(rows, i, CATEGORY).p;
	int64_t oid, typmod;

	if (!number(c, rows, i, OID, &oid) || !number(c, rows, i, TYPMOD, &typmod))
		return false;
	column->name = pg_cell(rows, i, NAME);
	column->type = pg_cell(rows, i, TYPE);
	column->nullable = !is_true(rows, i, NOT_NULL);
	column->has_default = is_true(rows, i, DEFAULT);
	column->generated = is_true(rows, i, GENERATED);
	column->loose = is_true(rows, i, LOOSE);
	if (pg_type_known(c, column, (uint32_t)oid, (int)typmod))
		return true;
	t->rules[i] = pg_text_rule_of((uint32_t)oid, pg_cell(rows, i, BASE));
	if (typtype == 'e')
		return set_enum(c, t, column, pg_cell(rows, i, OID));
	set_other(column, (uint32_t)oid, category, pg_cell(rows, i, BASE));
	return true;
}

/* All cells of the columns in one text. */
static bool
put_seen(struct pg_connection *c, struct buf *b, const struct pg_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		for (size_t k = 0; k < rows->columns; k++) {
			buf_put_slice(b, pg_cell(rows, i, k));
			buf_put_byte(b, '\0');
		}
	return !b->failed || db_error_memory(&c->error, "the description of the table");
}

static bool
query_columns(struct pg_connection *c, struct pg_table *t, uint32_t oid, struct pg_rows *rows)
{
	struct buf sql = {0};
	char text[16];

	*rows = (struct pg_rows){0};
	snprintf(text, sizeof text, "%" PRIu32, oid);
	put_columns_query(&sql, pg_version(c));
	bool good = sql.failed ? db_error_memory(&c->error, "a statement")
			       : keep_query(c, t, buf_slice(&sql), text, rows);
	buf_free(&sql);
	return good;
}

/* Why rows cannot be put into such a thing; NULL: they can. */
static const char *
no_rows(char relkind)
{
	switch (relkind) {
	case 'm':
		return "a materialized view";
	case 'S':
		return "a sequence";
	case 'i':
	case 'I':
		return "an index";
	case 'c':
		return "a composite type";
	case 't':
		return "a TOAST table";
	default:
		return NULL;
	}
}

/* False without an error when the table does not exist. */
static bool
find(struct pg_connection *c, struct pg_table *t, const struct sql_table *name)
{
	struct buf text = {0};
	struct pg_rows found = {0};
	int64_t oid = 0;

	sql_put_table(&text, SQL_POSTGRES, name);
	buf_put_byte(&text, '\0');
	if (text.failed)
		db_error_memory(&c->error, "the table's name");
	else
		keep_query(c, t,
		    SLICE("SELECT c.oid, n.nspname, c.relkind, "
			  "pg_catalog.row_security_active(c.oid) "
			  "FROM pg_catalog.pg_class AS c "
			  "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
			  "WHERE c.oid = pg_catalog.to_regclass($1)"),
		    text.p, &found);
	buf_free(&text);
	if (found.n == 0 || !number(c, &found, 0, 0, &oid))
		return false;
	char relkind = *pg_cell(&found, 0, 2).p;
	t->oid = (uint32_t)oid;
	t->schema = pg_cell(&found, 0, 1);
	t->no_rows = no_rows(relkind);
	t->is_view = relkind == 'v';
	t->needs_insert = t->is_view || is_true(&found, 0, 3);
	return true;
}

bool
pg_table_describe(struct pg_connection *c, struct pg_table *t, const struct sql_table *name)
{
	struct pg_rows rows;

	pg_table_free(t);
	if (!find(c, t, name))
		return !db_error_is_set(&c->error);
	if (!query_columns(c, t, t->oid, &rows))
		return false;
	t->columns = keep_memory(c, t, rows.n, sizeof *t->columns);
	t->rules = keep_memory(c, t, rows.n, sizeof *t->rules);
	if (!t->columns || !t->rules)
		return false;
	t->n = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		if (!set_column(c, t, &rows, i))
			return false;
	return put_seen(c, &t->seen, &rows);
}

bool
pg_table_unchanged(struct pg_connection *c, const struct pg_table *t, bool *same)
{
	struct pg_table now = {0};
	struct pg_rows rows;
	bool good = query_columns(c, &now, t->oid, &rows) && put_seen(c, &now.seen, &rows);

	*same = good && slice_equal(buf_slice(&now.seen), buf_slice(&t->seen));
	pg_table_free(&now);
	return good;
}
