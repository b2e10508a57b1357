/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/program/message.h"
#include "stages/fetch-api/config_impl.h"
#include "stages/fetch-api/rules.h"

enum { CONCURRENCY_MAX = 1000, GROUP_MAX = 10000 };
enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

static const int64_t gigabyte = 1024 * 1024 * 1024;

struct config config = {
    .max_response = -1,
    .concurrency = 1,
    .join = ",",
    .base_index = -1,
    .max_pages = 10000,
    .interval = 10 * SECOND,
    .timeout = HOUR,
    .retries = 5,
    .backoff = SECOND,
    .max_time = HOUR,
    .connect_timeout = 10 * SECOND,
    .read_timeout = 5 * MINUTE,
    .trace_body = 1024 * 1024,
};

/* Options that are words of a language of their own, as given. */
static const char *decoder = "json", *paginator = "none", *duplicate_keys = "error";
static const char *record_path, *cursor_path, *next_url_path, *total_path, *total_records_path,
    *has_more_path, *offset_step, *rate;
static struct option_list on, until, fail_on;
static bool check;

/* One row, one or two lines: this is read as a table. */
/* clang-format off */
static const struct option_row request_options[] = {
	{.name = "url", .word = "URL", .kind = OPTION_TEXT, .to.text = &config.request.url,
	    .help = "URL to request; {name} is filled in"},
	{.name = "method", .word = "METHOD", .kind = OPTION_CHOICE, .to.text = &config.request.method,
	    .choices = "GET|POST|PUT|PATCH|DELETE",
	    .help = "GET, or POST when there is a body"},
	{.name = "header", .word = "HEADER", .kind = OPTION_LIST, .to.list = &config.header,
	    .help = "a header of the request, \"NAME: VALUE\"; may be repeated"},
	{.name = "param", .word = "NAME=VALUE", .kind = OPTION_LIST, .to.list = &config.request.param,
	    .help = "a query parameter; may be repeated"},
	{.name = "body", .word = "TEXT|@FILE", .kind = OPTION_TEXT, .to.text = &config.request.body,
	    .help = "the body of the request"},
	{.name = "set", .word = "NAME=VALUE", .kind = OPTION_LIST, .to.list = &config.set,
	    .help = "the value of {NAME}; may be repeated"},
	{.name = "secret", .word = "NAME=SECRET", .kind = OPTION_LIST, .to.list = &config.secret,
	    .help = "a secret as the value of {NAME}; may be repeated"},
	{.name = "from", .word = "DATE", .kind = OPTION_TEXT, .to.text = &config.from,
	    .help = "first day of the window, {from} (default: $FROM)"},
	{.name = "to", .word = "DATE", .kind = OPTION_TEXT, .to.text = &config.to,
	    .help = "the day after the window's last, {to} (default: $TO)"},
	{.name = "zone", .word = "ZONE", .kind = OPTION_TEXT, .to.text = &config.zone,
	    .help = "time zone of days and times that are written as instants"},
	{.name = "each", .kind = OPTION_FLAG, .to.flag = &config.each,
	    .help = "ask once for each record of the input; {a.b} is its field"},
	{.name = "concurrency", .word = "N", .kind = OPTION_COUNT, .to.number = &config.concurrency,
	    .low = 1, .high = CONCURRENCY_MAX,
	    .help = "requests at once, their records in the order of the input (default: 1)"},
	{.name = "group", .word = "N", .kind = OPTION_COUNT, .to.number = &config.group,
	    .low = 1, .high = GROUP_MAX,
	    .help = "ask once for N records; {id} is all their values"},
	{.name = "group-by", .word = "FIELD", .kind = OPTION_LIST, .to.list = &config.group_by,
	    .help = "a group has one value of FIELD, which {FIELD} is; may be repeated"},
	{.name = "join", .word = "TEXT", .kind = OPTION_TEXT, .to.text = &config.join,
	    .help = "the text between the values of a group (default: a comma)"},
	{0},
};

