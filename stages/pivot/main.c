/* SPDX-License-Identifier: MIT */
/*
 * pivot: an array of objects, each with a name and one or more values, becomes fields of
 * its record. Which fields there are is given by --columns, never by the data. cells.c
 * takes the values; what is left of a record is common/stream/reshape.h's.
 */
#include <inttypes.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "common/stream/reshape.h"
#include "stages/pivot/cells.h"
#include "stages/pivot/config.h"

static struct cells_counts counts;

static void
set_up(void)
{
	reshape_take_out(&config.path, config.text);
	for (size_t i = 0; i < config.n_columns; i++)
		reshape_put_in(config.columns[i], config.has_type ? config.type : VALUE_JSON);
	if (config.rest == REST_JSON)
		reshape_put_in(config.rest_name, VALUE_JSON);
	if (config.optional)
		reshape_set_optional();
}

/* The new fields of one record into fields. */
static bool
make_fields(struct slice map, struct buf *fields, struct cells_counts *n, struct cells_fault *fault)
{
	struct slice array = SLICE("\xc0"), again;
	if (mp_path_get(map, &config.path, &array))
		reshape_found(0);
	if (!cells_read(array, n, fault) || !cells_put(!reshape_typed(), fields, fault))
		return false;
	buf_check(fields, "a record", NULL);
	if (reshape_begin(map, &again))
		return true;
	*fault =
	    (struct cells_fault){again, "name", "is a field of the record already (see --prefix)"};
	return false;
}

static void
take_record(struct stream_in *in, struct stream_out *out, struct slice raw)
{
	static struct buf fields = {.max = STREAM_RECORD_MAX};
	static struct record r;
	struct cells_fault fault = {.rule = "record"};
	struct cells_counts n = {0};
	struct slice map = reshape_map(in, raw);
	buf_reset(&fields);
	if (make_fields(map, &fields, &n, &fault)) {
		fault.reason = reshape_send(
		    out, config.n_columns + (config.rest == REST_JSON), buf_slice(&fields));
		if (!fault.reason) {
			counts.unknown += n.unknown;
			counts.duplicates += n.duplicates;
			return;
		}
	}
	stream_decode(in, raw, &r);
	reject(&r, stream_record_number(in), fault.field, fault.rule, fault.reason);
}

static void
take_schema(const struct schema *schema, struct stream_out *out)
{
	if (!config.has_type)
		die(STATUS_DATA, "the input has types: --type says which one the columns have");
	reshape_schema(schema, out);
}

static void
report(void)
{
	struct buf text = {0};
	stream_count("unknown", counts.unknown);
	stream_count("duplicates", counts.duplicates);
	buf_printf(
	    &text, "%" PRIu64 " unknown element%s", counts.unknown, counts.unknown == 1 ? "" : "s");
	if (counts.duplicates)
		buf_printf(&text, ", %" PRIu64 " added up", counts.duplicates);
	stream_summary(buf_slice(&text));
	buf_free(&text);
}

int
main(int argc, char **argv)
{
	stream_out_abort_on_exit();
	config_parse(argc, argv);
	set_up();
	struct stream_out *out = stream_out_open(STDOUT_FILENO);
	struct stream_in *in = stream_in_open(STDIN_FILENO, out);
	struct slice raw;
	enum stream_kind kind;
	while ((kind = stream_next(in, &raw)) != STREAM_END) {
		if (kind == STREAM_RECORD)
			take_record(in, out, raw);
		else if (kind == STREAM_SCHEMA)
			take_schema(stream_schema(in), out);
		else
			stream_out_item(out, raw);
	}
	reshape_check_found();
	report();
	stream_finish(in, out);
	return STATUS_OK;
}
