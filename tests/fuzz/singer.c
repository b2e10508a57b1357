/* SPDX-License-Identifier: MIT */
/*
 * Schemas and values of Singer messages: two JSON texts with a line feed between, a schema and a
 * record. A value that its field takes is whole msgpack of the field's type.
 */
#include "common/json/singer.h"
#include "common/json/json_read.h"
#include "common/record/mp.h"
#include "tests/fuzz/fuzz.h"

static void
check_fields(
    const struct singer_schema *s, const struct singer_choices *choices, struct slice record)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct singer_field *f = &s->fields[i];
		struct buf name = {0}, out = {0};
		struct value v, got;
		size_t n;
		buf_put_slice(&name, f->name);
		buf_put_byte(&name, '\0');
		struct slice value = singer_member(record, name.p);
		if (value.n && value_read(value.p, value.p + value.n, &v) && v.type != VALUE_NULL &&
		    !singer_put_value(f, choices, &v, &out)) {
			HOLDS(mp_measure(out.p, out.p + out.n, &n) == MP_OK && n == out.n);
			HOLDS(value_read(out.p, out.p + out.n, &got) && got.type == f->type);
		}
		buf_free(&name);
		buf_free(&out);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct singer_schema s;
	if (size < 1)
		return 0;
	const struct singer_choices choices = {.number_decimal = data[0] & 1,
	    .date_time = data[0] & 2   ? VALUE_TEXT
			 : data[0] & 4 ? VALUE_DATETIME
				       : VALUE_TIMESTAMP};
	struct slice rest = {(const char *)data + 1, size - 1}, line = {0}, at;
	struct buf schema = {0}, record = {0};
	struct json_error error;
	slice_take_line(&rest, &line);
	if (json_to_msgpack(line, JSON_DUPLICATES_ERROR, &schema, &error) &&
	    !singer_schema_read(&s, buf_slice(&schema),
		singer_member(buf_slice(&schema), "key_properties"), &choices, &at) &&
	    json_to_msgpack(rest, JSON_DUPLICATES_ERROR, &record, &error))
		check_fields(&s, &choices, buf_slice(&record));
	buf_free(&schema);
	buf_free(&record);
	return 0;
}