static const struct option_row answer_options[] = {
	{.name = "decoder", .word = "json|raw", .kind = OPTION_CHOICE, .to.text = &decoder,
	    .choices = "json|raw",
	    .help = "read the answer as JSON with records, or as a file"},
	{.name = "record-path", .word = "PATH", .kind = OPTION_TEXT, .to.text = &record_path,
	    .help = "path to the records in the answer: a.b, [], a{id}"},
	{.name = "include-from-parent", .word = "NAME=PATH", .kind = OPTION_LIST, .to.list = &config.include_from_parent,
	    .help = "add a value beside the way of --record-path; may be repeated"},
	{.name = "names-path", .word = "PATH", .kind = OPTION_TEXT, .to.text = &config.names_path,
	    .help = "records are arrays; their fields have the names at PATH"},
	{.name = "wrap", .word = "NAME", .kind = OPTION_TEXT, .to.text = &config.wrap,
	    .help = "make a value that is not an object the record {NAME: value}"},
	{.name = "include", .word = "FIELD,...", .kind = OPTION_TEXT, .to.text = &config.include,
	    .help = "a,b=c.d,day={from}: put fields of the input record, "
		    "and values of templates, into each record"},
	{.name = "duplicate-keys", .word = "error|first|last", .kind = OPTION_CHOICE, .to.text = &duplicate_keys,
	    .choices = "error|first|last",
	    .help = "which value counts when a name occurs twice in an object"},
	{.name = "allow-empty", .kind = OPTION_FLAG, .to.flag = &config.allow_empty,
	    .help = "no content, or no --record-path in it, means no records"},
	{.name = "accept-json", .kind = OPTION_FLAG, .to.flag = &config.accept_json,
	    .help = "with raw: a JSON body is the file, not an error of the API"},
	{.name = "max-response", .word = "SIZE", .kind = OPTION_SIZE, .to.number = &config.max_response,
	    .low = 1, .high = INT64_MAX,
	    .help = "maximum size of one answer (default: 256M; 64G with raw)"},
	{0},
};

static const struct option_row page_options[] = {
	{.name = "paginator", .word = "KIND", .kind = OPTION_CHOICE, .to.text = &paginator,
	    .choices = "none|offset|page-number|cursor|json-link|header-link",
	    .help = "none, offset, page-number, cursor, json-link or header-link"},
	{.name = "page-size", .word = "N", .kind = OPTION_COUNT, .to.number = &config.page_size,
	    .low = 1, .high = 1000000,
	    .help = "number of records to request per page"},
	{.name = "base-index", .word = "N", .kind = OPTION_COUNT, .to.number = &config.base_index,
	    .low = 0, .high = 1000000,
	    .help = "number of the first record or page (default: 0; page-number: 1)"},
	{.name = "max-pages", .word = "N", .kind = OPTION_COUNT, .to.number = &config.max_pages,
	    .low = 1, .high = 100000000,
	    .help = "maximum number of pages per request (default: 10000)"},
	{.name = "offset-param", .word = "NAME", .kind = OPTION_TEXT, .to.text = &config.offset.param,
	    .help = "query parameter of the offset"},
	{.name = "offset-body-path", .word = "PATH", .kind = OPTION_TEXT, .to.text = &config.offset.body_path,
	    .help = "path to the offset in the body"},
	{.name = "offset-step", .word = "records|page-size", .kind = OPTION_CHOICE, .to.text = &offset_step,
	    .choices = "records|page-size",
	    .help = "add the number of records received, or the page size"},
	{.name = "limit-param", .word = "NAME", .kind = OPTION_TEXT, .to.text = &config.limit.param,
	    .help = "query parameter of the page size"},
	{.name = "limit-body-path", .word = "PATH", .kind = OPTION_TEXT, .to.text = &config.limit.body_path,
	    .help = "path to the page size in the body"},
	{.name = "page-param", .word = "NAME", .kind = OPTION_TEXT, .to.text = &config.page.param,
	    .help = "query parameter of the page number"},
	{.name = "page-body-path", .word = "PATH", .kind = OPTION_TEXT, .to.text = &config.page.body_path,
	    .help = "path to the page number in the body"},
	{.name = "cursor-path", .word = "PATH", .kind = OPTION_TEXT, .to.text = &cursor_path,
	    .help = "path to the next page's cursor in the answer"},
	{.name = "cursor-param", .word = "NAME", .kind = OPTION_TEXT, .to.text = &config.cursor.param,
	    .help = "query parameter of the cursor"},
	{.name = "cursor-body-path", .word = "PATH", .kind = OPTION_TEXT, .to.text = &config.cursor.body_path,
	    .help = "path to the cursor in the body"},
	{.name = "next-url-path", .word = "PATH", .kind = OPTION_TEXT, .to.text = &next_url_path,
	    .help = "path to the next page's URL in the answer"},
	{.name = "total-path", .word = "PATH", .kind = OPTION_TEXT, .to.text = &total_path,
	    .help = "path to the number of all records (page-number: pages)"},
	{.name = "total-records-path", .word = "PATH", .kind = OPTION_TEXT, .to.text = &total_records_path,
	    .help = "path to the number of all records, besides that of pages"},
	{.name = "has-more-path", .word = "PATH", .kind = OPTION_TEXT, .to.text = &has_more_path,
	    .help = "there is a next page while this path holds a value"},
	{.name = "stop-after-short-page", .kind = OPTION_FLAG, .to.flag = &config.stop_after_short_page,
	    .help = "a page of fewer than --page-size records is the last"},
	{0},
};

