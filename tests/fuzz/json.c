/* SPDX-License-Identifier: MIT */
/*
 * JSON text. The first byte of an input chooses the rules, the second how the
 * text is cut into blocks. The cuts must change neither the values nor the
 * error. Each value must be whole msgpack, and writing it as JSON, reading and
 * writing it again must give the same text. (The msgpack may differ:
 * 123456789012345678e0 is a decimal, and its text is that of an int.)
 */
#include "common/json/json_read.h"
#include "common/json/json_write.h"
#include "common/record/mp.h"
#include "tests/fuzz/fuzz.h"

enum { CEILING = 1 << 20 };

/* The result of a text: its values one after the other, and the way it ended. */
struct outcome {
	struct buf values;
	size_t count;
	bool bad, any;
	struct json_error error;
	struct buf at;
};

static void
check_value(struct slice value)
{
	size_t n;
	HOLDS(mp_measure(value.p, value.p + value.n, &n) == MP_OK && n == value.n);
	struct buf text = {0}, msgpack = {0}, again = {0};
	const struct json_style style = {0};
	struct json_error error;
	HOLDS(json_write(&text, value, &style) == NULL);
	HOLDS(json_to_msgpack(buf_slice(&text), JSON_DUPLICATES_ERROR, &msgpack, &error));
	HOLDS(json_write(&again, buf_slice(&msgpack), &style) == NULL);
	HOLDS(slice_equal(buf_slice(&again), buf_slice(&text)));
	buf_free(&text);
	buf_free(&msgpack);
	buf_free(&again);
}

/* step 0: the whole text at once; else in blocks of 1 to step bytes. */
static struct outcome
read_text(const struct json_rules *rules, struct slice text, size_t step)
{
	struct outcome o = {0};
	struct slice value;
	size_t at = 0;
	struct json_reader *r = json_reader_new(rules);
	HOLDS(r != NULL);
	HOLDS(json_reserve_name(r, SLICE("id")));
	if (!step)
		json_text(r, text);
	enum json_status status;
	while ((status = json_next(r, &value)) == JSON_VALUE || status == JSON_MORE) {
		if (status == JSON_VALUE) {
			buf_put_slice(&o.values, value);
			o.count++;
			if (!step)
				check_value(value);
			continue;
		}
		HOLDS(step != 0);
		size_t room, n = 1 + (at * 31 + text.n) % step;
		char *p = json_space(r, &room);
		HOLDS(p != NULL && room >= n);
		if (n > text.n - at)
			n = text.n - at;
		if (n)
			memcpy(p, text.p + at, n);
		at += n;
		json_filled(r, n);
	}
	o.bad = status == JSON_BAD;
	o.any = json_any(r);
	o.error = *json_error(r);
	HOLDS(o.bad == (o.error.what != NULL));
	buf_put_slice(&o.at, o.error.at);
	json_reader_free(r);
	return o;
}

static void
outcome_free(struct outcome *o)
{
	buf_free(&o->values);
	buf_free(&o->at);
}

static void
check_same(const struct outcome *a, const struct outcome *b)
{
	HOLDS(a->count == b->count);
	HOLDS(slice_equal(buf_slice(&a->values), buf_slice(&b->values)));
	HOLDS(a->bad == b->bad && a->any == b->any);
	HOLDS(a->error.what == b->error.what);
	HOLDS(a->error.line == b->error.line && a->error.column == b->error.column);
	HOLDS(a->error.fault == b->error.fault && a->error.cut == b->error.cut);
	HOLDS(slice_equal(buf_slice(&a->at), buf_slice(&b->at)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = {NULL, "a", "a.b", "[].a[]"};
	if (size < 2)
		return 0;
	struct json_path path = {0};
	const char *chosen = paths[data[0] >> 3 & 3];
	if (chosen)
		HOLDS(json_path_parse(&path, slice_of(chosen)) == NULL);
	const struct json_rules rules = {
	    .duplicates = data[0] & 1   ? JSON_DUPLICATES_LAST
			  : data[0] & 2 ? JSON_DUPLICATES_FIRST
					: JSON_DUPLICATES_ERROR,
	    .single = data[0] & 4,
	    .objects_only = data[0] & 32,
	    .records = data[0] & 64,
	    .elements = data[0] & 128,
	    .path_must_lead = data[1] & 128,
	    .value_max = CEILING,
	    .path = chosen ? &path : NULL,
	};
	struct slice text = {(const char *)data + 2, size - 2};
	struct outcome whole = read_text(&rules, text, 0);
	struct outcome cut = read_text(&rules, text, 1 + data[1] % 40);
	check_same(&whole, &cut);
	outcome_free(&whole);
	outcome_free(&cut);
	json_path_free(&path);
	return 0;
}
