/* SPDX-License-Identifier: MIT */
#include "common/datapipeline/definition.h"
#include "common/json/json_write.h"
#include "common/record/mp.h"

void
dp_edit_msgpack(
    struct buf *out, const struct dp_definition *d, const struct dp_edit *edits, size_t n)
{
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		const char *p = d->mp.p + edits[i].at;
		buf_put(out, d->mp.p + at, edits[i].at - at);
		mp_buf_str(out, edits[i].value);
		at = (size_t)(mp_skip(p, d->mp.p + d->mp.n) - d->mp.p);
	}
	buf_put(out, d->mp.p + at, d->mp.n - at);
}

/* The next string of a JSON text, from its first quote to the byte after its last; false at the end. */
static bool
next_string(struct slice json, size_t *from, size_t *to)
{
	size_t i = *to;
	while (i < json.n && json.p[i] != '"')
		i++;
	*from = i;
	for (i++; i < json.n && json.p[i] != '"'; i++)
		i += json.p[i] == '\\';
	*to = i + 1;
	return *to <= json.n;
}

/* The strings of the JSON text and those of the msgpack, names included, are in the same order. */
bool
dp_edit_json(struct buf *out, struct slice json, const struct dp_definition *d,
    const struct dp_edit *edits, size_t n)
{
	const char *p = d->mp.p, *end = d->mp.p + d->mp.n;
	size_t i = 0, from = 0, to = 0, copied = 0;
	struct mp_token t;
	while (i < n && p && p < end) {
		const char *next = mp_read(p, end, &t);
		bool text = next && t.type == MP_STR;
		if (text && !next_string(json, &from, &to))
			return false;
		if (text && (size_t)(p - d->mp.p) == edits[i].at) {
			buf_put(out, json.p + copied, from - copied);
			json_write_text(out, edits[i++].value);
			copied = to;
		}
		p = next;
	}
	buf_put(out, json.p + copied, json.n - copied);
	return i == n;
}