static const struct option_row failure_options[] = {
	{.name = "until", .word = "PATH=VALUE", .kind = OPTION_LIST, .to.list = &until,
	    .help = "ask again until PATH is VALUE; may be repeated"},
	{.name = "fail-on", .word = "PATH[=VALUE]", .kind = OPTION_LIST, .to.list = &fail_on,
	    .help = "treat such an answer as an error; may be repeated"},
	{.name = "allow-missing", .kind = OPTION_FLAG, .to.flag = &config.allow_missing,
	    .help = "--until also waits when its PATH is not in the answer"},
	{.name = "interval", .word = "DURATION", .kind = OPTION_DURATION, .to.number = &config.interval,
	    .low = 1, .high = INT64_MAX,
	    .help = "time between two requests of --until (default: 10s)"},
	{.name = "max-interval", .word = "DURATION", .kind = OPTION_DURATION, .to.number = &config.max_interval,
	    .low = 1, .high = INT64_MAX,
	    .help = "--interval doubles each time up to this (default: it stays)"},
	{.name = "timeout", .word = "DURATION", .kind = OPTION_DURATION, .to.number = &config.timeout,
	    .low = 1, .high = INT64_MAX,
	    .help = "how long --until may take (default: 1h)"},
	{.name = "on", .word = "RULE", .kind = OPTION_LIST, .to.list = &on,
	    .help = "'CONDITION ... -> ACTION': how to treat an answer; may be repeated"},
	{.name = "retries", .word = "N", .kind = OPTION_COUNT, .to.number = &config.retries,
	    .low = 0, .high = 1000,
	    .help = "how often to retry a request (default: 5)"},
	{.name = "backoff", .word = "DURATION", .kind = OPTION_DURATION, .to.number = &config.backoff,
	    .low = 0, .high = 60 * SECOND,
	    .help = "the first wait is at most this, each further twice it (default: 1s)"},
	{.name = "max-time", .word = "DURATION", .kind = OPTION_DURATION, .to.number = &config.max_time,
	    .low = 1, .high = INT64_MAX,
	    .help = "how long one request may take with all retries (default: 1h)"},
	{.name = "rate", .word = "N/DURATION", .kind = OPTION_TEXT, .to.text = &rate,
	    .help = "at most N requests in any such time, e.g. 5/1s"},
	{0},
};

