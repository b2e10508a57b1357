/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/rules.h"
#include "common/program/message.h"
#include "common/text/quantity.h"

static const struct {
	const char *word;
	enum action action;
} actions[] = {
    {"success", ACTION_SUCCESS},
    {"fail", ACTION_FAIL},
    {"retry", ACTION_RETRY},
    {"ignore", ACTION_IGNORE},
    {"rate-limited", ACTION_RATE_LIMITED},
    {"refresh-token-then-retry", ACTION_REFRESH_TOKEN},
    {"unauthorized", ACTION_UNAUTHORIZED},
    {"split-window", ACTION_SPLIT_WINDOW},
    {"shrink-page", ACTION_SHRINK_PAGE},
    {0},
};

static bool
find_action(struct slice word, enum action *action)
{
	for (size_t i = 0; actions[i].word; i++)
		if (slice_is(word, actions[i].word)) {
			*action = actions[i].action;
			return true;
		}
	return false;
}

/* Of a wait and of the period of --rate, in ms. */
static const int64_t YEAR = (int64_t)366 * 24 * 3600 * 1000;

/* The last word of *text, which is cut off. */
static struct slice
take_last(struct slice *text)
{
	*text = slice_trim(*text);
	size_t at = text->n;
	while (at > 0 && text->p[at - 1] != ' ' && text->p[at - 1] != '\t')
		at--;
	struct slice word = {text->p + at, text->n - at};
	text->n = at;
	*text = slice_trim(*text);
	return word;
}

/* Takes "ACTION" or "ACTION WAIT" off the end of *text; false if there is none. */
static bool
take_action(struct slice *text, struct rule *rule)
{
	struct slice rest = *text, word = take_last(&rest);
	if (quantity_duration(word, 0, YEAR, &rule->wait))
		word = take_last(&rest);
	else
		rule->wait = 0;
	if (slice_is(word, "reset-pagination"))
		die(STATUS_USAGE, "--on: %s: the action reset-pagination is not offered",
		    quoted(*text));
	if (!find_action(word, &rule->action))
		return false;
	*text = rest;
	return true;
}

/*
 * Without "->" at the end and without one pair of quotes around, as they are in
 * a file of options.
 */
static struct slice
bare(struct slice text)
{
	if (text.n >= 2 && text.p[text.n - 2] == '-' && text.p[text.n - 1] == '>')
		text = slice_trim((struct slice){text.p, text.n - 2});
	if (text.n >= 2 && text.p[0] == '\'' && text.p[text.n - 1] == '\'')
		text = (struct slice){text.p + 1, text.n - 2};
	return text;
}

void
rules_parse(const struct option_list *on, const struct operands *operands)
{
	size_t taken = 0;
	config.rules = xcalloc(on->n, sizeof *config.rules);
	for (size_t i = 0; i < on->n; i++) {
		struct rule *rule = &config.rules[config.n_rules++];
		struct slice text = slice_of(on->items[i]);
		rule->text = on->items[i];
		options_at(on->items[i]);
		if (!take_action(&text, rule)) {
			struct slice action = {0};
			if (taken < operands->n)
				action = slice_of(operands->items[taken++]);
			if (!take_action(&action, rule) || action.n)
				die(STATUS_USAGE,
				    "--on: %s has no action: success, fail, retry, ignore, "
				    "rate-limited, refresh-token-then-retry, unauthorized, "
				    "split-window or shrink-page",
				    quoted(slice_of(on->items[i])));
		}
		const char *wrong = conditions_parse(&rule->when, bare(text));
		bool whole = rule->action == ACTION_SUCCESS ||
			     rule->action == ACTION_REFRESH_TOKEN ||
			     rule->action == ACTION_UNAUTHORIZED;
		if (!wrong && whole && conditions_want_broken(&rule->when))
			wrong = "what has broken off says neither success nor who may ask";
		if (wrong)
			die(STATUS_USAGE, "--on: %s: %s", quoted(slice_of(on->items[i])), wrong);
	}
	options_at(NULL);
	if (taken < operands->n)
		die(STATUS_USAGE, "takes no operands, but got %s (see fetch-api --help)",
		    quoted(slice_of(operands->items[taken])));
}

struct body_rule *
body_rules_parse(const char *option, const struct option_list *list)
{
	struct body_rule *rules = xcalloc(list->n, sizeof *rules);
	for (size_t i = 0; i < list->n; i++) {
		rules[i].text = list->items[i];
		options_at(list->items[i]);
		const char *wrong = conditions_parse_body(&rules[i].when, slice_of(list->items[i]));
		if (wrong)
			die(STATUS_USAGE, "--%s: %s: %s", option, quoted(slice_of(list->items[i])),
			    wrong);
	}
	options_at(NULL);
	return rules;
}

void
rate_parse(const char *text)
{
	if (!text)
		return;
	options_at(text);
	struct slice all = slice_of(text);
	const char *slash = strchr(text, '/');
	struct slice n = {text, slash ? (size_t)(slash - text) : 0};
	struct slice period = {text + n.n + 1, slash ? all.n - n.n - 1 : 0};
	if (!parse_integer(n, 1, 100000, &config.rate_n) ||
	    !quantity_duration(period, 1, YEAR, &config.rate_period))
		die(STATUS_USAGE, "--rate: %s is not N/DURATION, like 5/1s or 250/1m", quoted(all));
	options_at(NULL);
}

/* wrong: the reason why the text of the option is no path, or NULL. */
static void
check_path(const char *option, const char *text, const char *wrong)
{
	options_at(text);
	if (wrong)
		die(STATUS_USAGE, "--%s: %s: %s", option, quoted(slice_of(text)), wrong);
	options_at(NULL);
}

void
path_parse(struct json_path *path, const char *option, const char *text)
{
	check_path(option, text, text ? json_path_parse(path, slice_of(text)) : NULL);
}

void
record_path_parse(struct json_path *path, const char *text)
{
	check_path(
	    "record-path", text, text ? json_path_parse_records(path, slice_of(text)) : NULL);
}
