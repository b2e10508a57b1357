/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/json/json_keys.h"
#include "common/record/mp.h"
#include "common/text/hash.h"

enum { SLOTS_FIRST = 64 };

struct slice
json_key_name(const struct json_keys *t, uint32_t key)
{
	const struct json_key *k = &t->keys[key];
	return (struct slice){t->pool.p + k->at + k->head, k->n};
}

static void
place(struct json_keys *t, uint32_t key)
{
	size_t i = t->keys[key].hash & (t->n_slots - 1);
	while (t->slots[i] != JSON_KEY_NONE)
		i = (i + 1) & (t->n_slots - 1);
	t->slots[i] = key;
}

static bool
make_slots(struct json_keys *t, size_t n)
{
	uint32_t *slots = calloc(n, sizeof *slots);
	if (!slots)
		return false;
	free(t->slots);
	t->slots = slots;
	t->n_slots = n;
	for (size_t key = 1; key < t->n; key++)
		place(t, (uint32_t)key);
	return true;
}

static bool
make_room(struct json_keys *t)
{
	if (t->n == t->cap) {
		size_t cap = t->cap * 2;
		struct json_key *keys =
		    cap < UINT32_MAX ? realloc(t->keys, cap * sizeof *keys) : NULL;
		if (!keys)
			return false;
		t->keys = keys;
		t->cap = cap;
	}
	return t->n * 2 < t->n_slots || make_slots(t, t->n_slots * 2);
}

bool
json_keys_init(struct json_keys *t)
{
	*t = (struct json_keys){.n = 1, .cap = SLOTS_FIRST / 2};
	t->keys = calloc(t->cap, sizeof *t->keys);
	bool good = t->keys && make_slots(t, SLOTS_FIRST) && buf_reserve(&t->pool, JSON_KEYS_SLACK);
	if (!good)
		json_keys_free(t);
	return good;
}

void
json_keys_free(struct json_keys *t)
{
	free(t->keys);
	free(t->slots);
	buf_free(&t->pool);
	*t = (struct json_keys){0};
}

static bool
is_plain(struct slice name)
{
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < 0x20 || name.p[i] == '"' || name.p[i] == '\\')
			return false;
	return true;
}

static uint32_t
add(struct json_keys *t, struct slice name, uint32_t hash)
{
	if (name.n > INT32_MAX || !make_room(t))
		return JSON_KEY_NONE;
	size_t at = t->pool.n;
	mp_buf_str(&t->pool, name);
	if (!buf_reserve(&t->pool, JSON_KEYS_SLACK))
		return JSON_KEY_NONE;
	uint32_t key = (uint32_t)t->n++;
	t->keys[key] = (struct json_key){.n = (uint32_t)name.n,
	    .hash = hash,
	    .at = at,
	    .head = (uint32_t)(t->pool.n - at - name.n),
	    .plain = is_plain(name)};
	place(t, key);
	return key;
}

static uint32_t
find(const struct json_keys *t, struct slice name, uint32_t hash)
{
	for (size_t i = hash & (t->n_slots - 1); t->slots[i] != JSON_KEY_NONE;
	     i = (i + 1) & (t->n_slots - 1)) {
		uint32_t key = t->slots[i];
		if (t->keys[key].hash == hash && slice_equal(json_key_name(t, key), name))
			return key;
	}
	return JSON_KEY_NONE;
}

uint32_t
json_keys_find(const struct json_keys *t, struct slice name)
{
	return find(t, name, (uint32_t)hash64(name.p, name.n));
}

uint32_t
json_keys_intern(struct json_keys *t, struct slice name)
{
	uint32_t hash = (uint32_t)hash64(name.p, name.n);
	uint32_t key = find(t, name, hash);
	return key == JSON_KEY_NONE ? add(t, name, hash) : key;
}

uint32_t *
json_keys_purge(
    struct json_keys *t, bool (*keep)(const void *context, uint64_t stamp), const void *context)
{
	uint32_t *moved = calloc(t->n, sizeof *moved);
	struct json_keys fresh;
	if (!moved || !json_keys_init(&fresh)) {
		free(moved);
		return NULL;
	}
	for (size_t key = 1; key < t->n; key++) {
		const struct json_key *k = &t->keys[key];
		if (!k->reserved && !keep(context, k->stamp))
			continue;
		moved[key] = add(&fresh, json_key_name(t, (uint32_t)key), k->hash);
		if (moved[key] == JSON_KEY_NONE) {
			json_keys_free(&fresh);
			free(moved);
			return NULL;
		}
		fresh.keys[moved[key]].stamp = k->stamp;
		fresh.keys[moved[key]].reserved = k->reserved;
	}
	json_keys_free(t);
	*t = fresh;
	return moved;
}