static const struct option_row other_options[] = {
	{.name = "cacert", .word = "FILE", .kind = OPTION_TEXT, .to.text = &config.cacert,
	    .help = "certificates (PEM) of the authorities to trust"},
	{.name = "allow-host", .word = "HOST[:PORT]", .kind = OPTION_LIST, .to.list = &config.allow_host,
	    .help = "a host that a record may name and that gets credentials; may be repeated"},
	{.name = "any-host", .kind = OPTION_FLAG, .to.flag = &config.any_host,
	    .help = "a record may name any other host, which gets no credentials"},
	{.name = "allow-private", .kind = OPTION_FLAG, .to.flag = &config.allow_private,
	    .help = "let servers and records choose private addresses"},
	{.name = "connect-timeout", .word = "DURATION", .kind = OPTION_DURATION, .to.number = &config.connect_timeout,
	    .low = 1, .high = HOUR,
	    .help = "how long a connection may take (default: 10s)"},
	{.name = "read-timeout", .word = "DURATION", .kind = OPTION_DURATION, .to.number = &config.read_timeout,
	    .low = SECOND, .high = INT64_MAX,
	    .help = "how long a connection may be silent (default: 5m)"},
	{.name = "cover", .word = "FIELD=VALUE", .kind = OPTION_LIST, .to.list = &config.cover,
	    .help = "window the records cover completely: day={from}..{to}; may be repeated"},
	{.name = "print-request", .kind = OPTION_FLAG, .to.flag = &config.print_request,
	    .help = "print the requests as curl commands without secrets, and send nothing"},
	{.name = "verbose", .kind = OPTION_FLAG, .to.flag = &config.verbose,
	    .help = "a line on standard error for each request and its answer"},
	{.name = "trace", .word = "FILE", .kind = OPTION_TEXT, .to.text = &config.trace,
	    .help = "write all requests and answers to a HAR file, without secrets"},
	{.name = "trace-body", .word = "SIZE", .kind = OPTION_SIZE, .to.number = &config.trace_body,
	    .low = 0, .high = 1024 * 1024 * 1024,
	    .help = "bytes of each body in a trace (default: 1M)"},
	{.name = "replay", .word = "FILE.har", .kind = OPTION_TEXT, .to.text = &config.replay,
	    .help = "take the answers from a HAR file, and send nothing"},
	{.name = "dry-run", .kind = OPTION_FLAG, .to.flag = &config.dry_run,
	    .help = "make the whole pipe a rehearsal: one page, loaders roll back"},
	{.name = "check", .kind = OPTION_FLAG, .to.flag = &check,
	    .help = "check each option that is given, and end before any request"},
	{0},
};
/* clang-format on */

static const struct option_row *const tables[] = {request_options, windows_options, answer_options,
    page_options, failure_options, waits_options, config_job_options, config_auth_options,
    other_options, NULL};

static const struct program program = {
    .name = "fetch-api",
    .operands = "",
    .about = "Asks an HTTP API, page by page, and writes the records of its answers.",
    .tables = tables,
};

static void
parse_place(struct place *place, const char *option, const char *body_option)
{
	if (place->param && place->body_path)
		die(STATUS_USAGE, "--%s and --%s exclude each other", option, body_option);
	path_parse(&place->path, body_option, place->body_path);
	for (size_t i = 0; i < place->path.n; i++)
		if (place->path.steps[i].each)
			die(STATUS_USAGE, "--%s: one place of the body is meant, so no []",
			    body_option);
}

static bool
is_placed(const struct place *place)
{
	return place->param || place->body_path;
}

