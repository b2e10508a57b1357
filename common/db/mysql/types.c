/* SPDX-License-Identifier: MIT */
/* What information_schema says of a table, as struct column. */
#include <stdlib.h>

#include "common/program/message.h"
#include "common/time/iso.h"
#include "stages/load-mysql/check.h"
#include "stages/load-mysql/columns_impl.h"

enum {
	COLUMNS_MAX = 4096, /* InnoDB has 1,017 */
	DAY_MILLISECONDS = 86400000,
	BITS_OF_A_LONG = 64,
};

static struct slice
keep(struct slice s)
{
	char *p = xmalloc(s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return (struct slice){p, s.n};
}

static bool
holds(struct slice s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s.n; i++)
		if (memcmp(s.p + i, word, n) == 0)
			return true;
	return false;
}

static uint64_t
number(struct slice s)
{
	return s.p ? strtoull(s.p, NULL, 10) : 0;
}

static bool
set_integer(struct column *c, struct slice name, bool is_unsigned)
{
	static const struct {
		const char *name;
		unsigned bits;
	} types[] = {
	    {"tinyint", 8}, {"smallint", 16}, {"mediumint", 24}, {"int", 32}, {"bigint", 64}};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (!slice_is(name, types[i].name))
			continue;
		uint64_t all = UINT64_MAX >> (BITS_OF_A_LONG - types[i].bits);
		c->kind = COLUMN_INT;
		c->takes_bool = true;
		c->high = is_unsigned ? all : all >> 1;
		c->low = is_unsigned ? 0 : -(int64_t)(all >> 1) - 1;
		return true;
	}
	return false;
}

static void
set_bit(struct column *c, uint64_t bits)
{
	c->kind = COLUMN_INT;
	c->takes_bool = true;
	c->high = bits < BITS_OF_A_LONG ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
}

/* enum('a','it''s','back\\slash'): the members between the quotes. */
static void
set_members(struct column *c)
{
	struct slice *members = NULL;
	const char *p = memchr(c->type.p, '(', c->type.n), *end = c->type.p + c->type.n;
	struct buf text = {0};

	while (p && ++p < end && *p == '\'') {
		buf_reset(&text);
		for (p++; p < end && (*p != '\'' || (p + 1 < end && p[1] == '\'')); p++) {
			bool escape = *p == '\\' && p + 1 < end;
			p += escape || *p == '\'';
			char byte = *p;
			if (escape)
				byte = *p == 'n' ? '\n' : *p == 'r' ? '\r' : *p == '0' ? '\0' : *p;
			buf_put_byte(&text, byte);
		}
		buf_check(&text, "a type", NULL);
		members = xrealloc(members, (c->n_members + 1) * sizeof *members);
		members[c->n_members++] = keep(buf_slice(&text));
		p++;
	}
	buf_free(&text);
	c->members = members;
}

/* Few encodings have what is above U+FFFF; of what else they lack the server warns. */
static uint32_t
last_char(struct slice charset)
{
	static const char *const all[] = {"utf8mb4", "utf16", "utf16le", "utf32", "gb18030"};

	if (slice_is(charset, "ascii"))
		return 0x7f;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (slice_is(charset, all[i]))
			return 0;
	return 0xffff;
}

static bool
set_text(struct column *c, struct slice name, uint64_t chars, uint64_t bytes)
{
	if (slice_is(name, "char") || slice_is(name, "varchar")) {
		c->kind = COLUMN_TEXT;
		c->max_chars = chars;
		c->trims = slice_is(name, "char");
	} else if (slice_is(name, "binary") || slice_is(name, "varbinary")) {
		c->kind = COLUMN_BYTES;
		c->max_bytes = bytes;
		c->padded = slice_is(name, "binary");
	} else if (name.n >= 4 && memcmp(name.p + name.n - 4, "text", 4) == 0) {
		c->kind = COLUMN_TEXT;
		c->max_bytes = bytes;
	} else if (name.n >= 4 && memcmp(name.p + name.n - 4, "blob", 4) == 0) {
		c->kind = COLUMN_BYTES;
		c->max_bytes = bytes;
	} else if (slice_is(name, "enum") || slice_is(name, "set")) {
		c->kind = slice_is(name, "enum") ? COLUMN_ENUM : COLUMN_SET;
		set_members(c);
	} else
		return false;
	return true;
}

