/* SPDX-License-Identifier: MIT */
#include "common/extract/extract_impl.h"
#include "common/program/file.h"
#include "common/program/message.h"

enum { QUERY_MAX = 1024 * 1024 };

/* SELECT the fields FROM the table. */
static void
put_table(struct buf *sql, const char *table, const struct option_list *fields)
{
	static struct buf names;
	enum sql_dialect d = extracting.driver->dialect;
	struct sql_table t;
	const char *wrong = sql_table_parse(&t, slice_of(table), &names);
	if (!wrong)
		wrong = sql_name_error(d, t.name);
	if (wrong)
		die(STATUS_USAGE, "--table: %s %s", quoted(slice_of(table)), wrong);
	buf_put_text(sql, "SELECT ");
	for (size_t i = 0; i < fields->n; i++) {
		struct slice name = slice_of(fields->items[i]);
		wrong = sql_name_error(d, name);
		if (wrong)
			die(STATUS_USAGE, "--fields: %s %s", quoted(name), wrong);
		buf_put_text(sql, i ? ", " : "");
		sql_put_name(sql, d, name);
	}
	buf_put_text(sql, fields->n ? " FROM " : "* FROM ");
	sql_put_table(sql, d, &t);
}

static void
bind(struct sql_bound_query *q, struct slice text)
{
	struct extracting *x = &extracting;
	struct slice at, *known = xcalloc(x->n_params + 1, sizeof *known);
	for (size_t i = 0; i < x->n_params; i++)
		known[i] = x->params[i].name;
	const char *wrong = sql_bind(q, x->driver->dialect, text, known, x->n_params, &at);
	if (wrong && strcmp(wrong, "is undefined") == 0)
		extract_param_named((struct slice){at.p + 1, at.n - 2}, "--query");
	if (wrong && at.n)
		die(STATUS_USAGE, "--query: %s %s", quoted(at), wrong);
	if (wrong)
		die(STATUS_USAGE, "--query: the query %s", wrong);
	for (size_t i = 0; i < q->n; i++)
		extract_param_named(x->params[q->names[i]].name, "--query");
}

void
extract_query_read(struct sql_bound_query *q, const char *query, const char *table,
    const struct option_list *fields)
{
	struct buf text = {.max = QUERY_MAX};
	if (table) {
		put_table(&q->sql, table, fields);
		buf_check(&q->sql, "the query", NULL);
		return;
	}
	if (*query != '@')
		buf_put_text(&text, query);
	else if (!file_read(query + 1, &text))
		die_errno(STATUS_IO, "--query: cannot read %s", quoted(slice_of(query + 1)));
	buf_check(&text, "the query", "--query");
	bind(q, buf_slice(&text));
}
