/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include <msgpack.h>

#include "common/record/control.h"
#include "common/record/mp.h"

enum { ITEM_HEADER = 16, ITEM_END = 20, ITEM_ABORT = 21 };

static int
put_to_buf(void *data, const char *p, size_t n)
{
	buf_put(data, p, n);
	return 0;
}

static void
pack_text(msgpack_packer *pk, struct slice s)
{
	msgpack_pack_str_with_body(pk, s.p ? s.p : "", s.n);
}

static void
pack_key(msgpack_packer *pk, const char *key)
{
	pack_text(pk, slice_of(key));
}

static void
pack_count(msgpack_packer *pk, const char *key, uint64_t n)
{
	pack_key(pk, key);
	msgpack_pack_uint64(pk, n);
}

static void
pack_seconds(msgpack_packer *pk, const char *key, double seconds)
{
	pack_key(pk, key);
	msgpack_pack_double(pk, seconds);
}

static void
pack_counters(msgpack_packer *pk, struct buf *body, const struct counters *c)
{
	msgpack_pack_map(pk, 12 + c->extra_count);
	pack_key(pk, "stage");
	pack_text(pk, slice_of(c->stage));
	pack_key(pk, "version");
	pack_text(pk, slice_of(c->version));
	pack_count(pk, "records_in", c->records_in);
	pack_count(pk, "records_out", c->records_out);
	pack_count(pk, "rejected", c->rejected);
	pack_count(pk, "bytes_in", c->bytes_in);
	pack_count(pk, "bytes_out", c->bytes_out);
	pack_seconds(pk, "seconds", c->seconds);
	pack_seconds(pk, "cpu_seconds", c->cpu_seconds);
	pack_seconds(pk, "blocked_reading", c->blocked_reading);
	pack_seconds(pk, "blocked_writing", c->blocked_writing);
	pack_count(pk, "peak_memory", c->peak_memory);
	buf_put_slice(body, c->extra);
}

static void
pack_stages(
    msgpack_packer *pk, struct buf *body, struct slice stages, size_t n, const struct counters *own)
{
	pack_key(pk, "stages");
	msgpack_pack_array(pk, n + 1);
	buf_put_slice(body, stages);
	pack_counters(pk, body, own);
}

static void
finish(struct buf *out, int8_t type, struct buf *body)
{
	mp_buf_ext(out, type, buf_slice(body));
	out->failed |= body->failed;
	buf_free(body);
}

void
control_write_header(struct buf *out, const char *by, struct slice run, bool dry)
{
	struct buf body = {0};
	msgpack_packer pk;
	msgpack_packer_init(&pk, &body, put_to_buf);
	msgpack_pack_map(&pk, 4);
	pack_count(&pk, "mam", STREAM_VERSION);
	pack_key(&pk, "by");
	pack_text(&pk, slice_of(by));
	pack_key(&pk, "run");
	pack_text(&pk, run);
	pack_key(&pk, "dry");
	if (dry)
		msgpack_pack_true(&pk);
	else
		msgpack_pack_false(&pk);
	finish(out, ITEM_HEADER, &body);
}

void
control_write_end(struct buf *out, const struct seal *seal, const struct counters *own)
{
	struct buf body = {0};
	msgpack_packer pk;
	msgpack_packer_init(&pk, &body, put_to_buf);
	msgpack_pack_map(&pk, seal->digest.n ? 4 : 3);
	pack_count(&pk, "records", seal->records);
	pack_count(&pk, "xxh3", seal->xxh3);
	if (seal->digest.n) {
		pack_key(&pk, "digest");
		pack_text(&pk, seal->digest);
	}
	pack_stages(&pk, &body, seal->stages, seal->stage_count, own);
	finish(out, ITEM_END, &body);
}

void
control_write_abort(struct buf *out, const struct abort_note *note, const struct counters *own)
{
	struct buf body = {0};
	msgpack_packer pk;
	msgpack_packer_init(&pk, &body, put_to_buf);
	msgpack_pack_map(&pk, 5);
	pack_key(&pk, "stage");
	pack_text(&pk, note->stage);
	pack_count(&pk, "exit", (uint64_t)note->exit);
	pack_count(&pk, "log", note->log);
	pack_key(&pk, "why");
	pack_text(&pk, note->why);
	pack_stages(&pk, &body, note->stages, note->stage_count, own);
	finish(out, ITEM_ABORT, &body);
}

