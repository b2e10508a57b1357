/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/json/value_text.h"
#include "common/program/message.h"
#include "common/record/number.h"
#include "common/sql/pg_binary.h"
#include "stages/load-pg/rows.h"
#include "stages/load-pg/server.h"

/* One CopyData message, one send(2). */
static char block[STREAM_BLOCK];
static size_t used;
static struct buf large; /* a row that has no room in an empty block */
static enum pg_form *forms;
static const struct load *load;
static bool copying;
static uint64_t kept;              /* by the COPYs that ended */
static uint64_t sent, sent_before; /* rows; before this COPY */
static struct buf jumps;           /* of struct jump; one more after each reject */

/* From this row on a record's number is that of its row and more. */
struct jump {
	uint64_t row, more;
};

static void
flush(void)
{
	if (used > 0)
		server_check(pg_copy_send(server(), (struct slice){block, used}));
	used = 0;
}

static void
put(struct slice s)
{
	if (s.n > sizeof block - used)
		flush();
	memcpy(block + used, s.p, s.n);
	used += s.n;
}

/* Parsing a statement locks its table; what was read of the columns before must still be so. */
static void
lock_columns(const struct pg_table *t, const struct load *l)
{
	struct buf sql = {0};
	bool same;

	buf_put_text(&sql, "INSERT INTO ");
	sql_put_table(&sql, SQL_POSTGRES, &l->table);
	buf_put_text(&sql, " DEFAULT VALUES");
	buf_put_byte(&sql, '\0');
	buf_check(&sql, "a statement", NULL);
	server_check(pg_prepare(server(), sql.p));
	buf_free(&sql);
	server_check(pg_table_unchanged(server(), t, &same));
	if (!same)
		die(STATUS_TRY_AGAIN, "table %s was altered while the load began",
		    quoted(slice_of(l->table_text)));
}

/* "day, campaign_id" */
static void
put_keys(struct buf *b, const struct load *l)
{
	const char *comma = "";

	for (size_t i = 0; i < l->sql.n; i++)
		if (l->sql.columns[i].key) {
			buf_put_text(b, comma);
			comma = ", ";
			sql_put_name(b, SQL_POSTGRES, l->sql.columns[i].name);
		}
}

/* The statement that will bring the rows from the stage into the table is planned while the stage is empty. */
static void
plan(const struct pg_table *t, const struct load *l)
{
	static const char no_index[] = "42P10";
	struct buf sql = {0}, keys = {0};

	buf_put_text(&sql, "EXPLAIN ");
	if (l->mode == LOAD_UPSERT)
		sql_upsert(&sql, &l->sql);
	else
		sql_insert(&sql, &l->sql);
	buf_check(&sql, "a statement", NULL);
	bool good = server_execute_unless(no_index, buf_slice(&sql), NULL);
	buf_free(&sql);
	if (good)
		return;
	put_keys(&keys, l);
	buf_check(&keys, "the key", NULL);
	if (t->is_view)
		die(STATUS_REFUSED,
		    "%s is a view, and the table that it selects from has no unique index on "
		    "exactly "
		    "the fields of --key (%.*s): make one there",
		    quoted(slice_of(l->table_text)), (int)keys.n, keys.p);
	die(STATUS_REFUSED,
	    "table %s has no unique index on exactly the fields of --key: CREATE UNIQUE INDEX ON "
	    "%s "
	    "(%.*s) makes one",
	    quoted(slice_of(l->table_text)), l->table_text, (int)keys.n, keys.p);
}

static struct jump
jump_at(size_t i)
{
	struct jump j;

	memcpy(&j, jumps.p + i * sizeof j, sizeof j);
	return j;
}

static void
note_number(uint64_t number)
{
	size_t n = jumps.n / sizeof(struct jump);
	struct jump j;

	sent++;
	j = (struct jump){sent, number - sent};
	if (n > 0 && jump_at(n - 1).more == j.more)
		return;
	buf_put(&jumps, &j, sizeof j);
	buf_check(&jumps, "the numbers of the records", NULL);
}

/* Number of the record that is this line of the COPY. */
static uint64_t
record_of(uint64_t line)
{
	uint64_t row = sent_before + line, more = 0;

	for (size_t i = 0; i < jumps.n / sizeof(struct jump) && jump_at(i).row <= row; i++)
		more = jump_at(i).more;
	return row + more;
}

