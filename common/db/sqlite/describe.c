/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/db/sqlite/affinity.h"
#include "common/db/sqlite/describe.h"

/* One text; they are freed together. */
struct text {
	struct text *next;
	char p[];
};

/* A copy of a cell that lives as long as the table. Empty, and an error is set, without memory. */
static struct slice
keep(struct sqlite_connection *c, struct sqlite_table *t, struct sqlite_statement *s, int i)
{
	struct slice cell = sqlite_text(s, i);
	struct text *copy = malloc(sizeof *copy + cell.n + 1);

	if (!copy) {
		db_error_memory(&c->error, "the columns of a table");
		return SLICE("");
	}
	copy->next = t->kept;
	t->kept = copy;
	memcpy(copy->p, cell.p, cell.n);
	copy->p[cell.n] = '\0';
	return (struct slice){copy->p, cell.n};
}

void
sqlite_table_free(struct sqlite_table *t)
{
	struct text *text = t->kept;

	while (text) {
		struct text *next = text->next;
		free(text);
		text = next;
	}
	free(t->columns);
	*t = (struct sqlite_table){0};
}

/* A query about the table of that name. */
static struct sqlite_statement *
ask(struct sqlite_connection *c, struct slice sql, struct slice name)
{
	struct sqlite_statement *s = sqlite_prepare(c, sql);

	sqlite_bind(s, &(struct value){.type = VALUE_TEXT, .s = name}, 1);
	return s;
}

static bool
find_table(struct sqlite_connection *c, struct sqlite_table *t, struct slice name, bool *strict)
{
	struct sqlite_statement *s = ask(
	    c, SLICE("SELECT type, strict FROM pragma_table_list(?1) WHERE schema = 'main'"), name);

	if (sqlite_next(s, &t->found) && t->found) {
		struct slice type = sqlite_text(s, 0);
		size_t n = type.n < sizeof t->no_rows ? type.n : sizeof t->no_rows - 1;
		if (!slice_is(type, "table"))
			memcpy(t->no_rows, type.p, n);
		*strict = sqlite_integer(s, 1) != 0;
	}
	return sqlite_finish(s);
}

/*
 * A unique index may find texts equal that differ, and the stage has to find the
 * same. pragma_index_xinfo has the index's own collation, not the column's.
 */
static bool
take_collations(struct sqlite_connection *c, struct sqlite_table *t, struct slice name)
{
	bool row;
	struct sqlite_statement *s = ask(c,
	    SLICE("SELECT x.cid, x.coll FROM pragma_index_list(?1, 'main') AS i, "
		  "pragma_index_xinfo(i.name, 'main') AS x "
		  "WHERE i.\"unique\" AND x.key AND x.cid >= 0 AND x.coll <> 'BINARY'"),
	    name);

	while (sqlite_next(s, &row) && row) {
		size_t i = (size_t)sqlite_integer(s, 0);
		if (i < t->n) {
			t->columns[i].collation = keep(c, t, s, 1).p;
			t->columns[i].loose = true;
		}
	}
	return sqlite_finish(s);
}

/* The word may be part of a name: then OR ABORT, which SQLite does anyway, is written out. */
static bool
find_conflict(struct sqlite_connection *c, struct sqlite_table *t, struct slice name)
{
	bool row;
	struct sqlite_statement *s = ask(c,
	    SLICE("SELECT instr(upper(sql), 'CONFLICT') FROM main.sqlite_schema "
		  "WHERE type = 'table' AND name = ?1 COLLATE NOCASE"),
	    name);

	t->says_conflict = sqlite_next(s, &row) && row && sqlite_integer(s, 0) > 0;
	return sqlite_finish(s);
}

static void
take_column(
    struct sqlite_connection *c, struct sqlite_table *t, struct sqlite_statement *s, bool strict)
{
	struct column *column = &t->columns[t->n++];

	*column = (struct column){.name = keep(c, t, s, 0), .type = keep(c, t, s, 1)};
	column->nullable = sqlite_integer(s, 2) == 0;
	column->has_default = !sqlite_null(s, 3);
	column->generated = sqlite_integer(s, 4) >= 2;
	/* The rowid: SQLite would put a number of its own in place of NULL. */
	if (sqlite_integer(s, 5)) {
		column->nullable = false;
		column->has_default = true;
	}
	affinity_column(column, strict);
}

static bool
take_columns(struct sqlite_connection *c, struct sqlite_table *t, struct slice name, bool strict)
{
	size_t max = sqlite_columns_max(c);
	bool row;

	t->columns = calloc(max, sizeof *t->columns);
	if (!t->columns)
		return db_error_memory(&c->error, "the columns of a table");
	/* The last one: the only column of the key is of type INTEGER, so it is the rowid. */
	struct sqlite_statement *s = ask(c,
	    SLICE("SELECT name, type, \"notnull\", dflt_value, hidden, "
		  "pk = 1 AND sum(pk > 0) OVER () = 1 AND type = 'INTEGER' COLLATE NOCASE "
		  "FROM pragma_table_xinfo(?1, 'main') WHERE hidden <> 1 ORDER BY cid"),
	    name);
	while (t->n < max && sqlite_next(s, &row) && row)
		take_column(c, t, s, strict);
	return sqlite_finish(s);
}

bool
sqlite_describe(struct sqlite_connection *c, struct sqlite_table *t, struct slice name)
{
	bool strict = false;

	*t = (struct sqlite_table){0};
	if (!sqlite_number(c, "PRAGMA main.schema_version", &t->version) ||
	    !find_table(c, t, name, &strict))
		return false;
	if (!t->found || *t->no_rows)
		return true;
	return take_columns(c, t, name, strict) && take_collations(c, t, name) &&
	       find_conflict(c, t, name);
}

static bool
same_columns(const struct sqlite_table *a, const struct sqlite_table *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct column *p = &a->columns[i], *q = &b->columns[i];
		if (!slice_equal(p->name, q->name) || !slice_equal(p->type, q->type) ||
		    p->kind != q->kind || p->nullable != q->nullable ||
		    p->generated != q->generated)
			return false;
	}
	return true;
}

bool
sqlite_unchanged(
    struct sqlite_connection *c, const struct sqlite_table *t, struct slice name, bool *same)
{
	struct sqlite_table now;
	int64_t version;

	*same = false;
	if (!sqlite_number(c, "PRAGMA main.schema_version", &version))
		return false;
	*same = version == t->version;
	if (*same)
		return true;
	bool good = sqlite_describe(c, &now, name);
	*same = good && same_columns(t, &now);
	sqlite_table_free(&now);
	return good;
}
