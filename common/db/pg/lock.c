/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "common/db/pg/pg.h"
#include "common/text/hash.h"

/* Calls a function of the server that takes the key of the lock and returns a boolean. */
static bool
call(struct pg_connection *c, struct slice sql, struct slice name, bool *answer)
{
	char key[32];
	struct pg_rows rows;

	*answer = false;
	snprintf(key, sizeof key, "%" PRId64, (int64_t)hash64(name.p, name.n));
	struct pg_parameter parameter = {.data = slice_of(key)};
	if (!pg_query(c, sql, &parameter, 1, &rows))
		return false;
	*answer = slice_is(pg_cell(&rows, 0, 0), "t");
	pg_rows_free(&rows);
	return true;
}

bool
pg_try_lock(struct pg_connection *c, struct slice name, bool *taken)
{
	return call(c, SLICE("SELECT pg_catalog.pg_try_advisory_lock($1)"), name, taken);
}

bool
pg_unlock(struct pg_connection *c, struct slice name)
{
	bool had_it;

	return call(c, SLICE("SELECT pg_catalog.pg_advisory_unlock($1)"), name, &had_it);
}
