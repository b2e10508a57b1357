/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/record/mp.h"
#include "common/sql/mysql_read.h"
#include "common/text/decimal.h"
#include "common/time/iso.h"

const char mysql_read_special[] = "has no equal in a stream";
static const char malformed[] = "is malformed";

enum mysql_read
mysql_read_of(unsigned number, bool binary)
{
	static const struct {
		unsigned number;
		enum mysql_read read;
	} types[] = {{0, MYSQL_READ_DECIMAL}, {1, MYSQL_READ_INT}, {2, MYSQL_READ_INT},
	    {3, MYSQL_READ_INT}, {4, MYSQL_READ_FLOAT}, {5, MYSQL_READ_DOUBLE},
	    {7, MYSQL_READ_TIMESTAMP}, {8, MYSQL_READ_INT}, {9, MYSQL_READ_INT},
	    {10, MYSQL_READ_DATE}, {11, MYSQL_READ_TEXT}, {12, MYSQL_READ_DATETIME},
	    {13, MYSQL_READ_YEAR}, {14, MYSQL_READ_DATE}, {16, MYSQL_READ_BIT},
	    {245, MYSQL_READ_JSON}, {246, MYSQL_READ_DECIMAL}, {255, MYSQL_READ_BYTES}};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (types[i].number == number)
			return types[i].read;
	/* Characters and bytes have the same numbers. 6 is NULL itself. */
	return binary && number != 6 ? MYSQL_READ_BYTES : MYSQL_READ_TEXT;
}

enum value_type
mysql_read_type(enum mysql_read read)
{
	switch (read) {
	case MYSQL_READ_INT:
	case MYSQL_READ_BIT:
	case MYSQL_READ_YEAR:
		return VALUE_INT;
	case MYSQL_READ_DECIMAL:
		return VALUE_DECIMAL;
	case MYSQL_READ_FLOAT:
	case MYSQL_READ_DOUBLE:
		return VALUE_FLOAT;
	case MYSQL_READ_DATE:
		return VALUE_DATE;
	case MYSQL_READ_DATETIME:
		return VALUE_DATETIME;
	case MYSQL_READ_TIMESTAMP:
		return VALUE_TIMESTAMP;
	case MYSQL_READ_TEXT:
		return VALUE_TEXT;
	case MYSQL_READ_BYTES:
		return VALUE_BYTES;
	case MYSQL_READ_JSON:
		break;
	}
	return VALUE_JSON;
}

/* Digits with a sign or not; ZEROFILL puts zeros before them. */
static const char *
read_int(struct slice s, struct buf *out)
{
	enum { DIGITS_MAX = 20 };
	bool negative = slice_take(&s, '-');
	uint64_t n = 0;

	while (s.n > 1 && *s.p == '0')
		slice_take(&s, '0');
	if (!s.n || s.n > DIGITS_MAX)
		return malformed;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned char)s.p[i] - (unsigned)'0';
		if (digit > 9 || n > (UINT64_MAX - digit) / 10)
			return malformed;
		n = n * 10 + digit;
	}
	if (negative && n > (uint64_t)INT64_MAX + 1)
		return malformed;
	if (negative)
		mp_buf_int(out, n == (uint64_t)INT64_MAX + 1 ? INT64_MIN : -(int64_t)n);
	else
		mp_buf_uint(out, n);
	return NULL;
}

static const char *
read_bit(struct slice s, struct buf *out)
{
	uint64_t n = 0;
	if (!s.n || s.n > sizeof n)
		return malformed;
	for (size_t i = 0; i < s.n; i++)
		n = n << 8 | (unsigned char)s.p[i];
	mp_buf_uint(out, n);
	return NULL;
}

static const char *
read_decimal(struct slice s, struct buf *out)
{
	static struct buf text;
	buf_reset(&text);
	if (!decimal_parse(s, &text))
		return malformed;
	value_put_decimal(out, buf_slice(&text));
	return NULL;
}

static const char *
read_double(struct slice s, struct buf *out)
{
	char text[400], *end;
	if (!s.n || s.n >= sizeof text)
		return malformed;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	double f = strtod(text, &end);
	if (end != text + s.n)
		return malformed;
	mp_buf_float(out, f);
	return NULL;
}

/* Only digits and the signs between them: such a text that is not a date is one that only the server has. */
static const char *
not_a_date(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && !strchr("-: .", s.p[i]))
			return malformed;
	return s.n >= 10 ? mysql_read_special : malformed;
}

static const char *
read_moment(enum mysql_read read, struct slice s, struct buf *out)
{
	int64_t n;
	uint32_t nanoseconds;
	if (read == MYSQL_READ_DATE) {
		if (!iso_read_date(s, &n))
			return not_a_date(s);
		value_put_date(out, (int32_t)n);
	} else if (read == MYSQL_READ_DATETIME) {
		if (!iso_read_datetime(s, &n))
			return not_a_date(s);
		value_put_datetime(out, n);
	} else {
		if (!iso_read_wall(s, &n, &nanoseconds))
			return not_a_date(s);
		value_put_timestamp(out, n, nanoseconds);
	}
	return NULL;
}

const char *
mysql_read_value(enum mysql_read read, struct slice text, struct buf *out)
{
	switch (read) {
	case MYSQL_READ_INT:
		return read_int(text, out);
	case MYSQL_READ_YEAR:
		return slice_is(text, "0000") ? mysql_read_special : read_int(text, out);
	case MYSQL_READ_BIT:
		return read_bit(text, out);
	case MYSQL_READ_DECIMAL:
		return read_decimal(text, out);
	case MYSQL_READ_FLOAT:
	case MYSQL_READ_DOUBLE:
		return read_double(text, out);
	case MYSQL_READ_DATE:
	case MYSQL_READ_DATETIME:
	case MYSQL_READ_TIMESTAMP:
		return read_moment(read, text, out);
	case MYSQL_READ_TEXT:
	case MYSQL_READ_JSON:
		mp_buf_str(out, text);
		break;
	case MYSQL_READ_BYTES:
		mp_buf_bin(out, text);
		break;
	}
	return NULL;
}