/* The target of a key of an item's map: one of these, or none for an unknown key. */
struct key {
	const char *name;
	uint64_t *count;
	int64_t *number;
	struct slice *text;
	bool *flag;
	struct slice *list; /* elements of an array, with */
	size_t *list_count;
	bool optional;
	bool seen;
};

static bool
store(struct key *key, const struct mp_token *t, const char *body, const char *next)
{
	key->seen = true;
	if (key->count && (t->type == MP_UINT || (t->type == MP_INT && t->i >= 0)))
		*key->count = t->u;
	else if (key->number && t->type == MP_INT)
		*key->number = t->i;
	else if (key->text && t->type == MP_STR)
		*key->text = (struct slice){t->p, t->n};
	else if (key->flag && t->type == MP_BOOL)
		*key->flag = t->b;
	else if (key->list && t->type == MP_ARRAY) {
		*key->list = (struct slice){body, (size_t)(next - body)};
		*key->list_count = t->n;
	} else
		return false;
	return true;
}

static struct key *
find_key(struct key *keys, size_t n, const struct mp_token *name)
{
	for (size_t i = 0; i < n; i++)
		if (name->type == MP_STR &&
		    slice_is((struct slice){name->p, name->n}, keys[i].name))
			return &keys[i];
	return NULL;
}

static const char *
read_map(struct slice payload, struct key *keys, size_t n)
{
	const char *p = payload.p, *end = p + payload.n;
	size_t whole;
	struct mp_token map;
	if (mp_measure(p, end, &whole) != MP_OK || whole != payload.n)
		return "is not a msgpack object";
	p = mp_read(p, end, &map);
	if (map.type != MP_MAP)
		return "is not a map";
	for (size_t i = 0; i < map.n; i++) {
		struct mp_token name, value;
		const char *at = mp_read(p, end, &name);
		at = name.type == MP_ARRAY || name.type == MP_MAP ? mp_skip(p, end) : at;
		const char *next = mp_skip(at, end);
		const char *body = mp_read(at, end, &value);
		struct key *key = find_key(keys, n, &name);
		if (key && !store(key, &value, body, next))
			return "has a value of a wrong type";
		p = next;
	}
	for (size_t i = 0; i < n; i++)
		if (!keys[i].seen && !keys[i].optional)
			return "lacks a key";
	return NULL;
}

const char *
control_read_header(struct slice payload, struct header *header)
{
	*header = (struct header){0};
	struct key keys[] = {
	    {.name = "mam", .number = &header->version},
	    {.name = "by", .text = &header->by, .optional = true},
	    {.name = "run", .text = &header->run, .optional = true},
	    {.name = "dry", .flag = &header->dry, .optional = true},
	};
	return read_map(payload, keys, sizeof keys / sizeof keys[0]);
}

const char *
control_read_end(struct slice payload, struct seal *seal)
{
	*seal = (struct seal){0};
	struct key keys[] = {
	    {.name = "records", .count = &seal->records},
	    {.name = "xxh3", .count = &seal->xxh3},
	    {.name = "digest", .text = &seal->digest, .optional = true},
	    {.name = "stages",
		.list = &seal->stages,
		.list_count = &seal->stage_count,
		.optional = true},
	};
	return read_map(payload, keys, sizeof keys / sizeof keys[0]);
}

const char *
control_read_abort(struct slice payload, struct abort_note *note)
{
	*note = (struct abort_note){0};
	struct key keys[] = {
	    {.name = "stage", .text = &note->stage},
	    {.name = "exit", .number = &note->exit},
	    {.name = "why", .text = &note->why},
	    {.name = "log", .count = &note->log, .optional = true},
	    {.name = "stages",
		.list = &note->stages,
		.list_count = &note->stage_count,
		.optional = true},
	};
	return read_map(payload, keys, sizeof keys / sizeof keys[0]);
}
