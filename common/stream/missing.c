/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/stream/missing.h"
#include "common/text/nearest.h"

enum {
	NAMES_SHOWN = 20,
	BYTES_SHOWN = 1000,
};

static struct slice *names;
static size_t n_names;
static bool kept;

static void
keep(struct slice name)
{
	names = xrealloc(names, (n_names + 1) * sizeof *names);
	names[n_names++] = slice_of(xstring(name));
}

void
missing_keep_names(struct slice record)
{
	struct mp_token head, name;
	const char *end = record.p + record.n, *p = mp_read(record.p, end, &head);
	if (kept || head.type != MP_MAP)
		return;
	kept = true;
	for (size_t i = 0; i < head.n; i++) {
		p = mp_read(p, end, &name);
		/* A name that holds a NUL is no suggestion. */
		if (!memchr(name.p, '\0', name.n))
			keep((struct slice){name.p, name.n});
		p = mp_skip(p, end);
	}
}

void
missing_keep_schema(const struct schema *schema)
{
	n_names = 0;
	kept = true;
	for (size_t i = 0; i < schema->n; i++)
		if (!memchr(schema->fields[i].name.p, '\0', schema->fields[i].name.n))
			keep(schema->fields[i].name);
}

const char *
missing_among(const char *intro, struct slice name, const struct slice *all, size_t n)
{
	struct buf b = {0};
	size_t shown = 0;
	for (; shown < n && shown < NAMES_SHOWN && b.n < BYTES_SHOWN; shown++)
		buf_printf(&b, "%s%s", shown ? ", " : intro, quoted(all[shown]));
	if (shown < n)
		buf_printf(&b, " and %zu more", n - shown);
	struct slice near = nearest_name(name, all, n);
	if (near.n)
		buf_printf(&b, ", did you mean %s?", quoted(near));
	buf_put_byte(&b, '\0');
	buf_check(&b, "a message", NULL);
	return b.p;
}

const char *
missing_explain(struct slice source)
{
	return missing_among("; the input has ", source, names, n_names);
}
