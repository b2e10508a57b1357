/* SPDX-License-Identifier: MIT */
#include "batch/list-batches/launched.h"
#include "common/program/message.h"

static size_t
indent_of(struct slice line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

static bool
holds(struct slice text, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i + n <= text.n; i++)
		if (memcmp(text.p + i, word, n) == 0)
			return true;
	return false;
}

/* A deployment that Prefect keeps but does not start by itself. */
static bool
is_off(struct slice deployment)
{
	return holds(deployment, "paused: true") ||
	       (holds(deployment, "active: false") && !holds(deployment, "active: true"));
}

/* The key of "key: value", with its value; the mark of a list item may be in front. */
static bool
key_of(struct slice line, struct slice *key, struct slice *value)
{
	line = slice_trim(line);
	while (line.n > 1 && line.p[0] == '-' && line.p[1] == ' ')
		line = slice_trim((struct slice){line.p + 1, line.n - 1});
	const char *colon = line.n ? memchr(line.p, ':', line.n) : NULL;
	if (!colon)
		return false;
	*key = (struct slice){line.p, (size_t)(colon - line.p)};
	*value = slice_trim((struct slice){colon + 1, line.n - key->n - 1});
	return true;
}

/* All that a parameter "batch", "job" or "batches" names is a batch. */
static void
names_of(const char *where, struct slice value)
{
	while (value.n) {
		size_t n = 0;
		while (n < value.n && !strchr(" ,[]{}\"'\t#", value.p[n]))
			n++;
		if (n)
			launched_name(where, (struct slice){value.p, n});
		if (n < value.n && value.p[n] == '#')
			return;
		n += n < value.n;
		value.p += n;
		value.n -= n;
	}
}

static bool
is_name_key(struct slice key)
{
	return slice_is(key, "batch") || slice_is(key, "batches") || slice_is(key, "job");
}

/* "parameters: {job: NAME, …}" in one line. */
static void
names_of_map(const char *where, struct slice value)
{
	while (value.n) {
		const char *end = memchr(value.p, ',', value.n);
		struct slice pair = {value.p, end ? (size_t)(end - value.p) : value.n}, key, name;
		while (pair.n && (*pair.p == '{' || *pair.p == ' ')) {
			pair.p++;
			pair.n--;
		}
		if (key_of(pair, &key, &name) && is_name_key(key))
			names_of(where, name);
		size_t used = end ? (size_t)(end - value.p) + 1 : value.n;
		value.p += used;
		value.n -= used;
	}
}

static void
read_deployment(const char *file, struct slice text, size_t first)
{
	struct slice line, key, value;
	bool list = false; /* the items after "batches:" */
	size_t list_indent = 0;
	for (size_t n = first; slice_take_line(&text, &line); n++) {
		const char *where = launch_place("prefect", file, n);
		struct slice item = slice_trim(line);
		if (!item.n || item.p[0] == '#')
			continue;
		list = list && indent_of(line) >= list_indent && item.p[0] == '-';
		if (list) {
			names_of(where, (struct slice){item.p + 1, item.n - 1});
			continue;
		}
		if (!key_of(line, &key, &value)) {
			launched_command(where, item);
			continue;
		}
		if (is_name_key(key)) {
			names_of(where, value);
			list = !value.n;
			list_indent = indent_of(line);
		} else if (slice_is(key, "parameters")) {
			names_of_map(where, value);
		} else if (!slice_is(key, "name") && !slice_is(key, "description")) {
			launched_command(where, value);
		}
	}
}

/*
 * The deployments of a prefect.yaml, by the indentation of its lines: each begins with a list
 * mark at the first one's column.
 */
void
read_prefect(const char *file, struct slice text)
{
	struct slice line, start = {0};
	bool inside = false;
	size_t indent = 0, first = 0;
	for (size_t n = 1;; n++) {
		const char *at = text.p;
		bool more = slice_take_line(&text, &line);
		struct slice item = slice_trim(line);
		if (more && (!item.n || item.p[0] == '#'))
			continue;
		bool mark = more && item.p[0] == '-';
		bool ends = start.n && (!more || indent_of(line) <= indent);
		if (!more && !start.n)
			break;
		if (ends) {
			start.n = (size_t)(at - start.p);
			if (!is_off(start))
				read_deployment(file, start, first);
			start.n = 0;
		}
		if (!more)
			break;
		if (inside && mark && !start.n) {
			start = (struct slice){at, 1};
			indent = indent_of(line);
			first = n;
		} else if (indent_of(line) == 0 && !mark) {
			struct slice key, value;
			inside = key_of(line, &key, &value) && slice_is(key, "deployments");
		}
	}
}