static int64_t
microseconds(int64_t year, unsigned month, unsigned day)
{
	return iso_days(year, month, day) * DAY_MILLISECONDS * 1000;
}

static bool
set_time(struct column *c, struct slice name, struct slice version)
{
	enum { FIRST_YEAR = 1000, LAST_YEAR = 9999, SECOND = 1000000 };

	if (slice_is(name, "date")) {
		c->kind = COLUMN_DATE;
		c->low = iso_days(FIRST_YEAR, 1, 1);
		c->high = (uint64_t)iso_days(LAST_YEAR, 12, 31);
	} else if (slice_is(name, "time"))
		c->kind = COLUMN_TIME;
	else if (slice_is(name, "datetime")) {
		c->kind = COLUMN_DATETIME;
		c->low = microseconds(FIRST_YEAR, 1, 1);
		c->high = (uint64_t)microseconds(LAST_YEAR + 1, 1, 1) - 1;
	} else if (slice_is(name, "timestamp")) {
		/* MariaDB has 32 unsigned bits from 11.5 on; second 0 is what stands for "zero date". */
		bool longer =
		    holds(version, "MariaDB") && version.p && strtod(version.p, NULL) >= 11.495;
		c->kind = COLUMN_TIMESTAMP;
		c->low = SECOND;
		c->high = ((longer ? (uint64_t)UINT32_MAX : (uint64_t)INT32_MAX) + 1) * SECOND - 1;
	} else if (slice_is(name, "year")) {
		c->kind = COLUMN_INT;
		c->low = 1901;
		c->high = 2155;
	} else
		return false;
	return true;
}

/* Also of ASCII, whose bytes are the same. */
static bool
is_utf8(struct slice charset)
{
	return holds(charset, "utf8") || slice_is(charset, "ascii");
}

static void
set_kind(struct column *c, const struct slice *cells, struct slice version)
{
	struct slice type = cells[DATA_TYPE];
	bool is_unsigned = holds(cells[TYPE], "unsigned");

	if (set_integer(c, type, is_unsigned) || set_time(c, type, version) ||
	    set_text(c, type, number(cells[CHARS]), number(cells[BYTES])))
		return;
	if (slice_is(type, "decimal")) {
		c->kind = COLUMN_DECIMAL;
		c->positive = is_unsigned;
		c->precision = (int)number(cells[PRECISION]);
		c->scale = (int)number(cells[SCALE]);
	} else if (slice_is(type, "float") || slice_is(type, "double")) {
		c->kind = COLUMN_FLOAT;
		c->finite = true;
		c->single = slice_is(type, "float");
		c->positive = is_unsigned;
		if (holds(cells[TYPE], ",")) {
			c->precision = (int)number(cells[PRECISION]);
			c->scale = (int)number(cells[SCALE]);
		} else if (c->single)
			c->float_digits = 6; /* FLT_DIG, in the text and for all clients */
	} else if (slice_is(type, "bit"))
		set_bit(c, number(cells[PRECISION]));
	else if (slice_is(type, "json")) {
		c->kind = COLUMN_JSON;
		c->binary_numbers = true;
	} else if (slice_is(type, "uuid"))
		c->kind = COLUMN_UUID;
	else if (slice_is(type, "inet4") || slice_is(type, "inet6"))
		c->kind = COLUMN_OTHER;
	else {
		c->kind = COLUMN_NONE;
		c->why = "its values have no form in a stream";
	}
}

