/* SPDX-License-Identifier: MIT */
#include "common/web/aws_profile.h"

/* The next line from *at on, without its end. */
static bool
next_line(struct slice file, size_t *at, struct slice *line)
{
	if (*at >= file.n)
		return false;
	const char *end = memchr(file.p + *at, '\n', file.n - *at);
	size_t n = end ? (size_t)(end - file.p) - *at : file.n - *at;
	*line = (struct slice){file.p + *at, n};
	*at += n + 1;
	return true;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* The name within brackets; false if the line does not begin a section. */
static bool
section_name(struct slice line, struct slice *name)
{
	line = slice_trim(line);
	if (!line.n || line.p[0] != '[')
		return false;
	const char *end = memchr(line.p, ']', line.n);
	if (!end)
		return false;
	*name = slice_trim((struct slice){line.p + 1, (size_t)(end - line.p) - 1});
	return true;
}

static struct slice
without_quotes(struct slice s)
{
	if (s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0])
		return (struct slice){s.p + 1, s.n - 2};
	return s;
}

static bool
is_section(struct slice name, struct aws_section wanted)
{
	size_t n = strlen(wanted.kind);
	if (!n || (slice_is(wanted.name, "default") && slice_is(name, "default")))
		return slice_equal(without_quotes(name), wanted.name);
	if (name.n <= n || memcmp(name.p, wanted.kind, n) != 0 || !is_space(name.p[n]))
		return false;
	struct slice rest = slice_trim((struct slice){name.p + n, name.n - n});
	return slice_equal(without_quotes(rest), wanted.name);
}

bool
aws_profile_has(struct slice file, struct aws_section section)
{
	struct slice line, name;
	size_t at = 0;
	while (next_line(file, &at, &line))
		if (section_name(line, &name) && is_section(name, section))
			return true;
	return false;
}

/* "key = value"; false for another line. */
static bool
pair(struct slice line, struct slice *key, struct slice *value)
{
	struct slice trimmed = slice_trim(line);
	if (!trimmed.n || trimmed.p[0] == '#' || trimmed.p[0] == ';')
		return false;
	const char *equals = memchr(trimmed.p, '=', trimmed.n);
	if (!equals)
		return false;
	size_t n = (size_t)(equals - trimmed.p);
	*key = slice_trim((struct slice){trimmed.p, n});
	*value = slice_trim((struct slice){equals + 1, trimmed.n - n - 1});
	return true;
}

/* group NULL: a key at the beginning of its line. */
static bool
look_up(struct slice file, struct aws_section section, const char *group, const char *wanted,
    struct slice *value)
{
	struct slice line, name, key, found;
	size_t at = 0;
	bool inside = false, in_group = false, any = false;
	while (next_line(file, &at, &line)) {
		if (section_name(line, &name)) {
			inside = is_section(name, section);
			in_group = false;
			continue;
		}
		if (!inside || !pair(line, &key, &found))
			continue;
		bool indented = is_space(line.p[0]);
		if (!indented)
			in_group = group && slice_equal_caseless(key, slice_of(group));
		if ((group ? indented && in_group : !indented) &&
		    slice_equal_caseless(key, slice_of(wanted))) {
			*value = found;
			any = true;
		}
	}
	return any;
}

bool
aws_profile_value(
    struct slice file, struct aws_section section, const char *key, struct slice *value)
{
	return look_up(file, section, NULL, key, value);
}

bool
aws_profile_nested(struct slice file, struct aws_section section, const char *group,
    const char *key, struct slice *value)
{
	return look_up(file, section, group, key, value);
}
