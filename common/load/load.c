/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/load/load_impl.h"
#include "common/program/message.h"

/* The one load of the process. */
static struct loading the;

static const char *table, *mode = "append", *key, *window;
static bool create, allow_cascade, dry_run, fields;
static int64_t lock_timeout = 300000, min_rows;
static const char *max_deleted;

const struct option_row load_options[] = {
    {.name = "table",
	.word = "[SCHEMA.]TABLE",
	.help = "load into this table",
	.kind = OPTION_TEXT,
	.to.text = &table},
    {.name = "mode",
	.word = "MODE",
	.help = "append, upsert, truncate-insert or delete-insert (append)",
	.kind = OPTION_CHOICE,
	.to.text = &mode,
	.choices = "append|upsert|truncate-insert|delete-insert"},
    {.name = "key",
	.word = "FIELD,...",
	.help = "fields that identify a row",
	.kind = OPTION_TEXT,
	.to.text = &key},
    {.name = "window",
	.word = "FIELD,...",
	.help = "delete-insert: also replace every window that records have in these fields",
	.kind = OPTION_TEXT,
	.to.text = &window},
    {.name = "create",
	.help = "make the table from the schema when it is missing",
	.kind = OPTION_FLAG,
	.to.flag = &create},
    {.name = "min-rows",
	.word = "N",
	.help = "fail if the table gets fewer rows than this (0)",
	.kind = OPTION_COUNT,
	.to.number = &min_rows,
	.low = 0,
	.high = INT64_MAX},
    {.name = "max-deleted",
	.word = "N|P%",
	.help =
	    "fail if more deleted rows than this, or this part of them, are not replaced (100%)",
	.kind = OPTION_TEXT,
	.to.text = &max_deleted},
    {.name = "allow-cascade",
	.help = "let foreign keys pass deletes and updates on to other tables",
	.kind = OPTION_FLAG,
	.to.flag = &allow_cascade},
    {.name = "lock-timeout",
	.word = "DURATION",
	.help = "give up when another load keeps the table (5m)",
	.kind = OPTION_DURATION,
	.to.number = &lock_timeout,
	.low = 1,
	.high = 86400000},
    {.name = "dry-run",
	.help = "do everything, then roll back",
	.kind = OPTION_FLAG,
	.to.flag = &dry_run},
    {.name = "fields",
	.help = "print operands of normalize that fit the table, and load nothing",
	.kind = OPTION_FLAG,
	.to.flag = &fields},
    {0},
};

uint64_t
load_record_number(void)
{
	if (the.number > 0)
		return the.number;
	return the.in ? stream_record_number(the.in) : 0;
}

static enum load_mode
mode_named(const char *word)
{
	if (strcmp(word, "upsert") == 0)
		return LOAD_UPSERT;
	if (strcmp(word, "truncate-insert") == 0)
		return LOAD_TRUNCATE_INSERT;
	if (strcmp(word, "delete-insert") == 0)
		return LOAD_DELETE_INSERT;
	return LOAD_APPEND;
}

static void
check_options(struct loading *g)
{
	struct load *l = &g->load;

	if (!table)
		die(STATUS_USAGE, "--table is missing: which table shall the records go into");
	const char *wrong = sql_table_parse(&l->table, slice_of(table), &g->table_names);
	if (!wrong)
		wrong = sql_name_error(g->driver->dialect, l->table.name);
	if (wrong)
		die(STATUS_USAGE, "--table: %s %s", quoted(slice_of(table)), wrong);
	l->mode = mode_named(mode);
	l->table_text = table;
	l->create = create;
	l->lock_timeout = lock_timeout;
	l->sql.dialect = g->driver->dialect;
	if (key)
		g->key = options_split("key", key);
	if (window)
		g->window = options_split("window", window);
	if (l->mode == LOAD_UPSERT && !key)
		die(STATUS_USAGE, "--mode upsert needs --key: the fields that identify a row");
	g->allow_cascade = allow_cascade;
	g->deletes = l->mode == LOAD_TRUNCATE_INSERT || l->mode == LOAD_DELETE_INSERT;
	if (allow_cascade && l->mode == LOAD_APPEND)
		die(STATUS_USAGE,
		    "--allow-cascade is for --mode upsert, delete-insert and truncate-insert");
	g->limits.min_rows = (uint64_t)min_rows;
	if (max_deleted && !g->deletes)
		die(STATUS_USAGE, "--max-deleted is for --mode delete-insert and truncate-insert");
	if (max_deleted)
		load_parse_max_deleted(&g->limits, max_deleted);
	if (window && l->mode != LOAD_DELETE_INSERT)
		die(STATUS_USAGE, "--window is for --mode delete-insert");
}

