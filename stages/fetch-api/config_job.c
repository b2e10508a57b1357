/* SPDX-License-Identifier: MIT */
#include "common/program/message.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/config_impl.h"
#include "stages/fetch-api/rules.h"

/* Options that are words of a language of their own, as given. */
static const char *status_path, *error_path, *completed, *running, *failed, *skipped;
static struct option_list adopt;

/* One row, one or two lines: this is read as a table. */
/* clang-format off */
const struct option_row config_job_options[] = {
	{.name = "create-url", .word = "URL", .kind = OPTION_TEXT, .to.text = &config.create.url,
	    .help = "URL that makes an asynchronous job, which --url then downloads"},
	{.name = "create-method", .word = "METHOD", .kind = OPTION_CHOICE, .to.text = &config.create.method,
	    .choices = "GET|POST|PUT|PATCH|DELETE",
	    .help = "method of --create-url (default: POST)"},
	{.name = "create-header", .word = "HEADER", .kind = OPTION_LIST, .to.list = &config.create.header,
	    .help = "a header of --create-url alone; may be repeated"},
	{.name = "create-param", .word = "NAME=VALUE", .kind = OPTION_LIST, .to.list = &config.create.param,
	    .help = "a query parameter of --create-url; may be repeated"},
	{.name = "create-body", .word = "TEXT|@FILE", .kind = OPTION_TEXT, .to.text = &config.create.body,
	    .help = "the body of --create-url"},
	{.name = "poll-url", .word = "URL", .kind = OPTION_TEXT, .to.text = &config.poll.url,
	    .help = "URL that says how the job is; {create.PATH} is of the first answer"},
	{.name = "poll-method", .word = "METHOD", .kind = OPTION_CHOICE, .to.text = &config.poll.method,
	    .choices = "GET|POST|PUT|PATCH|DELETE",
	    .help = "method of --poll-url (default: GET, or POST with a body)"},
	{.name = "poll-header", .word = "HEADER", .kind = OPTION_LIST, .to.list = &config.poll.header,
	    .help = "a header of --poll-url alone; may be repeated"},
	{.name = "poll-param", .word = "NAME=VALUE", .kind = OPTION_LIST, .to.list = &config.poll.param,
	    .help = "a query parameter of --poll-url; may be repeated"},
	{.name = "poll-body", .word = "TEXT|@FILE", .kind = OPTION_TEXT, .to.text = &config.poll.body,
	    .help = "the body of --poll-url"},
	{.name = "delete-url", .word = "URL", .kind = OPTION_TEXT, .to.text = &config.delete.url,
	    .help = "URL that removes the job after its download"},
	{.name = "delete-method", .word = "METHOD", .kind = OPTION_CHOICE, .to.text = &config.delete.method,
	    .choices = "GET|POST|PUT|PATCH|DELETE",
	    .help = "method of --delete-url (default: DELETE, or POST with a body)"},
	{.name = "delete-header", .word = "HEADER", .kind = OPTION_LIST, .to.list = &config.delete.header,
	    .help = "a header of --delete-url alone; may be repeated"},
	{.name = "delete-param", .word = "NAME=VALUE", .kind = OPTION_LIST, .to.list = &config.delete.param,
	    .help = "a query parameter of --delete-url; may be repeated"},
	{.name = "delete-body", .word = "TEXT|@FILE", .kind = OPTION_TEXT, .to.text = &config.delete.body,
	    .help = "the body of --delete-url"},
	{.name = "status-path", .word = "PATH", .kind = OPTION_TEXT, .to.text = &status_path,
	    .help = "path to the job's status in the answer of --poll-url"},
	{.name = "completed", .word = "WORD|...", .kind = OPTION_TEXT, .to.text = &completed,
	    .help = "status of a job that can be downloaded"},
	{.name = "running", .word = "WORD|...", .kind = OPTION_TEXT, .to.text = &running,
	    .help = "status of a job that is to be waited for"},
	{.name = "failed", .word = "WORD|...", .kind = OPTION_TEXT, .to.text = &failed,
	    .help = "status of a job that has failed"},
	{.name = "skipped", .word = "WORD|...", .kind = OPTION_TEXT, .to.text = &skipped,
	    .help = "status of a job that has ended without data"},
	{.name = "skip-without", .word = "NAME", .kind = OPTION_LIST, .to.list = &config.skip_without,
	    .help = "without a value of {NAME} there is no data, and no request"},
	{.name = "error-path", .word = "PATH", .kind = OPTION_TEXT, .to.text = &error_path,
	    .help = "path to the reason of a failed job, for messages"},
	{.name = "job-retries", .word = "N", .kind = OPTION_COUNT, .to.number = &config.job_retries,
	    .low = 0, .high = 1000,
	    .help = "how often to make a failed job anew (default: 0)"},
	{.name = "adopt", .word = "NAME=PATH~REGEX", .kind = OPTION_LIST, .to.list = &adopt,
	    .help = "take {create.NAME} from an error that names an existing job"},
	{.name = "max-open", .word = "N", .kind = OPTION_COUNT, .to.number = &config.max_open,
	    .low = 1, .high = 100000,
	    .help = "at most N jobs at once that are not removed yet"},
	{0},
};
/* clang-format on */

