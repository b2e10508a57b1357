/* SPDX-License-Identifier: MIT */
/*
 * fetch-api asks an HTTP API, once or once for each record of its input, page
 * by page, and writes the records (or files) of the answers. Requests are made
 * of templates (request.c, variables.c). An answer is complete before any of it is
 * sent on (answer.c, spool.c), so it can be tried again as long as rules and
 * time allow (exchange.c, retry.c). Paging is in pages.c, authorization in
 * auth.c and token.c, output in records.c and coverage_build.c.
 */
#include <unistd.h>

#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/stream/replay.h"
#include "stages/fetch-api/auth.h"
#include "stages/fetch-api/coverage_build.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/pages.h"
#include "stages/fetch-api/print.h"
#include "stages/fetch-api/records.h"
#include "stages/fetch-api/variables.h"

struct fetch fetch;

static struct request request;
static struct answer answer;

/* Everything that the options name is read before the first request. */
static void
start(void)
{
	struct http_options http = {
	    .cacert = config.cacert,
	    .connect_timeout = config.connect_timeout,
	    .read_timeout = config.read_timeout,
	    .allow_private = config.allow_private,
	};
	variables_init();
	request_init();
	records_init();
	coverage_init();
	auth_init();
	exchange_init();
	fetch.http = http_new(&http);
	answer_init(&answer, config.decoder, (uint64_t)config.max_response);
}

/* One request with all its pages. */
static void
ask(void)
{
	uint64_t records = 0;
	request_fill(&request);
	records_include();
	bool whole;
	if (config.decoder == DECODER_JSON) {
		whole = pages_fetch(&request, &answer, &records);
	} else {
		whole = exchange(&request, &answer);
		if (whole)
			records_send_file(&answer);
	}
	if (whole)
		coverage_note(records, config.decoder == DECODER_JSON);
	else
		coverage_leave_out();
}

static void
ask_for_each(void)
{
	struct record record = {0};
	struct slice raw;
	for (;;) {
		switch (stream_next(fetch.in, &raw)) {
		case STREAM_RECORD:
			/* A rehearsal asks once; the input is read to its end all the same, which proves it whole. */
			if (fetch.number && stream_in_dry(fetch.in))
				break;
			stream_decode(fetch.in, raw, &record);
			fetch.record = &record;
			fetch.number = stream_record_number(fetch.in);
			ask();
			break;
		case STREAM_SCHEMA:
			break;
		case STREAM_STATE:
			stream_out_item(fetch.out, raw);
			break;
		case STREAM_COVERAGE:
			coverage_pass(raw);
			break;
		case STREAM_END:
			fetch.record = NULL;
			return;
		}
	}
}

/* --print-request: nothing is sent, and standard output is not a stream. */
static int
print_all(void)
{
	struct record record = {0};
	struct slice raw;
	struct request first;
	enum stream_kind kind = STREAM_RECORD;
	variables_init();
	request_init();
	if (config.each)
		fetch.in = stream_in_open(STDIN_FILENO, NULL);
	while (!config.each || (kind = stream_next(fetch.in, &raw)) != STREAM_END) {
		if (kind != STREAM_RECORD)
			continue;
		if (config.each) {
			stream_decode(fetch.in, raw, &record);
			fetch.record = &record;
			fetch.number = stream_record_number(fetch.in);
		}
		request_fill(&request);
		pages_first(&request, &first);
		print_request(&first);
		buf_free(&first.url);
		buf_free(&first.headers);
		buf_free(&first.body);
		if (!config.each)
			break;
	}
	print_end();
	return STATUS_OK;
}

int
main(int argc, char **argv)
{
	stream_out_abort_on_exit();
	config_parse(argc, argv);
	if (config.print_request)
		return print_all();
	fetch.out = stream_out_open(STDOUT_FILENO);
	if (replay(fetch.out, config.each))
		return STATUS_OK;
	if (config.each)
		fetch.in = stream_in_open(STDIN_FILENO, fetch.out);
	else
		stream_out_start(fetch.out, config.dry_run);
	start();
	if (config.each)
		ask_for_each();
	else
		ask();
	coverage_send();
	stream_count("requests", fetch.requests);
	stream_count("retries", fetch.retries);
	stream_count("ignored", fetch.ignored);
	stream_finish(fetch.in, fetch.out);
	return STATUS_OK;
}