/* --fields goes with options of the connection and the table alone. */
static void
check_fields_alone(void)
{
	if (strcmp(mode, "append") != 0 || key || window || create || max_deleted || min_rows ||
	    allow_cascade || dry_run)
		die(STATUS_USAGE, "--fields loads nothing: it goes only with --to, --password, "
				  "--table and --lock-timeout");
}

/* The table does not exist. There may be one whose name differs only in case. */
static void
check_missing(struct loading *g)
{
	struct buf sql = {0}, other = {0};
	bool found = false;

	sql_same_name(&sql, &g->load.sql);
	buf_check(&sql, "a statement", NULL);
	if (sql.n > 0)
		found = g->driver->cell(g->d, buf_slice(&sql), &other);
	buf_check(&other, "a table's name", NULL);
	if (!g->load.create && found)
		die(STATUS_REFUSED, "table %s does not exist, but %s does: names keep their case",
		    quoted(slice_of(table)), quoted(buf_slice(&other)));
	if (!g->load.create)
		die(STATUS_REFUSED, "table %s does not exist; --create makes it from the schema",
		    quoted(slice_of(table)));
	if (found)
		message("table %s does not exist and is made by --create, although there is %s",
		    quoted(slice_of(table)), quoted(buf_slice(&other)));
	buf_free(&sql);
	buf_free(&other);
}

/*
 * Called once, when the first schema or record (or the end) shows the fields of
 * the stream.
 */
static void
describe(struct loading *g)
{
	struct load *l = &g->load;

	l->dry = dry_run || stream_in_dry(g->in);
	g->exists = g->driver->describe(g->d, &l->table, &g->columns, &g->n_columns);
	g->described = true;
	l->sql.target = l->table;
	if (!g->exists)
		check_missing(g);
}

/* The table does not exist: its columns are those of the schema. */
static void
create_table(struct loading *g)
{
	struct load *l = &g->load;
	struct buf sql = {0};

	if (g->schema.n > 0 && g->fields[0].type == VALUE_NULL)
		die(STATUS_DATA,
		    "--create needs a schema, and the records have none: put normalize before");
	if (g->schema.n == 0)
		die(STATUS_DATA, "--create needs a schema, and the stream has none");
	load_create_columns(g);
	sql_create_table(&sql, &l->sql);
	buf_check(&sql, "the CREATE TABLE statement", NULL);
	if (l->dry)
		message("dry run: the table would be made by: %.*s", (int)sql.n, sql.p);
	if (l->dry && g->driver->ddl_commits) {
		g->nowhere = true;
		g->driver->would_have(g->d, l, &g->columns, &g->n_columns);
		load_map(g);
		return;
	}
	g->driver->execute(g->d, buf_slice(&sql), NULL, 0, NULL);
	buf_free(&sql);
	if (!g->driver->describe(g->d, &l->table, &g->columns, &g->n_columns))
		die(STATUS_BUG, "the table %s is not there after it was made",
		    quoted(slice_of(table)));
	g->exists = true;
	l->sql.target = l->table;
}

/* The transaction begins with the first record: an idle one would hold back the server's cleaning. */
static void
begin(struct loading *g)
{
	struct load *l = &g->load;

	g->begun = true;
	if (!g->described)
		describe(g);
	g->driver->begin(g->d, l, !g->exists);
	/* Another load may have made it while we waited for the right to. */
	if (!g->exists)
		g->exists = g->driver->describe(g->d, &l->table, &g->columns, &g->n_columns);
	l->sql.target = l->table;
	if (!g->exists)
		create_table(g);
	if (g->nowhere)
		return;
	if (g->schema.n > 0)
		load_map(g);
	l->staged = l->mode == LOAD_UPSERT || l->mode == LOAD_DELETE_INSERT || g->casts ||
		    (g->driver->needs_stage && g->driver->needs_stage(g->d));
	if (l->mode != LOAD_APPEND)
		load_check_cascade(g);
	if (l->mode == LOAD_TRUNCATE_INSERT)
		load_clear(g);
	if (l->n == 0)
		return;
	if (l->staged)
		load_statement(g, sql_create_stage, NULL);
	g->driver->rows_begin(g->d, l);
	g->rows_open = true;
}