static void
parse_words(const char *option, enum job_state state, const char *text)
{
	if (!text)
		return;
	options_at(text);
	const char *wrong = job_words_parse(&config.job_words, state, slice_of(text));
	if (wrong)
		die(STATUS_USAGE, "--%s: %s: %s", option, quoted(slice_of(text)), wrong);
	options_at(NULL);
}

void
config_parse_job(void)
{
	path_parse(&config.status_path, "status-path", status_path);
	path_parse(&config.error_path, "error-path", error_path);
	parse_words("completed", JOB_COMPLETED, completed);
	parse_words("running", JOB_RUNNING, running);
	parse_words("failed", JOB_FAILED, failed);
	parse_words("skipped", JOB_SKIPPED, skipped);
	struct slice twice = job_words_repeated(&config.job_words);
	if (twice.n)
		die(STATUS_USAGE,
		    "the status %s has two meanings: --completed, --running, --failed and "
		    "--skipped exclude each other",
		    quoted(twice));
	config.adopt = xcalloc(adopt.n + 1, sizeof *config.adopt);
	config.n_adopt = adopt.n;
	for (size_t i = 0; i < adopt.n; i++) {
		options_at(adopt.items[i]);
		struct slice text = slice_of(adopt.items[i]);
		const char *wrong = job_adopt_parse(&config.adopt[i], text);
		if (wrong)
			die(STATUS_USAGE, "--adopt: %s: %s", quoted(text), wrong);
	}
	options_at(NULL);
}

static void
check_request(struct request_options *r, const char *option, const char *what)
{
	bool given = r->method || r->header.n || r->param.n || r->body;
	config_only_for(given, option, r->url, what);
	if (r->url)
		config_need(config.create.url, "create-url", what);
}

void
config_check_job(void)
{
	const char *create = config.create.url, *poll = config.poll.url;
	check_request(&config.create, "create-method (or another option of it)", "--create-url");
	check_request(&config.poll, "poll-method (or another option of it)", "--poll-url");
	check_request(&config.delete, "delete-method (or another option of it)", "--delete-url");
	/* What a medium says about its jobs may be in a file that other requests take, too. */
	bool words = status_path || completed || running || failed || skipped;
	config_only_for(words, "status-path (or --completed, --running, --failed, --skipped)",
	    poll || !create, "--poll-url");
	config_only_for(error_path, "error-path", failed || !create, "--failed");
	config_only_for(config.job_retries, "job-retries", failed || !create, "--failed");
	if (poll) {
		config_need(status_path, "status-path", "--poll-url");
		config_need(completed, "completed", "--poll-url");
	}
	if (!config.create.method)
		config.create.method = "POST";
	if (!config.poll.method)
		config.poll.method = config.poll.body ? "POST" : "GET";
	if (!config.delete.method)
		config.delete.method = config.delete.body ? "POST" : "DELETE";
}
