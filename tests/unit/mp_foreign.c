/* SPDX-License-Identifier: MIT */
#include "common/record/mp_foreign.h"
#include "common/record/mp.h"
#include "tests/unit/unit.h"

/* What the bytes become under the rules; empty with *what set if they are refused. */
static struct slice
converted(const struct mp_foreign_rules *rules, struct slice in, const char **what)
{
	static struct buf out;
	struct mp_foreign_error error = {0};
	const char *p = in.p;
	buf_reset(&out);
	*what = NULL;
	if (mp_foreign_value(rules, &p, in.p + in.n, &out, &error)) {
		CHECK(p == in.p + in.n);
		return buf_slice(&out);
	}
	*what = error.what;
	CHECK(error.at.n > 0);
	return (struct slice){0};
}

static void
becomes(const struct mp_foreign_rules *rules, struct slice in, struct slice wanted)
{
	const char *what;
	struct slice got = converted(rules, in, &what);
	CHECK(!what && slice_equal(got, wanted));
}

static void
refused(const struct mp_foreign_rules *rules, struct slice in, const char *wanted)
{
	const char *what;
	converted(rules, in, &what);
	CHECK(what && strcmp(what, wanted) == 0);
}

int
main(void)
{
	struct mp_foreign_rules rules = {0};
	/* The longest forms become the shortest, a float32 the float of the same value. */
	becomes(&rules, SLICE("\xcf\0\0\0\0\0\0\0\x05"), SLICE("\x05"));
	becomes(&rules, SLICE("\xd3\xff\xff\xff\xff\xff\xff\xff\xff"), SLICE("\xff"));
	becomes(&rules, SLICE("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"),
	    SLICE("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"));
	becomes(&rules, SLICE("\xca\x3f\xc0\0\0"), SLICE("\xcb\x3f\xf8\0\0\0\0\0\0"));
	becomes(&rules, SLICE("\xdb\0\0\0\1\x61"), SLICE("\xa1\x61"));
	becomes(
	    &rules, SLICE("\xdf\0\0\0\1\xa1\x61\x92\xc0\xc3"), SLICE("\x81\xa1\x61\x92\xc0\xc3"));
	becomes(&rules, SLICE("\xc4\1\xff"), SLICE("\xc4\1\xff"));
	becomes(&rules, SLICE("\xd6\xff\0\0\0\1"), SLICE("\xd6\xff\0\0\0\1"));
	/* Keys at any depth; a value may be what a key must not. */
	refused(&rules, SLICE("\x81\x05\x01"), "a key is not a text");
	refused(
	    &rules, SLICE("\x81\xa1\x61\x91\x82\xa1\x62\x05\xc4\1\x62\x05"), "a key is not a text");
	becomes(&rules, SLICE("\x91\x81\xa1\x61\x05"), SLICE("\x91\x81\xa1\x61\x05"));
	/* Extension types. */
	refused(&rules, SLICE("\xd4\x05\x61"), "is of an extension type");
	refused(&rules, SLICE("\xd6\x02\0\0\0\1"), "is of an extension type");
	rules.ext = MP_FOREIGN_EXT_BYTES;
	becomes(&rules, SLICE("\xd4\x05\x61"), SLICE("\xc4\1\x61"));
	becomes(&rules, SLICE("\xd6\xff\0\0\0\1"), SLICE("\xd6\xff\0\0\0\1"));
	rules.ext = MP_FOREIGN_EXT_MAM;
	becomes(&rules, SLICE("\xd6\x02\0\0\0\1"), SLICE("\xd6\x02\0\0\0\1"));
	becomes(&rules,
	    SLICE("\xc7\3\1"
		  "1.5"),
	    SLICE("\xc7\3\1"
		  "1.5"));
	refused(&rules, SLICE("\xd4\x10\x61"), "is of an extension type");
	/* NaN and the infinities. */
	refused(&rules, SLICE("\x91\xcb\x7f\xf8\0\0\0\0\0\0"), "is not a finite number");
	refused(&rules, SLICE("\xca\x7f\x80\0\0"), "is not a finite number");
	rules.nan = MP_FOREIGN_NAN_NULL;
	becomes(&rules, SLICE("\x91\xcb\x7f\xf8\0\0\0\0\0\0"), SLICE("\x91\xc0"));
	rules.nan = MP_FOREIGN_NAN_KEEP;
	becomes(&rules, SLICE("\xcb\x7f\xf8\0\0\0\0\0\0"), SLICE("\xcb\x7f\xf8\0\0\0\0\0\0"));
	/* Text. */
	uint64_t replaced = 0;
	becomes(&rules, SLICE("\xa2\xff\x61"), SLICE("\xa2\xff\x61"));
	rules.replaced = &replaced;
	becomes(&rules, SLICE("\x81\xa1\xff\xa2\xff\x61"),
	    SLICE("\x81\xa3\xef\xbf\xbd\xa4\xef\xbf\xbd\x61"));
	CHECK(replaced == 2);
	return unit_done("mp_foreign");
}
