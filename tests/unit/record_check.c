/* SPDX-License-Identifier: MIT */
/*
 * The quick ways of record_check against the plain functions that they are in
 * for, and every rule.
 */
#include <stdlib.h>

#include "common/record/mp.h"
#include "common/record/record_check.h"
#include "common/text/utf8.h"
#include "tests/unit/unit.h"

enum { ROOM = 64 }; /* bytes after a record, so that the quick ways are taken */

/* SLICE where only a constant may be. */
#define BYTES(literal)                                                                             \
	{                                                                                          \
		(literal), sizeof(literal) - 1                                                     \
	}

static struct record_check *check;
static const char *last_error; /* of the last is_good, with the name */
static char last_at[64];
static const struct schema no_schema;

/* Whether parts has each value of the record, and each name of a map. */
static bool
are_parts(const struct slice record)
{
	const struct record_parts *parts = record_check_parts(check);
	const char *end = record.p + record.n;
	struct mp_token t, name;
	const char *p = mp_read(record.p, end, &t);
	if (parts->n != t.n || (t.type == MP_MAP && !parts->shape && t.n))
		return false;
	for (size_t i = 0; i < t.n; i++) {
		if (t.type == MP_MAP) {
			p = mp_read(p, end, &name);
			if (parts->names[i] >= parts->n_known ||
			    !slice_equal(
				parts->known[parts->names[i]], (struct slice){name.p, name.n}))
				return false;
		}
		if (parts->values[i] != p)
			return false;
		p = mp_skip(p, end);
	}
	return true;
}

/* The record alone in its memory, and with bytes after it: the answers are the same. */
static bool
is_good(const struct schema *schema, const struct buf *b)
{
	char *tight = malloc(b->n ? b->n : 1), *loose = calloc(1, b->n + ROOM);
	if (b->n) {
		memcpy(tight, b->p, b->n);
		memcpy(loose, b->p, b->n);
	}
	size_t one = record_check(check, schema, tight, tight + b->n);
	CHECK(!one || are_parts((struct slice){tight, one}));
	size_t other = record_check(check, schema, loose, loose + b->n + ROOM);
	CHECK(!other || are_parts((struct slice){loose, other}));
	struct slice at;
	last_error = record_check_error(check, &at);
	bool error = last_error != NULL;
	snprintf(last_at, sizeof last_at, "%.*s", (int)at.n, at.n ? at.p : "");
	CHECK(one == other);
	CHECK(one == 0 || one == b->n);
	CHECK(error == (other == 0));
	free(tight);
	free(loose);
	return other > 0;
}

static bool
is_error(const char *error, const char *name)
{
	return last_error && strcmp(last_error, error) == 0 && strcmp(last_at, name) == 0;
}

static bool
good_value(enum value_type type, const struct buf *value)
{
	struct schema schema = {0};
	struct buf array = {0}, map = {0};
	schema_add(&schema, SLICE("f"), type);
	mp_buf_array(&array, 1);
	buf_put_slice(&array, buf_slice(value));
	mp_buf_map(&map, 1);
	mp_buf_str(&map, SLICE("f"));
	buf_put_slice(&map, buf_slice(value));
	bool good = is_good(&schema, &array);
	CHECK(good == is_good(&no_schema, &map));
	buf_free(&array);
	buf_free(&map);
	schema_free(&schema);
	return good;
}

static uint32_t
next_random(void)
{
	static uint32_t state = 20261126;
	state = state * 1664525 + 1013904223;
	return state >> 8;
}

