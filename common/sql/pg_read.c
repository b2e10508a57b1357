/* SPDX-License-Identifier: MIT */
#include "common/sql/pg_read.h"
#include "common/record/mp.h"
#include "common/sql/pg_bytes.h"
#include "common/time/iso.h"

enum {
	EPOCH_DAYS = 10957, /* from 1970-01-01 to 2000-01-01 */
	GROUP = 4,          /* decimal digits in a numeric's base 10,000 digit */
	GROUP_MAX = 9999,
	NUMERIC_HEAD = 8,
	UUID_BYTES = 16,
};

static const int64_t epoch_microseconds = 946684800000000;
static const int64_t day_microseconds = 86400000000;
static const unsigned numeric_negative = 0x4000, numeric_special = 0xc000;

const char pg_read_special[] = "has no equal in a stream";
static const char malformed[] = "is malformed";

enum pg_read
pg_read_of(uint32_t oid)
{
	static const struct {
		uint32_t oid;
		enum pg_read read;
	} types[] = {{16, PG_READ_BOOL}, {17, PG_READ_BYTEA}, {19, PG_READ_STRING},
	    {20, PG_READ_INT8}, {21, PG_READ_INT2}, {23, PG_READ_INT4}, {25, PG_READ_STRING},
	    {26, PG_READ_OID}, {114, PG_READ_JSON}, {700, PG_READ_FLOAT4}, {701, PG_READ_FLOAT8},
	    {1042, PG_READ_CHAR}, {1043, PG_READ_STRING}, {1082, PG_READ_DATE},
	    {1083, PG_READ_TIME}, {1114, PG_READ_TIMESTAMP}, {1184, PG_READ_TIMESTAMPTZ},
	    {1700, PG_READ_NUMERIC}, {2950, PG_READ_UUID}, {3802, PG_READ_JSONB}};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (types[i].oid == oid)
			return types[i].read;
	return PG_READ_TEXT;
}

enum value_type
pg_read_type(enum pg_read read)
{
	switch (read) {
	case PG_READ_TEXT:
	case PG_READ_STRING:
	case PG_READ_CHAR:
	case PG_READ_TIME:
	case PG_READ_UUID:
		return VALUE_TEXT;
	case PG_READ_BOOL:
		return VALUE_BOOL;
	case PG_READ_INT2:
	case PG_READ_INT4:
	case PG_READ_INT8:
	case PG_READ_OID:
		return VALUE_INT;
	case PG_READ_FLOAT4:
	case PG_READ_FLOAT8:
		return VALUE_FLOAT;
	case PG_READ_NUMERIC:
		return VALUE_DECIMAL;
	case PG_READ_BYTEA:
		return VALUE_BYTES;
	case PG_READ_DATE:
		return VALUE_DATE;
	case PG_READ_TIMESTAMP:
		return VALUE_DATETIME;
	case PG_READ_TIMESTAMPTZ:
		return VALUE_TIMESTAMP;
	case PG_READ_JSON:
	case PG_READ_JSONB:
		break;
	}
	return VALUE_JSON;
}

static void
put_group(struct buf *b, unsigned v, bool leading)
{
	char digits[GROUP] = {(char)('0' + v / 1000), (char)('0' + v / 100 % 10),
	    (char)('0' + v / 10 % 10), (char)('0' + v % 10)};
	size_t skip = 0;
	while (leading && skip < GROUP - 1 && digits[skip] == '0')
		skip++;
	buf_put(b, digits + skip, GROUP - skip);
}

/* The group of base 10,000 with that weight; those that are not sent are 0. */
static unsigned
group_at(const char *p, long n, long i)
{
	return i >= 0 && i < n ? pg_get_16(p + NUMERIC_HEAD + 2 * i) : 0;
}

static const char *
read_numeric(struct slice s, struct buf *out)
{
	static struct buf text;
	if (s.n < NUMERIC_HEAD)
		return malformed;
	long n = pg_get_16(s.p), weight = (int16_t)pg_get_16(s.p + 2);
	unsigned sign = pg_get_16(s.p + 4);
	size_t scale = pg_get_16(s.p + 6), digits = 0;
	if ((sign & numeric_special) == numeric_special)
		return pg_read_special;
	if (s.n != NUMERIC_HEAD + 2 * (size_t)n || (sign && sign != numeric_negative))
		return malformed;
	for (long i = 0; i < n; i++)
		if (group_at(s.p, n, i) > GROUP_MAX)
			return malformed;
	buf_reset(&text);
	if (sign && n)
		buf_put_byte(&text, '-');
	if (weight < 0)
		buf_put_byte(&text, '0');
	for (long i = 0; i <= weight; i++)
		put_group(&text, group_at(s.p, n, i), i == 0);
	if (scale)
		buf_put_byte(&text, '.');
	size_t point = text.n;
	for (long i = weight + 1; digits < scale; i++, digits += GROUP)
		put_group(&text, group_at(s.p, n, i), false);
	/* The server keeps no digits beyond the scale. */
	if (!text.failed)
		text.n = point + scale;
	out->failed |= text.failed;
	value_put_decimal(out, buf_slice(&text));
	return NULL;
}

