/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/program/message.h"
#include "stages/load-pg/describe.h"
#include "stages/load-pg/pg.h"
#include "stages/load-pg/text_rule.h"

/* What the catalog said of the columns, to see whether it still says so when the table is locked. */
static struct buf told;

/* ---- types ---- */

enum {
	TYPMOD_HEAD = 4,             /* a varlena type's modifier counts this, too */
	NUMERIC_WEIGHT_MAX = 131072, /* digits before the point of a numeric without limits */
	NUMERIC_SCALE_MAX = 16383,   /* and behind it */
	NAME_BYTES_MAX = 63,
	MICRO_DIGITS = 6,
};

/* Days and microseconds since 1970-01-01 that PostgreSQL can have. */
static const int64_t date_low = -2440588, date_high = 2145042905;
static const int64_t moment_low = -210866803200000000;

static void
set_int(struct column *c, int64_t low, uint64_t high)
{
	c->kind = COLUMN_INT;
	c->low = low;
	c->high = high;
}

static void
set_text(struct column *c, int typmod)
{
	size_t limit = typmod >= TYPMOD_HEAD ? (size_t)(typmod - TYPMOD_HEAD) : 0;

	c->kind = COLUMN_TEXT;
	c->no_nul = true;
	if (pg_encodes_nothing())
		c->max_bytes = limit;
	else
		c->max_chars = limit;
}

static void
set_numeric(struct column *c, int typmod)
{
	c->kind = COLUMN_DECIMAL;
	c->loose = typmod < TYPMOD_HEAD;
	c->precision = NUMERIC_WEIGHT_MAX + NUMERIC_SCALE_MAX;
	c->scale = NUMERIC_SCALE_MAX;
	if (typmod < TYPMOD_HEAD)
		return;
	c->precision = (typmod - TYPMOD_HEAD) >> 16 & 0xffff;
	/* Eleven bits with a sign since PostgreSQL 15. */
	c->scale = (((typmod - TYPMOD_HEAD) & 0x7ff) ^ 1024) - 1024;
	if (pg_version() < 150000)
		c->scale = (typmod - TYPMOD_HEAD) & 0xffff;
}

static void
set_moment(struct column *c, enum column_kind kind, int typmod)
{
	c->kind = kind;
	c->low = moment_low;
	c->high = INT64_MAX;
	c->scale = typmod < 0 ? MICRO_DIGITS : typmod;
}

static void
set_none(struct column *c, const char *why)
{
	c->kind = COLUMN_NONE;
	c->why = why;
}

/* The types with an encoder; false for all others. */
static bool
set_known(struct column *c, uint32_t oid, int typmod)
{
	enum pg_form form = PG_RAW;

	switch (oid) {
	case 16: /* bool */
		c->kind = COLUMN_BOOL;
		form = PG_BOOL;
		break;
	case 17: /* bytea */
		c->kind = COLUMN_BYTES;
		break;
	case 20: /* int8 */
		set_int(c, INT64_MIN, INT64_MAX);
		form = PG_INT8;
		break;
	case 21: /* int2 */
		set_int(c, INT16_MIN, INT16_MAX);
		form = PG_INT2;
		break;
	case 23: /* int4 */
		set_int(c, INT32_MIN, INT32_MAX);
		form = PG_INT4;
		break;
	case 26: /* oid */
		set_int(c, 0, UINT32_MAX);
		form = PG_INT4;
		break;
	case 19: /* name */
		set_text(c, -1);
		c->max_bytes = NAME_BYTES_MAX;
		break;
	case 25: /* text */
		set_text(c, -1);
		break;
	case 1042: /* char(n) */
		set_text(c, typmod);
		c->trims = true;
		break;
	case 1043: /* varchar(n) */
		set_text(c, typmod);
		break;
	case 114: /* json */
		c->kind = COLUMN_JSON;
		break;
	case 3802: /* jsonb */
		c->kind = COLUMN_JSON;
		c->no_nul = true;
		c->loose = true;
		form = PG_JSONB;
		break;
	case 700: /* float4 */
		c->kind = COLUMN_FLOAT;
		c->single = true;
		c->loose = true;
		form = PG_FLOAT4;
		break;
	case 701: /* float8 */
		c->kind = COLUMN_FLOAT;
		c->loose = true;
		form = PG_FLOAT8;
		break;
	case 1700: /* numeric */
		set_numeric(c, typmod);
		form = PG_NUMERIC;
		break;
	case 1082: /* date */
		c->kind = COLUMN_DATE;
		c->low = date_low;
		c->high = (uint64_t)date_high;
		form = PG_DATE;
		break;
	case 1083: /* time */
		c->kind = COLUMN_TIME;
		c->scale = typmod < 0 ? MICRO_DIGITS : typmod;
		form = PG_TIME;
		break;
	case 1114: /* timestamp */
		set_moment(c, COLUMN_DATETIME, typmod);
		form = PG_TIMESTAMP;
		break;
	case 1184: /* timestamptz */
		set_moment(c, COLUMN_TIMESTAMP, typmod);
		form = PG_TIMESTAMP;
		break;
	case 2950: /* uuid */
		c->kind = COLUMN_UUID;
		break;
	default:
		return false;
	}
	c->tag = form;
	return true;
}

