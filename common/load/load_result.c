/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "common/load/load_impl.h"
#include "common/program/message.h"
#include "common/record/mp.h"

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

void
load_parse_max_deleted(struct load_limits *limits, const char *text)
{
	struct slice number = slice_of(text);
	int64_t n = 0;

	limits->limited = true;
	limits->percent = number.n > 0 && number.p[number.n - 1] == '%';
	number.n -= limits->percent;
	if (!parse_integer(number, 0, limits->percent ? 100 : INT64_MAX, &n))
		die(STATUS_USAGE,
		    "--max-deleted: %s is neither a number of rows nor a percentage from 0%% to "
		    "100%%",
		    quoted(slice_of(text)));
	limits->max_deleted = (uint64_t)n;
}

static void
report_emptied(const struct loading *g)
{
	const struct load_result *r = &g->result;
	struct slice table = slice_of(g->load.table_text);

	if (r->deleted > 0 && r->written == 0)
		message("table %s: %" PRIu64 " rows are deleted, and none takes their place: %s",
		    quoted(table), r->deleted,
		    g->load.mode == LOAD_TRUNCATE_INSERT ? "the table is empty"
							 : "the windows of this load are empty");
	else if (r->emptied > 0)
		message("table %s: %" PRIu64
			" rows are deleted in windows for which the input has no records",
		    quoted(table), r->emptied);
}

void
load_check_limits(struct loading *g)
{
	const struct load_limits *limits = &g->limits;
	const struct load_result *r = &g->result;
	uint64_t rows = r->written + r->unchanged;

	report_emptied(g);
	if (rows < limits->min_rows)
		die(STATUS_DATA,
		    "--min-rows %" PRIu64 ": the load has only %" PRIu64
		    " rows; nothing was loaded",
		    limits->min_rows, rows);
	if (!limits->limited)
		return;
	uint64_t lost = r->deleted > r->written ? r->deleted - r->written : 0;
	if (lost < r->emptied)
		lost = r->emptied;
	double most = limits->percent ? (double)r->deleted * (double)limits->max_deleted / 100
				      : (double)limits->max_deleted;
	if ((double)lost > most)
		die(STATUS_DATA,
		    "--max-deleted %" PRIu64 "%s: %" PRIu64 " of %" PRIu64
		    " deleted rows are not replaced; nothing was loaded",
		    limits->max_deleted, limits->percent ? "%" : "", lost, r->deleted);
}

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
	if (!g->load.dry) {
		put_summary(&summary, r);
		buf_put_text(&summary, ", ");
	}
	/* Of a rehearsal as well: the records that it would have loaded. */
	buf_printf(&summary, "digest %s", stream_in_digest(g->in));
	stream_summary(buf_slice(&summary));
	buf_free(&summary);
}
