/* SPDX-License-Identifier: MIT */
/*
 * read-tokens tokens|skip|msgpack-c FILE TIMES: reads a file of msgpack objects
 * that many times and prints a summary, which must be the same for all methods.
 *
 * 	tokens     every value is read, by common/record/mp.h
 * 	skip       only the end of each object is found
 * 	msgpack-c  every value is decoded, by msgpack_unpack_next
 */
#include <msgpack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/record/mp.h"

struct seen {
	uint64_t objects, values, sum; /* sum: of all integers and lengths */
};

static void
by_tokens(const char *p, const char *end, struct seen *seen)
{
	uint64_t left = 0;
	struct mp_token t;
	while (p < end && (p = mp_read(p, end, &t))) {
		if (!left) {
			seen->objects++;
			left = 1;
		}
		left--;
		seen->values++;
		switch (t.type) {
		case MP_INT:
		case MP_UINT:
			seen->sum += t.u;
			break;
		case MP_ARRAY:
			left += t.n;
			break;
		case MP_MAP:
			left += 2 * t.n;
			break;
		case MP_STR:
		case MP_BIN:
		case MP_EXT:
			seen->sum += t.n;
			break;
		default:
			break;
		}
	}
}

static void
by_skips(const char *p, const char *end, struct seen *seen)
{
	size_t n;
	while (p < end && mp_measure(p, end, &n) == MP_OK) {
		seen->objects++;
		p += n;
	}
}

static void
look(const msgpack_object *o, struct seen *seen)
{
	seen->values++;
	switch (o->type) {
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		seen->sum += o->via.u64;
		break;
	case MSGPACK_OBJECT_STR:
		seen->sum += o->via.str.size;
		break;
	case MSGPACK_OBJECT_BIN:
		seen->sum += o->via.bin.size;
		break;
	case MSGPACK_OBJECT_EXT:
		seen->sum += o->via.ext.size;
		break;
	default:
		break;
	}
}

/* The file is flat: values are in the record itself. */
static void
by_msgpack_c(const char *p, size_t n, struct seen *seen)
{
	msgpack_unpacked u;
	size_t at = 0;
	msgpack_unpacked_init(&u);
	while (msgpack_unpack_next(&u, p, n, &at) == MSGPACK_UNPACK_SUCCESS) {
		seen->objects++;
		look(&u.data, seen);
		if (u.data.type == MSGPACK_OBJECT_ARRAY)
			for (uint32_t i = 0; i < u.data.via.array.size; i++)
				look(&u.data.via.array.ptr[i], seen);
		else if (u.data.type == MSGPACK_OBJECT_MAP)
			for (uint32_t i = 0; i < u.data.via.map.size; i++) {
				look(&u.data.via.map.ptr[i].key, seen);
				look(&u.data.via.map.ptr[i].val, seen);
			}
	}
	msgpack_unpacked_destroy(&u);
}

static char *
read_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	if (!f || fseek(f, 0, SEEK_END))
		return NULL;
	*n = (size_t)ftell(f);
	rewind(f);
	char *p = malloc(*n);
	if (p && fread(p, 1, *n, f) != *n)
		p = NULL;
	fclose(f);
	return p;
}

int
main(int argc, char **argv)
{
	size_t n;
	char *p = argc == 4 ? read_file(argv[2], &n) : NULL;
	if (!p) {
		fprintf(stderr, "usage: read-tokens tokens|skip|msgpack-c FILE TIMES\n");
		return 64;
	}
	struct seen seen = {0};
	for (long i = strtol(argv[3], NULL, 10); i > 0; i--) {
		if (strcmp(argv[1], "tokens") == 0)
			by_tokens(p, p + n, &seen);
		else if (strcmp(argv[1], "skip") == 0)
			by_skips(p, p + n, &seen);
		else
			by_msgpack_c(p, n, &seen);
	}
	printf("%llu objects, %llu values, sum %llu\n", (unsigned long long)seen.objects,
	    (unsigned long long)seen.values, (unsigned long long)seen.sum);
	return 0;
}