/* What the server would change without a word when it parses a text of the type. NULL: nothing. */
static const char *
why_not(uint32_t oid, int typmod, char typtype, char category)
{
	if (category == 'A')
		return "arrays are not supported; a jsonb column takes them";
	if (typtype == 'c')
		return "composite types are not supported; a jsonb column takes their fields";
	switch (oid) {
	case 18: /* "char" */
		return "the server would cut the text; char(1) does not";
	case 790: /* money */
		return "its text depends on the server's locale; numeric does not";
	case 1186: /* interval */
		return typmod < 0 ? NULL
				  : "the server would round the value to the type's precision; "
				    "interval without one keeps it";
	case 1266: /* timetz */
	case 3910: /* tstzrange */
	case 4534: /* tstzmultirange */
		return "the server would guess a zone where the text has none";
	default:
		return NULL;
	}
}

static void
set_enum(struct column *c, struct slice oid)
{
	char *type = xstring(oid);
	struct pg_rows rows = pg_query(SLICE("SELECT enumlabel FROM pg_catalog.pg_enum "
					     "WHERE enumtypid = $1::oid ORDER BY enumsortorder"),
	    type);
	struct slice *members = xcalloc(rows.n + 1, sizeof(*members));

	/* The result is kept: the members point into it. */
	for (size_t i = 0; i < rows.n; i++)
		members[i] = pg_cell(&rows, i, 0);
	c->kind = COLUMN_ENUM;
	c->tag = PG_RAW;
	c->members = members;
	c->n_members = rows.n;
	free(type);
}

/*
 * Goes as text into the stage; cast there without a modifier, so that assignment checks the
 * length and an explicit cast does not cut. What the server makes of the text was looked at before (parse.h).
 */
static void
set_other(struct column *c, uint32_t oid, char category, struct slice type)
{
	enum { BIT = 1560, VARBIT = 1562, XID = 28, XID8 = 5069 };

	c->kind = COLUMN_OTHER;
	c->tag = PG_RAW;
	c->no_nul = true;
	c->loose = true;
	c->takes_digits = category == 'S' || oid == XID || oid == XID8;
	c->cast = oid == BIT || oid == VARBIT ? "varbit" : xstring(type);
}

/* ---- the catalog ---- */

/* Columns of the query below. */
enum { NAME, TYPE, OID, TYPMOD, NOT_NULL, DEFAULT, GENERATED, TYPTYPE, CATEGORY, BASE, LOOSE };

/* A domain is what it stands on, with its modifier, its NOT NULL and its default; the server checks its constraints. */
static void
put_columns_query(struct buf *b)
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
	    pg_version() < 100000 ? "" : " OR a.attidentity = 'd'",
	    pg_version() < 100000   ? "false"
	    : pg_version() < 120000 ? "a.attidentity = 'a'"
				    : "a.attidentity = 'a' OR a.attgenerated <> ''",
	    pg_version() < 120000 ? "false" : "coalesce(NOT c.collisdeterministic, false)");
}

static bool
is_true(const struct pg_rows *rows, size_t row, size_t column)
{
	return slice_is(pg_cell(rows, row, column), "t");
}

static int64_t
number(const struct pg_rows *rows, size_t row, size_t column)
{
	int64_t n = 0;

	if (!parse_integer(pg_cell(rows, row, column), INT32_MIN, UINT32_MAX, &n))
		die(STATUS_BUG, "the catalog has %s where a number should be",
		    quoted(pg_cell(rows, row, column)));
	return n;
}

