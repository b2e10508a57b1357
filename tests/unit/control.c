/* SPDX-License-Identifier: MIT */
/* Control items: written through msgpack-c, read back by our reader, cut and broken. */
#include "common/record/control.h"
#include "common/json/counters_json.h"
#include "common/record/mp.h"
#include "tests/unit/unit.h"

static struct counters own = {.stage = "unit", .version = "0", .records_in = 7, .peak_memory = 1};

static struct slice
payload(const struct buf *item, int8_t ext)
{
	struct mp_token t;
	CHECK(mp_read(item->p, item->p + item->n, &t) == item->p + item->n);
	CHECK(t.type == MP_EXT && t.ext == ext);
	return (struct slice){t.p, t.n};
}

static void
test_header(void)
{
	struct buf item = {0};
	struct header h;
	control_write_header(&item, "unit 0", SLICE("run 1"), true);
	struct slice body = payload(&item, 16);
	CHECK(!control_read_header(body, &h));
	CHECK(h.version == STREAM_VERSION && h.dry && slice_is(h.run, "run 1") &&
	      slice_is(h.by, "unit 0"));
	for (size_t cut = 0; cut < body.n; cut++)
		CHECK(control_read_header((struct slice){body.p, cut}, &h) != NULL);
	buf_free(&item);
}

static void
test_end(void)
{
	struct buf first = {0}, second = {0};
	struct seal seal = {.records = 42, .xxh3 = UINT64_MAX}, read;
	control_write_end(&first, &seal, &own);
	CHECK(!control_read_end(payload(&first, 20), &read));
	CHECK(read.records == 42 && read.xxh3 == UINT64_MAX && read.stage_count == 1);
	CHECK(!read.digest.n);
	read.digest = SLICE("0123");
	/* The next stage hands the counters on and puts its own after them. */
	control_write_end(&second, &read, &own);
	CHECK(!control_read_end(payload(&second, 20), &read));
	CHECK(slice_is(read.digest, "0123"));
	CHECK(read.stage_count == 2 && read.stages.n == 2 * (read.stages.n / 2));
	CHECK(memcmp(read.stages.p, read.stages.p + read.stages.n / 2, read.stages.n / 2) == 0);
	buf_free(&first);
	buf_free(&second);
}

static void
test_abort(void)
{
	struct buf item = {0};
	struct abort_note note = {.stage = SLICE("x"), .why = SLICE("because"), .exit = 77}, read;
	control_write_abort(&item, &note, &own);
	CHECK(!control_read_abort(payload(&item, 21), &read));
	CHECK(read.exit == 77 && slice_is(read.why, "because") && slice_is(read.stage, "x"));
	buf_free(&item);
}

static void
test_broken(void)
{
	struct seal seal;
	struct buf b = {0};
	mp_buf_map(&b, 1);
	mp_buf_str(&b, SLICE("records"));
	mp_buf_int(&b, -1);
	CHECK(control_read_end(buf_slice(&b), &seal) != NULL); /* negative */
	buf_reset(&b);
	mp_buf_map(&b, 1);
	mp_buf_str(&b, SLICE("records"));
	mp_buf_int(&b, 1);
	CHECK(control_read_end(buf_slice(&b), &seal) != NULL); /* no hash */
	buf_reset(&b);
	mp_buf_map(&b, 3);
	mp_buf_str(&b, SLICE("records"));
	mp_buf_int(&b, 1);
	mp_buf_str(&b, SLICE("xxh3"));
	mp_buf_int(&b, 1);
	mp_buf_array(&b, 1); /* a key of a later version, and no text at that */
	mp_buf_nil(&b);
	mp_buf_nil(&b);
	CHECK(!control_read_end(buf_slice(&b), &seal) && seal.records == 1);
	CHECK(control_read_end(SLICE("\x93\x01\x02\x03"), &seal) != NULL);
	CHECK(control_read_end(SLICE(""), &seal) != NULL);
	buf_free(&b);
}

static void
test_json(void)
{
	struct buf b = {0};
	counters_write_json(&b, &own, 65);
	CHECK(b.n > 2 && b.p[0] == '{' && b.p[b.n - 1] == '}');
	buf_put_byte(&b, '\0');
	CHECK(strstr(b.p, "\"records_in\":7") && strstr(b.p, "\"exit\":65"));
	buf_free(&b);

	struct counters extra = own;
	struct buf pairs = {0};
	mp_buf_str(&pairs, SLICE("changed"));
	mp_buf_map(&pairs, 1);
	mp_buf_str(&pairs, SLICE("cost"));
	mp_buf_int(&pairs, 9);
	extra.extra = buf_slice(&pairs);
	extra.extra_count = 1;
	counters_write_json(&b, &extra, 0);
	buf_put_byte(&b, '\0');
	CHECK(strstr(b.p, ",\"changed\":{\"cost\":9}}") != NULL);
	buf_free(&b);
	buf_free(&pairs);
}

int
main(void)
{
	test_header();
	test_end();
	test_abort();
	test_broken();
	test_json();
	return unit_done("control");
}
