/* SPDX-License-Identifier: MIT */
/*
 * explode: each element of an array becomes a record, with the other fields of its record
 * repeated. elements.c goes through one array, zip.c through parallel ones; row.c makes the
 * records; what is left of a record is common/stream/reshape.h's.
 */
#include <inttypes.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/stream/reshape.h"
#include "stages/explode/config.h"
#include "stages/explode/elements.h"
#include "stages/explode/row.h"
#include "stages/explode/zip.h"

static uint64_t empty; /* arrays without elements */

/* Under a schema the fields that come must be known before the records are. */
static void
take_schema(const struct schema *schema, struct stream_out *out)
{
	if (!config.n_columns)
		die(STATUS_DATA,
		    "the input has types: --types NAME:TYPE,... says which fields its elements "
		    "have%s",
		    config.zip ? "" : ", and --as NAME with --types NAME:json keeps each whole");
	reshape_schema(schema, out);
}

static void
refuse(struct stream_in *in, struct slice raw)
{
	static struct record r;
	const struct row_fault *fault = row_fault();
	stream_decode(in, raw, &r);
	reject(&r, stream_record_number(in), fault->field, fault->rule, fault->reason);
}

static void
take_record(struct stream_in *in, struct slice raw)
{
	bool (*send)(struct slice map, uint64_t * n) = config.zip ? zip_send : elements_send;
	struct slice map = reshape_map(in, raw);
	if (reject_allowed()) {
		/* Either all elements of a record go on, or the record is rejected whole. */
		uint64_t ignored = 0;
		row_only_check(true);
		bool good = send(map, &ignored);
		row_only_check(false);
		if (!good) {
			refuse(in, raw);
			return;
		}
	}
	if (!send(map, &empty))
		refuse(in, raw);
}

static void
hand_on(struct stream_in *in, struct stream_out *out)
{
	struct slice raw;
	enum stream_kind kind;
	while ((kind = stream_next(in, &raw)) != STREAM_END) {
		if (kind == STREAM_RECORD)
			take_record(in, raw);
		else if (kind == STREAM_SCHEMA)
			take_schema(stream_schema(in), out);
		else
			stream_out_item(out, raw);
	}
	reshape_check_found();
}

static void
report(void)
{
	struct buf text = {0};
	stream_count("empty", empty);
	buf_printf(&text, "%" PRIu64 " without elements", empty);
	stream_summary(buf_slice(&text));
	buf_free(&text);
}

int
main(int argc, char **argv)
{
	stream_out_abort_on_exit();
	config_parse(argc, argv);
	struct stream_out *out = stream_out_open(STDOUT_FILENO);
	row_init(out);
	if (config.zip)
		zip_init();
	else
		elements_init();
	if (config.optional)
		reshape_set_optional();
	struct stream_in *in = stream_in_open(STDIN_FILENO, out);
	hand_on(in, out);
	report();
	stream_finish(in, out);
	return STATUS_OK;
}
