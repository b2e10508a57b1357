/* SPDX-License-Identifier: MIT */
/*
 * msgpack. A length must be measured as msgpack-c measures it. A whole object
 * can be skipped, read token by token, written again token by token and then
 * reads the same. A record, schema or control item that was read points only
 * into the input. A record that passed the check can be read. An object that
 * arrives byte by byte is measured like the whole one.
 */
#include <msgpack.h>

#include "common/json/json_write.h"
#include "common/record/control.h"
#include "common/record/mp.h"
#include "common/record/record_check.h"
#include "tests/fuzz/fuzz.h"

static bool
inside(struct slice s, struct slice whole)
{
	return !s.n || (s.p >= whole.p && s.p + s.n <= whole.p + whole.n);
}

/* Writes the token; a container's head only. */
static void
put_token(struct buf *b, const struct mp_token *t)
{
	struct slice s = {t->p, t->n};
	switch (t->type) {
	case MP_NIL:
		mp_buf_nil(b);
		break;
	case MP_BOOL:
		mp_buf_bool(b, t->b);
		break;
	case MP_INT:
		mp_buf_int(b, t->i);
		break;
	case MP_UINT:
		mp_buf_uint(b, t->u);
		break;
	case MP_FLOAT:
		mp_buf_float(b, t->f);
		break;
	case MP_STR:
		mp_buf_str(b, s);
		break;
	case MP_BIN:
		mp_buf_bin(b, s);
		break;
	case MP_ARRAY:
		mp_buf_array(b, t->n);
		break;
	case MP_MAP:
		mp_buf_map(b, t->n);
		break;
	case MP_EXT:
		mp_buf_ext(b, t->ext, s);
		break;
	}
}

static bool
same_token(const struct mp_token *a, const struct mp_token *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case MP_NIL:
		return true;
	case MP_ARRAY:
	case MP_MAP:
		return a->n == b->n;
	case MP_BOOL:
		return a->b == b->b;
	case MP_INT:
	case MP_UINT:
		return a->u == b->u;
	case MP_FLOAT:
		return memcmp(&a->f, &b->f, sizeof a->f) == 0 || (a->f != a->f && b->f != b->f);
	case MP_EXT:
		if (a->ext != b->ext)
			return false;
		break;
	case MP_STR:
	case MP_BIN:
		break;
	}
	return slice_equal((struct slice){a->p, a->n}, (struct slice){b->p, b->n});
}

/* Token by token, written again in the shortest form, and read side by side. */
static void
check_tokens(struct slice object)
{
	struct buf b = {0};
	const char *end = object.p + object.n;
	struct mp_token t, u;
	for (const char *p = object.p; p < end;) {
		p = mp_read(p, end, &t);
		HOLDS(p != NULL && p <= end);
		put_token(&b, &t);
	}
	HOLDS(!b.failed && b.n <= 3 * object.n);
	size_t n;
	HOLDS(mp_measure(b.p, b.p + b.n, &n) == MP_OK && n == b.n);
	const char *p = object.p, *q = b.p;
	while (p < end) {
		p = mp_read(p, end, &t);
		q = mp_read(q, b.p + b.n, &u);
		HOLDS(q != NULL && same_token(&t, &u));
	}
	HOLDS(q == b.p + b.n);
	buf_free(&b);
}

static void
check_record(const struct schema *schema, struct slice object)
{
	static struct record r;
	if (!record_read(&r, schema, object, true)) {
		HOLDS(r.error != NULL);
		return;
	}
	for (size_t i = 0; i < r.n; i++)
		HOLDS(inside(r.cells[i].value.raw, object));
	if (schema)
		return;
	struct buf b = {0};
	record_write_map(&r, &b);
	HOLDS(!b.failed);
	size_t n;
	HOLDS(mp_measure(b.p, b.p + b.n, &n) == MP_OK && n == b.n);
	buf_free(&b);
	for (size_t i = 0; i < r.n; i++)
		HOLDS(inside(r.cells[i].name, object) &&
		      record_find(&r, r.cells[i].name, 0) == (long)i);
}