static const char *
read_moment(enum pg_read read, int64_t microseconds, struct buf *out)
{
	enum { SECOND = 1000000 };
	/* The two ends are the infinities. */
	if (microseconds == INT64_MAX || microseconds == INT64_MIN ||
	    microseconds > INT64_MAX - epoch_microseconds)
		return pg_read_special;
	microseconds += epoch_microseconds;
	if (read == PG_READ_TIMESTAMP) {
		value_put_datetime(out, microseconds);
		return NULL;
	}
	int64_t seconds = microseconds / SECOND, rest = microseconds % SECOND;
	if (rest < 0) {
		seconds--;
		rest += SECOND;
	}
	value_put_timestamp(out, seconds, (uint32_t)rest * 1000);
	return NULL;
}

static const char *
read_date(int32_t days, struct buf *out)
{
	if (days == INT32_MAX || days == INT32_MIN || days > INT32_MAX - EPOCH_DAYS)
		return pg_read_special;
	value_put_date(out, days + EPOCH_DAYS);
	return NULL;
}

static const char *
read_time(int64_t microseconds, struct buf *out)
{
	char bytes[ISO_MAX];
	struct buf text = {.p = bytes, .cap = sizeof bytes, .max = sizeof bytes};
	if (microseconds < 0 || microseconds > day_microseconds)
		return malformed;
	iso_put_time(&text, microseconds);
	mp_buf_str(out, buf_slice(&text));
	return NULL;
}

static void
put_uuid(const char *p, struct buf *out)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * UUID_BYTES + 4], *o = text;
	for (size_t i = 0; i < UUID_BYTES; i++) {
		unsigned char c = (unsigned char)p[i];
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*o++ = '-';
		*o++ = digits[c >> 4];
		*o++ = digits[c & 15];
	}
	mp_buf_str(out, (struct slice){text, sizeof text});
}

static float
get_float(const char *p)
{
	uint32_t bits = pg_get_32(p);
	float f;
	memcpy(&f, &bits, sizeof f);
	return f;
}

static double
get_double(const char *p)
{
	uint64_t bits = pg_get_64(p);
	double f;
	memcpy(&f, &bits, sizeof f);
	return f;
}

/* Bytes of a form with a fixed size; 0: any. */
static size_t
size_of(enum pg_read read)
{
	switch (read) {
	case PG_READ_BOOL:
		return 1;
	case PG_READ_INT2:
		return 2;
	case PG_READ_INT4:
	case PG_READ_OID:
	case PG_READ_FLOAT4:
	case PG_READ_DATE:
		return 4;
	case PG_READ_INT8:
	case PG_READ_FLOAT8:
	case PG_READ_TIME:
	case PG_READ_TIMESTAMP:
	case PG_READ_TIMESTAMPTZ:
		return 8;
	case PG_READ_UUID:
		return UUID_BYTES;
	default:
		return 0;
	}
}

const char *
pg_read_value(enum pg_read read, struct slice field, struct buf *out)
{
	size_t size = size_of(read);
	if (size && field.n != size)
		return malformed;
	switch (read) {
	case PG_READ_TEXT:
	case PG_READ_STRING:
	case PG_READ_CHAR:
	case PG_READ_JSON:
	case PG_READ_JSONB:
		mp_buf_str(out, field);
		break;
	case PG_READ_BYTEA:
		mp_buf_bin(out, field);
		break;
	case PG_READ_BOOL:
		mp_buf_bool(out, *field.p != 0);
		break;
	case PG_READ_INT2:
		mp_buf_int(out, (int16_t)pg_get_16(field.p));
		break;
	case PG_READ_INT4:
		mp_buf_int(out, (int32_t)pg_get_32(field.p));
		break;
	case PG_READ_INT8:
		mp_buf_int(out, (int64_t)pg_get_64(field.p));
		break;
	case PG_READ_OID:
		mp_buf_uint(out, pg_get_32(field.p));
		break;
	case PG_READ_FLOAT4:
		mp_buf_float(out, (double)get_float(field.p));
		break;
	case PG_READ_FLOAT8:
		mp_buf_float(out, get_double(field.p));
		break;
	case PG_READ_NUMERIC:
		return read_numeric(field, out);
	case PG_READ_DATE:
		return read_date((int32_t)pg_get_32(field.p), out);
	case PG_READ_TIME:
		return read_time((int64_t)pg_get_64(field.p), out);
	case PG_READ_TIMESTAMP:
	case PG_READ_TIMESTAMPTZ:
		return read_moment(read, (int64_t)pg_get_64(field.p), out);
	case PG_READ_UUID:
		put_uuid(field.p, out);
		break;
	}
	return NULL;
}

const char *
pg_read_special_text(enum pg_read read, struct slice field)
{
	if (read == PG_READ_NUMERIC && field.n >= NUMERIC_HEAD) {
		unsigned sign = pg_get_16(field.p + 4);
		return sign == 0xc000 ? "NaN" : sign == 0xd000 ? "Infinity" : "-Infinity";
	}
	int64_t n =
	    read == PG_READ_DATE ? (int32_t)pg_get_32(field.p) : (int64_t)pg_get_64(field.p);
	if (n == (read == PG_READ_DATE ? INT32_MAX : INT64_MAX))
		return "infinity";
	return n == (read == PG_READ_DATE ? INT32_MIN : INT64_MIN) ? "-infinity" : "";
}

bool
pg_read_json(enum pg_read read, struct slice *field)
{
	if (read == PG_READ_JSONB) {
		if (!field->n || *field->p != 1)
			return false;
		field->p++;
		field->n--;
	}
	return true;
}
