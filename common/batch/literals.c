/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/batch/literals.h"

static const struct language languages[] = {
    {".sh", "sh", "\"${%s:?}\"", "", NULL},
    {".rb", "ruby", "ENV.fetch(\"%s\")", " + ", NULL},
    {".py", "python", "os.environ[\"%s\"]", " + ", "import os"},
    {".pl", "perl", "$ENV{%s}", " . ", NULL},
    {".php", "php",
	/* in two pieces, so that it does not look like a call of ours */
	"getenv"
	"(\"%s\")",
	" . ", NULL},
    {".js", "node", "process.env.%s", " + ", NULL},
};

static bool
is_shell(const struct language *l)
{
	return l == &languages[0];
}

static bool
ends_with(struct slice s, const char *end)
{
	size_t n = strlen(end);
	return s.n >= n && slice_equal_caseless((struct slice){s.p + s.n - n, n}, slice_of(end));
}

/* Whether s holds the text, without regard to case. */
static bool
holds(struct slice s, const char *text)
{
	size_t n = strlen(text);
	for (size_t i = 0; i + n <= s.n; i++)
		if (slice_equal_caseless((struct slice){s.p + i, n}, slice_of(text)))
			return true;
	return false;
}

const struct language *
language_of(struct slice path, struct slice text)
{
	const char *end = text.n ? memchr(text.p, '\n', text.n) : NULL;
	struct slice first = {text.p, end ? (size_t)(end - text.p) : text.n};
	bool named = first.n > 2 && memcmp(first.p, "#!", 2) == 0;
	/* The shells last: every path such as /usr/share holds "sh". */
	for (size_t i = sizeof languages / sizeof *languages; i-- > 0;)
		if (ends_with(path, languages[i].ending) ||
		    (named && holds(first, languages[i].program)))
			return &languages[i];
	return NULL;
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.';
}

static bool
is_secret_name(struct slice name)
{
	static const char *const words[] = {"password", "passwd", "passphrase", "pwd", "secret",
	    "token", "api_key", "apikey", "api-key", "access_key", "accesskey", "private_key"};
	static const char *const others[] = {"url", "uri", "file", "path", "name", "_id", "-id",
	    "type", "length", "expires", "expiry", "ttl", "endpoint", "dir", "arn", "oldpwd"};
	if (slice_is(name, "PWD"))
		return false;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (ends_with(name, others[i]))
			return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (holds(name, words[i]))
			return true;
	return false;
}

/* A value that is written out: not a variable, a source, a place for one, or a word of the language. */
static bool
is_written(struct slice value)
{
	static const char *const words[] = {"true", "false", "nil", "null", "none", "undef"};
	static const char *const starts[] = {
	    "env:", "file:", "exec:", "ssm:", "secretsmanager:", "arn:", "<"};
	if (!value.n || memchr(value.p, '$', value.n) || memchr(value.p, '`', value.n) ||
	    memchr(value.p, '\\', value.n) || holds(value, "#{"))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_equal_caseless(value, slice_of(words[i])))
			return false;
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (value.n >= strlen(starts[i]) &&
		    memcmp(value.p, starts[i], strlen(starts[i])) == 0)
			return false;
	return true;
}

/* The bytes up to the quote, or up to the end of a word. */
static struct slice
value_at(struct slice line, size_t at, char quote)
{
	size_t end = at;
	while (end < line.n && (quote ? line.p[end] != quote : !strchr(" \t;&|)'\"", line.p[end])))
		end++;
	if (quote && end == line.n)
		return (struct slice){"", 0};
	return (struct slice){line.p + at, end - at};
}

/* NAME=value, NAME: 'value', "NAME" => "value", --NAME value; i is where the name begins. */
static bool
assigned(const struct language *l, struct slice line, size_t i, char open, struct literal *found)
{
	size_t end = i, at;
	while (end < line.n && is_word(line.p[end]))
		end++;
	struct slice name = {line.p + i, end - i};
	while (name.n && (*name.p == '-' || *name.p == '.'))
		name = (struct slice){name.p + 1, name.n - 1};
	if (!is_secret_name(name))
		return false;
	bool closed =
	    end < line.n && (line.p[end] == '"' || line.p[end] == '\'') && line.p[end] == open;
	at = end + closed;
	at += at < line.n && line.p[at] == ']';
	bool spaced = at < line.n && line.p[at] == ' ';
	while (at < line.n && line.p[at] == ' ')
		at++;
	size_t sign = at;
	if (at < line.n && line.p[at] == ':')
		at++;
	if (at < line.n && line.p[at] == '=')
		at++;
	if (at < line.n && at > sign && line.p[at] == '>')
		at++;
	bool option = is_shell(l) && !open && at == sign && spaced && line.n - i > 2 &&
		      memcmp(line.p + i, "--", 2) == 0 && at < line.n && line.p[at] != '-';
	if (!option && (at == sign || (at < line.n && strchr("=~:", line.p[at]))))
		return false;
	bool plain = option || (line.p[sign] == '=' && at == sign + 1 && !spaced);
	size_t after = at;
	while (at < line.n && line.p[at] == ' ')
		at++;
	char quote = at < line.n && (line.p[at] == '"' || line.p[at] == '\'') ? line.p[at] : '\0';
	bool inside = open && !closed;
	if (inside && quote == open)
		return false;
	/* A bare word is a value in a shell, and in the text of a connection. */
	if (!quote && (!plain || at != after || (!is_shell(l) && !inside)))
		return false;
	struct slice value = value_at(line, at + (quote != '\0'), quote);
	if (!is_written(value))
		return false;
	*found = (struct literal){
	    .name = name, .value = value, .quote = inside ? open : quote, .part = inside};
	return true;
}