static void
check_pages(void)
{
	static const char *const words[] = {
	    "none", "offset", "page-number", "cursor", "json-link", "header-link"};
	while (strcmp(words[config.paginator], paginator) != 0)
		config.paginator++;
	enum paginator kind = config.paginator;
	parse_place(&config.offset, "offset-param", "offset-body-path");
	parse_place(&config.limit, "limit-param", "limit-body-path");
	parse_place(&config.page, "page-param", "page-body-path");
	parse_place(&config.cursor, "cursor-param", "cursor-body-path");
	path_parse(&config.cursor_path, "cursor-path", cursor_path);
	path_parse(&config.next_url_path, "next-url-path", next_url_path);
	path_parse(&config.total_path, "total-path", total_path);
	path_parse(&config.total_records_path, "total-records-path", total_records_path);
	path_parse(&config.has_more_path, "has-more-path", has_more_path);
	bool counted = kind == PAGINATOR_OFFSET || kind == PAGINATOR_PAGE_NUMBER;
	config_only_for(is_placed(&config.offset), "offset-param (or --offset-body-path)",
	    kind == PAGINATOR_OFFSET, "--paginator offset");
	config_only_for(is_placed(&config.page), "page-param (or --page-body-path)",
	    kind == PAGINATOR_PAGE_NUMBER, "--paginator page-number");
	config_only_for(is_placed(&config.cursor), "cursor-param (or --cursor-body-path)",
	    kind == PAGINATOR_CURSOR, "--paginator cursor");
	config_only_for(cursor_path, "cursor-path", kind == PAGINATOR_CURSOR, "--paginator cursor");
	config_only_for(
	    next_url_path, "next-url-path", kind == PAGINATOR_JSON_LINK, "--paginator json-link");
	config_only_for(total_path, "total-path", counted, "--paginator offset or page-number");
	config_only_for(
	    config.base_index >= 0, "base-index", counted, "--paginator offset or page-number");
	config_only_for(total_records_path, "total-records-path", kind != PAGINATOR_OFFSET,
	    "another --paginator than offset, whose --total-path it is");
	config.offset_by_page_size = offset_step && strcmp(offset_step, "page-size") == 0;
	config_only_for(offset_step, "offset-step",
	    kind == PAGINATOR_OFFSET && (config.page_size || !config.offset_by_page_size),
	    "--paginator offset (page-size: with --page-size)");
	config_only_for(has_more_path, "has-more-path", kind != PAGINATOR_NONE, "a --paginator");
	config_only_for(is_placed(&config.limit), "limit-param (or --limit-body-path)",
	    config.page_size, "--page-size");
	config_only_for(config.page_size, "page-size",
	    is_placed(&config.limit) || kind == PAGINATOR_OFFSET || config.stop_after_short_page,
	    "--limit-param or --limit-body-path");
	config_only_for(config.stop_after_short_page, "stop-after-short-page",
	    counted && config.page_size, "--paginator offset or page-number with --page-size");
	if (kind == PAGINATOR_OFFSET && !is_placed(&config.offset))
		die(STATUS_USAGE, "--paginator offset needs --offset-param or --offset-body-path");
	if (kind == PAGINATOR_PAGE_NUMBER && !is_placed(&config.page))
		die(STATUS_USAGE, "--paginator page-number needs --page-param or --page-body-path");
	if (kind == PAGINATOR_CURSOR && (!cursor_path || !is_placed(&config.cursor)))
		die(STATUS_USAGE, "--paginator cursor needs --cursor-path and --cursor-param or "
				  "--cursor-body-path");
	if (kind == PAGINATOR_JSON_LINK)
		config_need(next_url_path, "next-url-path", "--paginator json-link");
	if (config.base_index < 0)
		config.base_index = kind == PAGINATOR_PAGE_NUMBER;
}

