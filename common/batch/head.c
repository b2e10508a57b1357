/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>

#include "common/batch/head.h"
#include "common/batch/head_impl.h"
#include "common/batch/schedule.h"
#include "common/text/nearest.h"
#include "common/text/quantity.h"
#include "common/time/iso.h"

enum {
	SECOND = 1000,
	DAY = 24 * 60 * 60 * SECOND,
	RETRIES_MAX = 100,
};

/* One known key: how its value is read. A parser returns NULL, or the reason why the value is bad. */
struct key {
	const char *name;
	const char *(*parse)(struct slice value, struct head *head);
	struct slice *(*text)(
	    struct head *head); /* in place of parse: the value is kept as it is */
	bool repeats;
};

static struct slice *
text_about(struct head *h)
{
	return &h->about;
}
static struct slice *
text_target(struct head *h)
{
	return &h->target;
}
static struct slice *
text_owner(struct head *h)
{
	return &h->owner;
}
static struct slice *
text_api(struct head *h)
{
	return &h->api;
}

bool
head_name_is_good(struct slice name)
{
	if (!name.n || name.n > HEAD_NAME_MAX || name.p[0] == '.' || name.p[0] == '-')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
		if (!good)
			return false;
	}
	return true;
}

static const char *
read_batch(struct slice value, struct head *head)
{
	head->name = value;
	return head_name_is_good(value)
		   ? NULL
		   : "is not a name: letters, digits, '.', '_' and '-', 100 at most";
}

static const char *
read_schedule(struct slice value, struct head *head)
{
	struct schedule s;
	struct slice at;
	head->schedule = value;
	return schedule_read(value, &s, &at);
}

static const char *
read_timeout(struct slice value, struct head *head)
{
	return quantity_duration(value, SECOND, 30 * (int64_t)DAY, &head->timeout)
		   ? NULL
		   : "is not a duration between 1s and 30d, such as 90m";
}

static const char *
read_late(struct slice value, struct head *head)
{
	return quantity_duration(value, SECOND, 30 * (int64_t)DAY, &head->late)
		   ? NULL
		   : "is not a duration between 1s and 30d, such as 90m";
}

static const char *
read_retry_wait(struct slice value, struct head *head)
{
	return quantity_duration(value, 1, DAY, &head->retry_wait)
		   ? NULL
		   : "is not a duration between 1ms and 1d, such as 1m";
}

static const char *
read_retries(struct slice value, struct head *head)
{
	return parse_integer(value, 0, RETRIES_MAX, &head->retries)
		   ? NULL
		   : "is not a number from 0 to 100";
}

static const char *
read_window(struct slice value, struct head *head)
{
	int64_t length;
	head->window = value;
	if (!quantity_duration(value, DAY, 3660 * (int64_t)DAY, &length) || length % DAY)
		return "is not a number of days, such as 7d";
	head->window_days = length / DAY;
	return NULL;
}

static const char *
read_sunset(struct slice value, struct head *head)
{
	head->has_sunset = iso_read_date(value, &head->sunset);
	return head->has_sunset ? NULL : "is not a date, YYYY-MM-DD";
}

static struct slice
take_word(struct slice *s)
{
	*s = slice_trim(*s);
	size_t n = 0;
	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	struct slice word = {s->p, n};
	s->p += n;
	s->n -= n;
	return word;
}

static const char *
read_words(struct slice value, struct slice *words, size_t *n)
{
	while (slice_trim(value).n) {
		if (*n == HEAD_WORDS_MAX)
			return "has more than 64 words";
		words[(*n)++] = take_word(&value);
	}
	return NULL;
}

static const char *
read_os(struct slice value, struct head *head)
{
	return read_words(value, head->os, &head->os_count);
}

static bool
is_variable(struct slice name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		if (!letter && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return name.n > 0;
}

static const char *
read_settings(struct slice value, struct head *head)
{
	size_t first = head->setting_count;
	const char *wrong = read_words(value, head->settings, &head->setting_count);
	for (size_t i = first; !wrong && i < head->setting_count; i++)
		if (!is_variable(head->settings[i]))
			wrong = "is not a list of environment variables";
	return wrong;
}

/* VARIABLE or VARIABLE=SOURCE; a literal is not a source, and must not be in a file. */
static const char *
read_secrets(struct slice value, struct head *head)
{
	static const char *const kinds[] = {"env:", "file:", "ssm:", "secretsmanager:", "exec:"};
	while (slice_trim(value).n) {
		if (head->secret_count == HEAD_WORDS_MAX)
			return "has more than 64 words";
		struct slice word = take_word(&value);
		const char *equal = memchr(word.p, '=', word.n);
		struct head_secret *secret = &head->secrets[head->secret_count++];
		*secret = (struct head_secret){.variable = word};
		if (equal) {
			secret->variable.n = (size_t)(equal - word.p);
			secret->source = (struct slice){equal + 1, word.n - secret->variable.n - 1};
		}
		if (!is_variable(secret->variable))
			return "is not a list of VARIABLE or VARIABLE=SOURCE";
		bool known = !equal;
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
			size_t n = strlen(kinds[i]);
			known |= secret->source.n > n && memcmp(secret->source.p, kinds[i], n) == 0;
		}
		if (!known)
			return "has a source other than env:, file:, ssm:, secretsmanager: and "
			       "exec:";
	}
	return NULL;
}

