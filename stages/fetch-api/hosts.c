/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/hosts.h"
#include "common/program/message.h"
#include "common/web/host_rule.h"
#include "common/web/url.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/job_values.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/variables.h"

static struct host_rule *rules;

static const char private_choice[] =
    "a record chose this private address (see --allow-host and --allow-private)";

static void
read_rules(void)
{
	if (rules)
		return;
	rules = xcalloc(config.allow_host.n + 1, sizeof *rules);
	for (size_t i = 0; i < config.allow_host.n; i++) {
		struct slice text = slice_of(config.allow_host.items[i]);
		const char *wrong = host_rule_parse(&rules[i], text);
		if (wrong)
			die(STATUS_USAGE, "--allow-host: %s %s", quoted(text), wrong);
	}
}

/* Finds the first field of a record in the URL. All before it is known now, and shows where the host ends. */
static void
find_field(struct hosts *h, const struct template *url)
{
	struct template head = *url;
	struct buf beginning = {0};
	for (head.n = 0; head.n < url->n; head.n++) {
		struct template one = {.parts = url->parts + head.n, .n = 1};
		if (variables_hold_record(&one))
			break;
	}
	if (head.n == url->n)
		return;
	if (head.n)
		variables_fill(&head, h->option, &beginning);
	if (!url_ends_host(buf_slice(&beginning)))
		h->field = url->parts[head.n].text;
	buf_free(&beginning);
}

void
hosts_init(struct hosts *h, const char *option, const struct template *url, bool in_header,
    const char *other, const char *body)
{
	h->option = option;
	h->with_secrets = config.auth != AUTH_NONE || in_header || other;
	read_rules();
	find_field(h, url);
	if (h->field.p && variables_are_several(h->field))
		die(STATUS_USAGE,
		    "--group: {%.*s} decides the host of --%s, and the records of a group may "
		    "have different ones (see --group-by)",
		    (int)h->field.n, h->field.p, option);
	if (!h->field.p || !config.any_host)
		return;
	if (other)
		die(STATUS_USAGE, "--any-host: --%s would send a secret to any host", other);
	if (body)
		die(STATUS_USAGE, "--any-host: --%s would be sent to any host", body);
}

/* The host that made the current task's job, whose name the options have fixed or allowed. */
static bool
is_home(struct slice url)
{
	struct slice home = buf_slice(&fetch.task->job.home);
	return home.n && url_same_origin(url, home);
}

static bool
is_named(struct slice url)
{
	if (is_home(url))
		return true;
	for (size_t i = 0; i < config.allow_host.n; i++)
		if (host_rule_matches(&rules[i], url))
			return true;
	return config.token_url && url_same_origin(url, slice_of(config.token_url));
}

_Noreturn static void
refuse(const struct hosts *h, struct slice url)
{
	struct buf rule = {0};
	host_rule_put(&rule, url);
	die(STATUS_REFUSED,
	    "%s--%s: {%.*s} leads to %s, and credentials do not go to a host that only %s "
	    "names: allow it with --allow-host %s, or send none with --any-host",
	    record_prefix(), h->option, (int)h->field.n, h->field.p, redact_url(url),
	    job_values_has(h->field) ? "an answer" : "a record", redact(buf_slice(&rule)));
}

void
hosts_check(const struct hosts *h, struct request *q)
{
	struct slice url = buf_slice(&q->url);
	bool named = !h->field.p || is_named(url);
	/* A mark of --print-request is no host. */
	named |= config.print_request && h->field.p && job_values_has(h->field) && !config.any_host;
	if (!named && h->with_secrets && !config.any_host)
		refuse(h, url);
	q->foreign = !named && config.any_host;
	q->wary = named ? NULL : private_choice;
	if (h->field.p && url_is_downgrade(buf_slice(&fetch.task->job.home), url))
		die(STATUS_REFUSED, "%s--%s: {%.*s} leads from https to http: %s", record_prefix(),
		    h->option, (int)h->field.n, h->field.p, redact_url(url));
	/* A private server may lead to another one, as with redirects. */
	if (h->field.p && job_values_has(h->field))
		q->wary = named || fetch.task->job.home_private ? NULL : http_leads_inside;
}