struct column
column_of(const struct slice *cells, struct slice version)
{
	struct column c = {.name = keep(cells[NAME]), .type = keep(cells[TYPE])};

	c.nullable = slice_is(cells[NULLABLE], "YES");
	c.has_default = cells[DEFAULT].p || holds(cells[EXTRA], "auto_increment");
	c.generated = cells[GENERATION].n > 0;
	c.last_char = cells[CHARSET].p ? last_char(cells[CHARSET]) : 0;
	/* -0 and 0; whatever the collation takes for the same, and most fill up with spaces. */
	c.loose = cells[CHARSET].p || holds(cells[TYPE], "float") || holds(cells[TYPE], "double");
	c.tag = slice_is(cells[CHARSET], "cp932") ? COLUMN_CP932 : 0;
	set_kind(&c, cells, version);
	/* The limit counts bytes of the column's encoding, the text is UTF-8: where they differ, the server counts. */
	if (c.kind == COLUMN_TEXT && c.max_bytes > 0 && !is_utf8(cells[CHARSET]))
		c.max_bytes = 0;
	c.scale = c.kind == COLUMN_TIME || c.kind == COLUMN_DATETIME || c.kind == COLUMN_TIMESTAMP
		      ? (int)number(cells[FRACTION])
		      : c.scale;
	return c;
}

/* " WHERE s.TABLE_SCHEMA = 'ads' AND s.TABLE_NAME = 'daily'" */
static void
put_where(struct client *c, struct buf *sql, const struct sql_table *table, const char *schema)
{
	buf_printf(sql, " WHERE %s = ", schema);
	if (table->schema.n > 0)
		client_put_literal(c, sql, table->schema);
	else
		buf_put_text(sql, "DATABASE()");
	/* Where names of tables have a case, information_schema compares them without one. */
	buf_put_text(sql, " AND TABLE_NAME = ");
	client_put_literal(c, sql, table->name);
	buf_put_text(sql, " AND (@@lower_case_table_names <> 0 OR BINARY TABLE_NAME = ");
	client_put_literal(c, sql, table->name);
	buf_put_byte(sql, ')');
}

static void
run(struct client *c, struct buf *sql)
{
	buf_check(sql, "a statement", NULL);
	client_query(c, buf_slice(sql), NULL);
	check(c);
	buf_reset(sql);
}

/* Takes what a transaction keeps together, and nothing else. */
static bool
check_table(struct client *c, struct sql_table *table)
{
	struct slice cells[CLIENT_CELLS_MAX];
	struct buf sql = {0};

	buf_put_text(&sql, "SELECT TABLE_SCHEMA, TABLE_TYPE, ENGINE,"
			   " (SELECT TRANSACTIONS FROM information_schema.ENGINES AS e"
			   " WHERE e.ENGINE = t.ENGINE)"
			   " FROM information_schema.TABLES AS t");
	put_where(c, &sql, table, "TABLE_SCHEMA");
	run(c, &sql);
	buf_free(&sql);
	if (!client_next(c, cells, NULL))
		return false;
	table->schema = keep(cells[0]);
	if (holds(cells[1], "VIEW"))
		die(STATUS_REFUSED, "%s is a view: load into the table behind it",
		    quoted(table->name));
	if (!slice_is(cells[3], "YES"))
		die(STATUS_REFUSED,
		    "table %s has the engine %.*s, which has no transactions: a load that fails "
		    "could not be undone (ALTER TABLE … ENGINE=InnoDB)",
		    quoted(table->name), (int)cells[2].n, cells[2].p ? cells[2].p : "");
	return true;
}

