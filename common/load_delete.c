/* SPDX-License-Identifier: MIT */
#include "common/load_impl.h"
#include "common/message.h"

/* TRUNCATE does not say how many rows there were. Counted under its lock, if the role may read. */
static void
truncate(struct loading *g)
{
	uint64_t may = 0;

	if (load_number(g, sql_may_count, &may)) {
		load_statement(g, sql_lock, NULL);
		load_number(g, sql_count, &g->result.deleted);
	} else
		g->result.deletes_unknown = true;
	load_statement(g, sql_clear, NULL);
}

void
load_clear(struct loading *g)
{
	if (g->load.sql.dialect == SQL_POSTGRES)
		truncate(g);
	else
		g->result.deleted = load_statement(g, sql_clear, NULL);
}