/* Pieces of valid and of invalid text, put together in every length. */
static void
test_texts(void)
{
	static const char *const pieces[] = {"a", "0123456", "é", "日", "本語", "\xe0\xa0\x80",
	    "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x9f\x98\x80", "\xed\xa0\x80", "\xc0\x80", "\xff",
	    "\x80", "\xc3", "\xe2\x28", "\xf4\x90\x80\x80", "\xe0\x80\x80", "\xf8\x88\x80\x80\x80"};
	enum { PIECES = sizeof pieces / sizeof pieces[0], GOOD = 9 };
	unsigned good = 0, wrong = 0;
	for (int i = 0; i < 200000 / unit_every(); i++) {
		struct buf text = {0}, value = {0};
		for (uint32_t n = next_random() % 9; n > 0; n--) {
			uint32_t most = next_random() % 12 ? GOOD : PIECES;
			buf_put_text(&text, pieces[next_random() % most]);
		}
		mp_buf_str(&value, buf_slice(&text));
		bool valid = utf8_valid_portable(buf_slice(&text));
		good += valid;
		wrong += good_value(VALUE_TEXT, &value) != valid;
		buf_free(&text);
		buf_free(&value);
	}
	CHECK(wrong == 0);
	CHECK(good > 10000u / (unsigned)unit_every() && good < 190000u / (unsigned)unit_every());
}

static bool
good_ext(enum value_type type, int8_t ext, struct slice body)
{
	struct buf value = {0};
	mp_buf_ext(&value, ext, body);
	bool good = good_value(type, &value);
	buf_free(&value);
	return good;
}

/* Every text of up to six of these characters, and longer ones by chance. */
static void
test_decimals(void)
{
	static const char alphabet[] = "-.059:/x";
	unsigned wrong = 0;
	char text[16];
	for (size_t n = 0; n <= 5; n++)
		for (uint32_t code = 0; code < 1u << (3 * n); code++) {
			for (size_t i = 0; i < n; i++)
				text[i] = alphabet[code >> (3 * i) & 7];
			struct slice s = {text, n};
			wrong += good_ext(VALUE_DECIMAL, EXT_DECIMAL, s) != value_decimal_valid(s);
		}
	for (int i = 0; i < 100000; i += unit_every()) {
		size_t n = 6 + next_random() % 8;
		for (size_t k = 0; k < n; k++)
			text[k] = alphabet[2 + next_random() % 3];
		if (next_random() % 2)
			text[0] = '-';
		text[1 + next_random() % (n - 1)] = '.';
		text[next_random() % n] = alphabet[next_random() % 8];
		struct slice s = {text, n};
		wrong += good_ext(VALUE_DECIMAL, EXT_DECIMAL, s) != value_decimal_valid(s);
	}
	CHECK(wrong == 0);
}

static void
test_exts(void)
{
	static const char body[16] = {0};
	static const char late[12] = {0x3b, (char)0x9a, (char)0xca, 0}; /* 1,000,000,000 ns */
	for (size_t n = 0; n <= sizeof body; n++) {
		struct slice s = {body, n};
		CHECK(good_ext(VALUE_DATE, EXT_DATE, s) == (n == 4));
		CHECK(good_ext(VALUE_DATETIME, EXT_DATETIME, s) == (n == 8));
		CHECK(good_ext(VALUE_TIMESTAMP, EXT_TIMESTAMP, s) == (n == 4 || n == 8 || n == 12));
		CHECK(!good_ext(VALUE_JSON, 99, s));
		CHECK(is_error("is of no type of mam-stream(5)", "f"));
	}
	CHECK(!good_ext(VALUE_TIMESTAMP, EXT_TIMESTAMP, (struct slice){late, sizeof late}));
}

/* One value of each type under a schema of each type. */
static void
test_types(void)
{
	static const char zeros[8];
	for (enum value_type type = VALUE_BOOL; type < VALUE_BAD; type++) {
		struct schema schema = {0};
		schema_add(&schema, SLICE("f"), type);
		for (enum value_type other = VALUE_NULL; other < VALUE_BAD; other++) {
			struct value v = {.type = other};
			struct buf b = {0};
			mp_buf_array(&b, 1);
			if (other == VALUE_TEXT || other == VALUE_BYTES)
				v.s = (struct slice){zeros, sizeof zeros};
			if (other == VALUE_DECIMAL)
				v.s = SLICE("1.5");
			if (other == VALUE_JSON)
				v.s = SLICE("\x80");
			value_put(&b, &v);
			CHECK(is_good(&schema, &b) == (other == type || other == VALUE_NULL));
			buf_free(&b);
		}
		schema_free(&schema);
	}
}

