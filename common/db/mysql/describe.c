/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/db/mysql/client_impl.h"
#include "common/db/mysql/describe_impl.h"
#include "common/db/mysql/types.h"

/* One allocation that a table owns: rows, or memory of malloc. */
struct kept {
	struct kept *next;
	struct client_rows rows;
	void *memory;
};

static bool
no_memory(struct client *c)
{
	return db_error_memory(&c->error, "the description of the table");
}

static struct kept *
keep(struct client *c, struct client_table *t)
{
	struct kept *k = calloc(1, sizeof *k);

	if (!k) {
		no_memory(c);
		return NULL;
	}
	k->next = t->kept;
	t->kept = k;
	return k;
}

void *
client_table_keep(struct client *c, struct client_table *t, size_t n, size_t size)
{
	struct kept *k = keep(c, t);

	if (!k)
		return NULL;
	k->memory = calloc(n + 1, size);
	if (!k->memory)
		no_memory(c);
	return k->memory;
}

void
client_table_free(struct client_table *t)
{
	struct kept *next;

	for (struct kept *k = t->kept; k; k = next) {
		next = k->next;
		client_rows_free(&k->rows);
		free(k->memory);
		free(k);
	}
	buf_free(&t->seen);
	*t = (struct client_table){0};
}

/* Runs the query that the buffer holds, and frees the buffer. The caller frees the rows. */
static bool
run(struct client *c, struct buf *sql, struct client_rows *rows)
{
	*rows = (struct client_rows){0};
	bool good = sql->failed ? db_error_memory(&c->error, "a statement")
				: client_query(c, buf_slice(sql), NULL, 0, rows);
	buf_free(sql);
	return good;
}

/* The same; the rows live as long as the table. */
static bool
keep_rows(struct client *c, struct client_table *t, struct buf *sql, struct client_rows **rows)
{
	struct kept *k = keep(c, t);

	if (k) {
		*rows = &k->rows;
		return run(c, sql, &k->rows);
	}
	buf_free(sql);
	return false;
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

static bool
holds(struct slice s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s.n; i++)
		if (memcmp(s.p + i, word, n) == 0)
			return true;
	return false;
}

/* False without an error when the table does not exist. */
static bool
find(struct client *c, struct client_table *t, const struct sql_table *name)
{
	struct buf sql = {0};
	struct client_rows *rows;

	buf_put_text(&sql, "SELECT TABLE_SCHEMA, TABLE_TYPE, ENGINE,"
			   " (SELECT TRANSACTIONS FROM information_schema.ENGINES AS e"
			   " WHERE e.ENGINE = t.ENGINE)"
			   " FROM information_schema.TABLES AS t");
	put_where(c, &sql, name, "TABLE_SCHEMA");
	if (!keep_rows(c, t, &sql, &rows) || rows->n == 0)
		return false;
	t->found = true;
	t->schema = client_cell(rows, 0, 0);
	t->is_view = holds(client_cell(rows, 0, 1), "VIEW");
	t->engine = client_cell(rows, 0, 2);
	t->transactional = slice_is(client_cell(rows, 0, 3), "YES");
	return true;
}

/* The byte at *p of a text between quotes, past an escape. */
static char
unescape(const char **p, const char *end)
{
	bool escape = **p == '\\' && *p + 1 < end;

	*p += escape || **p == '\'';
	if (!escape)
		return **p;
	switch (**p) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case '0':
		return '\0';
	default:
		return **p;
	}
}

/* enum('a','it''s','back\\slash'): the members between the quotes. */
static bool
set_members(struct client *c, struct client_table *t, struct column *column)
{
	struct slice type = column->type;
	const char *p = memchr(type.p, '(', type.n), *end = type.p + type.n;
	/* A member has two quotes, and the bytes of all have room in the type's. */
	struct slice *members = client_table_keep(c, t, type.n / 2 + 1, sizeof *members);
	char *to = client_table_keep(c, t, type.n, 1);

	if (!members || !to)
		return false;
	while (p && ++p < end && *p == '\'') {
		char *start = to;
		for (p++; p < end && (*p != '\'' || (p + 1 < end && p[1] == '\'')); p++)
			*to++ = unescape(&p, end);
		members[column->n_members++] = (struct slice){start, (size_t)(to - start)};
		p++;
	}
	column->members = members;
	return true;
}

static void
put_cell(struct buf *b, struct slice cell)
{
	buf_put_byte(b, cell.p ? '=' : '-');
	buf_put_slice(b, cell);
	buf_put_byte(b, '\0');
}

