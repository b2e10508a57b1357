/* SPDX-License-Identifier: MIT */
#include "common/record/json_path.h"

static long
index_of(struct slice name)
{
	int64_t index;
	return name.n && name.p[0] != '-' && parse_integer(name, 0, INT32_MAX, &index) ? (long)index
										       : -1;
}

/* Behind the name in quotes at p, or NULL when its end is missing. */
static const char *
take_quoted(const char *p, const char *end, struct buf *names)
{
	for (p++; p < end; p++) {
		if (*p == '"' && (end - p < 2 || p[1] != '"'))
			return p + 1;
		p += *p == '"';
		buf_put_byte(names, *p);
	}
	return NULL;
}

static const char *
take_plain(const char *p, const char *end, struct buf *names)
{
	while (p < end && *p != '.' && *p != '[')
		buf_put_byte(names, *p++);
	return p;
}

static const char *
add_step(struct json_path *path, struct json_step step)
{
	if (path->n == JSON_PATH_MAX)
		return "more than 16 steps";
	path->steps[path->n++] = step;
	return NULL;
}

static const char *
parse(struct json_path *path, const char *p, const char *end)
{
	const char *wrong = NULL;
	bool name_allowed = true;
	while (p < end && !wrong) {
		if (*p == '[') {
			if (end - p < 2 || p[1] != ']')
				return "\"[\" without \"]\"";
			wrong = add_step(path, (struct json_step){.each = true, .index = -1});
			p += 2;
			name_allowed = false;
			continue;
		}
		if (*p == '.') {
			if (name_allowed || ++p == end)
				return "a name is missing beside a dot";
		} else if (!name_allowed) {
			return "a dot is missing";
		}
		if (*p == '.' || *p == '[')
			return "a name is missing beside a dot";
		size_t at = path->names.n;
		p = *p == '"' ? take_quoted(p, end, &path->names)
			      : take_plain(p, end, &path->names);
		if (!p)
			return "a closing quote is missing";
		struct slice name = {path->names.p + at, path->names.n - at};
		wrong = add_step(path, (struct json_step){.name = name, .index = index_of(name)});
		name_allowed = false;
	}
	return wrong;
}

const char *
json_path_parse(struct json_path *path, struct slice text)
{
	json_path_free(path);
	/* All names together are no longer than the text, so that they never move. */
	if (!text.n)
		return "it is empty";
	if (!buf_reserve(&path->names, text.n))
		return "no memory";
	return parse(path, text.p, text.p + text.n);
}

void
json_path_free(struct json_path *path)
{
	buf_free(&path->names);
	path->n = 0;
}
