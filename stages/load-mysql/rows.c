/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "common/db/mysql/errors.h"
#include "common/db/mysql/text.h"
#include "common/db/mysql/types.h"
#include "common/program/message.h"
#include "stages/load-mysql/check.h"
#include "stages/load-mysql/rows.h"

enum {
	PARAMETERS_MAX = 8192,     /* of one INSERT; the protocol ends at 65,535 */
	INSERT_BYTES = 512 * 1024, /* of the values of one INSERT, unless one row has more */
	PARAMETER_BYTES = 16,      /* what a parameter costs beside its text */
	/* Of LOAD DATA's text: escaped, a record may double, and it follows the rest of a packet. */
	TEXT_MAX = 2 * STREAM_RECORD_MAX + 1024 * 1024,
};

static void
put_target(struct buf *sql, const struct load *l)
{
	if (l->staged)
		sql_put_stage(sql, &l->sql);
	else
		sql_put_table(sql, l->sql.dialect, &l->sql.target);
}

static bool
is_bit(const struct column *c)
{
	return c->kind == COLUMN_INT && c->type.n > 3 && memcmp(c->type.p, "bit", 3) == 0;
}

/* Bytes would have to be valid in the encoding of the text, and a BIT is read as bytes: both go by a variable. */
static bool
by_variable(const struct column *c)
{
	return c->kind == COLUMN_BYTES || is_bit(c);
}

static void
build_load(struct rows *r, const struct load *l)
{
	const char *word = " SET ";

	/* The statement lasts as long as the source, which a limit of MariaDB must not count. */
	buf_put_text(&r->sql, "/*M!100101 SET STATEMENT max_statement_time = 0 FOR */");
	buf_put_text(&r->sql, "LOAD DATA LOCAL INFILE 'mam' INTO TABLE ");
	put_target(&r->sql, l);
	/* Spelled out, for the defaults change with the server's sql_mode. */
	buf_put_text(&r->sql, " CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ENCLOSED BY ''"
			      " ESCAPED BY '\\\\' LINES STARTING BY '' TERMINATED BY '\\n' (");
	for (size_t i = 0; i < l->n; i++) {
		buf_put_text(&r->sql, i > 0 ? ", " : "");
		if (by_variable(l->fields[i].column))
			buf_printf(&r->sql, "@mam_%zu", i);
		else
			sql_put_name(&r->sql, l->sql.dialect, l->fields[i].column->name);
	}
	buf_put_byte(&r->sql, ')');
	for (size_t i = 0; i < l->n; i++) {
		const struct column *c = l->fields[i].column;
		if (!by_variable(c))
			continue;
		buf_put_text(&r->sql, word);
		word = ", ";
		sql_put_name(&r->sql, l->sql.dialect, c->name);
		if (is_bit(c))
			buf_printf(&r->sql, " = CAST(@mam_%zu AS UNSIGNED)", i);
		else
			buf_printf(&r->sql, " = UNHEX(@mam_%zu)", i);
	}
	buf_check(&r->sql, "a statement", NULL);
}

static void
put_line(struct rows *r, const struct load *l, const struct value *values)
{
	for (size_t i = 0; i < l->n; i++) {
		text_put_field(&r->text, l->fields[i].column, &values[i], r->client->clock_offset);
		buf_put_byte(&r->text, i + 1 < l->n ? '\t' : '\n');
	}
	if (r->text.failed)
		buf_check(&r->text, "a record", NULL);
	r->sent++;
}

/* What the client library asks for; it comes from the stream while it waits. */
static size_t
pull(void *arg, char *to, size_t n)
{
	struct rows *r = arg;

	if (r->read == r->text.n) {
		buf_reset(&r->text);
		r->read = 0;
		while (r->text.n < n && load_pull())
			;
	}
	if (n > r->text.n - r->read)
		n = r->text.n - r->read;
	memcpy(to, r->text.p + r->read, n);
	r->read += n;
	return n;
}

/*
 * With LOCAL the server cannot stop what is sent, so it goes on after rows that it does not
 * like: it leaves out a row whose key is there, and changes a value that does not fit, and
 * warns. Nothing of that is committed: a warning is an error, and so is a row too few.
 */
static void
check_loaded(struct rows *r, uint64_t loaded)
{
	client_warnings(r->client);
	check(r->client);
	if (loaded != r->sent)
		die(STATUS_DATA,
		    "%" PRIu64 " rows were sent, and the server took %" PRIu64
		    " of them without a warning",
		    r->sent, loaded);
}

/*
 * The first row is in the buffer. LOAD DATA runs until the stream has ended, all
 * other rows come in through pull. False when the server did not even ask for it.
 */
static bool
load_data(struct rows *r)
{
	uint64_t loaded = 0;

	r->loading = true;
	check_first_row(load_record_number());
	if (!client_load(r->client, buf_slice(&r->sql), pull, r, &loaded) &&
	    error_no_local_infile(r->client->number) && r->read == 0) {
		client_clear(r->client);
		return false;
	}
	check(r->client);
	check_loaded(r, loaded);
	return true;
}

