/* SPDX-License-Identifier: MIT */
/* Metrics in the text format of Prometheus, for the textfile collector of its node exporter. */
#include <inttypes.h>

#include "batch/report-batches/report.h"
#include "common/text/utf8.h"

enum what {
	LAST_SUCCESS,
	LAST_RUN,
	LAST_STATE,
	LAST_ROWS,
	LAST_DELETED,
	LAST_REJECTED,
	LAST_DURATION,
	OVERDUE,
	METRICS
};

static const struct {
	const char *name, *help;
} metrics[METRICS] = {
    [LAST_SUCCESS] = {"last_success_timestamp_seconds", "When the last run that succeeded ended."},
    [LAST_RUN] = {"last_run_timestamp_seconds", "When the last run started."},
    [LAST_STATE] = {"last_run_state", "State of the last run: 0 ok, 1 warned, 2 running, 3 failed, "
				      "4 timeout, 5 canceled, 6 lost."},
    [LAST_ROWS] = {"last_run_rows", "Records that reached the loader in the last run that ended."},
    [LAST_DELETED] = {"last_run_deleted_rows", "Rows that the last run that ended deleted."},
    [LAST_REJECTED] = {"last_run_rejected_records",
	"Records that the last run that ended rejected."},
    [LAST_DURATION] = {"last_run_duration_seconds", "Duration of the last run that ended."},
    [OVERDUE] = {"overdue", "1 if the last slot that was due is late or missing, else 0."},
};

/* Text in a label: UTF-8, with the escapes of the format. */
static void
put_label(struct buf *b, struct slice text)
{
	while (text.n) {
		uint32_t c;
		size_t n = utf8_decode(text, &c);
		if (!n)
			buf_put_text(b, "\xef\xbf\xbd");
		else if (c == '\\' || c == '"')
			buf_printf(b, "\\%c", (char)c);
		else if (c == '\n')
			buf_put_text(b, "\\n");
		else
			buf_put(b, text.p, n);
		text.p += n ? n : 1;
		text.n -= n ? n : 1;
	}
}

static int
state_number(enum slot_state state)
{
	static const int numbers[SLOT_STATES] = {[SLOT_OK] = 0,
	    [SLOT_WARNED] = 1,
	    [SLOT_RUNNING] = 2,
	    [SLOT_FAILED] = 3,
	    [SLOT_TIMEOUT] = 4,
	    [SLOT_CANCELED] = 5,
	    [SLOT_LOST] = 6};
	return numbers[state];
}

static const struct past_run *
last_that(const struct overview_batch *of, bool good)
{
	for (size_t i = of->n; i-- > 0;) {
		const struct past_run *r = &of->runs[i];
		if (good ? slot_state_is_good(r->state) : r->ended != 0)
			return r;
	}
	return NULL;
}

/* Appends the value; false if it is not known. */
static bool
put_value(struct buf *b, const struct overview_batch *of, enum what what)
{
	const struct past_run *r = last_that(of, what == LAST_SUCCESS);
	const struct slot *slot;
	int64_t n = -1;
	switch (what) {
	case LAST_RUN:
		n = of->n ? of->runs[of->n - 1].started : -1;
		break;
	case LAST_STATE:
		n = of->n ? state_number(of->runs[of->n - 1].state) : -1;
		break;
	case OVERDUE:
		slot = overview_last(of);
		n = slot && (slot->late || slot->state == SLOT_MISSING);
		break;
	case LAST_SUCCESS:
		n = r ? r->ended : -1;
		break;
	case LAST_ROWS:
		n = r ? past_run_rows(r) : -1;
		break;
	case LAST_DELETED:
		n = r ? r->number[RUN_DELETED] : -1;
		break;
	case LAST_REJECTED:
		n = r ? r->number[RUN_REJECTED] : -1;
		break;
	case LAST_DURATION:
		n = r ? r->ended - r->started : -1;
		break;
	case METRICS:
		break;
	}
	if (n < 0)
		return false;
	if (what == LAST_SUCCESS || what == LAST_RUN || what == LAST_DURATION)
		buf_printf(b, "%" PRId64 ".%03d\n", n / 1000, (int)(n % 1000));
	else
		buf_printf(b, "%" PRId64 "\n", n);
	return true;
}

void
prometheus_put(struct buf *b, const struct overview *o)
{
	for (size_t m = 0; m < METRICS; m++) {
		buf_printf(b, "# HELP mam_etl_%s %s\n# TYPE mam_etl_%s gauge\n", metrics[m].name,
		    metrics[m].help, metrics[m].name);
		for (size_t i = 0; i < o->n; i++) {
			size_t before = b->n;
			buf_printf(b, "mam_etl_%s{batch=\"", metrics[m].name);
			put_label(b, o->items[i].name);
			buf_put_text(b, "\",target=\"");
			put_label(b, overview_target(&o->items[i]));
			buf_put_text(b, "\"} ");
			if (!put_value(b, &o->items[i], (enum what)m) && !b->failed)
				b->n = before;
		}
	}
}
