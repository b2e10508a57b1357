/* SPDX-License-Identifier: MIT */
#include "common/load/load_impl.h"
#include "common/program/message.h"

uint64_t
load_statement(struct loading *g, void (*build)(struct buf *, const struct sql_load *), bool *twice)
{
	struct buf sql = {0};

	build(&sql, &g->load.sql);
	buf_check(&sql, "a statement", NULL);
	uint64_t rows = g->driver->execute(g->d, buf_slice(&sql), NULL, 0, twice);
	buf_free(&sql);
	return rows;
}

static void
check_duplicates(struct loading *g)
{
	struct buf sql = {0}, row = {0};

	sql_duplicates(&sql, &g->load.sql);
	buf_check(&sql, "a statement", NULL);
	if (g->driver->query(g->d, buf_slice(&sql), &row))
		die(STATUS_DATA,
		    "two records have the same key, %.*s: put dedupe before, or name more fields "
		    "with --key",
		    (int)row.n, row.p);
	buf_free(&sql);
	buf_free(&row);
}

static void
update(struct buf *sql, const struct sql_load *l)
{
	(void)sql_update(sql, l);
}

/*
 * MySQL's way where the table has other unique indexes. The key is unique in the table, so each row of the stage updates one row
 * or is inserted; where fewer rows were touched, two had the same key.
 */
static void
upsert_in_two(struct loading *g)
{
	bool twice = false;
	uint64_t updated = load_statement(g, update, NULL);
	uint64_t inserted = load_statement(g, sql_insert_new, &twice);

	if (twice || updated + inserted != g->rows)
		check_duplicates(g);
	/* It was not the key but another unique index: once more, for the database's own words. */
	if (twice)
		load_statement(g, sql_insert_new, NULL);
	load_inserted(g, inserted, updated);
}

/* All columns are part of the key: rows that are there have nothing to update. */
static void
insert_missing(struct loading *g)
{
	bool twice = false, mysql = g->load.sql.dialect == SQL_MYSQL;
	uint64_t missing = 0;

	check_duplicates(g);
	uint64_t n = load_statement(g, mysql ? sql_insert_new : sql_upsert, &twice);
	if (twice)
		n = load_statement(g, mysql ? sql_insert_new : sql_upsert, NULL);
	/* Rows that were there already, or that a trigger left out. */
	if (n < g->rows)
		load_number(g, sql_missing, &missing);
	g->result.unchanged = n + missing < g->rows ? g->rows - n - missing : 0;
	load_inserted(g, n, 0);
}

static void
upsert(struct loading *g)
{
	bool only_keys = true, twice = false;

	for (size_t i = 0; i < g->load.n; i++)
		only_keys &= g->sql_columns[i].key && !g->sql_columns[i].loose;
	/* Where there is nothing to update, no database notices a second row of the same key. */
	if (only_keys) {
		insert_missing(g);
		return;
	}
	if (!g->driver->detects_twice)
		check_duplicates(g);
	if (g->load.sql.dialect == SQL_MYSQL && !g->driver->upserts_at_once(g->d)) {
		upsert_in_two(g);
		return;
	}
	if (g->load.sql.dialect == SQL_MYSQL)
		check_duplicates(g);
	uint64_t touched = load_statement(g, sql_upsert, &twice);
	if (twice)
		check_duplicates(g);
	load_upserted(g, touched);
}

static void
delete_insert(struct loading *g)
{
	struct load_windows shapes = {0};

	if (g->n_coverage == 0 && g->window.n == 0)
		die(STATUS_DATA,
		    "--mode delete-insert: the input says nothing of the windows that it covers "
		    "(coverage), and no --window names the fields that tell one");
	if (g->load.n > 0 && g->key.n > 0)
		check_duplicates(g);
	load_send_windows(g, &shapes);
	if (g->load.n > 0 && shapes.n > 0 && g->window.n == 0)
		load_check_covered(g, &shapes);
	load_delete_windows(g, &shapes);
	if (g->load.n > 0)
		load_inserted(g, load_statement(g, sql_insert, NULL), 0);
}

void
load_publish(struct loading *g)
{
	struct load *l = &g->load;

	g->driver->publish(g->d, l);
	if (l->mode == LOAD_DELETE_INSERT)
		delete_insert(g);
	else if (l->n > 0 && l->mode == LOAD_UPSERT)
		upsert(g);
	else if (l->n > 0 && l->staged)
		load_inserted(g, load_statement(g, sql_insert, NULL), 0);
	else
		load_inserted(g, g->taken, 0);
}