static const struct key keys[] = {
    {"batch", read_batch, NULL, false},
    {"about", NULL, text_about, false},
    {"schedule", read_schedule, NULL, false},
    {"target", NULL, text_target, false},
    {"owner", NULL, text_owner, false},
    {"api", NULL, text_api, false},
    {"window", read_window, NULL, false},
    {"timeout", read_timeout, NULL, false},
    {"late", read_late, NULL, false},
    {"retries", read_retries, NULL, false},
    {"retry-wait", read_retry_wait, NULL, false},
    {"os", read_os, NULL, true},
    {"sunset", read_sunset, NULL, false},
    {"secrets", read_secrets, NULL, true},
    {"settings", read_settings, NULL, true},
};

enum { KEYS = sizeof keys / sizeof *keys };

/* Lines that interpreters and editors read look like keys. */
static bool
is_for_others(struct slice key)
{
	static const char *const names[] = {"coding", "encoding", "typed", "vim", "vi", "ex"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_is(key, names[i]))
			return true;
	return false;
}

/* The text of a comment line, after the mark and one space; false if the line is not a comment. */
static bool
comment_text(struct slice line, struct slice *text)
{
	size_t mark = 0;
	if (line.n && line.p[0] == '#')
		mark = 1;
	else if (line.n > 1 && (memcmp(line.p, "//", 2) == 0 || memcmp(line.p, "--", 2) == 0))
		mark = 2;
	if (!mark)
		return false;
	*text = (struct slice){line.p + mark, line.n - mark};
	slice_take(text, ' ');
	return true;
}

/* "key: value" at the very beginning; the key is a word in lower case. */
static bool
split_key(struct slice text, struct slice *key, struct slice *value)
{
	size_t n = 0;
	while (n < text.n && ((text.p[n] >= 'a' && text.p[n] <= 'z') || (n && text.p[n] == '-')))
		n++;
	if (!n || n == text.n || text.p[n] != ':')
		return false;
	if (n + 1 < text.n && text.p[n + 1] != ' ' && text.p[n + 1] != '\t' &&
	    text.p[n + 1] != '\r')
		return false; /* "http://…" */
	*key = (struct slice){text.p, n};
	*value = slice_trim((struct slice){text.p + n + 1, text.n - n - 1});
	return true;
}

bool
head_wrong_line(struct head_mistake *mistake, size_t line, const char *format, ...)
{
	va_list args;
	mistake->line = line;
	va_start(args, format);
	vsnprintf(mistake->text, sizeof mistake->text, format, args);
	va_end(args);
	return false;
}

int
head_shown(struct slice s)
{
	return (int)(s.n < 80 ? s.n : 80);
}

static bool
unknown_key(struct head_mistake *mistake, size_t line, struct slice key)
{
	struct slice names[KEYS];
	for (size_t i = 0; i < KEYS; i++)
		names[i] = slice_of(keys[i].name);
	struct slice near = nearest_name(key, names, KEYS);
	if (near.n)
		return head_wrong_line(mistake, line,
		    "\"%.*s\" is not a key, did you mean \"%.*s\"?", head_shown(key), key.p,
		    head_shown(near), near.p);
	return head_wrong_line(mistake, line,
	    "\"%.*s\" is not a key of mam-batch(5); begin other text with a capital",
	    head_shown(key), key.p);
}

static bool
read_line(struct slice key, struct slice value, struct head *head, uint32_t *seen,
    struct head_mistake *mistake, size_t line)
{
	size_t i = 0;
	while (i < KEYS && !slice_is(key, keys[i].name))
		i++;
	if (i == KEYS)
		return unknown_key(mistake, line, key);
	head->keys++;
	if (*seen >> i & 1 && !keys[i].repeats)
		return head_wrong_line(
		    mistake, line, "%.*s is given twice", head_shown(key), key.p);
	*seen |= (uint32_t)1 << i;
	if (!value.n)
		return head_wrong_line(mistake, line, "%.*s has no value", head_shown(key), key.p);
	const char *why = NULL;
	if (keys[i].text)
		*keys[i].text(head) = value;
	else
		why = keys[i].parse(value, head);
	return !why || head_wrong_line(mistake, line, "%.*s: \"%.*s\" %s", head_shown(key), key.p,
			   head_shown(value), value.p, why);
}

bool
head_read(struct slice text, struct head *head, struct head_mistake *mistake)
{
	struct head_mistake first = {0};
	uint32_t seen = 0;
	bool good = true;
	*head = (struct head){.retries = -1};
	if (text.n > HEAD_BYTES_MAX)
		text.n = HEAD_BYTES_MAX;
	struct slice whole;
	for (size_t line = 1; slice_take_line(&text, &whole); line++) {
		struct slice comment, key, value;
		if (!comment_text(whole, &comment)) {
			/* An empty line before the comment, or between its parts, does not end it. */
			if (slice_trim(whole).n)
				break;
			continue;
		}
		if (!split_key(comment, &key, &value) || is_for_others(key))
			continue;
		struct head_mistake here;
		if (!read_line(key, value, head, &seen, &here, line) && good) {
			good = false;
			first = here;
		}
	}
	/* Without a known key the file is an ordinary script, and its comments are its own. */
	if (!head->keys || good)
		return true;
	*mistake = first;
	return false;
}
