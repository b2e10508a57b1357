/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/db/mysql/types.h"
#include "common/time/iso.h"

enum {
	DAY_MILLISECONDS = 86400000,
	BITS_OF_A_LONG = 64,
};

static bool
holds(struct slice s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s.n; i++)
		if (memcmp(s.p + i, word, n) == 0)
			return true;
	return false;
}

static uint64_t
number(struct slice s)
{
	return s.p ? strtoull(s.p, NULL, 10) : 0;
}

static bool
set_integer(struct column *c, struct slice name, bool is_unsigned)
{
	static const struct {
		const char *name;
		unsigned bits;
	} types[] = {
	    {"tinyint", 8}, {"smallint", 16}, {"mediumint", 24}, {"int", 32}, {"bigint", 64}};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (!slice_is(name, types[i].name))
			continue;
		uint64_t all = UINT64_MAX >> (BITS_OF_A_LONG - types[i].bits);
		c->kind = COLUMN_INT;
		c->takes_bool = true;
		c->high = is_unsigned ? all : all >> 1;
		c->low = is_unsigned ? 0 : -(int64_t)(all >> 1) - 1;
		return true;
	}
	return false;
}

static void
set_bit(struct column *c, uint64_t bits)
{
	c->kind = COLUMN_INT;
	c->takes_bool = true;
	c->high = bits < BITS_OF_A_LONG ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
}

/*
 * Few encodings have characters above U+FFFF. The server warns about others
 * that they lack.
 */
static uint32_t
last_char(struct slice charset)
{
	static const char *const all[] = {"utf8mb4", "utf16", "utf16le", "utf32", "gb18030"};

	if (slice_is(charset, "ascii"))
		return 0x7f;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (slice_is(charset, all[i]))
			return 0;
	return 0xffff;
}

static bool
is_geometry(struct slice name)
{
	static const char *const all[] = {"geometry", "point", "linestring", "polygon",
	    "multipoint", "multilinestring", "multipolygon", "geometrycollection",
	    "geomcollection"};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (slice_is(name, all[i]))
			return true;
	return false;
}

static bool
set_text(struct column *c, struct slice name, uint64_t chars, uint64_t bytes)
{
	if (slice_is(name, "char") || slice_is(name, "varchar")) {
		c->kind = COLUMN_TEXT;
		c->max_chars = chars;
		c->trims = slice_is(name, "char");
	} else if (slice_is(name, "binary") || slice_is(name, "varbinary")) {
		c->kind = COLUMN_BYTES;
		c->max_bytes = bytes;
		c->padded = slice_is(name, "binary");
	} else if (name.n >= 4 && memcmp(name.p + name.n - 4, "text", 4) == 0) {
		c->kind = COLUMN_TEXT;
		c->max_bytes = bytes;
	} else if (name.n >= 4 && memcmp(name.p + name.n - 4, "blob", 4) == 0) {
		c->kind = COLUMN_BYTES;
		c->max_bytes = bytes;
	} else if (is_geometry(name)) {
		/* Its own form: 4 bytes of the SRID, then WKB. */
		c->kind = COLUMN_BYTES;
	} else if (slice_is(name, "enum"))
		c->kind = COLUMN_ENUM;
	else if (slice_is(name, "set"))
		c->kind = COLUMN_SET;
	else
		return false;
	return true;
}

static const int64_t longest_time = 3020399000000; /* microseconds, 838:59:59 */

static int64_t
microseconds(int64_t year, unsigned month, unsigned day)
{
	return iso_days(year, month, day) * DAY_MILLISECONDS * 1000;
}

