/* SPDX-License-Identifier: MIT */
#include "common/db/pg/types.h"

#include "common/sql/pg_binary.h"

enum {
	TYPMOD_HEAD = 4,             /* a varlena type's modifier counts this, too */
	NUMERIC_WEIGHT_MAX = 131072, /* digits before the point of a numeric without limits */
	NUMERIC_SCALE_MAX = 16383,   /* and after it */
	NAME_BYTES_MAX = 63,
	MICRO_DIGITS = 6,
};

/* Days and microseconds since 1970-01-01 that PostgreSQL can have. */
static const int64_t date_low = -2440588, date_high = 2145042905;
static const int64_t time_low = -210866803200000000;

static void
set_int(struct column *c, int64_t low, uint64_t high)
{
	c->kind = COLUMN_INT;
	c->low = low;
	c->high = high;
}

static void
set_text(struct column *c, int typmod, const struct pg_connection *connection)
{
	size_t limit = typmod >= TYPMOD_HEAD ? (size_t)(typmod - TYPMOD_HEAD) : 0;

	c->kind = COLUMN_TEXT;
	c->no_nul = true;
	if (pg_encodes_nothing(connection))
		c->max_bytes = limit;
	else
		c->max_chars = limit;
}

static void
set_numeric(struct column *c, int typmod, const struct pg_connection *connection)
{
	c->kind = COLUMN_DECIMAL;
	c->loose = typmod < TYPMOD_HEAD;
	c->precision = NUMERIC_WEIGHT_MAX + NUMERIC_SCALE_MAX;
	c->scale = NUMERIC_SCALE_MAX;
	if (typmod < TYPMOD_HEAD)
		return;
	c->precision = (typmod - TYPMOD_HEAD) >> 16 & 0xffff;
	/* Eleven bits with a sign since PostgreSQL 15. */
	c->scale = (((typmod - TYPMOD_HEAD) & 0x7ff) ^ 1024) - 1024;
	if (pg_version(connection) < 150000)
		c->scale = (typmod - TYPMOD_HEAD) & 0xffff;
}

static void
set_moment(struct column *c, enum column_kind kind, int typmod)
{
	c->kind = kind;
	c->low = time_low;
	c->high = INT64_MAX;
	c->scale = typmod < 0 ? MICRO_DIGITS : typmod;
}

bool
pg_type_known(const struct pg_connection *connection, struct column *c, uint32_t oid, int typmod)
{
	enum pg_form form = PG_RAW;

	switch (oid) {
	case 16: /* bool */
		c->kind = COLUMN_BOOL;
		form = PG_BOOL;
		break;
	case 17: /* bytea */
		c->kind = COLUMN_BYTES;
		break;
	case 20: /* int8 */
		set_int(c, INT64_MIN, INT64_MAX);
		form = PG_INT8;
		break;
	case 21: /* int2 */
		set_int(c, INT16_MIN, INT16_MAX);
		form = PG_INT2;
		break;
	case 23: /* int4 */
		set_int(c, INT32_MIN, INT32_MAX);
		form = PG_INT4;
		break;
	case 26: /* oid */
		set_int(c, 0, UINT32_MAX);
		form = PG_INT4;
		break;
	case 19: /* name */
		set_text(c, -1, connection);
		c->max_bytes = NAME_BYTES_MAX;
		break;
	case 25: /* text */
		set_text(c, -1, connection);
		break;
	case 1042: /* char(n) */
		set_text(c, typmod, connection);
		c->trims = true;
		break;
	case 1043: /* varchar(n) */
		set_text(c, typmod, connection);
		break;
	case 114: /* json */
		c->kind = COLUMN_JSON;
		break;
	case 3802: /* jsonb */
		c->kind = COLUMN_JSON;
		c->no_nul = true;
		c->loose = true;
		form = PG_JSONB;
		break;
	case 700: /* float4 */
		c->kind = COLUMN_FLOAT;
		c->single = true;
		c->loose = true;
		form = PG_FLOAT4;
		break;
	case 701: /* float8 */
		c->kind = COLUMN_FLOAT;
		c->loose = true;
		form = PG_FLOAT8;
		break;
	case 1700: /* numeric */
		set_numeric(c, typmod, connection);
		form = PG_NUMERIC;
		break;
	case 1082: /* date */
		c->kind = COLUMN_DATE;
		c->low = date_low;
		c->high = (uint64_t)date_high;
		form = PG_DATE;
		break;
	case 1083: /* time */
		c->kind = COLUMN_TIME;
		c->high = 86400000000; /* 24:00:00 is a time */
		c->scale = typmod < 0 ? MICRO_DIGITS : typmod;
		form = PG_TIME;
		break;
	case 1114: /* timestamp */
		set_moment(c, COLUMN_DATETIME, typmod);
		form = PG_TIMESTAMP;
		break;
	case 1184: /* timestamptz */
		set_moment(c, COLUMN_TIMESTAMP, typmod);
		form = PG_TIMESTAMP;
		break;
	case 2950: /* uuid */
		c->kind = COLUMN_UUID;
		break;
	default:
		return false;
	}
	c->tag = form;
	return true;
}