/* Up to end there may be more bytes than the object. */
static void
check_rules(const struct schema *schema, struct slice object, const char *end)
{
	static struct record_check *check;
	static struct record r;
	if (!check)
		check = record_check_new();
	size_t n = record_check(check, schema, object.p, end);
	HOLDS(n == 0 || n == object.n);
	HOLDS(n == record_check(check, schema, object.p, object.p + object.n));
	HOLDS(n == 0 || record_read(&r, schema, object, true));
	HOLDS(n == 0 || schema->n || record_check_item(check, object));
}

static void
check_scan(struct slice object)
{
	struct mp_scan scan = {0};
	size_t n = 0;
	for (size_t have = 0; have < object.n; have++)
		HOLDS(mp_scan(&scan, object.p, object.p + have, &n) == MP_MORE);
	HOLDS(mp_scan(&scan, object.p, object.p + object.n, &n) == MP_OK && n == object.n);
}

static void
check_schema(struct slice payload)
{
	struct schema schema = {0}, again = {0};
	if (schema_read(&schema, payload) == NULL && schema.n) {
		struct buf b = {0};
		struct mp_token t;
		schema_write(&schema, &b);
		mp_read(b.p, b.p + b.n, &t);
		HOLDS(t.type == MP_EXT && schema_read(&again, (struct slice){t.p, t.n}) == NULL);
		HOLDS(schema_equal(&schema, &again));
		buf_free(&b);
	}
	schema_free(&schema);
	schema_free(&again);
}

static void
check_control(struct slice payload)
{
	struct header header;
	struct seal seal;
	struct abort_note note;
	if (!control_read_header(payload, &header))
		HOLDS(inside(header.by, payload) && inside(header.run, payload));
	if (!control_read_end(payload, &seal))
		HOLDS(inside(seal.stages, payload));
	if (!control_read_abort(payload, &note))
		HOLDS(inside(note.stage, payload) && inside(note.why, payload) &&
		      inside(note.stages, payload));
}

/* msgpack-c allows only 32 levels, and allocates as much memory as a head claims. */
static void
check_with_reference(struct slice object, size_t n)
{
	msgpack_unpacked result;
	size_t at = 0;
	msgpack_unpacked_init(&result);
	msgpack_unpack_return got = msgpack_unpack_next(&result, object.p, object.n, &at);
	if (got == MSGPACK_UNPACK_SUCCESS || got == MSGPACK_UNPACK_EXTRA_BYTES)
		HOLDS(at == n);
	msgpack_unpacked_destroy(&result);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = {(const char *)data, size};
	const char *end = all.p + all.n;
	size_t n = 0;
	enum mp_status status = mp_measure(all.p, end, &n);
	struct mp_token t;
	const char *behind = size ? mp_read(all.p, end, &t) : NULL;
	HOLDS(!behind || (behind > all.p && behind <= end));
	if (behind && t.type == MP_EXT) {
		check_schema((struct slice){t.p, t.n});
		check_control((struct slice){t.p, t.n});
	}
	if (status != MP_OK)
		return 0;
	struct slice object = {all.p, n};
	HOLDS(n && n <= all.n && mp_skip(all.p, end) == all.p + n);
	check_tokens(object);
	check_with_reference(all, n);
	struct value v;
	HOLDS(value_read(all.p, end, &v) == all.p + n);
	HOLDS(v.raw.p == all.p && v.raw.n == n);
	struct buf text = {0};
	const struct json_style style = {0};
	json_write(&text, object, &style);
	buf_free(&text);
	struct schema schema = {0};
	schema_add(&schema, SLICE("a"), VALUE_TEXT);
	schema_add(&schema, SLICE("b"), VALUE_DECIMAL);
	check_record(NULL, object);
	check_record(&schema, object);
	check_rules(&schema, object, end);
	check_scan(object);
	schema_reset(&schema);
	check_rules(&schema, object, end);
	schema_free(&schema);
	return 0;
}
