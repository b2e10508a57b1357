/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/program/message.h"
#include "common/web/http_header.h"
#include "stages/fetch-s3/fetch.h"
#include "stages/fetch-s3/verify.h"

enum {
	/* bytes that must come for the count of tries to begin anew */
	PROGRESS = 64 * 1024,
};

/* A bound for one request's time would be one for the size of objects; a stalled one ends by READ_TIME. */
static const int64_t no_limit = INT64_MAX;

/* The object that is being fetched. */
static struct get {
	struct object object;
	bool begun;           /* its first answer has come: size, etag and sum are known */
	int64_t at;           /* bytes that came */
	int64_t skip;         /* of this answer, which begins again from the first byte */
	struct buf etag;      /* as it came, in its quotes; empty: the server has none */
	struct failure wrong; /* why the answer was not taken */
} get;

static bool
is_whole_answer(const struct http_answer *answer)
{
	return answer->status == 200;
}

/* The size of the whole object that the headers give; false if the answer does not fit the request. */
static bool
read_size(const struct http_answer *answer, int64_t *size)
{
	struct slice value, headers = buf_slice(&answer->headers);
	int64_t first = 0;
	get.skip = 0;
	if (is_whole_answer(answer)) {
		/* Of a server that does not know Range. */
		get.skip = get.at;
		if (header_find(headers, "content-length", &value) &&
		    parse_integer(value, 0, INT64_MAX, size))
			return true;
		return failure_set(
		    &get.wrong, STATUS_REFUSED, "the answer does not give the size of the object");
	}
	if (answer->status == 206 && header_find(headers, "content-range", &value) &&
	    s3_range_read(value, &first, size) && first == get.at)
		return true;
	return failure_set(&get.wrong, STATUS_REFUSED,
	    "the answer %ld is not the range from byte %" PRId64 " that was asked for",
	    answer->status, get.at);
}

static bool
begin(const struct http_answer *answer)
{
	struct slice etag = {"", 0};
	int64_t size = 0;
	if (!read_size(answer, &size))
		return false;
	header_find(buf_slice(&answer->headers), "etag", &etag);
	if (get.begun) {
		if (size == get.object.size && slice_equal(etag, buf_slice(&get.etag)))
			return true;
		return failure_set(&get.wrong, STATUS_TRY_AGAIN,
		    "the object was replaced while it was fetched: run again");
	}
	get.begun = true;
	get.object.size = size;
	get.object.headers = buf_slice(&answer->headers);
	buf_put_slice(&get.etag, etag);
	buf_check(&get.etag, "an ETag", NULL);
	verify_begin(get.object.headers);
	sink_begin(&get.object);
	return true;
}

/* Takes the answer's body. */
static bool
take(void *context, const struct http_answer *answer, struct slice piece)
{
	(void)context;
	if (!piece.p)
		return begin(answer);
	size_t skipped = (int64_t)piece.n < get.skip ? piece.n : (size_t)get.skip;
	get.skip -= (int64_t)skipped;
	piece = (struct slice){piece.p + skipped, piece.n - skipped};
	if (!piece.n)
		return true;
	if ((int64_t)piece.n > get.object.size - get.at)
		return failure_set(&get.wrong, STATUS_REFUSED,
		    "more bytes came than the %" PRId64 " of the object", get.object.size);
	get.at += (int64_t)piece.n;
	verify_bytes(piece);
	sink_put(piece);
	return true;
}

static void
put_headers(struct buf *headers)
{
	buf_reset(headers);
	buf_put_text(headers, "X-Amz-Checksum-Mode: ENABLED\n");
	if (get.begun && get.at)
		buf_printf(headers, "Range: bytes=%" PRId64 "-\n", get.at);
	if (get.begun && get.etag.n) {
		buf_put_text(headers, "If-Match: ");
		buf_put_slice(headers, buf_slice(&get.etag));
		buf_put_byte(headers, '\n');
	}
	buf_check(headers, "the headers of a request", NULL);
}

_Noreturn static void
fail(const struct aws_answer *answer, bool listed, const struct failure *f)
{
	struct buf where = {0};
	bool gone = answer->status == 404 && (listed || get.begun);
	s3_put_address(&where, &get.object.address);
	if (get.wrong.status != STATUS_OK)
		die(get.wrong.status, "%s: %s", quoted(buf_slice(&where)), get.wrong.text);
	if (answer->status == 412)
		die(STATUS_TRY_AGAIN, "%s: the object was replaced while it was fetched: run again",
		    quoted(buf_slice(&where)));
	if (gone)
		die(STATUS_TRY_AGAIN, "%s: the object was removed while it was fetched: run again",
		    quoted(buf_slice(&where)));
	die(f->status, "%s", f->text);
}

/* Whether all bytes are there; else there is one more request. */
static bool
is_complete(void)
{
	return get.begun && get.at == get.object.size;
}

void
get_object(struct aws *a, const struct s3_address *address, bool listed)
{
	struct aws_answer answer = {0};
	struct aws_tries tries = {0};
	struct buf headers = {0};
	struct failure f = {0};
	get = (struct get){.object.address = *address, .etag = get.etag};
	buf_reset(&get.etag);
	do {
		int64_t before = get.at;
		put_headers(&headers);
		struct s3_call call = {.method = "GET",
		    .address = *address,
		    .headers = buf_slice(&headers),
		    .max_time = no_limit,
		    .take = take};
		enum aws_step step = s3_try(a, &call, &answer, &tries, &f);
		counts.requests++;
		/* The last bytes may have come before the connection broke off. */
		if (is_complete())
			break;
		if (step == AWS_FAILED)
			fail(&answer, listed, &f);
		/* A range that ended early is a break, too, but for the wait. */
		if (step == AWS_DONE && get.at == before)
			die(STATUS_REFUSED, "%s: an answer without bytes, %" PRId64 " are missing",
			    quoted(address->key), get.object.size - get.at);
		counts.retries++;
		if (get.at - before >= PROGRESS)
			tries.n = 0;
	} while (true);
	const char *name;
	if (!verify_end(&name)) {
		struct buf where = {0};
		s3_put_address(&where, address);
		die(STATUS_TRY_AGAIN,
		    "%s: the bytes do not have the %s that S3 keeps: they were changed on the way "
		    "or in the store",
		    quoted(buf_slice(&where)), name);
	}
	sink_end();
	aws_answer_wipe(&answer);
	buf_free(&headers);
}
