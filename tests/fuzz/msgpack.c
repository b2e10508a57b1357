/* SPDX-License-Identifier: MIT */
/*
 * msgpack of other programs. The first byte chooses the rules, the second how the bytes are cut
 * into blocks. The cuts must change neither the records nor the error. A record that converts is
 * whole msgpack, and converting it again changes nothing.
 */
#include "common/record/mp.h"
#include "common/record/mp_foreign.h"
#include "common/record/mp_records.h"
#include "common/record/record_check.h"
#include "tests/fuzz/fuzz.h"

enum { CEILING = 1 << 20 };

struct outcome {
	struct buf records;
	size_t count;
	const char *error;
	uint64_t offset;
};

static void
check_record(const struct mp_foreign_rules *rules, struct slice record)
{
	static struct record_check *check;
	static const struct schema none;
	struct buf once = {0}, twice = {0};
	struct mp_foreign_error error;
	const char *p = record.p;
	size_t n;
	if (!check)
		check = record_check_new();
	if (mp_foreign_value(rules, &p, record.p + record.n, &once, &error)) {
		HOLDS(p == record.p + record.n);
		HOLDS(mp_measure(once.p, once.p + once.n, &n) == MP_OK && n == once.n);
		n = record_check(check, &none, once.p, once.p + once.n);
		HOLDS(n == 0 || n == once.n);
		struct mp_foreign_rules again = *rules;
		again.ext = MP_FOREIGN_EXT_MAM;
		p = once.p;
		HOLDS(mp_foreign_value(&again, &p, once.p + once.n, &twice, &error));
		HOLDS(slice_equal(buf_slice(&once), buf_slice(&twice)));
	} else {
		HOLDS(error.what && error.at.n && error.at.p >= record.p &&
		      error.at.p + error.at.n <= record.p + record.n);
	}
	buf_free(&once);
	buf_free(&twice);
}

static struct outcome
read_all(const struct mp_records_rules *rules, const struct mp_foreign_rules *foreign,
    struct slice in, size_t step)
{
	struct outcome o = {0};
	struct slice record;
	size_t at = 0;
	enum mp_records_status status;
	struct mp_records *w = mp_records_new(rules);
	HOLDS(w != NULL);
	while ((status = mp_records_next(w, &record)) == MP_RECORDS_RECORD ||
	       status == MP_RECORDS_MORE) {
		if (status == MP_RECORDS_RECORD) {
			HOLDS(record.n > 0);
			buf_put_slice(&o.records, record);
			o.count++;
			if (foreign)
				check_record(foreign, record);
			continue;
		}
		size_t room, n = in.n - at < step ? in.n - at : step;
		char *p = mp_records_space(w, &room);
		HOLDS(p != NULL && room >= n);
		if (n)
			memcpy(p, in.p + at, n);
		at += n;
		mp_records_filled(w, n);
	}
	struct slice fault;
	o.error = mp_records_error(w, &fault);
	o.offset = mp_records_offset(w);
	HOLDS((status == MP_RECORDS_BAD) == (o.error != NULL));
	mp_records_free(w);
	return o;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = {"", "a", "a.b", "[].a[]", "a{b}", "a.1", "[]", "{a}"};
	if (size < 2)
		return 0;
	struct json_path path = {0};
	const char *chosen = paths[data[0] & 7];
	if (*chosen)
		HOLDS(json_path_parse_records(&path, slice_of(chosen)) == NULL);
	uint64_t replaced = 0;
	const struct mp_records_rules rules = {.path = &path,
	    .rows = data[0] & 8,
	    .path_must_lead = data[0] & 16,
	    .value_max = CEILING};
	const struct mp_foreign_rules foreign = {
	    .ext = data[0] & 32 ? MP_FOREIGN_EXT_BYTES : MP_FOREIGN_EXT_ERROR,
	    .nan = data[0] & 64 ? MP_FOREIGN_NAN_KEEP : MP_FOREIGN_NAN_NULL,
	    .replaced = data[0] & 128 ? &replaced : NULL};
	struct slice in = {(const char *)data + 2, size - 2};
	struct outcome whole = read_all(&rules, &foreign, in, 64 * 1024);
	struct outcome cut = read_all(&rules, NULL, in, 1 + data[1] % 40);
	HOLDS(whole.count == cut.count && whole.error == cut.error && whole.offset == cut.offset);
	HOLDS(slice_equal(buf_slice(&whole.records), buf_slice(&cut.records)));
	buf_free(&whole.records);
	buf_free(&cut.records);
	json_path_free(&path);
	return 0;
}
