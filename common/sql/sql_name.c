/* SPDX-License-Identifier: MIT */
#include "common/sql/sql.h"
#include "common/text/utf8.h"

enum { PG_NAME_MAX_BYTES = 63, MYSQL_NAME_MAX_CHARS = 64 };

/* One part of a dotted name; returns the byte after it, NULL if it is malformed. */
static const char *
parse_part(const char *p, const char *end, struct buf *names)
{
	if (p == end || *p != '"') {
		while (p < end && *p != '.' && *p != '"')
			buf_put_byte(names, *p++);
		return p < end && *p == '"' ? NULL : p;
	}
	for (p++; p < end; p++) {
		if (*p == '"' && (p + 1 == end || p[1] != '"'))
			return p + 1;
		if (*p == '"')
			p++;
		buf_put_byte(names, *p);
	}
	return NULL;
}

const char *
sql_table_parse(struct sql_table *t, struct slice text, struct buf *names)
{
	const char *end = text.p + text.n, *p = text.p;
	size_t first = names->n;

	if (!(p = parse_part(p, end, names)))
		return "has a double quote that is not closed or is inside a name";
	size_t second = names->n;
	bool dotted = p < end && *p == '.';
	if (dotted && !(p = parse_part(p + 1, end, names)))
		return "has a double quote that is not closed or is inside a name";
	if (p < end)
		return *p == '.' ? "has more than two parts (SCHEMA.TABLE); "
				   "a name with a dot goes into double quotes"
				 : "has text after a closing double quote";
	if (names->failed)
		return "is too long";
	struct slice a = {names->p + first, second - first};
	struct slice b = {names->p + second, names->n - second};
	if (a.n == 0 || (dotted && b.n == 0))
		return "has an empty name";
	*t = dotted ? (struct sql_table){.schema = a, .name = b}
		    : (struct sql_table){.schema = {"", 0}, .name = a};
	return NULL;
}

const char *
sql_name_error(enum sql_dialect d, struct slice name)
{
	if (name.n == 0)
		return "is empty";
	if (memchr(name.p, '\0', name.n))
		return "holds a NUL byte";
	if (d == SQL_POSTGRES && name.n > PG_NAME_MAX_BYTES)
		return "is longer than PostgreSQL's 63 bytes";
	if (d != SQL_MYSQL)
		return NULL;
	if (utf8_count(name) > MYSQL_NAME_MAX_CHARS)
		return "is longer than MySQL's 64 characters";
	if (name.p[name.n - 1] == ' ')
		return "ends in a space, which MySQL does not allow";
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] >= 0xf0)
			return "holds a character above U+FFFF, which MySQL does not allow";
	return NULL;
}

void
sql_put_name(struct buf *b, enum sql_dialect d, struct slice name)
{
	char quote = d == SQL_MYSQL ? '`' : '"';

	buf_put_byte(b, quote);
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == quote)
			buf_put_byte(b, quote);
		buf_put_byte(b, name.p[i]);
	}
	buf_put_byte(b, quote);
}

void
sql_put_table(struct buf *b, enum sql_dialect d, const struct sql_table *t)
{
	if (t->schema.n > 0) {
		sql_put_name(b, d, t->schema);
		buf_put_byte(b, '.');
	}
	sql_put_name(b, d, t->name);
}

void
sql_put_parameter(struct buf *b, enum sql_dialect d, size_t i)
{
	if (d == SQL_POSTGRES)
		buf_printf(b, "$%zu", i);
	else
		buf_put_byte(b, '?');
}

/*
 * Text of MySQL: of any character, and equal only when it is the same, as it is in the other
 * databases, down to the spaces at its end. The two servers each read their own comment.
 */
#define MYSQL_EXACT                                                                                \
	" CHARACTER SET utf8mb4 /*M!100200 COLLATE utf8mb4_nopad_bin */"                           \
	" /*!80017 COLLATE utf8mb4_0900_bin */"

const char *
sql_type(enum sql_dialect d, enum value_type type, bool key)
{
	static const char *const words[][3] = {
	    [VALUE_BOOL] = {"boolean", "boolean", "INTEGER"},
	    [VALUE_INT] = {"bigint", "bigint", "INTEGER"},
	    [VALUE_FLOAT] = {"double precision", "double", "REAL"},
	    [VALUE_DECIMAL] = {"numeric", "decimal(38,9)", "TEXT"},
	    [VALUE_TEXT] = {"text", "longtext" MYSQL_EXACT, "TEXT"},
	    [VALUE_BYTES] = {"bytea", "longblob", "BLOB"},
	    [VALUE_DATE] = {"date", "date", "TEXT"},
	    [VALUE_DATETIME] = {"timestamp without time zone", "datetime(6)", "TEXT"},
	    [VALUE_TIMESTAMP] = {"timestamp with time zone", "timestamp(6)", "TEXT"},
	    [VALUE_JSON] = {"jsonb", "json", "TEXT"},
	};
	/*
	 * MySQL cannot index a long type without a prefix length, and a prefix
	 * is not a key.
	 */
	if (d == SQL_MYSQL && key && type == VALUE_TEXT)
		return "varchar(255)" MYSQL_EXACT;
	if (d == SQL_MYSQL && key && type == VALUE_BYTES)
		return "varbinary(255)";
	if (type == VALUE_NULL || type >= sizeof words / sizeof words[0])
		return NULL;
	return words[type][d];
}
