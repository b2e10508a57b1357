/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "common/batch/head_impl.h"
#include "common/batch/media_head.h"
#include "common/text/nearest.h"
#include "common/time/iso.h"

enum { VERSION_MAX = 100 };

/* "# key: value"; the key is a word in lower case. */
static bool
split_key(struct slice line, struct slice *key, struct slice *value)
{
	size_t n = 1;
	if (!line.n || line.p[0] != '#')
		return false;
	n += line.n > 1 && line.p[1] == ' ';
	size_t first = n;
	while (n < line.n && line.p[n] >= 'a' && line.p[n] <= 'z')
		n++;
	if (n == first || n == line.n || line.p[n] != ':')
		return false;
	if (n + 1 < line.n && !strchr(" \t\r", line.p[n + 1]))
		return false; /* "http://..." */
	*key = (struct slice){line.p + first, n - first};
	*value = slice_trim((struct slice){line.p + n + 1, line.n - n - 1});
	return true;
}

static bool
read_key(struct slice key, struct slice value, struct media_head *head,
    struct head_mistake *mistake, size_t line)
{
	const struct slice names[] = {SLICE("version"), SLICE("sunset")};
	bool version = slice_is(key, "version"), sunset = slice_is(key, "sunset");
	if (!version && !sunset) {
		struct slice near = nearest_name(key, names, 2);
		return !near.n || head_wrong_line(mistake, line,
				      "\"%.*s\" is not a key, did you mean \"%.*s\"?",
				      head_shown(key), key.p, head_shown(near), near.p);
	}
	if (version ? head->version.n > 0 : head->has_sunset)
		return head_wrong_line(
		    mistake, line, "%.*s is given twice", head_shown(key), key.p);
	if (!value.n)
		return head_wrong_line(mistake, line, "%.*s has no value", head_shown(key), key.p);
	if (version && value.n > VERSION_MAX)
		return head_wrong_line(mistake, line, "version: more than %d bytes", VERSION_MAX);
	if (version)
		head->version = value;
	else
		head->has_sunset = iso_read_date(value, &head->sunset);
	return version || head->has_sunset ||
	       head_wrong_line(mistake, line, "sunset: \"%.*s\" is not a date, YYYY-MM-DD",
		   head_shown(value), value.p);
}

/* The option that puts the version into URLs; it is in the same file, and one of two can be forgotten. */
static bool
check_option(
    struct slice line, const struct media_head *head, struct head_mistake *mistake, size_t number)
{
	static const char option[] = "--set";
	size_t n = sizeof option - 1;
	if (line.n <= n || memcmp(line.p, option, n) != 0 || !strchr(" \t=", line.p[n]))
		return true;
	while (n < line.n && strchr(" \t=", line.p[n]))
		n++;
	struct slice value = slice_trim((struct slice){line.p + n, line.n - n});
	if (value.n > 1 && (*value.p == '"' || *value.p == '\'') &&
	    value.p[value.n - 1] == *value.p)
		value = (struct slice){value.p + 1, value.n - 2};
	static const char name[] = "version=";
	if (value.n < sizeof name - 1 || memcmp(value.p, name, sizeof name - 1) != 0)
		return true;
	value = slice_trim((struct slice){value.p + sizeof name - 1, value.n - sizeof name + 1});
	if (!head->version.n || slice_equal(value, head->version))
		return true;
	return head_wrong_line(mistake, number,
	    "--set version=%.*s, but the head has \"version: %.*s\"", head_shown(value), value.p,
	    head_shown(head->version), head->version.p);
}

bool
media_head_read(struct slice text, struct media_head *head, struct head_mistake *mistake)
{
	bool good = true, in_head = true;
	*head = (struct media_head){0};
	struct slice line;
	for (size_t number = 1; good && slice_take_line(&text, &line); number++) {
		struct slice key, value, bare = slice_trim(line);
		in_head &= !bare.n || bare.p[0] == '#';
		if (in_head && split_key(line, &key, &value))
			good = read_key(key, value, head, mistake, number);
		else if (!in_head)
			good = check_option(bare, head, mistake, number);
	}
	return good;
}

enum media_state
media_head_judge(const struct media_head *head, const struct head_mistake *mistake, int64_t today,
    struct buf *why)
{
	int64_t left = head->sunset - today;
	if (mistake) {
		buf_printf(why, "line %zu: %s", mistake->line, mistake->text);
		return MEDIA_MISTAKE;
	}
	if (head->has_sunset && left <= SUNSET_DAYS) {
		buf_put_text(why, head->version.n ? "version " : "its version");
		buf_put_slice(why, head->version);
		buf_put_text(why, left < 0 ? " ended on " : " ends on ");
		iso_put_date(why, head->sunset);
		if (left < 0)
			buf_printf(why, ", %" PRId64 " days ago", -left);
		else if (left > 0)
			buf_printf(why, ", in %" PRId64 " days", left);
		else
			buf_put_text(why, ", today");
		return left < 0 ? MEDIA_ENDED : MEDIA_ENDS;
	}
	if (head->version.n)
		return MEDIA_GOOD;
	buf_put_text(why, "it has no line \"# version: ...\"");
	return MEDIA_NO_VERSION;
}