static void
set_column(struct column *c, enum pg_text_rule *rule, const struct pg_rows *rows, size_t i)
{
	uint32_t oid = (uint32_t)number(rows, i, OID);
	int typmod = (int)number(rows, i, TYPMOD);
	char typtype = *pg_cell(rows, i, TYPTYPE).p, category = *pg_cell(rows, i, CATEGORY).p;

	c->name = pg_cell(rows, i, NAME);
	c->type = pg_cell(rows, i, TYPE);
	c->nullable = !is_true(rows, i, NOT_NULL);
	c->has_default = is_true(rows, i, DEFAULT);
	c->generated = is_true(rows, i, GENERATED);
	c->loose = is_true(rows, i, LOOSE);
	if (set_known(c, oid, typmod))
		return;
	const char *why = why_not(oid, typmod, typtype, category);
	if (why)
		set_none(c, why);
	else if (typtype == 'e')
		set_enum(c, pg_cell(rows, i, OID));
	else
		set_other(c, oid, category, pg_cell(rows, i, BASE));
	*rule = text_rule(oid, pg_cell(rows, i, BASE));
}

/* All cells of the columns in one text. */
static void
put_told(struct buf *b, const struct pg_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		for (size_t k = 0; k < rows->columns; k++) {
			buf_put_slice(b, pg_cell(rows, i, k));
			buf_put_byte(b, '\0');
		}
	buf_check(b, "the description of the table", NULL);
}

static struct pg_rows
query_columns(const struct target *t)
{
	struct buf sql = {0};
	char oid[16];

	put_columns_query(&sql);
	buf_check(&sql, "a statement", NULL);
	snprintf(oid, sizeof(oid), "%" PRIu32, t->oid);
	struct pg_rows rows = pg_query(buf_slice(&sql), oid);
	buf_free(&sql);
	return rows;
}

/* Dies unless rows can be put into such a thing. */
static void
check_kind(char relkind, const struct sql_table *table)
{
	const char *what = relkind == 'm'                     ? "a materialized view"
			   : relkind == 'S'                   ? "a sequence"
			   : relkind == 'i' || relkind == 'I' ? "an index"
			   : relkind == 'c'                   ? "a composite type"
			   : relkind == 't'                   ? "a TOAST table"
							      : NULL;
	if (what)
		die(STATUS_REFUSED, "%s is %s, which takes no rows", quoted(table->name), what);
}

bool
describe_target(struct target *t, struct sql_table *table)
{
	struct buf name = {0};

	sql_put_table(&name, SQL_POSTGRES, table);
	buf_put_byte(&name, '\0');
	buf_check(&name, "the table's name", NULL);
	struct pg_rows found = pg_query(
	    SLICE("SELECT c.oid, n.nspname, c.relkind, pg_catalog.row_security_active(c.oid) "
		  "FROM pg_catalog.pg_class AS c "
		  "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
		  "WHERE c.oid = pg_catalog.to_regclass($1)"),
	    name.p);
	buf_free(&name);
	if (found.n == 0) {
		pg_rows_free(&found);
		return false;
	}
	char relkind = *pg_cell(&found, 0, 2).p;
	t->oid = (uint32_t)number(&found, 0, 0);
	/* The result is kept: the name points into it. */
	table->schema = pg_cell(&found, 0, 1);
	check_kind(relkind, table);
	t->is_view = relkind == 'v';
	t->needs_stage = t->is_view || is_true(&found, 0, 3);

	struct pg_rows rows = query_columns(t);
	t->n = rows.n;
	t->columns = xcalloc(rows.n + 1, sizeof(*t->columns));
	t->rules = xcalloc(rows.n + 1, sizeof(*t->rules));
	for (size_t i = 0; i < rows.n; i++)
		set_column(&t->columns[i], &t->rules[i], &rows, i);
	buf_reset(&told);
	put_told(&told, &rows);
	return true;
}

bool
describe_unchanged(const struct target *t)
{
	struct buf now = {0};
	struct pg_rows rows = query_columns(t);

	put_told(&now, &rows);
	pg_rows_free(&rows);
	bool same = slice_equal(buf_slice(&now), buf_slice(&told));
	buf_free(&now);
	return same;
}