/* A map of these names, separated by blanks, each with the value 1. */
static void
put_map(struct buf *b, const char *names)
{
	size_t n = 0;
	for (const char *p = names; *p; p += strcspn(p, " "), p += *p == ' ')
		n++;
	mp_buf_map(b, n);
	for (const char *p = names; *p; p += strcspn(p, " "), p += *p == ' ') {
		mp_buf_str(b, (struct slice){p, strcspn(p, " ")});
		mp_buf_int(b, 1);
	}
}

static bool
good_names(const char *names)
{
	struct buf b = {0};
	put_map(&b, names);
	bool good = is_good(&no_schema, &b);
	buf_free(&b);
	return good;
}

static void
test_names(void)
{
	CHECK(good_names("a b c longer_than_eight_bytes"));
	CHECK(good_names("a b c longer_than_eight_bytes")); /* known by now */
	CHECK(good_names("a c"));
	CHECK(good_names("longer_than_eight_bytes"));
	CHECK(good_names("longer_than_eight_bytes a"));
	CHECK(good_names("a longer_than_eight_bytez"));
	CHECK(good_names("")); /* no name at all */
	CHECK(good_names("a b c"));
	CHECK(!good_names("a a") && is_error("the name occurs twice", "a"));
	CHECK(good_names("a b c"));
	CHECK(!good_names("a b c a"));
	CHECK(!good_names("b a b"));
	CHECK(!good_names("a b \xff") && is_error("the name is not valid UTF-8", "\xff"));
}

/* A number that stays as long as the known names are the same. */
static void
test_shape(void)
{
	const struct record_parts *parts = record_check_parts(check);
	CHECK(good_names("x y z"));
	uint64_t shape = parts->shape;
	CHECK(good_names("x z") && parts->shape == shape && parts->n_known == 3);
	CHECK(good_names("x y z") && parts->shape == shape);
	CHECK(good_names("z y x") && parts->shape > shape);
	shape = parts->shape;
	CHECK(!good_names("u u"));
	CHECK(good_names("z y x") && parts->shape == shape);
}

/* Maps of n names, at the top and nested, with and without one of them again. */
static void
test_many_names(void)
{
	static const size_t sizes[] = {2, 11, 12, 13, 14, 100, 4096};
	for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
		for (int again = 0; again < 2; again++) {
			struct buf map = {0}, nested = {0};
			char name[32];
			mp_buf_map(&map, sizes[s]);
			for (size_t i = 0; i < sizes[s]; i++) {
				size_t k = again && i == sizes[s] - 1 ? i / 2 : i;
				snprintf(name, sizeof name, "name%zu", k);
				mp_buf_str(&map, slice_of(name));
				mp_buf_nil(&map);
			}
			CHECK(is_good(&no_schema, &map) == !again);
			/* {"top": [{"in": MAP}, {}]} */
			buf_put(&nested, "\x81\xa3top\x92\x81\xa2in", 10);
			buf_put_slice(&nested, buf_slice(&map));
			buf_put_byte(&nested, (char)0x80);
			CHECK(is_good(&no_schema, &nested) == !again);
			buf_free(&map);
			buf_free(&nested);
		}
}

static void
test_nested(void)
{
	static const struct {
		struct slice record;
		const char *error, *at;
	} bad[] = {
	    {BYTES("\x81\xa1m\x82\xa1k\x01\xa1k\x02"), "the name occurs twice", "k"},
	    {BYTES("\x81\xa1m\x81\xa1k\x82\xa1z\x01\xa1z\x02"), "the name occurs twice", "z"},
	    {BYTES("\x81\xa1m\x91\xa1\xff"), "is not valid UTF-8", "m"},
	    {BYTES("\x81\xa1m\x91\xd4\x63x"), "is of no type of mam-stream(5)", "m"},
	    {BYTES("\x81\xa1m\x81\x01\x02"), "a key is not text", "m"},
	    {BYTES("\x81\xa1m\x81\xa1\x80\x02"), "the name is not valid UTF-8", "\x80"},
	    {BYTES("\x81\x01\x02"), "a key is not text", ""},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct buf b = {0};
		buf_put_slice(&b, bad[i].record);
		CHECK(!is_good(&no_schema, &b));
		CHECK(is_error(bad[i].error, bad[i].at));
		buf_free(&b);
	}
	/* More names than there can be different ones: refused without memory for them. */
	struct buf b = {0};
	buf_put(&b, "\x81\xa1m\xdf\x00\x10\x00\x00", 8);
	for (int i = 0; i < 1 << 20; i++)
		buf_put(&b, "\xa0\xc0", 2);
	CHECK(!is_good(&no_schema, &b));
	CHECK(is_error("has more names than its bytes can hold different ones", "m"));
	buf_free(&b);
}