static void
begin_copy(void)
{
	const struct load *l = load;
	struct buf sql = {0};

	buf_put_text(&sql, "COPY ");
	if (l->staged)
		sql_put_stage(&sql, &l->sql);
	else
		sql_put_table(&sql, SQL_POSTGRES, &l->table);
	for (size_t i = 0; i < l->sql.n; i++) {
		buf_put_text(&sql, i > 0 ? ", " : " (");
		sql_put_name(&sql, SQL_POSTGRES, l->sql.columns[i].name);
	}
	buf_put_text(&sql, ") FROM STDIN WITH (FORMAT binary)");
	buf_put_byte(&sql, '\0');
	buf_check(&sql, "a statement", NULL);
	server_check(pg_copy_begin(server(), sql.p));
	buf_free(&sql);
	copying = true;
	sent_before = sent;
	put(pg_copy_head());
}

void
rows_open(const struct pg_table *t, const struct load *l)
{
	lock_columns(t, l);
	if (l->staged)
		plan(t, l);
	forms = xcalloc(l->n, sizeof *forms);
	for (size_t i = 0; i < l->n; i++)
		forms[i] = (enum pg_form)l->fields[i].column->tag;
	load = l;
	server_name_records(record_of);
	begin_copy();
}

/* A row that a block cannot hold goes by itself. */
static void
put_large(const struct value *values, size_t n, size_t room)
{
	flush();
	buf_reset(&large);
	char *p = buf_reserve(&large, room);
	buf_check(&large, "a row", NULL);
	large.n = (size_t)(pg_put_row(p, forms, values, n) - p);
	for (size_t i = 0; i < large.n; i += sizeof block)
		server_check(pg_copy_send(
		    server(), (struct slice){large.p + i,
				  large.n - i < sizeof block ? large.n - i : sizeof block}));
}

void
rows_put(const struct value *values, size_t n)
{
	size_t room = pg_row_room(values, n);

	if (!copying)
		begin_copy();
	note_number(load_record_number());
	if (room > sizeof block - used)
		flush();
	if (room > sizeof block) {
		put_large(values, n, room);
		return;
	}
	used = (size_t)(pg_put_row(block + used, forms, values, n) - block);
}

void
rows_pause(void)
{
	if (!copying)
		return;
	put(pg_copy_tail());
	flush();
	uint64_t rows;
	server_check(pg_copy_end(server(), &rows));
	kept += rows;
	copying = false;
}

uint64_t
rows_close(void)
{
	rows_pause();
	return kept;
}

/* The type's oid, its form; 0 for what goes as text, whose type the statement tells. */
static uint32_t
parameter_type(const struct value *v, enum pg_form *form)
{
	*form = PG_RAW;
	switch (v->type) {
	case VALUE_BOOL:
		*form = PG_BOOL;
		return 16;
	case VALUE_INT:
		*form = PG_INT8;
		return v->huge ? 0 : 20;
	case VALUE_FLOAT:
		*form = PG_FLOAT8;
		return 701;
	case VALUE_DECIMAL:
		*form = PG_NUMERIC;
		return 1700;
	case VALUE_DATE:
		*form = PG_DATE;
		return 1082;
	case VALUE_DATETIME:
		*form = PG_TIMESTAMP;
		return 1114;
	case VALUE_TIMESTAMP:
		*form = PG_TIMESTAMP;
		return 1184;
	default:
		return 0;
	}
}

uint64_t
rows_execute(struct slice sql, const struct value *values, size_t n)
{
	enum { LENGTH_WORD = 4 };
	struct pg_parameter *parameters = xcalloc(n + 1, sizeof *parameters);
	struct buf *bytes = xcalloc(n + 1, sizeof *bytes);

	for (size_t i = 0; i < n; i++) {
		enum pg_form form;
		parameters[i].type = parameter_type(&values[i], &form);
		if (parameters[i].type == 0) {
			value_text(&bytes[i], &values[i], NULL);
			parameters[i].data = buf_slice(&bytes[i]);
		} else {
			char *p = buf_reserve(&bytes[i], pg_field_room(&values[i]));
			if (p)
				bytes[i].n = (size_t)(pg_put_field(p, form, &values[i]) - p);
			parameters[i].data =
			    (struct slice){bytes[i].p + LENGTH_WORD, bytes[i].n - LENGTH_WORD};
		}
		buf_check(&bytes[i], "a value", NULL);
	}
	uint64_t rows = server_execute(sql, parameters, n);
	for (size_t i = 0; i < n; i++)
		buf_free(&bytes[i]);
	free(bytes);
	free(parameters);
	return rows;
}