static void
prepare(struct rows *r, const struct load *l, size_t rows)
{
	struct buf sql = {0};

	statement_finish(r->statement);
	buf_put_text(&sql, "INSERT INTO ");
	put_target(&sql, l);
	for (size_t i = 0; i < l->n; i++) {
		buf_put_text(&sql, i > 0 ? ", " : " (");
		sql_put_name(&sql, l->sql.dialect, l->fields[i].column->name);
	}
	buf_put_text(&sql, ") VALUES ");
	for (size_t k = 0; k < rows; k++) {
		buf_put_text(&sql, k > 0 ? ", (" : "(");
		for (size_t i = 0; i < l->n; i++)
			buf_put_text(&sql, i > 0 ? ", ?" : "?");
		buf_put_byte(&sql, ')');
	}
	buf_check(&sql, "a statement", NULL);
	r->statement = statement_prepare(r->client, buf_slice(&sql), rows * l->n);
	check(r->client);
	r->prepared = rows;
	buf_free(&sql);
}

/* Keeps the bytes of a value; until they are sent, its slice's place is an offset. */
static struct value
keep(struct rows *r, const struct column *c, const struct value *v)
{
	struct value kept = *v;
	size_t at = r->bytes.n;

	if (v->type == VALUE_NULL || v->type == VALUE_INT || v->type == VALUE_FLOAT)
		return kept;
	kept.type = v->type == VALUE_BYTES && c->kind != COLUMN_UUID ? VALUE_BYTES : VALUE_TEXT;
	if (c->kind == COLUMN_UUID)
		text_put_uuid(&r->bytes, v->s);
	else if (c->kind == COLUMN_TIME)
		text_put_clock(&r->bytes, v->i);
	else if (v->type == VALUE_BYTES || v->type == VALUE_TEXT || v->type == VALUE_DECIMAL)
		buf_put_slice(&r->bytes, v->s);
	else
		text_put_time(&r->bytes, v, r->client->clock_offset);
	kept.s = (struct slice){NULL, r->bytes.n - at};
	return kept;
}

static void
send(struct rows *r, const struct load *l)
{
	size_t at = 0;

	if (r->waiting == 0)
		return;
	for (size_t i = 0; i < r->waiting * l->n; i++) {
		struct value *v = &r->values[i];
		if (v->type != VALUE_TEXT && v->type != VALUE_BYTES)
			continue;
		v->s.p = r->bytes.p + at;
		at += v->s.n;
	}
	if (r->prepared != r->waiting)
		prepare(r, l, r->waiting);
	uint64_t rows = 0;
	check_first_row(r->first);
	statement_execute(r->statement, r->values, &rows);
	check(r->client);
	if (rows != r->waiting)
		die(STATUS_DATA, "%zu rows were sent, and the server took %" PRIu64 " of them",
		    r->waiting, rows);
	r->waiting = 0;
	buf_reset(&r->bytes);
}

static void
insert(struct rows *r, const struct load *l, const struct value *values)
{
	if (!r->values) {
		r->most = l->n > 0 && l->n < PARAMETERS_MAX ? PARAMETERS_MAX / l->n : 1;
		r->values = xcalloc(r->most * l->n, sizeof *r->values);
	}
	if (r->waiting == 0)
		r->first = load_record_number();
	for (size_t i = 0; i < l->n; i++)
		r->values[r->waiting * l->n + i] = keep(r, l->fields[i].column, &values[i]);
	buf_check(&r->bytes, "a record", NULL);
	r->waiting++;
	r->sent++;
	size_t bytes = r->bytes.n + r->waiting * l->n * PARAMETER_BYTES;
	if (r->waiting == 1 && bytes > r->max_packet)
		die(STATUS_DATA,
		    "record %" PRIu64
		    ": it has %zu bytes, and the server's max_allowed_packet is %zu",
		    load_record_number(), bytes, r->max_packet);
	if (r->waiting == r->most || bytes > INSERT_BYTES || bytes > r->max_packet / 2)
		send(r, l);
}

void
rows_begin(struct rows *r, const struct load *l)
{
	r->text.max = TEXT_MAX;
	r->bytes.max = TEXT_MAX;
	for (size_t i = 0; i < l->n; i++)
		r->cp932 |= l->fields[i].column->tag == COLUMN_CP932;
	build_load(r, l);
}

/*
 * MariaDB writes U+6661 into cp932 as FAD7 and reads U+6659 back, without a word. It is
 * the only character of any of its encodings where that is so.
 */
static void
check_cp932(const struct load *l, size_t i, struct slice s)
{
	static const char wrong[] = "\xe6\x99\xa1";

	for (const char *p = s.p, *end = s.p + s.n; s.n > 2; p++) {
		p = memchr(p, wrong[0], (size_t)(end - p));
		if (!p || end - p < 3)
			return;
		if (memcmp(p, wrong, 3) == 0)
			die(STATUS_DATA,
			    "record %" PRIu64 ": %.*s: %s holds the character U+6661, which the "
			    "server's cp932 turns into U+6659",
			    load_record_number(), (int)l->fields[i].name.n, l->fields[i].name.p,
			    quoted(s));
	}
}

void
rows_put(struct rows *r, const struct load *l, const struct value *values)
{
	for (size_t i = 0; r->cp932 && i < l->n; i++)
		if (l->fields[i].column->tag == COLUMN_CP932 && values[i].type == VALUE_TEXT)
			check_cp932(l, i, values[i].s);
	if (r->insert) {
		insert(r, l, values);
		return;
	}
	put_line(r, l, values);
	if (r->loading || load_data(r))
		return;
	/* Something between us and the server forbids what the server would take. */
	r->insert = true;
	r->sent = 0;
	insert(r, l, values);
}

void
rows_end(struct rows *r, const struct load *l)
{
	if (r->insert)
		send(r, l);
	check_first_row(0);
}
