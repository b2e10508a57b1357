/* SPDX-License-Identifier: MIT */
#include "common/record/field_lookup.h"
#include "tests/unit/unit.h"

/* "a b c" through the lookup: "0 2 -" */
static void
check(struct field_lookup *l, const char *fields, const char *wanted)
{
	struct buf b = {0};
	size_t position = 0;
	for (const char *p = fields; *p; position++) {
		size_t n = strcspn(p, " ");
		long at = field_lookup_at(l, position, (struct slice){p, n});
		buf_put_text(&b, position ? " " : "");
		if (at < 0)
			buf_put_byte(&b, '-');
		else
			buf_printf(&b, "%ld", at);
		p += n;
		p += *p == ' ';
	}
	int good = slice_is(buf_slice(&b), wanted);
	if (!good)
		fprintf(stderr, "%s: %.*s is not %s\n", fields, (int)b.n, b.p, wanted);
	CHECK(good);
	buf_free(&b);
}

int
main(void)
{
	struct field_lookup l = {0};
	check(&l, "a b", "- -");
	CHECK(field_lookup_add(&l, SLICE("b")) == 0);
	CHECK(field_lookup_add(&l, SLICE("d")) == 1);
	CHECK(field_lookup_add(&l, SLICE("b")) == 0);
	CHECK(field_lookup_add(&l, SLICE("")) == 2);
	/* A field that was not wanted before is wanted now. */
	check(&l, "a b", "- 0");
	/* The same shape, fields that come and go, another order, a name twice. */
	check(&l, "a b c d", "- 0 - 1");
	check(&l, "a b c d", "- 0 - 1");
	check(&l, "b d", "0 1");
	check(&l, "d c b a", "1 - 0 -");
	check(&l, "b b bb", "0 0 -");
	check(&l, "a b c d", "- 0 - 1");
	CHECK(field_lookup_at(&l, 0, SLICE("")) == 2);
	CHECK(field_lookup_at(&l, 0, (struct slice){0}) == 2);
	CHECK(field_lookup_at(&l, 0, SLICE("b\0")) == -1);
	/* The names are copies. */
	char name[] = "moves";
	CHECK(field_lookup_add(&l, slice_of(name)) == 3);
	name[0] = 'x';
	CHECK(field_lookup_at(&l, 5000, SLICE("moves")) == 3);
	CHECK(field_lookup_at(&l, 5000, slice_of(name)) == -1);
	field_lookup_free(&l);
	CHECK(l.n == 0);
	check(&l, "b", "-");
	field_lookup_free(&l);

	/* Names of every length, and one that differs in each byte. */
	for (size_t n = 1; n < 40; n++) {
		char text[40], other[40];
		memset(text, 'a', n);
		struct slice s = {text, n};
		CHECK(field_lookup_add(&l, s) >= 0 && field_lookup_at(&l, 0, s) == (long)n - 1);
		for (size_t i = 0; i < n; i++) {
			memcpy(other, text, n);
			other[i] = 'b';
			CHECK(field_lookup_at(&l, 0, s) == (long)n - 1);
			CHECK(field_lookup_at(&l, 0, (struct slice){other, n}) == -1);
		}
	}
	field_lookup_free(&l);

	/* Many: each found, from any position. */
	for (int i = 0; i < 300; i++) {
		char text[16];
		snprintf(text, sizeof text, "n%d", i);
		CHECK(field_lookup_add(&l, slice_of(text)) == i);
	}
	for (int i = 0; i < 300; i++) {
		char text[16];
		snprintf(text, sizeof text, "n%d", 299 - i);
		CHECK(field_lookup_at(&l, (size_t)i, slice_of(text)) == 299 - i);
		CHECK(field_lookup_at(&l, (size_t)(i * 7 % 300), slice_of(text)) == 299 - i);
	}
	field_lookup_free(&l);
	return unit_done("field_lookup");
}