/* A second schema may order the fields otherwise; the set of them stays. */
static void
take_schema(struct loading *g)
{
	const struct schema *schema = stream_schema(g->in);

	load_parse_held(g);
	if (g->schema.n > 0) {
		load_same_fields(g, schema);
		return;
	}
	load_take_fields(g, schema);
	if (!g->described)
		describe(g);
	if (g->exists && g->schema.n > 0)
		load_map(g);
}

static void
take_record(struct loading *g, struct slice raw)
{
	/* Concatenated streams may differ in having a schema; without one, field positions cannot be relied on. */
	bool self_described = stream_schema(g->in)->n == 0;

	if (self_described != g->self_described)
		load_parse_held(g);
	g->self_described = self_described;
	stream_decode(g->in, raw, &g->record);
	if (g->schema.n == 0) {
		if (g->record.n == 0)
			die(STATUS_DATA, "record %" PRIu64 ": it has no fields",
			    load_record_number());
		load_take_names(g);
	}
	if (!g->begun)
		begin(g);
	if (!load_fit(g))
		return;
	if (g->casts && g->driver->parse && !g->nowhere)
		load_hold(g, raw);
	else {
		g->rows++;
		if (!g->nowhere)
			g->driver->row(g->d, &g->load, g->values);
	}
}

static void
finish(struct loading *g)
{
	struct load *l = &g->load;

	if (!g->begun)
		begin(g);
	load_parse_held(g);
	if (g->rows_open)
		g->taken = g->driver->rows_end(g->d, l);
	if (l->staged && g->rows_open && g->taken != g->rows)
		die(STATUS_BUG, "the temporary table took %" PRIu64 " of %" PRIu64 " rows",
		    g->taken, g->rows);
	if (g->nowhere)
		load_inserted(g, g->rows, 0);
	else
		load_publish(g);
	load_check_limits(g);
	if (l->dry) {
		g->driver->rollback(g->d, l);
		message("dry run: %" PRIu64 " records fit, %" PRIu64
			" rows would be deleted; nothing was changed",
		    g->rows, g->result.deleted);
	} else {
		/*
		 * A full disk must be reported while the rows can still be
		 * rolled back.
		 */
		reject_finish();
		g->driver->commit(g->d, l);
	}
	load_count(g);
}

bool
load_pull(void)
{
	struct loading *g = &the;
	struct slice raw;

	if (g->ended)
		return false;
	switch (stream_next(g->in, &raw)) {
	case STREAM_RECORD:
		take_record(g, raw);
		break;
	case STREAM_SCHEMA:
		take_schema(g);
		break;
	case STREAM_COVERAGE:
		load_take_coverage(g, raw);
		break;
	case STREAM_STATE:
		break;
	case STREAM_END:
		g->ended = true;
		return false;
	}
	return true;
}

/* --fields: the operands for the table's columns, in their order. */
static void
print_fields(struct loading *g)
{
	struct load *l = &g->load;

	g->exists = g->driver->describe(g->d, &l->table, &g->columns, &g->n_columns);
	l->sql.target = l->table;
	if (!g->exists)
		check_missing(g);
	load_print_columns(g->columns, g->n_columns);
}

void
load_run(const struct load_driver *driver, void *d)
{
	struct loading *g = &the;

	if (!fields && load_expect())
		return;
	g->driver = driver;
	g->d = d;
	if (fields)
		check_fields_alone();
	check_options(g);
	driver->open(d, &g->load);
	if (fields) {
		print_fields(g);
		return;
	}
	g->in = stream_in_open(0, NULL);
	while (load_pull())
		;
	finish(g);
	stream_finish(g->in, NULL);
}
