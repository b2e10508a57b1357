/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_JSON_KEYS_H
#define COMMON_JSON_JSON_KEYS_H

#include "common/text/bytes.h"

/*
 * The names of members that a JSON reader has met, each kept once. A name's stamp
 * is the serial number of the object that it was last met in, so a repeated name is
 * found by one compare however many members an object has; and a name remembers
 * which one followed it, so the next record's names are known before they are read.
 */

enum {
	JSON_KEYS_MANY = 4096, /* names that are kept on when nothing needs them */
	JSON_KEYS_BESIDE =
	    100000,           /* names that are kept beside the records, to find repeated ones */
	JSON_KEY_NONE = 0,    /* index of no name; it is in the table, but never found */
	JSON_KEYS_SLACK = 32, /* bytes after each name that may be read */
};

struct json_key {
	uint64_t stamp;
	uint32_t next; /* the name that followed it last time, or JSON_KEY_NONE */
	uint32_t n;    /* bytes of the name */
	uint32_t head; /* bytes of its msgpack head */
	uint32_t hash;
	size_t at;     /* of the msgpack string in pool */
	bool plain;    /* its JSON text is the same bytes in quotes */
	bool reserved; /* a record may not have it */
};

struct json_keys {
	struct json_key *keys;
	size_t n, cap;
	struct buf pool;
	uint32_t *slots; /* open addressing; JSON_KEY_NONE is free */
	size_t n_slots;  /* a power of two, at least twice n */
};

/*
 * False if out of memory. An all-zero table is valid before and after
 * json_keys_free.
 */
bool json_keys_init(struct json_keys *t);
void json_keys_free(struct json_keys *t);

/*
 * The index of the name, which is copied when it is new; JSON_KEY_NONE if out
 * of memory.
 */
uint32_t json_keys_intern(struct json_keys *t, struct slice name);

/* The index of the name; JSON_KEY_NONE if it is not in the table. */
uint32_t json_keys_find(const struct json_keys *t, struct slice name);

struct slice json_key_name(const struct json_keys *t, uint32_t key);

/*
 * Forgets all names but the reserved ones and those for which keep(stamp) is
 * true. Returns the new index of each old name, for the caller to free. If out
 * of memory, returns NULL and changes nothing.
 */
uint32_t *json_keys_purge(
    struct json_keys *t, bool (*keep)(const void *context, uint64_t stamp), const void *context);

#endif