/* MariaDB's json is a longtext with a check. */
static void
find_json(struct client *c, const struct sql_table *table, struct column *columns, size_t n)
{
	struct slice cells[CLIENT_CELLS_MAX];
	struct buf sql = {0}, clause = {0};

	buf_put_text(&sql, "SELECT CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS");
	put_where(c, &sql, table, "CONSTRAINT_SCHEMA");
	run(c, &sql);
	while (client_next(c, cells, NULL))
		for (size_t i = 0; i < n; i++) {
			buf_reset(&clause);
			buf_put_text(&clause, "json_valid(");
			sql_put_name(&clause, SQL_MYSQL, columns[i].name);
			buf_put_byte(&clause, ')');
			if (slice_equal(buf_slice(&clause), cells[0]) &&
			    columns[i].kind == COLUMN_TEXT)
				columns[i].kind = COLUMN_JSON;
		}
	buf_free(&sql);
	buf_free(&clause);
}

bool
columns_read(struct client *c, struct sql_table *table, const struct column **columns, size_t *n)
{
	struct slice cells[CLIENT_CELLS_MAX], version = slice_of(client_version(c));
	struct buf sql = {0};

	if (!check_table(c, table))
		return false;
	buf_put_text(&sql,
	    "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA,"
	    " GENERATION_EXPRESSION, CHARACTER_MAXIMUM_LENGTH, CHARACTER_OCTET_LENGTH,"
	    " NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, CHARACTER_SET_NAME"
	    " FROM information_schema.COLUMNS");
	put_where(c, &sql, table, "TABLE_SCHEMA");
	buf_put_text(&sql, " ORDER BY ORDINAL_POSITION");
	run(c, &sql);
	struct column *all = xcalloc(COLUMNS_MAX, sizeof *all);
	for (*n = 0; client_next(c, cells, NULL); ++*n) {
		if (*n == COLUMNS_MAX)
			die(STATUS_BUG, "a table has more than %d columns", COLUMNS_MAX);
		all[*n] = column_of(cells, version);
	}
	if (holds(version, "MariaDB"))
		find_json(c, table, all, *n);
	*columns = all;
	buf_free(&sql);
	return true;
}

bool
column_same(const struct column *a, const struct column *b)
{
	return slice_equal(a->name, b->name) && slice_equal(a->type, b->type) &&
	       a->kind == b->kind && a->nullable == b->nullable &&
	       a->has_default == b->has_default && a->generated == b->generated &&
	       a->last_char == b->last_char && a->max_bytes == b->max_bytes && a->tag == b->tag;
}

/* 'day', 'id' */
static void
put_keys(struct client *c, struct buf *sql, const struct sql_load *l)
{
	const char *comma = "";

	for (size_t i = 0; i < l->n; i++) {
		if (!l->columns[i].key)
			continue;
		buf_put_text(sql, comma);
		client_put_literal(c, sql, l->columns[i].name);
		comma = ", ";
	}
}

enum key_index
columns_key_index(struct client *c, const struct sql_load *l)
{
	struct slice cells[CLIENT_CELLS_MAX];
	struct buf sql = {0};
	uint64_t keys = 0, indexes = 0;
	bool unique = false, alone = false;

	for (size_t i = 0; i < l->n; i++)
		keys += l->columns[i].key;
	/* Of each unique index: its columns, and those of them that are keys; what is indexed by an expression is none. */
	buf_put_text(&sql, "SELECT COUNT(*), SUM(IFNULL(COLUMN_NAME IN (");
	put_keys(c, &sql, l);
	buf_put_text(&sql, "), 0)), SUM(SUB_PART IS NOT NULL) FROM information_schema.STATISTICS");
	put_where(c, &sql, &l->target, "TABLE_SCHEMA");
	buf_put_text(&sql, " AND NON_UNIQUE = 0 GROUP BY INDEX_NAME");
	run(c, &sql);
	while (client_next(c, cells, NULL)) {
		bool within = number(cells[0]) == number(cells[1]);
		indexes++;
		unique |= within;
		alone |= within && number(cells[0]) == keys && number(cells[2]) == 0;
	}
	buf_free(&sql);
	if (alone && indexes == 1)
		return KEY_ALONE;
	return unique ? KEY_UNIQUE : KEY_NOT_UNIQUE;
}