/* SCHEME://USER:value@HOST; i is where "://" begins. */
static bool
in_url(struct slice line, size_t i, char open, struct literal *found)
{
	size_t scheme = i, at = i + 3, colon = 0;
	while (scheme > 0 && is_word(line.p[scheme - 1]))
		scheme--;
	for (; at < line.n && !strchr("/ \t'\"@", line.p[at]); at++)
		if (line.p[at] == ':' && !colon)
			colon = at;
	if (!colon || at == line.n || line.p[at] != '@' || scheme == i)
		return false;
	struct slice value = {line.p + colon + 1, at - colon - 1};
	if (!is_written(value) || memchr(value.p, '{', value.n))
		return false;
	*found = (struct literal){
	    .name = {line.p + scheme, i - scheme}, .value = value, .quote = open, .part = true};
	return true;
}

/* mysql -pvalue; i is where "-p" begins. */
static bool
in_mysql(struct slice line, size_t i, struct literal *found)
{
	size_t at = i + 2;
	if (!holds((struct slice){line.p, i}, "mysql") || i == 0 || line.p[i - 1] != ' ' ||
	    at == line.n || line.p[at] == ' ')
		return false;
	char quote = line.p[at] == '"' || line.p[at] == '\'' ? line.p[at] : '\0';
	struct slice value = value_at(line, at + (quote != '\0'), quote);
	if (!is_written(value))
		return false;
	*found = (struct literal){.name = SLICE("mysql_pwd"), .value = value, .quote = quote};
	return true;
}

/* The first literal of a line whose value begins at from or after it. */
static bool
find_in_line(const struct language *l, struct slice line, size_t from, struct literal *found)
{
	char open = '\0';
	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];
		bool begins = is_word(c) && (i == 0 || !is_word(line.p[i - 1]));
		bool any = (begins && assigned(l, line, i, open, found)) ||
			   (i + 3 < line.n && memcmp(line.p + i, "://", 3) == 0 &&
			       in_url(line, i, open, found)) ||
			   (is_shell(l) && i + 2 < line.n && memcmp(line.p + i, "-p", 2) == 0 &&
			       in_mysql(line, i, found));
		if (any && found->value.p >= line.p + from)
			return true;
		if (c == '\\')
			i++;
		else if (open ? c == open : c == '"' || c == '\'')
			open = open ? '\0' : c;
	}
	return false;
}

static bool
is_comment(struct slice line)
{
	line = slice_trim(line);
	return !line.n || *line.p == '#' || (line.n > 1 && memcmp(line.p, "//", 2) == 0);
}

bool
literal_next(const struct language *l, struct slice text, size_t *at, struct literal *found)
{
	size_t start = *at, number = 1;
	while (start > 0 && text.p[start - 1] != '\n')
		start--;
	for (size_t i = 0; i < start; i++)
		number += text.p[i] == '\n';
	while (start < text.n) {
		const char *end = memchr(text.p + start, '\n', text.n - start);
		struct slice line = {
		    text.p + start, end ? (size_t)(end - text.p) - start : text.n - start};
		size_t from = *at > start ? *at - start : 0;
		if (!is_comment(line) && find_in_line(l, line, from, found)) {
			found->line = number;
			*at = (size_t)(found->value.p - text.p) + found->value.n;
			return true;
		}
		start += line.n + 1;
		*at = start;
		number++;
	}
	return false;
}

void
literal_put_variable(struct buf *b, struct slice name)
{
	if (name.n && name.p[0] >= '0' && name.p[0] <= '9')
		buf_put_byte(b, '_');
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		buf_put_byte(b, is_word(c) && c != '-' && c != '.' ? c : '_');
	}
}

void
literal_put_reading(
    struct buf *b, const struct language *l, const struct literal *found, struct slice variable)
{
	const char *hole = strstr(l->read, "%s");
	struct slice before = {l->read, (size_t)(hole - l->read)};
	struct slice after = slice_of(hole + 2);
	/* In a shell's double quotes, a variable needs none of its own. */
	if (found->part && is_shell(l) && found->quote != '\'') {
		before = (struct slice){before.p + 1, before.n - 1};
		after.n--;
	}
	bool apart = found->part && found->quote && (!is_shell(l) || found->quote == '\'');
	if (apart) {
		buf_put_byte(b, found->quote);
		buf_put_text(b, l->join);
	}
	buf_put_slice(b, before);
	buf_put_slice(b, variable);
	buf_put_slice(b, after);
	if (apart) {
		buf_put_text(b, l->join);
		buf_put_byte(b, found->quote);
	}
}
