/* SPDX-License-Identifier: MIT */
/*
 * from-csv: CSV and similar text to records whose values are all unchanged
 * text. The bytes of the source are unpacked (common/stream/unpack.h),
 * converted to UTF-8 (decode.c) and split into rows (text.c, common/csv/csv.h),
 * which become records (rows.c, held.c). Memory is a few blocks and one row,
 * however long the file is.
 */
#include <unistd.h>

#include "common/program/message.h"
#include "common/stream/invalid_text.h"
#include "common/stream/unpack.h"
#include "stages/from-csv/config.h"
#include "stages/from-csv/decode.h"
#include "stages/from-csv/rows.h"

static const struct option_row *const tables[] = {
    config_options, invalid_text_options, unpack_options, reject_options, source_options, NULL};
static const struct program program = {.name = "from-csv",
    .about = "Reads CSV or TSV and writes its rows as records of text.",
    .tables = tables,
    .command = true};

int
main(int argc, char **argv)
{
	stream_out_abort_on_exit();
	struct operands operands = options_parse(&program, argc, argv);
	config_check();
	decode_init(config.encoding, config.drop_nul);
	struct stream_out *out = stream_out_open(STDOUT_FILENO);
	struct source *source = source_open(&operands, out);
	unpack_init(source);
	rows_init(source, out);
	while (unpack_next())
		rows_of_file();
	source_check_empty(source, rows_any());
	rows_count();
	invalid_text_report();
	stream_finish(source_stream(source), out);
	return STATUS_OK;
}