static void
check_answer(void)
{
	bool raw = strcmp(decoder, "raw") == 0;
	config.decoder = raw ? DECODER_RAW : DECODER_JSON;
	config.duplicates = strcmp(duplicate_keys, "first") == 0  ? JSON_DUPLICATES_FIRST
			    : strcmp(duplicate_keys, "last") == 0 ? JSON_DUPLICATES_LAST
								  : JSON_DUPLICATES_ERROR;
	record_path_parse(&config.record_path, record_path);
	config.has_record_path = record_path;
	config_only_for(record_path, "record-path", !raw, "--decoder json");
	config_only_for(
	    config.include_from_parent.n, "include-from-parent", !raw, "--decoder json");
	config_only_for(config.names_path, "names-path", !raw, "--decoder json");
	config_only_for(config.wrap, "wrap", !raw, "--decoder json");
	config_only_for(until.n, "until", !raw, "--decoder json");
	config_only_for(config.paginator, "paginator", !raw, "--decoder json");
	config_only_for(config.allow_missing, "allow-missing", until.n || config.poll.url,
	    "--until or --poll-url");
	config_only_for(total_records_path, "total-records-path", !raw, "--decoder json");
	config_only_for(config.accept_json, "accept-json", raw, "--decoder raw");
	config_only_for(config.group, "group", config.each, "--each");
	config_only_for(config.group_by.n, "group-by", config.group, "--group");
	config_only_for(strcmp(config.join, ",") != 0, "join", config.group, "--group");
	if (config.max_response < 0)
		config.max_response = raw ? 64 * gigabyte : gigabyte / 4;
}

/* run-batch --replay names a folder of streams, which replay.h plays. */
static void
read_replay(void)
{
	static const char end[] = ".har";
	const char *shared = getenv("MAM_REPLAY");
	size_t n = shared ? strlen(shared) : 0;
	if (!config.replay && n >= sizeof end && strcmp(shared + n + 1 - sizeof end, end) == 0)
		config.replay = shared;
	if (config.replay && config.trace)
		die(STATUS_USAGE, "--replay and --trace exclude each other");
	/* Nobody's budget is spent. */
	if (config.replay)
		config.limiter = NULL;
}

/* Rules that make a request smaller need one that can be smaller. */
static void
check_rules(void)
{
	bool pages =
	    config.page_size && is_placed(&config.limit) && config.paginator != PAGINATOR_NONE;
	for (size_t i = 0; i < config.n_rules; i++)
		config_only_for(config.rules[i].action == ACTION_SHRINK_PAGE && !pages,
		    "on shrink-page", false,
		    "a --paginator with --page-size and --limit-param or --limit-body-path");
}

void
config_parse(int argc, char **argv)
{
	struct operands operands = options_parse(&program, argc, argv);
	if (!config.request.url && operands.n && !check)
		die(STATUS_USAGE, "takes no operands, but got %s: give the URL with --url",
		    quoted(slice_of(operands.items[0])));
	if (!config.request.url && !check)
		die(STATUS_USAGE, "--url is required");
	if (!config.request.method)
		config.request.method = config.request.body ? "POST" : "GET";
	rules_parse(&on, &operands);
	config.until = body_rules_parse("until", &until);
	config.n_until = until.n;
	for (size_t i = 0; i < until.n; i++)
		if (config.until[i].when.list->how == CONDITION_SOMETHING)
			die(STATUS_USAGE, "--until: %s is not PATH=VALUE",
			    quoted(slice_of(until.items[i])));
	config.fail_on = body_rules_parse("fail-on", &fail_on);
	config.n_fail_on = fail_on.n;
	rate_parse(rate);
	waits_parse();
	windows_parse();
	config_parse_job();
	/* The options of a medium are not all that a request needs. */
	if (check)
		exit(STATUS_OK);
	config_only_for(config.limiter, "limiter", config.rate_n, "--rate, which is its budget");
	check_pages();
	check_rules();
	check_answer();
	config_check_auth();
	config_check_job();
	if (config.max_interval && config.max_interval < config.interval)
		die(STATUS_USAGE, "--max-interval is shorter than --interval");
	read_replay();
	config_only_for(config.dry_run, "dry-run", !config.each,
	    "the first stage of a pipe, not for one with --each");
}
