/* SPDX-License-Identifier: MIT */
#include "common/record/json_path.h"

static long
index_of(struct slice name)
{
	int64_t index;
	return name.n && name.p[0] != '-' && parse_integer(name, 0, INT32_MAX, &index) ? (long)index
										       : -1;
}

/* Returns the byte after the quoted name at p, or NULL if its closing quote is missing. */
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

/* Reads a name without quotes, up to one of the bytes in stop. */
static const char *
take_plain(const char *p, const char *end, const char *stop, struct buf *names)
{
	while (p < end && (!*p || !strchr(stop, *p)))
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

/* Reads the name at p, quoted or up to one of the bytes in stop; NULL if its closing quote is missing. */
static const char *
take_name(
    struct json_path *path, const char *p, const char *end, const char *stop, struct slice *name)
{
	size_t at = path->names.n;
	p = p < end && *p == '"' ? take_quoted(p, end, &path->names)
				 : take_plain(p, end, stop, &path->names);
	*name = (struct slice){path->names.p + at, path->names.n - at};
	return p;
}

/* The "{FIELD}" at p. */
static const char *
add_members(struct json_path *path, const char **p, const char *end)
{
	struct json_step step = {.members = true, .index = -1};
	const char *after = take_name(path, *p + 1, end, "}", &step.name);
	if (!after || after == end || *after != '}')
		return "\"{\" without \"}\"";
	if (!step.name.n)
		return "\"{}\" needs the name of a field, as in {day}";
	*p = after + 1;
	return add_step(path, step);
}

static const char *
parse(struct json_path *path, const char *p, const char *end, bool members)
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
		if (*p == '{' && members) {
			wrong = add_members(path, &p, end);
			name_allowed = false;
			continue;
		}
		if (*p == '.') {
			if (name_allowed || ++p == end)
				return "a name is missing beside a dot";
		} else if (!name_allowed) {
			return "a dot is missing";
		}
		if (*p == '.' || *p == '[' || (*p == '{' && members))
			return "a name is missing beside a dot";
		struct slice name;
		p = take_name(path, p, end, members ? ".[{" : ".[", &name);
		if (!p)
			return "a closing quote is missing";
		wrong = add_step(path, (struct json_step){.name = name, .index = index_of(name)});
		name_allowed = false;
	}
	return wrong;
}

static const char *
parse_all(struct json_path *path, struct slice text, bool members)
{
	json_path_free(path);
	/* All names together are not longer than the text, so that they never move. */
	if (!text.n)
		return "it is empty";
	if (!buf_reserve(&path->names, text.n))
		return "no memory";
	return parse(path, text.p, text.p + text.n, members);
}

const char *
json_path_parse(struct json_path *path, struct slice text)
{
	return parse_all(path, text, false);
}

const char *
json_path_parse_records(struct json_path *path, struct slice text)
{
	return parse_all(path, text, true);
}

void
json_path_free(struct json_path *path)
{
	buf_free(&path->names);
	path->n = 0;
}

bool
json_step_goes_through(const struct json_step *step)
{
	return step->each || step->members;
}

struct json_path
json_path_part(const struct json_path *whole, size_t from, size_t to)
{
	struct json_path part = {.n = to - from};
	for (size_t i = from; i < to; i++)
		part.steps[i - from] = whole->steps[i];
	return part;
}
