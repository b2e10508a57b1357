/* SPDX-License-Identifier: MIT */
#include "common/record/record_map.h"
#include "common/record/mp.h"

void
record_map_put(const struct schema *schema, const struct record_parts *parts, struct slice raw,
    struct buf *out)
{
	const char *end = raw.p + raw.n;
	mp_buf_map(out, schema->n);
	for (size_t i = 0; i < schema->n; i++) {
		const char *after = i + 1 < schema->n ? parts->values[i + 1] : end;
		mp_buf_str(out, schema->fields[i].name);
		buf_put(out, parts->values[i], (size_t)(after - parts->values[i]));
	}
}

void
record_map_put_values(struct slice map, struct buf *out)
{
	struct mp_token t;
	const char *end = map.p + map.n, *p = mp_read(map.p, end, &t);
	for (size_t i = 0; i < t.n; i++) {
		const char *value = mp_skip(p, end);
		p = mp_skip(value, end);
		buf_put(out, value, (size_t)(p - value));
	}
}
