/* SPDX-License-Identifier: MIT */
#include "common/sql/pg_copy_read.h"
#include "common/sql/pg_bytes.h"

void
pg_copy_block(struct pg_copy_reader *r, struct slice block)
{
	r->block = block;
}

static enum pg_copy_step
bad(struct pg_copy_reader *r, const char *error)
{
	r->error = error;
	return PG_COPY_BAD;
}

/* The bytes of the format's head at p; 0 if they are not all there, SIZE_MAX if it is another format. */
static size_t
head_size(const char *p, size_t n)
{
	enum { SIGNATURE = 11, FLAGS = 4, LENGTH = 4 };
	static const char signature[] = "PGCOPY\n\377\r\n";
	if (n < SIGNATURE + FLAGS + LENGTH)
		return memcmp(p, signature, n < SIGNATURE ? n : SIGNATURE) == 0 ? 0 : SIZE_MAX;
	if (memcmp(p, signature, SIGNATURE) != 0 || pg_get_32(p + SIGNATURE))
		return SIZE_MAX;
	size_t size = SIGNATURE + FLAGS + LENGTH + pg_get_32(p + SIGNATURE + FLAGS);
	return size <= n ? size : 0;
}

/* The bytes of the row at p, with its fields; 0 if it is not all there, SIZE_MAX if it is malformed. */
static size_t
row_size(const char *p, size_t n, struct slice *fields, size_t n_fields, bool *tail)
{
	size_t at = 2;
	*tail = false;
	if (n < at)
		return 0;
	if (pg_get_16(p) == UINT16_MAX) {
		*tail = true;
		return at;
	}
	if (pg_get_16(p) != n_fields)
		return SIZE_MAX;
	for (size_t i = 0; i < n_fields; i++) {
		if (n - at < 4)
			return 0;
		int32_t size = (int32_t)pg_get_32(p + at);
		at += 4;
		if (size < -1)
			return SIZE_MAX;
		fields[i] = (struct slice){size < 0 ? NULL : p + at, size < 0 ? 0 : (size_t)size};
		if (n - at < fields[i].n)
			return 0;
		at += fields[i].n;
	}
	return at;
}

/* One row from the bytes s; used is how many of them it took. */
static enum pg_copy_step
take(struct pg_copy_reader *r, struct slice s, struct slice *fields, size_t n, size_t *used)
{
	*used = 0;
	if (!s.n)
		return PG_COPY_MORE;
	if (!r->begun) {
		size_t size = head_size(s.p, s.n);
		if (size == SIZE_MAX)
			return bad(r, "the server's COPY has another form than expected");
		if (!size)
			return PG_COPY_MORE;
		r->begun = true;
		*used = size;
	}
	bool tail;
	if (r->ended)
		return s.n > *used ? bad(r, "bytes after the end of the server's COPY")
				   : PG_COPY_MORE;
	size_t size = row_size(s.p + *used, s.n - *used, fields, n, &tail);
	if (size == SIZE_MAX)
		return bad(r, "a row of the server's COPY is malformed");
	*used += size;
	r->ended = size && tail;
	if (r->ended && s.n > *used)
		return bad(r, "bytes after the end of the server's COPY");
	return size && !tail ? PG_COPY_ROW : PG_COPY_MORE;
}

/* Keeps what is left of a row whose end is to come. */
static bool
keep_rest(struct pg_copy_reader *r)
{
	struct buf *rest = &r->rest;
	if (rest->n) {
		memmove(rest->p, rest->p + r->at, rest->n - r->at);
		rest->n -= r->at;
	} else {
		buf_put_slice(rest, r->block);
		r->block.n = 0;
	}
	r->at = 0;
	return !rest->failed;
}

enum pg_copy_step
pg_copy_row(struct pg_copy_reader *r, struct slice *fields, size_t n)
{
	struct buf *rest = &r->rest;
	size_t used;
	if (r->error)
		return PG_COPY_BAD;
	if (r->at == rest->n)
		r->at = rest->n = 0;
	/* A row mostly is a block: only one that is cut is copied. */
	if (rest->n && r->block.n) {
		buf_put_slice(rest, r->block);
		r->block.n = 0;
		if (rest->failed)
			return bad(r, "no memory for a row");
	}
	struct slice s = rest->n ? (struct slice){rest->p + r->at, rest->n - r->at} : r->block;
	enum pg_copy_step step = take(r, s, fields, n, &used);
	if (rest->n) {
		r->at += used;
	} else if (used) {
		r->block.p += used;
		r->block.n -= used;
	}
	if (step == PG_COPY_MORE && !keep_rest(r))
		return bad(r, "no memory for a row");
	return step;
}
