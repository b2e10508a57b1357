/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_CONFIG_H
#define STAGES_FETCH_API_CONFIG_H

#include "common/json/json_read.h"
#include "common/program/options.h"
#include "common/record/json_path.h"
#include "common/web/condition.h"
#include "common/web/job_status.h"

/*
 * The options, checked once at the start. The members have the options' names;
 * texts live as long as the process, like argv.
 */

enum decoder { DECODER_JSON, DECODER_RAW };

enum paginator {
	PAGINATOR_NONE,
	PAGINATOR_OFFSET,
	PAGINATOR_PAGE_NUMBER,
	PAGINATOR_CURSOR,
	PAGINATOR_JSON_LINK,
	PAGINATOR_HEADER_LINK,
};

enum auth {
	AUTH_NONE,
	AUTH_BEARER,
	AUTH_API_KEY,
	AUTH_BASIC,
	AUTH_OAUTH2_REFRESH_TOKEN,
	AUTH_OAUTH2_CLIENT_CREDENTIALS,
	AUTH_OAUTH1,
	AUTH_LINE_JWS,
	AUTH_AWS_SIGV4,
};

/* How a client proves itself at the token URL. */
enum client_auth {
	CLIENT_AUTH_FORM,            /* client_id and client_secret with the other parameters */
	CLIENT_AUTH_BASIC,           /* in the Authorization header */
	CLIENT_AUTH_QUERY,           /* in the query, whatever the other parameters are in */
	CLIENT_AUTH_PRIVATE_KEY_JWT, /* client_assertion in place of a secret (RFC 7523) */
};

enum action {
	ACTION_SUCCESS,
	ACTION_FAIL,
	ACTION_RETRY,
	ACTION_IGNORE,
	ACTION_RATE_LIMITED,
	ACTION_REFRESH_TOKEN,
	ACTION_UNAUTHORIZED,
	ACTION_SPLIT_WINDOW,
	ACTION_SHRINK_PAGE,
};

/* --on: the first one that holds decides. */
struct rule {
	const char *text; /* as given, for messages */
	struct conditions when;
	enum action action;
	int64_t wait; /* milliseconds at least before a retry */
};

/* --fail-on and --until: one condition on the body. */
struct body_rule {
	const char *text;
	struct conditions when;
};

/* Where the number or mark of a page goes: a query parameter, a place in a JSON body, or (both empty) nowhere. */
struct place {
	const char *param;
	const char *body_path;
	struct json_path path;
};

/* The options of one request. */
struct request_options {
	const char *url, *method, *body;
	struct option_list header, param;
};

struct config {
	/* the request, and those of an asynchronous job; header is for all of them */
	struct request_options request, create, poll, delete;
	struct option_list header, set, secret;
	const char *from, *to, *zone;
	bool each;
	int64_t concurrency; /* tasks at once */
	int64_t group;       /* records of one request; 0: one, whose values are no lists */
	const char *join;
	struct option_list group_by;
	/* the answer */
	enum decoder decoder;
	bool has_record_path;
	struct json_path record_path;
	struct option_list include_from_parent;
	const char *names_path;
	const char *wrap;
	enum json_duplicates duplicates;
	bool allow_empty, allow_missing, accept_json;
	int64_t max_response; /* bytes */
	const char *include;
	/* pages */
	enum paginator paginator;
	int64_t page_size; /* 0: not sent to the server */
	int64_t base_index;
	int64_t max_pages;
	struct place offset, limit, page, cursor;
	struct json_path cursor_path, next_url_path, total_path, total_records_path, has_more_path;
	bool offset_by_page_size; /* else by the records that came */
	bool stop_after_short_page;
	/* asynchronous jobs */
	struct json_path status_path, error_path;
	struct job_words job_words;
	struct job_adopt *adopt;
	size_t n_adopt;
	struct option_list skip_without; /* names of job values, or fields of the input */
	int64_t job_retries, max_open;   /* max_open 0: no limit */
	/* polling */
	struct body_rule *until, *fail_on;
	size_t n_until, n_fail_on;
	int64_t interval, max_interval, timeout; /* milliseconds; max_interval 0: no growth */
	int64_t token_delay;                     /* milliseconds */
	/* failures */
	struct rule *rules;
	size_t n_rules;
	int64_t retries;
	int64_t backoff, max_time;   /* milliseconds */
	int64_t rate_n, rate_period; /* requests, milliseconds; 0: no limit */
	const char *limiter;
	/* the caller */
	enum auth auth;
	const char *token, *api_key, *api_key_header, *api_key_param, *user, *password;
	const char *token_url, *client_id, *client_secret, *refresh_token, *scope, *token_cache;
	bool token_in_query;
	enum client_auth client_auth;
	struct option_list token_param;
	bool client_assertion; /* made with the next ones */
	const char *signing_key, *key_id, *issuer, *audience;
	const char *consumer_key, *consumer_secret, *token_secret;
	const char *access_key, *secret_key;
	const char *aws_service, *aws_region;
	/* the connection */
	const char *cacert;
	bool allow_private, any_host;
	struct option_list allow_host;
	int64_t connect_timeout, read_timeout; /* milliseconds */
	struct option_list cover;
	bool dry_run, print_request, verbose;
	const char *trace, *replay; /* HAR files */
	int64_t trace_body;         /* bytes */
};

extern struct config config;

/* Whether --auth is of the kinds that have access tokens, and of those that sign each request. */
bool config_auth_is_oauth2(void);
bool config_auth_is_signed(void);

/* Parses the command line into config; dies with STATUS_USAGE where options contradict each other. */
void config_parse(int argc, char **argv);

#endif