static bool
read_columns(struct client *c, struct client_table *t, const struct sql_table *table)
{
	struct buf sql = {0};
	struct client_rows *rows;
	struct slice cells[CELLS];

	buf_put_text(&sql,
	    "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA,"
	    " GENERATION_EXPRESSION, CHARACTER_MAXIMUM_LENGTH, CHARACTER_OCTET_LENGTH,"
	    " NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, CHARACTER_SET_NAME"
	    " FROM information_schema.COLUMNS");
	put_where(c, &sql, table, "TABLE_SCHEMA");
	buf_put_text(&sql, " ORDER BY ORDINAL_POSITION");
	if (!keep_rows(c, t, &sql, &rows))
		return false;
	t->columns = client_table_keep(c, t, rows->n, sizeof *t->columns);
	if (!t->columns)
		return false;
	for (t->n = 0; t->n < rows->n; t->n++) {
		struct column *column = &t->columns[t->n];
		for (size_t k = 0; k < CELLS; k++) {
			cells[k] = client_cell(rows, t->n, k);
			put_cell(&t->seen, cells[k]);
		}
		*column = client_column_of(cells, slice_of(client_version(c)));
		bool listed = column->kind == COLUMN_ENUM || column->kind == COLUMN_SET;
		if (listed && !set_members(c, t, column))
			return false;
	}
	return true;
}

/* True for json_valid(`column`), the check of MariaDB's json. */
static bool
is_json_check(struct slice clause, struct slice column, struct buf *scratch)
{
	buf_reset(scratch);
	buf_put_text(scratch, "json_valid(");
	sql_put_name(scratch, SQL_MYSQL, column);
	buf_put_byte(scratch, ')');
	return slice_equal(buf_slice(scratch), clause);
}

/* MariaDB's json is a longtext with a check. */
static bool
find_json(struct client *c, struct client_table *t, const struct sql_table *table)
{
	struct buf sql = {0}, scratch = {0};
	struct client_rows rows;

	buf_put_text(&sql, "SELECT CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS");
	put_where(c, &sql, table, "CONSTRAINT_SCHEMA");
	buf_put_text(&sql, " ORDER BY CONSTRAINT_NAME");
	if (!run(c, &sql, &rows))
		return false;
	for (size_t k = 0; k < rows.n; k++) {
		struct slice clause = client_cell(&rows, k, 0);
		for (size_t i = 0; i < t->n; i++)
			if (t->columns[i].kind == COLUMN_TEXT &&
			    is_json_check(clause, t->columns[i].name, &scratch)) {
				t->columns[i].kind = COLUMN_JSON;
				put_cell(&t->seen, clause);
			}
	}
	client_rows_free(&rows);
	bool good = !scratch.failed || no_memory(c);
	buf_free(&scratch);
	return good;
}

bool
client_table_describe(struct client *c, struct client_table *t, const struct sql_table *name)
{
	client_table_free(t);
	if (!client_ready(c))
		return false;
	if (!find(c, t, name))
		return !db_error_is_set(&c->error);
	struct sql_table table = {.schema = t->schema, .name = name->name};
	if (!read_columns(c, t, &table))
		return false;
	if (strstr(client_version(c), "MariaDB") && !find_json(c, t, &table))
		return false;
	return !t->seen.failed || no_memory(c);
}

bool
client_table_unchanged(
    struct client *c, const struct client_table *t, const struct sql_table *name, bool *same)
{
	struct client_table now = {0};
	bool good = client_table_describe(c, &now, name);

	*same = good && slice_equal(buf_slice(&now.seen), buf_slice(&t->seen));
	client_table_free(&now);
	return good;
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

static uint64_t
number(struct client_rows *rows, size_t row, size_t column)
{
	struct slice cell = client_cell(rows, row, column);

	return cell.p ? strtoull(cell.p, NULL, 10) : 0;
}

bool
client_key_index(struct client *c, const struct sql_load *l, enum key_index *index)
{
	struct buf sql = {0};
	struct client_rows rows;
	uint64_t keys = 0;
	bool unique = false, alone = false;

	for (size_t i = 0; i < l->n; i++)
		keys += l->columns[i].key;
	/*
	 * For each unique index: how many columns it has, and how many of them
	 * are keys. An index on an expression does not count.
	 */
	buf_put_text(&sql, "SELECT COUNT(*), SUM(IFNULL(COLUMN_NAME IN (");
	put_keys(c, &sql, l);
	buf_put_text(&sql, "), 0)), SUM(SUB_PART IS NOT NULL) FROM information_schema.STATISTICS");
	put_where(c, &sql, &l->target, "TABLE_SCHEMA");
	buf_put_text(&sql, " AND NON_UNIQUE = 0 GROUP BY INDEX_NAME");
	if (!run(c, &sql, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		uint64_t columns = number(&rows, i, 0);
		bool within = columns == number(&rows, i, 1);
		unique |= within;
		alone |= within && columns == keys && number(&rows, i, 2) == 0;
	}
	if (alone && rows.n == 1)
		*index = KEY_ALONE;
	else
		*index = unique ? KEY_UNIQUE : KEY_NOT_UNIQUE;
	client_rows_free(&rows);
	return true;
}
