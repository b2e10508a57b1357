/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/report.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "common/web/api_report.h"
#include "stages/fetch-api/records.h"
#include "stages/fetch-api/redact.h"

static enum api_report
find(struct slice value, struct report *report)
{
	struct slice name;
	enum api_report found = api_report_find(value, &name);
	if (found == API_REPORT_NOTHING)
		return found;
	/* In a map a value follows its name directly. */
	const char *p = name.p + name.n, *end = mp_skip(p, value.p + value.n);
	report->name = name;
	report->value = (struct slice){p, (size_t)(end - p)};
	return found;
}

/*
 * With "[]" or "{FIELD}" before the end of --record-path, each element is an envelope of its
 * own, as in [{"results":[...]},{"error":{...}}]. An element with an error in
 * place of records is an error, even if others have records.
 */
static bool
element_reports(struct slice container, size_t step, struct report *report)
{
	struct json_path rest = json_path_part(&config.record_path, step + 1, config.record_path.n);
	struct mp_token t;
	const char *end = container.p + container.n, *p = mp_read(container.p, end, &t);
	bool members = config.record_path.steps[step].members;
	if (t.type != (members ? MP_MAP : MP_ARRAY) || !rest.n)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		p = members ? mp_skip(p, end) : p;
		const char *next = mp_skip(p, end);
		struct slice element = {p, (size_t)(next - p)};
		if (find(element, report) == API_REPORT_ERROR && !records_count(element, &rest))
			return true;
		p = next;
	}
	return false;
}

/* The strongest report of the objects that --record-path passes on its way. */
static enum api_report
envelopes_report(struct slice body, struct report *report, bool *element)
{
	const struct json_path *path = &config.record_path;
	enum api_report strongest = API_REPORT_NOTHING;
	for (size_t n = 0; n <= path->n; n++) {
		struct json_path outer = json_path_part(path, 0, n);
		struct report here = {0};
		struct slice value;
		/*
		 * The value at the end of the path is a record; but without a
		 * path the answer is a record and an envelope.
		 */
		if ((n && n == path->n) || !mp_path_get(body, &outer, &value))
			break;
		enum api_report found = find(value, &here);
		if (found > strongest) {
			strongest = found;
			*report = here;
		}
		if (n < path->n && json_step_goes_through(&path->steps[n])) {
			*element = element_reports(value, n, report);
			break;
		}
	}
	return strongest;
}

static bool
has_no_records(struct slice body)
{
	return !records_count(body, &config.record_path);
}

struct report
report_find(const struct answer *a, bool awaited)
{
	struct report report = {0};
	bool accepted = a->http.status == 202, element = false;
	if (a->http.status < 200 || a->http.status > 299 || (config.n_until && awaited))
		return report;
	if (config.decoder == DECODER_RAW) {
		if (accepted && !config.allow_empty)
			report.kind = REPORT_NOT_DONE;
		return report;
	}
	struct slice body = buf_slice(&a->json);
	enum api_report found = body.n ? envelopes_report(body, &report, &element) : 0;
	bool error = found == API_REPORT_ERROR;
	if (element || (error && !config.has_record_path) ||
	    (found && config.has_record_path && has_no_records(body)))
		report.kind = REPORT_ERROR;
	else if (error && !config.n_until)
		report.kind = REPORT_PARTIAL;
	else if (accepted && !config.n_until && has_no_records(body))
		report.kind = REPORT_NOT_DONE;
	if (config.allow_empty && has_no_records(body))
		report.kind = REPORT_GOOD;
	return report;
}

struct report
report_find_of_job(const struct answer *a)
{
	struct report report = {0};
	struct slice body = buf_slice(&a->json);
	if (body.n && find(body, &report) == API_REPORT_ERROR)
		report.kind = REPORT_ERROR;
	return report;
}

void
report_put(struct buf *b, const struct report *report, const struct answer *a)
{
	struct mp_token t;
	if (report->kind == REPORT_NOT_DONE) {
		buf_put_text(b, " (the work is accepted, not done; see --until)");
		return;
	}
	if (report->kind == REPORT_GOOD)
		return;
	mp_read(report->value.p, report->value.p + report->value.n, &t);
	if (!a->errors.n && t.type == MP_STR)
		buf_printf(b, " %s", redact((struct slice){t.p, t.n}));
	buf_printf(b, " (the answer has %s and %s; --on '... success' accepts it)",
	    quoted(report->name),
	    report->kind == REPORT_PARTIAL ? "records, so they may not be all"
	    : a->kind != REQUEST_MAIN      ? "is not accepted"
	    : config.has_record_path       ? "no records"
					   : "is not taken for a record");
}
