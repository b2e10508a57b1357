/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "common/load_impl.h"
#include "common/message.h"
#include "common/mp.h"

bool
load_number(
    struct loading *g, void (*build)(struct buf *, const struct sql_load *), uint64_t *number)
{
	struct buf sql = {0}, text = {0};
	int64_t n = 0;

	build(&sql, &g->load.sql);
	buf_check(&sql, "a statement", NULL);
	bool found = g->driver->cell(g->d, buf_slice(&sql), &text);
	buf_check(&text, "a cell", NULL);
	if (found && !parse_integer(buf_slice(&text), 0, INT64_MAX, &n))
		die(STATUS_BUG, "a query for a number gave %s", quoted(buf_slice(&text)));
	*number = (uint64_t)n;
	buf_free(&sql);
	buf_free(&text);
	return found;
}

/* taken: of the rows that were sent. */
static void
report_skipped(struct loading *g, uint64_t taken)
{
	if (taken >= g->rows)
		return;
	g->result.skipped = g->rows - taken;
	message("table %s took %" PRIu64 " of %" PRIu64
		" rows: a trigger or rule of the table skipped the others or put them elsewhere",
	    quoted(slice_of(g->load.table_text)), taken, g->rows);
}

void
load_inserted(struct loading *g, uint64_t inserted, uint64_t updated)
{
	struct load_result *r = &g->result;

	r->split = true;
	r->inserted = inserted;
	r->updated = updated;
	r->written = inserted + updated;
	report_skipped(g, r->written + r->unchanged);
}

void
load_upserted(struct loading *g, uint64_t n)
{
	struct load_result *r = &g->result;

	r->written = n;
	r->split = g->driver->inserted(g->d, n, &r->inserted) && r->inserted <= n;
	r->updated = r->split ? n - r->inserted : 0;
	report_skipped(g, n);
}

/* ---- the counters ---- */

static void
counter(const char *name, uint64_t n)
{
	struct buf b = {0};

	mp_buf_uint(&b, n);
	buf_check(&b, "a counter", NULL);
	stream_counter(name, buf_slice(&b));
	buf_free(&b);
}

/* "2 rows inserted, 1 updated, 0 deleted" for the summary line. */
static void
put_summary(struct buf *b, const struct load_result *r)
{
	if (r->split)
		buf_printf(
		    b, "%" PRIu64 " rows inserted, %" PRIu64 " updated, ", r->inserted, r->updated);
	else
		buf_printf(b, "%" PRIu64 " rows inserted or updated, ", r->written);
	if (r->unchanged > 0)
		buf_printf(b, "%" PRIu64 " unchanged, ", r->unchanged);
	if (r->deletes_unknown)
		buf_put_text(b, "all others deleted");
	else
		buf_printf(b, "%" PRIu64 " deleted", r->deleted);
	if (r->skipped > 0)
		buf_printf(b, ", %" PRIu64 " skipped by the table", r->skipped);
}

void
load_count(const struct loading *g)
{
	const struct load_result *r = &g->result;
	struct buf summary = {0};

	stream_count_out(g->load.dry ? 0 : r->written + r->unchanged, 0);
	if (r->split) {
		counter("inserted", r->inserted);
		counter("updated", r->updated);
	} else
		counter("inserted_or_updated", r->written);
	counter("unchanged", r->unchanged);
	if (!r->deletes_unknown)
		counter("deleted", r->deleted);
	counter("skipped", r->skipped);
	put_summary(&summary, r);
	if (!g->load.dry)
		stream_summary(buf_slice(&summary));
	buf_free(&summary);
}
