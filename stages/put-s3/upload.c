/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <signal.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/text/base64.h"
#include "common/text/crc.h"
#include "common/text/digest.h"
#include "common/web/http_header.h"
#include "common/web/xml.h"
#include "stages/put-s3/put.h"
#include "stages/put-s3/settle.h"
#include "stages/put-s3/upload.h"

enum {
	READ_MAX = 256 * 1024,
	GROW_AFTER = 1000, /* parts, after which the next ones are larger by the first size */
	TRIES_OF_ABORT = 2,
	NO_LIMIT = 0,                  /* but that of the settings */
	REQUEST_TIME = 20 * 60 * 1000, /* milliseconds: a stalled request ends far earlier */
};

static struct upload {
	struct aws *aws;
	struct s3_address address;
	struct buf part; /* the bytes that are not sent yet */
	size_t part_size;
	struct buf id; /* of the multipart upload; empty: there is none */
	uint64_t parts;
	struct buf list; /* of the parts, XML, for the completion */
	struct crc crc;  /* of all bytes */
	struct expected expected;
	struct aws_answer answer;
} up;

static volatile sig_atomic_t caught;

/*
 * Sends a request until it succeeds or fails for good, at most so many times; *unsure is set if a
 * try may have succeeded without our knowing.
 */
static bool
send(const struct s3_call *call, unsigned most, bool *unsure, struct failure *f)
{
	struct aws_tries tries = {0};
	for (;;) {
		enum aws_step step = s3_try(up.aws, call, &up.answer, &tries, f);
		counts.requests++;
		if (step == AWS_DONE)
			return true;
		if (up.answer.lost || up.answer.status >= 500 || up.answer.status == 200)
			*unsure = true;
		if (step == AWS_FAILED || (most && tries.n >= most))
			return false;
		counts.retries++;
	}
}

/* The part's storage is paid for until it is aborted. */
void
upload_abort(void)
{
	struct buf query = {0};
	struct failure f = {0};
	size_t n = 0;
	bool unsure = false;
	if (!up.id.n)
		return;
	aws_stop_by(up.aws, NULL);
	s3_put_query(&query, &n, "uploadId", buf_slice(&up.id));
	struct s3_call call = {
	    .method = "DELETE", .address = up.address, .query = buf_slice(&query)};
	struct buf id = up.id;
	/* A failure in here must not begin it again. */
	up.id = (struct buf){0};
	/* 404: it was completed or aborted before. */
	if (!send(&call, TRIES_OF_ABORT, &unsure, &f) && up.answer.status != 404)
		message("the upload %s could not be aborted, so its parts stay until a lifecycle "
			"rule or AbortMultipartUpload removes them: %s",
		    quoted(buf_slice(&id)), f.text);
	buf_free(&query);
	buf_free(&id);
}

static void
abort_at_death(enum status status, const char *why)
{
	(void)status;
	(void)why;
	upload_abort();
}

/* Again and again: a signal that comes between a look and the wait after it would be lost. */
static void
catch_signal(int signal_number)
{
	if (signal_number != SIGALRM)
		caught = signal_number;
	alarm(1);
}

void
upload_look_at_signal(void)
{
	int number = caught;
	if (!number)
		return;
	alarm(0);
	message("ended by signal %d%s", number, up.id.n ? ", the upload is aborted" : "");
	upload_abort();
	signal(number, SIG_DFL);
	raise(number);
}

static void
catch_signals(void)
{
	static const int numbers[] = {SIGHUP, SIGINT, SIGTERM, SIGALRM};
	struct sigaction action = {.sa_handler = catch_signal}, old;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}

_Noreturn static void
fail(const struct failure *f)
{
	upload_look_at_signal();
	if (up.answer.status == 412) {
		struct buf where = {0};
		s3_put_address(&where, &up.address);
		die(STATUS_REFUSED,
		    config.if_match ? "%s is not the one of --if-match any more"
				    : "%s is there already (--if-none-match)",
		    quoted(buf_slice(&where)));
	}
	die(f->status, "%s", f->text);
}

/* The size of the next part. */
static size_t
next_size(void)
{
	return up.part_size * (up.parts / GROW_AFTER + 1);
}

