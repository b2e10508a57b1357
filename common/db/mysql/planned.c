/* SPDX-License-Identifier: MIT */
/* The columns that CREATE TABLE would make, as information_schema would describe them. */
#include "common/db/mysql/client_impl.h"
#include "common/db/mysql/describe_impl.h"
#include "common/db/mysql/types.h"

struct plan {
	const char *name, *type;
	const char *chars, *bytes; /* lengths, of texts and blobs */
	const char *precision, *scale, *fraction;
};

/* sql_type has the types themselves. */
static struct plan
plan_of(enum value_type type, bool key)
{
	static const struct plan all[] = {
	    [VALUE_BOOL] = {.name = "tinyint", .type = "tinyint(1)"},
	    [VALUE_INT] = {.name = "bigint", .type = "bigint"},
	    [VALUE_FLOAT] = {.name = "double", .type = "double"},
	    [VALUE_DECIMAL] = {.name = "decimal",
		.type = "decimal(38,9)",
		.precision = "38",
		.scale = "9"},
	    [VALUE_TEXT] = {.name = "longtext", .type = "longtext", .bytes = "4294967295"},
	    [VALUE_BYTES] = {.name = "longblob", .type = "longblob", .bytes = "4294967295"},
	    [VALUE_DATE] = {.name = "date", .type = "date"},
	    [VALUE_DATETIME] = {.name = "datetime", .type = "datetime(6)", .fraction = "6"},
	    [VALUE_TIMESTAMP] = {.name = "timestamp", .type = "timestamp(6)", .fraction = "6"},
	    [VALUE_JSON] = {.name = "json", .type = "json"},
	};
	static const struct plan text_key = {
	    .name = "varchar", .type = "varchar(255)", .chars = "255", .bytes = "1020"};
	static const struct plan bytes_key = {
	    .name = "varbinary", .type = "varbinary(255)", .chars = "255", .bytes = "255"};

	if (key && type == VALUE_TEXT)
		return text_key;
	if (key && type == VALUE_BYTES)
		return bytes_key;
	return all[type];
}

static struct slice
cell(const char *text)
{
	return text ? slice_of(text) : (struct slice){NULL, 0};
}

static struct column
make(const struct plan *m, struct slice name, bool key, struct slice version)
{
	struct slice cells[CELLS] = {{NULL, 0}};

	cells[NAME] = name;
	cells[DATA_TYPE] = cell(m->name);
	cells[TYPE] = cell(m->type);
	cells[NULLABLE] = cell(key ? "NO" : "YES");
	cells[EXTRA] = cells[GENERATION] = SLICE("");
	cells[CHARS] = cell(m->chars);
	cells[BYTES] = cell(m->bytes);
	cells[PRECISION] = cell(m->precision);
	cells[SCALE] = cell(m->scale);
	cells[FRACTION] = cell(m->fraction);
	struct column c = client_column_of(cells, version);
	/* MariaDB's json is a text with a check. */
	if (c.kind == COLUMN_JSON && strstr(version.p, "MariaDB"))
		c.binary_numbers = false;
	return c;
}

bool
client_table_planned(struct client *c, struct client_table *t, const struct sql_load *l,
    const enum value_type *types)
{
	client_table_free(t);
	if (!client_ready(c))
		return false;
	t->columns = client_table_keep(c, t, l->n, sizeof *t->columns);
	if (!t->columns)
		return false;
	for (; t->n < l->n; t->n++) {
		const struct sql_column *column = &l->columns[t->n];
		struct plan plan = plan_of(types[t->n], column->key);
		t->columns[t->n] =
		    make(&plan, column->name, column->key, slice_of(client_version(c)));
	}
	return true;
}