static bool
set_time(struct column *c, struct slice name, struct slice version)
{
	enum { FIRST_YEAR = 1000, LAST_YEAR = 9999, SECOND = 1000000 };

	if (slice_is(name, "date")) {
		c->kind = COLUMN_DATE;
		c->low = iso_days(FIRST_YEAR, 1, 1);
		c->high = (uint64_t)iso_days(LAST_YEAR, 12, 31);
	} else if (slice_is(name, "time")) {
		c->kind = COLUMN_TIME;
		c->low = -longest_time;
		c->high = (uint64_t)longest_time;
	} else if (slice_is(name, "datetime")) {
		c->kind = COLUMN_DATETIME;
		c->low = microseconds(FIRST_YEAR, 1, 1);
		c->high = (uint64_t)microseconds(LAST_YEAR + 1, 1, 1) - 1;
	} else if (slice_is(name, "timestamp")) {
		/* MariaDB has 32 unsigned bits from 11.5 on; second 0 is the "zero date". */
		bool longer =
		    holds(version, "MariaDB") && version.p && strtod(version.p, NULL) >= 11.495;
		c->kind = COLUMN_TIMESTAMP;
		c->low = SECOND;
		c->high = ((longer ? (uint64_t)UINT32_MAX : (uint64_t)INT32_MAX) + 1) * SECOND - 1;
	} else if (slice_is(name, "year")) {
		c->kind = COLUMN_INT;
		c->low = 1901;
		c->high = 2155;
	} else
		return false;
	return true;
}

/* Also of ASCII, whose bytes are the same. */
static bool
is_utf8(struct slice charset)
{
	return holds(charset, "utf8") || slice_is(charset, "ascii");
}

static void
set_kind(struct column *c, const struct slice *cells, struct slice version)
{
	struct slice type = cells[DATA_TYPE];
	bool is_unsigned = holds(cells[TYPE], "unsigned");

	if (set_integer(c, type, is_unsigned) || set_time(c, type, version) ||
	    set_text(c, type, number(cells[CHARS]), number(cells[BYTES])))
		return;
	if (slice_is(type, "decimal")) {
		c->kind = COLUMN_DECIMAL;
		c->positive = is_unsigned;
		c->precision = (int)number(cells[PRECISION]);
		c->scale = (int)number(cells[SCALE]);
	} else if (slice_is(type, "float") || slice_is(type, "double")) {
		c->kind = COLUMN_FLOAT;
		c->finite = true;
		c->single = slice_is(type, "float");
		c->positive = is_unsigned;
		if (holds(cells[TYPE], ",")) {
			c->precision = (int)number(cells[PRECISION]);
			c->scale = (int)number(cells[SCALE]);
		} else if (c->single)
			c->float_digits = 6; /* FLT_DIG, in the text and for all clients */
	} else if (slice_is(type, "bit"))
		set_bit(c, number(cells[PRECISION]));
	else if (slice_is(type, "json")) {
		c->kind = COLUMN_JSON;
		c->binary_numbers = true;
	} else if (slice_is(type, "uuid"))
		c->kind = COLUMN_UUID;
	else if (slice_is(type, "inet4"))
		c->kind = COLUMN_INET4;
	else if (slice_is(type, "inet6"))
		c->kind = COLUMN_INET6;
	else {
		c->kind = COLUMN_NONE;
		c->why = "its values have no form in a stream";
	}
}

struct column
client_column_of(const struct slice *cells, struct slice version)
{
	struct column c = {.name = cells[NAME], .type = cells[TYPE]};

	c.nullable = slice_is(cells[NULLABLE], "YES");
	c.has_default = cells[DEFAULT].p || holds(cells[EXTRA], "auto_increment");
	c.generated = cells[GENERATION].n > 0;
	c.last_char = cells[CHARSET].p ? last_char(cells[CHARSET]) : 0;
	/* -0 and 0; all that the collation takes for the same, and most fill up with spaces. */
	c.loose = cells[CHARSET].p || holds(cells[TYPE], "float") || holds(cells[TYPE], "double");
	c.tag = slice_is(cells[CHARSET], "cp932") ? COLUMN_CP932 : 0;
	set_kind(&c, cells, version);
	/* The limit counts bytes of the column's encoding, the text is UTF-8: where they differ, the server counts. */
	if (c.kind == COLUMN_TEXT && c.max_bytes > 0 && !is_utf8(cells[CHARSET]))
		c.max_bytes = 0;
	c.scale = c.kind == COLUMN_TIME || c.kind == COLUMN_DATETIME || c.kind == COLUMN_TIMESTAMP
		      ? (int)number(cells[FRACTION])
		      : c.scale;
	return c;
}