void
upload_begin(struct aws *a, const struct s3_address *address, int64_t size)
{
	static const int64_t mebibyte = 1024 * 1024;
	int64_t part = config.part_size;
	/* For a size that is known, equal parts, and not too many of them. */
	if (size > part * GROW_AFTER) {
		int64_t least = (size / S3_PARTS_MAX / mebibyte + 1) * mebibyte;
		part = least > part ? least : part;
	}
	up.aws = a;
	up.address = *address;
	up.part_size = (size_t)part;
	crc_start(&up.crc, CRC_64_NVME);
	message_at_death(abort_at_death);
	catch_signals();
	aws_stop_by(a, &caught);
}

static void
put_sum(struct buf *headers, const char *name, const unsigned char *sum, size_t n)
{
	buf_printf(headers, "%s: ", name);
	base64_put(headers, (struct slice){(const char *)sum, n});
	buf_put_byte(headers, '\n');
}

static void
create(void)
{
	struct buf headers = {0}, id = {0};
	struct failure f = {0};
	bool unsure = false;
	buf_put_slice(&headers, headers_of_object());
	if (!config.no_checksum)
		buf_put_text(&headers, "X-Amz-Checksum-Algorithm: CRC64NVME\n"
				       "X-Amz-Checksum-Type: FULL_OBJECT\n");
	buf_check(&headers, "the headers of a request", NULL);
	struct s3_call call = {.method = "POST",
	    .address = up.address,
	    .query = SLICE("?uploads="),
	    .headers = buf_slice(&headers),
	    .has_body = true};
	if (!send(&call, NO_LIMIT, &unsure, &f))
		fail(&f);
	if (!xml_find_text(buf_slice(&up.answer.body), "UploadId", &id) || !id.n || id.failed)
		die(STATUS_TRY_AGAIN, "s3: the answer to CreateMultipartUpload has no UploadId");
	up.id = id;
	buf_free(&headers);
}

/* The number of a part, its ETag and sum. */
static void
list_part(struct slice etag, struct slice sum)
{
	buf_printf(&up.list, "<Part><PartNumber>%" PRIu64 "</PartNumber><ETag>", up.parts);
	for (size_t i = 0; i < etag.n; i++)
		switch (etag.p[i]) {
		case '&':
			buf_put_text(&up.list, "&amp;");
			break;
		case '<':
			buf_put_text(&up.list, "&lt;");
			break;
		default:
			buf_put_byte(&up.list, etag.p[i]);
		}
	buf_put_text(&up.list, "</ETag>");
	if (sum.n) {
		buf_put_text(&up.list, "<ChecksumCRC64NVME>");
		buf_put_slice(&up.list, sum);
		buf_put_text(&up.list, "</ChecksumCRC64NVME>");
	}
	buf_put_text(&up.list, "</Part>");
	buf_check(&up.list, "the list of parts", NULL);
}

static void
send_part(void)
{
	static struct crc crc;
	struct buf headers = {0}, query = {0}, number = {0};
	struct failure f = {0};
	struct slice etag, sum = {"", 0};
	size_t n = 0;
	bool unsure = false;
	if (up.parts == S3_PARTS_MAX)
		die(STATUS_DATA,
		    "the input is larger than %d parts, %" PRIu64
		    " bytes: give a larger --part-size",
		    S3_PARTS_MAX, counts.bytes);
	if (!up.id.n)
		create();
	up.parts++;
	if (!config.no_checksum) {
		unsigned char value[CRC_BYTES_MAX];
		crc_start(&crc, CRC_64_NVME);
		crc_update(&crc, buf_slice(&up.part));
		put_sum(&headers, s3_sum_header(S3_CRC64NVME), value, crc_value(&crc, value));
	}
	buf_printf(&number, "%" PRIu64, up.parts);
	s3_put_query(&query, &n, "partNumber", buf_slice(&number));
	s3_put_query(&query, &n, "uploadId", buf_slice(&up.id));
	buf_check(&headers, "the headers of a request", NULL);
	buf_check(&query, "a query", NULL);
	struct s3_call call = {.method = "PUT",
	    .address = up.address,
	    .query = buf_slice(&query),
	    .headers = buf_slice(&headers),
	    .body = buf_slice(&up.part),
	    .has_body = true,
	    .max_time = REQUEST_TIME};
	if (!send(&call, NO_LIMIT, &unsure, &f))
		fail(&f);
	if (!header_find(buf_slice(&up.answer.headers), "etag", &etag))
		die(STATUS_REFUSED, "s3: the answer to UploadPart has no ETag");
	header_find(buf_slice(&headers), s3_sum_header(S3_CRC64NVME), &sum);
	list_part(etag, sum);
	expect_part(&up.expected, etag);
	counts.parts++;
	buf_reset(&up.part);
	buf_free(&headers);
	buf_free(&query);
	buf_free(&number);
}

