/* SPDX-License-Identifier: MIT */
/* Events of OpenLineage (openlineage.io, spec 2-0-2): one at the start of each run, one at its end. */
#include <inttypes.h>

#include "batch/report-batches/report.h"
#include "common/json/json_shown.h"
#include "common/program/message.h"
#include "common/text/ascii.h"

#define PRODUCER "https://mam-etl.invalid/" MAM_VERSION
#define SPEC "https://openlineage.io/spec/"

static bool
is_uuid(struct slice id)
{
	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		bool hex = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
		if (dash ? c != '-' : !hex)
			return false;
	}
	return id.n == 36;
}

static void
put_facet(struct buf *b, const char *name, const char *version, const char *type)
{
	buf_printf(b,
	    "\"%s\":{\"_producer\":\"" PRODUCER "\",\"_schemaURL\":\"" SPEC
	    "facets/%s/%s.json#/$defs/%s\"",
	    name, version, type, type);
}

static void
put_run_facets(struct buf *b, const struct past_run *r, bool failed)
{
	buf_put_text(b, ",\"facets\":{");
	put_facet(b, "nominalTime", "1-0-1", "NominalTimeRunFacet");
	buf_put_text(b, ",\"nominalStartTime\":");
	json_write_shown(b, r->text[RUN_SLOT]);
	buf_put_byte(b, '}');
	if (failed) {
		buf_put_byte(b, ',');
		put_facet(b, "errorMessage", "1-0-1", "ErrorMessageRunFacet");
		buf_put_text(b, ",\"message\":");
		json_write_shown(b, r->text[RUN_MESSAGE]);
		buf_put_text(b, ",\"programmingLanguage\":\"unknown\"}");
	}
	buf_put_byte(b, '}');
}

/* The target's first word is the kind of database, the rest the table. The record does not have the host. */
static void
put_output(struct buf *b, const struct past_run *r, bool ended)
{
	struct slice target = slice_trim(r->text[RUN_TARGET]), kind = target;
	buf_put_text(b, ",\"outputs\":[");
	for (kind.n = 0; kind.n < target.n && target.p[kind.n] != ' ';)
		kind.n++;
	struct slice table = slice_trim((struct slice){target.p + kind.n, target.n - kind.n});
	if (table.n) {
		buf_put_text(b, "{\"namespace\":");
		json_write_shown(b, kind);
		buf_put_text(b, ",\"name\":");
		json_write_shown(b, table);
		if (ended && past_run_rows(r) >= 0) {
			buf_put_text(b, ",\"outputFacets\":{");
			put_facet(
			    b, "outputStatistics", "1-0-2", "OutputStatisticsOutputDatasetFacet");
			buf_printf(b, ",\"rowCount\":%" PRId64 "}}", past_run_rows(r));
		}
		buf_put_byte(b, '}');
	}
	buf_put_byte(b, ']');
}

static void
put_event(struct buf *b, const struct overview_batch *of, const struct past_run *r,
    const char *type, int64_t at)
{
	bool failed = strcmp(type, "FAIL") == 0 || strcmp(type, "ABORT") == 0;
	buf_printf(b, "{\"eventType\":\"%s\",\"eventTime\":\"", type);
	run_put_time(b, at);
	buf_put_text(b, "\",\"producer\":\"" PRODUCER "\",\"schemaURL\":\"" SPEC
			"2-0-2/OpenLineage.json#/$defs/RunEvent\",\"run\":{\"runId\":");
	json_write_shown(b, r->text[RUN_ID]);
	put_run_facets(b, r, failed);
	buf_put_text(b, "},\"job\":{\"namespace\":\"mam-etl\",\"name\":");
	json_write_shown(b, of->name);
	buf_put_text(b, "},\"inputs\":[]");
	put_output(b, r, strcmp(type, "START") != 0);
	buf_put_text(b, "}\n");
}

static const char *
type_of_end(const struct past_run *r)
{
	if (slot_state_is_good(r->state))
		return "COMPLETE";
	return r->state == SLOT_CANCELED ? "ABORT" : "FAIL";
}

/*
 * When the run ended. The end of a lost run is unknown, so its last sign of
 * life is used.
 */
static int64_t
end_of(const struct past_run *r)
{
	int64_t seen;
	if (r->ended)
		return r->ended;
	return run_read_time(r->text[RUN_SEEN], &seen) ? seen : r->started;
}

void
openlineage_put(struct buf *b, const struct overview *o)
{
	size_t without = 0;
	for (size_t i = 0; i < o->n; i++)
		for (size_t j = 0; j < o->items[i].n; j++) {
			const struct past_run *r = &o->items[i].runs[j];
			if (!is_uuid(r->text[RUN_ID])) {
				without++;
				continue;
			}
			put_event(b, &o->items[i], r, "START", r->started);
			if (r->state != SLOT_RUNNING)
				put_event(b, &o->items[i], r, type_of_end(r), end_of(r));
		}
	if (without)
		message(
		    "--openlineage: %zu runs are left out, since their ids are not UUIDs", without);
}
