/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>

#include "common/json/value_text.h"
#include "common/program/message.h"
#include "common/record/exact_type.h"
#include "common/record/field_lookup.h"
#include "common/record/mp_path.h"
#include "common/stream/reshape.h"
#include "common/time/iso.h"
#include "stages/explode/config.h"
#include "stages/explode/row.h"

static struct stream_out *out;
static bool only_check;
static struct field_lookup lookup; /* of the names of --types */
/* The current value of each of them, where it is in an element or in converted. */
static struct column_value {
	bool there, is_converted;
	const char *p;
	size_t at, n;
} * cells;
static struct buf fields = {.max = STREAM_RECORD_MAX};
static struct buf converted = {.max = STREAM_RECORD_MAX};
static size_t n_fields;
static struct series series; /* of the current record */

static struct row_fault fault;

bool
row_fail(struct slice field, const char *rule, const char *format, ...)
{
	static char text[1024];
	va_list list;
	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	fault = (struct row_fault){field, rule, text};
	return false;
}

const struct row_fault *
row_fault(void)
{
	return &fault;
}

void
row_init(struct stream_out *to)
{
	out = to;
	if (config.index.p)
		reshape_put_in(config.index, VALUE_INT);
	if (config.series.p)
		reshape_put_in(config.series, config.step.days ? VALUE_DATE : VALUE_TIMESTAMP);
	for (size_t i = 0; i < config.n_columns; i++) {
		reshape_put_in(config.columns[i].name, config.columns[i].type);
		if (field_lookup_add(&lookup, config.columns[i].name) < 0)
			die(STATUS_TRY_AGAIN, "no memory for names");
	}
	cells = xcalloc(config.n_columns + 1, sizeof *cells);
}

void
row_only_check(bool check)
{
	only_check = check;
}

/* Seconds of the value, and whether they are an instant's; false if it is not a time. */
static bool
read_start(const struct value *v, int64_t *seconds, uint32_t *rest, bool *instant)
{
	int64_t days;
	*rest = 0;
	*instant = false;
	switch (v->type) {
	case VALUE_DATE:
		*seconds = v->i * 86400;
		return true;
	case VALUE_DATETIME:
		*rest = (uint32_t)(((v->i % 1000000) + 1000000) % 1000000);
		*seconds = (v->i - (int64_t)*rest) / 1000000;
		return true;
	case VALUE_TIMESTAMP:
		*instant = true;
		*seconds = v->at.seconds;
		*rest = v->at.nanoseconds;
		return true;
	case VALUE_TEXT:
		if (iso_read_date(v->s, &days)) {
			*seconds = days * 86400;
			return true;
		}
		*instant = iso_read_timestamp(v->s, seconds, rest);
		return *instant || iso_read_wall(v->s, seconds, rest);
	default:
		return false;
	}
}

static bool
begin_series(struct slice map)
{
	struct slice raw;
	struct value v = {.type = VALUE_NULL};
	static struct buf text;
	int64_t seconds;
	uint32_t rest;
	bool instant;
	const char *wrong;
	if (mp_path_get(map, &config.start, &raw))
		value_read(raw.p, raw.p + raw.n, &v);
	if (v.type == VALUE_NULL)
		return row_fail(config.start_text, "series", "is null or missing");
	buf_reset(&text);
	value_text(&text, &v, NULL);
	if (!read_start(&v, &seconds, &rest, &instant))
		return row_fail(config.start_text, "series", "%s is not a date or time in ISO 8601",
		    quoted(buf_slice(&text)));
	if (rest)
		return row_fail(config.start_text, "series", "%s has a fraction of a second",
		    quoted(buf_slice(&text)));
	series = config.step;
	wrong = series_begin(&series, instant, seconds, config.zone);
	return !wrong || row_fail(config.start_text, "series", "%s %s%s", quoted(buf_slice(&text)),
			     wrong, config.zone ? "" : " (see --zone)");
}

bool
row_take(struct slice map, bool any)
{
	struct slice again;
	if (!reshape_begin(map, &again))
		return row_fail(again, "name", "is a field of the record already");
	return !any || !config.series.p || begin_series(map);
}

static void
put_name(struct slice name)
{
	n_fields++;
	if (!reshape_typed())
		mp_buf_str(&fields, name);
}

static bool
put_series(uint64_t i)
{
	int64_t at;
	if (!series_at(&series, i, &at))
		return row_fail(config.series, "series", "is beyond the years that can be written");
	if (series.days)
		value_put_date(&fields, (int32_t)at);
	else
		value_put_timestamp(&fields, at, 0);
	return true;
}

bool
row_begin(uint64_t i)
{
	buf_reset(&fields);
	buf_reset(&converted);
	n_fields = 0;
	memset(cells, 0, config.n_columns * sizeof *cells);
	if (config.index.p) {
		put_name(config.index);
		if (i == ROW_EMPTY)
			mp_buf_nil(&fields);
		else
			mp_buf_uint(&fields, i);
	}
	if (!config.series.p)
		return true;
	put_name(config.series);
	if (i != ROW_EMPTY)
		return put_series(i);
	mp_buf_nil(&fields);
	return true;
}

/* The value of a field of --types, converted. */
static bool
put_column(size_t column, struct slice name, struct slice value)
{
	struct value v;
	enum value_type type = config.columns[column].type;
	value_read(value.p, value.p + value.n, &v);
	if (v.type == type || v.type == VALUE_NULL) {
		cells[column] = (struct column_value){.there = true, .p = value.p, .n = value.n};
		return true;
	}
	size_t at = converted.n;
	if (!exact_type_put(type, &v, &converted)) {
		static struct buf text;
		buf_reset(&text);
		value_text(&text, &v, NULL);
		return row_fail(name, "types", "%s is not %s %s", quoted(buf_slice(&text)),
		    type == VALUE_INT ? "an" : "a", value_type_name(type));
	}
	cells[column] = (struct column_value){
	    .there = true, .is_converted = true, .at = at, .n = converted.n - at};
	return true;
}

bool
row_put(size_t position, struct slice name, struct slice value)
{
	if (!config.n_columns) {
		put_name(name);
		buf_put_slice(&fields, value);
		return true;
	}
	long column = field_lookup_at(&lookup, position, name);
	if (column >= 0)
		return put_column((size_t)column, name, value);
	return config.drop_rest ||
	       row_fail(
		   name, "types", "--types does not name this field of an element (see --rest)");
}

void
row_put_all(size_t n, struct slice pairs)
{
	n_fields += n;
	buf_put_slice(&fields, pairs);
}

bool
row_send(void)
{
	for (size_t i = 0; i < config.n_columns; i++) {
		const struct column_value *cell = &cells[i];
		put_name(config.columns[i].name);
		if (cell->there)
			buf_put(&fields, cell->is_converted ? converted.p + cell->at : cell->p,
			    cell->n);
		else
			mp_buf_nil(&fields);
	}
	buf_check(&converted, "a record", NULL);
	buf_check(&fields, "a record", NULL);
	const char *wrong = reshape_send(only_check ? NULL : out, n_fields, buf_slice(&fields));
	return !wrong || row_fail((struct slice){0}, "record", "%s", wrong);
}
