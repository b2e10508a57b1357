/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/record/record.h"
#include "common/stream/records_digest.h"
#include "common/text/hash.h"

struct records_digest {
	struct hash128 *hash;
	struct buf schema; /* the last one that was hashed, as an item; empty: none yet */
	bool chunks;       /* the records are the bytes of a file */
	bool begun;        /* of the file: its further fields were hashed */
	uint64_t length;   /* of the file */
};

struct records_digest *
records_digest_new(void)
{
	struct records_digest *d = xcalloc(1, sizeof *d);
	d->hash = hash128_new();
	if (!d->hash)
		die(STATUS_TRY_AGAIN, "no memory for the digest of the records");
	return d;
}

void
records_digest_reset(struct records_digest *d)
{
	hash128_reset(d->hash);
	buf_reset(&d->schema);
	d->chunks = false;
}

void
records_digest_copy(struct records_digest *to, const struct records_digest *from)
{
	hash128_copy(to->hash, from->hash);
	buf_reset(&to->schema);
	buf_put_slice(&to->schema, buf_slice(&from->schema));
	buf_check(&to->schema, "a schema", NULL);
	to->chunks = from->chunks;
	to->begun = from->begun;
	to->length = from->length;
}

/* A file's length is part of the digest: otherwise bytes could move from one file to the next. */
static void
end_file(struct records_digest *d)
{
	char length[MP_HEAD_MAX];
	if (!d->chunks)
		return;
	mp_put_64(length, 0, d->length);
	hash128_update(d->hash, length + 1, sizeof d->length);
	d->chunks = false;
}

void
records_digest_schema(struct records_digest *d, struct slice payload)
{
	struct schema schema = {0};
	struct buf item = {0};
	const char *wrong = schema_read(&schema, payload);
	if (wrong)
		die(STATUS_BUG, "a schema that is written: %s", wrong);
	end_file(d);
	/* Names and types only: readers skip everything else in the item. */
	schema_write(&schema, &item);
	buf_check(&item, "a schema", NULL);
	d->chunks =
	    schema.fields[0].type == VALUE_BYTES && slice_is(schema.fields[0].name, "chunk");
	d->begun = false;
	d->length = 0;
	if (d->chunks || !slice_equal(buf_slice(&item), buf_slice(&d->schema)))
		hash128_update(d->hash, item.p, item.n);
	buf_free(&d->schema);
	d->schema = item;
	schema_free(&schema);
}

/* One record of a file: its further fields once, and the bytes of its chunk. */
static const char *
put_chunk(struct records_digest *d, const char *p, const char *end)
{
	struct mp_token array, chunk;
	const char *value = mp_read(p, end, &array), *next = mp_skip(p, end);
	const char *others = mp_read(value, end, &chunk);
	if (!d->begun)
		hash128_update(d->hash, others, (size_t)(next - others));
	d->begun = true;
	if (chunk.type != MP_BIN)
		return next;
	hash128_update(d->hash, chunk.p, chunk.n);
	d->length += chunk.n;
	return next;
}

void
records_digest_put(struct records_digest *d, const char *p, size_t n)
{
	const char *end = p + n;
	if (!d->chunks) {
		hash128_update(d->hash, p, n);
		return;
	}
	while (p < end)
		p = put_chunk(d, p, end);
}

void
records_digest_end(struct records_digest *d)
{
	end_file(d);
}

void
records_digest_text(const struct records_digest *d, char to[RECORDS_DIGEST_TEXT])
{
	unsigned char value[HASH128_BYTES];
	hash128_value(d->hash, value);
	for (size_t i = 0; i < sizeof value; i++)
		snprintf(to + 2 * i, 3, "%02x", value[i]);
}
