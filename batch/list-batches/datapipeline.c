/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "batch/list-batches/launched.h"
#include "common/json/json_read.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "common/text/ascii.h"

/*
 * A definition of AWS Data Pipeline in either form: the file that its console and command line
 * read ("objects", each field a member), and the answer of GetPipelineDefinition
 * ("pipelineObjects", each with a list of fields).
 */

enum { ARGUMENTS_MAX = 100 };

static struct slice definition;

/* Each value of a list, or a single value as it is. */
struct each {
	const char *p, *end;
	size_t left;
};

static struct each
each_of(struct slice value)
{
	struct mp_token t;
	if (!value.n)
		return (struct each){0};
	const char *p = mp_read(value.p, value.p + value.n, &t);
	if (t.type == MP_ARRAY)
		return (struct each){p, value.p + value.n, t.n};
	return (struct each){value.p, value.p + value.n, 1};
}

static bool
next_value(struct each *e, struct slice *value)
{
	if (!e->left)
		return false;
	const char *end = mp_skip(e->p, e->end);
	*value = (struct slice){e->p, (size_t)(end - e->p)};
	e->p = end;
	e->left--;
	return true;
}

/* The member of an object; empty if absent. */
static struct slice
member(struct slice map, const char *name)
{
	struct mp_token t;
	const char *end = map.p + map.n, *p = map.n ? mp_read(map.p, end, &t) : NULL;
	for (size_t i = 0; p && t.type == MP_MAP && i < t.n; i++) {
		struct mp_token key;
		const char *value = mp_read(p, end, &key);
		if (key.type != MP_STR)
			return (struct slice){0};
		const char *after = mp_skip(value, end);
		if (slice_is((struct slice){key.p, key.n}, name))
			return (struct slice){value, (size_t)(after - value)};
		p = after;
	}
	return (struct slice){0};
}

static struct slice
text_of(struct slice value)
{
	struct mp_token t;
	if (!value.n || !mp_read(value.p, value.p + value.n, &t) || t.type != MP_STR)
		return (struct slice){0};
	return (struct slice){t.p, t.n};
}

static struct slice
text_member(struct slice map, const char *name)
{
	return text_of(member(map, name));
}

/* The values of a field of an object, in either form, as many as there is room for. */
static size_t
field(struct slice object, const char *name, struct slice *values, size_t room)
{
	struct slice fields = member(object, "fields"), value;
	size_t n = 0;
	struct each e = each_of(fields.n ? fields : member(object, name));
	while (n < room && next_value(&e, &value)) {
		if (!fields.n)
			values[n++] = text_of(value);
		else if (slice_is(text_member(value, "key"), name))
			values[n++] = text_member(value, "stringValue");
	}
	return n;
}

/* The value of a parameter: of "values", else its default. */
static struct slice
parameter(struct slice name)
{
	struct slice item, found = {0}, attribute;
	struct buf text = {0};
	buf_put_slice(&text, name);
	buf_put_byte(&text, '\0');
	buf_check(&text, "a name", NULL);
	struct slice given = text_member(member(definition, "values"), text.p);
	struct each e = each_of(member(definition, "parameterValues"));
	while (!given.n && next_value(&e, &item))
		if (slice_equal(text_member(item, "id"), name))
			given = text_member(item, "stringValue");
	e = each_of(member(definition, "parameters"));
	while (next_value(&e, &item))
		if (slice_equal(text_member(item, "id"), name))
			found = text_member(item, "default");
	e = each_of(member(definition, "parameterObjects"));
	while (!found.n && next_value(&e, &item)) {
		struct each a = each_of(member(item, "attributes"));
		while (slice_equal(text_member(item, "id"), name) && next_value(&a, &attribute))
			if (slice_is(text_member(attribute, "key"), "default"))
				found = text_member(attribute, "stringValue");
	}
	buf_free(&text);
	return given.n ? given : found;
}

/* With parameters #{myNAME} and arguments $1 … $9 replaced; other expressions are kept. */
static struct slice
expand(struct slice text, const struct slice *arguments, size_t n)
{
	struct buf out = {0};
	for (size_t i = 0; i < text.n; i++) {
		const char *p = text.p + i;
		size_t left = text.n - i;
		const char *close =
		    left > 2 && p[0] == '#' && p[1] == '{' ? memchr(p, '}', left) : NULL;
		if (close) {
			struct slice value =
			    parameter((struct slice){p + 2, (size_t)(close - p) - 2});
			if (value.n)
				buf_put_slice(&out, value);
			else
				buf_put(&out, p, (size_t)(close - p) + 1);
			i += (size_t)(close - p);
			continue;
		}
		size_t braces = left > 3 && p[0] == '$' && p[1] == '{' && p[3] == '}';
		if (left > 1 + braces && p[0] == '$' && is_digit(p[1 + braces]) &&
		    p[1 + braces] > '0') {
			size_t k = (size_t)(p[1 + braces] - '1');
			if (k < n)
				buf_put_slice(&out, arguments[k]);
			i += 1 + 2 * braces;
			continue;
		}
		buf_put_byte(&out, *p);
	}
	buf_check(&out, "a command", NULL);
	return buf_slice(&out);
}

static void
read_object(const char *file, struct slice object)
{
	struct slice arguments[ARGUMENTS_MAX], command, script, id = text_member(object, "id");
	size_t n = field(object, "scriptArgument", arguments, ARGUMENTS_MAX);
	for (size_t i = 0; i < n; i++)
		arguments[i] = expand(arguments[i], NULL, 0);
	struct buf place = {0};
	buf_printf(&place, "%s:%.*s%c", file, (int)id.n, id.p, '\0');
	buf_check(&place, "a place", NULL);
	const char *where = launch_place("datapipeline", place.p, 0);
	if (field(object, "command", &command, 1)) {
		launched_command(where, expand(command, arguments, n));
		for (size_t i = 0; i < n; i++)
			launched_command(where, arguments[i]);
	}
	if (field(object, "scriptUri", &script, 1))
		launched_command(where, expand(script, NULL, 0));
}

void
read_datapipeline(const char *file, struct slice text)
{
	struct buf *mp = xcalloc(1, sizeof *mp);
	struct json_error error;
	struct slice object;
	if (!json_to_msgpack(text, JSON_DUPLICATES_LAST, mp, &error))
		die(STATUS_DATA,
		    "--launched datapipeline:%s: line %" PRIu64 ", column %" PRIu64 ": %s", file,
		    error.line, error.column, error.what);
	definition = buf_slice(mp);
	struct slice objects = member(definition, "objects");
	if (!objects.n)
		objects = member(definition, "pipelineObjects");
	if (!objects.n)
		die(STATUS_DATA,
		    "--launched datapipeline:%s: it has neither objects nor pipelineObjects", file);
	struct each e = each_of(objects);
	while (next_value(&e, &object))
		read_object(file, object);
}