char *
upload_room(size_t *n)
{
	size_t size = next_size();
	if (up.part.n >= size) {
		send_part();
		size = next_size();
	}
	*n = size - up.part.n < READ_MAX ? size - up.part.n : READ_MAX;
	char *p = buf_reserve(&up.part, *n);
	buf_check(&up.part, "a part", NULL);
	return p;
}

void
upload_take(size_t n)
{
	crc_update(&up.crc, (struct slice){up.part.p + up.part.n, n});
	up.part.n += n;
	counts.bytes += n;
	upload_look_at_signal();
}

/* The object is stored if one of the tries has stored it. */
static void
store(const struct s3_call *call)
{
	struct failure f = {0};
	bool unsure = false;
	up.expected.size = counts.bytes;
	if (!send(call, NO_LIMIT, &unsure, &f) &&
	    !(unsure && settle(up.aws, &up.address, &up.expected)))
		fail(&f);
	counts.objects++;
}

static void
put_whole(void)
{
	struct buf headers = {0}, hex = {0};
	struct slice body = buf_slice(&up.part);
	if (!digest_sha256(up.expected.sha256, body))
		die(STATUS_BUG, "libcrypto has no SHA-256");
	up.expected.body = body;
	buf_put_slice(&headers, headers_of_object());
	buf_put_slice(&headers, headers_of_condition());
	if (!config.no_checksum)
		put_sum(&headers, s3_sum_header(S3_SHA256), up.expected.sha256, DIGEST_SHA256);
	digest_put_hex(&hex, up.expected.sha256, DIGEST_SHA256);
	buf_check(&headers, "the headers of a request", NULL);
	buf_check(&hex, "a digest", NULL);
	struct s3_call call = {.method = "PUT",
	    .address = up.address,
	    .headers = buf_slice(&headers),
	    .body = body,
	    .has_body = true,
	    .body_hash = buf_slice(&hex),
	    .fresh = true,
	    .max_time = REQUEST_TIME};
	store(&call);
	buf_free(&headers);
	buf_free(&hex);
}

static void
complete(void)
{
	struct buf headers = {0}, query = {0}, body = {0};
	size_t n = 0, size = crc_value(&up.crc, up.expected.crc);
	s3_put_query(&query, &n, "uploadId", buf_slice(&up.id));
	buf_put_text(&headers, "Content-Type: application/xml\n");
	buf_put_slice(&headers, headers_of_condition());
	if (!config.no_checksum) {
		buf_put_text(&headers, "X-Amz-Checksum-Type: FULL_OBJECT\n");
		put_sum(&headers, s3_sum_header(S3_CRC64NVME), up.expected.crc, size);
	}
	buf_printf(&headers, "X-Amz-Mp-Object-Size: %" PRIu64 "\n", counts.bytes);
	buf_put_text(
	    &body, "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
	buf_put_slice(&body, buf_slice(&up.list));
	buf_put_text(&body, "</CompleteMultipartUpload>");
	buf_check(&headers, "the headers of a request", NULL);
	buf_check(&query, "a query", NULL);
	buf_check(&body, "the list of parts", NULL);
	struct s3_call call = {.method = "POST",
	    .address = up.address,
	    .query = buf_slice(&query),
	    .headers = buf_slice(&headers),
	    .body = buf_slice(&body),
	    .has_body = true,
	    .fresh = true,
	    .max_time = REQUEST_TIME};
	store(&call);
	buf_reset(&up.id);
	buf_free(&headers);
	buf_free(&query);
	buf_free(&body);
}

void
upload_finish(bool dry)
{
	upload_look_at_signal();
	/* The last part may be smaller than the least size, and a small object of a dry run is a last part. */
	if (up.id.n ? up.part.n > 0 : dry)
		send_part();
	if (dry)
		upload_abort();
	else if (up.id.n)
		complete();
	else
		put_whole();
}
