/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "common/db/mysql/client_impl.h"
#include "common/text/hash.h"

/* A name of at most 64 characters for a lock of any. */
static void
put_lock(struct client *c, struct buf *sql, struct slice name)
{
	char text[32];

	snprintf(text, sizeof text, "mam-etl %016" PRIx64, hash64(name.p, name.n));
	client_put_literal(c, sql, slice_of(text));
}

bool
client_lock(struct client *c, struct slice name, int64_t milliseconds, bool *taken)
{
	enum { SECOND = 1000 };
	struct client_rows rows = {0};
	struct buf sql = {0};

	*taken = false;
	if (!client_ready(c))
		return false;
	buf_put_text(&sql, "SELECT GET_LOCK(");
	put_lock(c, &sql, name);
	buf_printf(&sql, ", %" PRId64 ")", (milliseconds + SECOND - 1) / SECOND);
	if (sql.failed)
		db_error_memory(&c->error, "a statement");
	else if (client_query(c, buf_slice(&sql), NULL, 0, &rows)) {
		*taken = slice_is(client_cell(&rows, 0, 0), "1");
		if (client_cell_null(&rows, 0, 0))
			db_error_set(&c->error, STATUS_TRY_AGAIN, NULL,
			    "the server could not try to take a lock");
	}
	client_rows_free(&rows);
	buf_free(&sql);
	return !db_error_is_set(&c->error);
}

bool
client_unlock(struct client *c, struct slice name)
{
	struct buf sql = {0};

	if (!client_ready(c))
		return false;
	buf_put_text(&sql, "DO RELEASE_LOCK(");
	put_lock(c, &sql, name);
	buf_put_byte(&sql, ')');
	bool good = sql.failed ? db_error_memory(&c->error, "a statement")
			       : client_execute(c, buf_slice(&sql), NULL, 0, NULL);
	buf_free(&sql);
	return good;
}