/*
 * A record cut anywhere is not an error: the rest may come, with the record at another
 * place, whatever was known before.
 */
static void
check_cuts(const struct schema *schema, struct slice record, struct slice other)
{
	struct slice at;
	for (int round = 0; round < 2; round++)
		for (size_t n = 0; n < record.n; n++) {
			if (round)
				CHECK(record_check(check, schema, other.p, other.p + other.n));
			char *p = malloc(n ? n : 1), *whole = malloc(record.n);
			memcpy(p, record.p, n);
			memcpy(whole, record.p, record.n);
			CHECK(record_check(check, schema, p, p + n) == 0);
			CHECK(record_check_error(check, &at) == NULL);
			CHECK(record_check(check, schema, whole, whole + record.n) == record.n);
			CHECK(are_parts((struct slice){whole, record.n}));
			free(p);
			free(whole);
		}
}

static void
test_cuts(void)
{
	static const struct slice map = BYTES(
	    "\x83\xa1m\x82\xa1k\x01\xa1z\x92\xc0\xcb\x00\x00\x00\x00\x00\x00\x00\x00\xa1n\xd6\x02"
	    "\x00\x00\x00\x01\xa1t\xd9\x03"
	    "abc");
	static const struct slice other_map = BYTES("\x82\xa1n\x01\xa3top\xc0");
	static const struct slice array = BYTES("\x95\xb0"
						"0123456789012345\xce\x00\x01\x00\x00\xd6\x02"
						"\x00\x00\x00\x01\xc7\x03\x01"
						"1.5\xd6\xff\x00\x00\x00\x01");
	static const struct slice other_array =
	    BYTES("\x95\xa6\xe6\x97\xa5\xe6\x9c\xac\xc0\xc0\xc0\xc0");
	struct schema schema = {0};
	schema_add(&schema, SLICE("text"), VALUE_TEXT);
	schema_add(&schema, SLICE("int"), VALUE_INT);
	schema_add(&schema, SLICE("date"), VALUE_DATE);
	schema_add(&schema, SLICE("decimal"), VALUE_DECIMAL);
	schema_add(&schema, SLICE("at"), VALUE_TIMESTAMP);
	check_cuts(&no_schema, map, other_map);
	check_cuts(&schema, array, other_array);
	schema_free(&schema);
}

/*
 * Scanning an object in pieces of any size gives the same result as scanning it
 * whole.
 */
static void
test_scan(void)
{
	struct buf b = {0};
	buf_put(&b, "\x92\x83", 2);
	for (int i = 0; i < 3; i++) {
		mp_buf_str(&b, SLICE("some name"));
		mp_buf_array(&b, 20);
		for (int k = 0; k < 20; k++)
			mp_buf_int(&b, INT64_MAX - k);
	}
	mp_buf_ext(&b, 1, SLICE("12.5"));
	for (size_t piece = 1; piece < b.n; piece++) {
		struct mp_scan scan = {0};
		size_t have = 0, n = 0;
		enum mp_status status = MP_MORE;
		while (status == MP_MORE && have < b.n) {
			have = have + piece < b.n ? have + piece : b.n;
			char *moved = malloc(have);
			memcpy(moved, b.p, have);
			status = mp_scan(&scan, moved, moved + have, &n);
			free(moved);
		}
		CHECK(status == MP_OK && n == b.n && !scan.going && !scan.at && !scan.depth);
	}
	buf_free(&b);
}

int
main(void)
{
	check = record_check_new();
	test_texts();
	test_decimals();
	test_exts();
	test_types();
	test_names();
	test_shape();
	test_many_names();
	test_nested();
	test_cuts();
	test_scan();
	return unit_done("record_check");
}
