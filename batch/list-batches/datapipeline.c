/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "batch/list-batches/launched.h"
#include "common/datapipeline/definition.h"
#include "common/program/message.h"
#include "common/text/ascii.h"

enum { ARGUMENTS_MAX = 100 };

/* The values of an object's own field, as many as there is room for. */
static size_t
values_of(const struct dp_object *object, const char *name, struct slice *values, size_t room)
{
	const struct dp_field *f = dp_own_field(object, slice_of(name));
	size_t n = 0;
	for (; f && n < room; f = dp_next_value(object, f))
		values[n++] = f->value;
	return n;
}

/* With parameters #{myNAME} and arguments $1 … $9 replaced; other expressions are kept. */
static struct slice
expand(const struct dp_definition *d, struct slice text, const struct slice *arguments, size_t n)
{
	struct buf out = {0};
	for (size_t i = 0; i < text.n; i++) {
		const char *p = text.p + i;
		size_t left = text.n - i;
		const char *close =
		    left > 2 && p[0] == '#' && p[1] == '{' ? memchr(p, '}', left) : NULL;
		if (close) {
			const struct dp_field *value =
			    dp_parameter(d, (struct slice){p + 2, (size_t)(close - p) - 2});
			if (value && value->value.n)
				buf_put_slice(&out, value->value);
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
read_object(const char *file, const struct dp_definition *d, const struct dp_object *object)
{
	struct slice arguments[ARGUMENTS_MAX], command, script;
	size_t n = values_of(object, "scriptArgument", arguments, ARGUMENTS_MAX);
	for (size_t i = 0; i < n; i++)
		arguments[i] = expand(d, arguments[i], NULL, 0);
	struct buf place = {0};
	buf_printf(&place, "%s:%.*s%c", file, (int)object->id.n, object->id.p, '\0');
	buf_check(&place, "a place", NULL);
	const char *where = launch_place("datapipeline", place.p, 0);
	if (values_of(object, "command", &command, 1)) {
		launched_command(where, expand(d, command, arguments, n));
		for (size_t i = 0; i < n; i++)
			launched_command(where, arguments[i]);
	}
	if (values_of(object, "scriptUri", &script, 1))
		launched_command(where, expand(d, script, NULL, 0));
}

void
read_datapipeline(const char *file, struct slice text)
{
	struct dp_definition *d = xcalloc(1, sizeof *d); /* the launches point into it */
	struct buf mp = {0};
	struct json_error error;
	if (!json_to_msgpack(text, JSON_DUPLICATES_LAST, &mp, &error))
		die(STATUS_DATA,
		    "--launched datapipeline:%s: line %" PRIu64 ", column %" PRIu64 ": %s", file,
		    error.line, error.column, error.what);
	const char *wrong = dp_read_msgpack(d, &mp);
	if (wrong)
		die(STATUS_DATA, "--launched datapipeline:%s: %s", file, wrong);
	for (size_t i = 0; i < d->objects_n; i++)
		read_object(file, d, &d->objects[i]);
}
