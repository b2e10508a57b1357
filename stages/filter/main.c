/* SPDX-License-Identifier: MIT */
/*
 * filter: the records that meet conditions, or have certain positions. The language is
 * common/record/predicate.h; fields.c finds the values that it asks for, pattern.c has
 * the regular expressions, coverage.c decides which windows are still complete. Records
 * that pass are copied as they came.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/json/value_text.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/program/zone_file.h"
#include "common/record/mp.h"
#include "common/stream/stream.h"
#include "stages/filter/coverage.h"
#include "stages/filter/fields.h"
#include "stages/filter/pattern.h"
#include "stages/filter/positions.h"

static struct cfg {
	bool any, invert, keep_coverage;
	int64_t skip, limit;
	struct option_list records;
	const char *zone;
} cfg = {.limit = -1};

static const struct option_row options[] = {
    {.name = "any",
	.help = "one condition is enough (all must hold)",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.any},
    {.name = "invert",
	.help = "keep the records that would be left out",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.invert},
    {.name = "record",
	.word = "N|N-M,...",
	.help = "only records with these numbers, from 1; may be repeated",
	.kind = OPTION_LIST,
	.to.list = &cfg.records},
    {.name = "skip",
	.word = "N",
	.help = "leave out the first N records that are left (0)",
	.kind = OPTION_COUNT,
	.to.number = &cfg.skip,
	.low = 0,
	.high = INT64_MAX},
    {.name = "limit",
	.word = "N",
	.help = "keep N records at most; the input is read to its end",
	.kind = OPTION_COUNT,
	.to.number = &cfg.limit,
	.low = 0,
	.high = INT64_MAX},
    {.name = "keep-coverage",
	.help = "replace windows all the same: rows left out are not wanted",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.keep_coverage},
    {.name = "zone",
	.word = "ZONE",
	.help = "of dates and times that are compared with timestamps",
	.kind = OPTION_TEXT,
	.to.text = &cfg.zone},
    {0},
};

static const struct help_row conditions_help[] = {
    {NULL, "Conditions:"},
    {"clicks >= 100", "= != < <= > >= compare numbers, dates, times, text"},
    {"name ~ brand", "contains; !~ does not"},
    {"name starts with x", "also: ends with, matches 'REGEX'"},
    {"id in (1, 2)", "one of; between 1 and 5"},
    {"cost is null", "null or not there; is missing: not there"},
    {"active", "neither null, false, 0 nor empty"},
    {"not, and, or, ( )", "join conditions; not also before in, between, ..."},
    {0},
};

static const struct option_row *const tables[] = {options, reject_options, NULL};
static const struct program program = {.name = "filter",
    .operands = "CONDITION ...",
    .about = "Keeps the records that meet all conditions, exactly as they are.",
    .more = conditions_help,
    .tables = tables};

static struct predicate conditions;

/* Records left out, by the reason. */
static struct counts {
	uint64_t condition, record, skip, limit, passed;
} counts;

static void
compile_patterns(void)
{
	conditions.match = pattern_match;
	for (size_t i = 0; i < conditions.n; i++)
		if (conditions.tests[i].kind == PREDICATE_MATCHES)
			conditions.tests[i].pattern =
			    pattern_compile(predicate_text(&conditions, &conditions.tests[i], 0));
}

static void
read_conditions(const struct operands *operands)
{
	struct buf why = {0};
	if (cfg.zone) {
		const char *wrong;
		conditions.zone = zone_named(slice_of(cfg.zone), &wrong);
		if (!conditions.zone)
			die(STATUS_USAGE, "--zone: %s %s", quoted(slice_of(cfg.zone)), wrong);
	}
	for (size_t i = 0; i < operands->n; i++) {
		message_set_place(operands->places[i]);
		if (!predicate_add(&conditions, slice_of(operands->items[i]), cfg.any, &why)) {
			buf_put_byte(&why, '\0');
			buf_check(&why, "a message", NULL);
			die(STATUS_USAGE, "condition %s: %s", quoted(slice_of(operands->items[i])),
			    why.p);
		}
	}
	message_set_place(NULL);
	predicate_finish(&conditions, cfg.invert);
	compile_patterns();
	for (size_t i = 0; i < cfg.records.n; i++)
		positions_add(cfg.records.items[i]);
	if (cfg.invert && !conditions.n)
		die(STATUS_USAGE, "--invert needs a condition to invert");
	if (!conditions.n && !cfg.records.n && !cfg.skip && cfg.limit < 0)
		die(STATUS_USAGE, "there is no condition: write one such as 'clicks >= 100', or "
				  "--skip, --limit or --record");
	fields_init(&conditions);
}

/* A value that a condition cannot be asked of, in a record that describes itself. */
static void
refuse(struct stream_in *in, struct slice raw, const struct predicate_test *test,
    const struct value *value)
{
	static struct record r;
	static struct buf text, why;
	buf_reset(&text);
	buf_reset(&why);
	value_text(&text, value, NULL);
	buf_put_text(&why, quoted(buf_slice(&text)));
	buf_put_byte(&why, ' ');
	predicate_fits(&conditions, test, value->type, &why);
	buf_put_byte(&why, '\0');
	buf_check(&why, "a message", NULL);
	stream_decode(in, raw, &r);
	reject(
	    &r, stream_record_number(in), conditions.fields[test->field].name, "condition", why.p);
}

static bool
meets_conditions(struct stream_in *in, struct slice raw)
{
	const struct predicate_test *at = NULL;
	if (!conditions.n)
		return true;
	if (!stream_schema(in)->n)
		fields_no_schema();
	const struct value *values = fields_read(stream_parts(in), raw);
	switch (predicate_ask(&conditions, values, &at)) {
	case PREDICATE_TRUE:
		return true;
	case PREDICATE_FALSE:
		counts.condition++;
		return false;
	case PREDICATE_MISFIT:
		break;
	}
	refuse(in, raw, at, &values[at->field]);
	return false;
}

static void
take_record(struct stream_in *in, struct stream_out *out, struct slice raw, bool by_number)
{
	if (cfg.limit >= 0 && counts.passed == (uint64_t)cfg.limit) {
		counts.limit++; /* nothing is asked of it any more */
	} else if (by_number && !positions_has(stream_record_number(in))) {
		counts.record++;
	} else if (meets_conditions(in, raw)) {
		if (counts.skip < (uint64_t)cfg.skip) {
			counts.skip++;
			return;
		}
		counts.passed++;
		stream_out_record(out, raw);
	}
}

static void
report(uint64_t windows)
{
	char bytes[4 * MP_HEAD_MAX + 64];
	const struct {
		const char *name;
		uint64_t n;
	} rows[] = {{"condition", counts.condition}, {"record", counts.record},
	    {"skip", counts.skip}, {"limit", counts.limit}};
	struct buf map = {.p = bytes, .cap = sizeof bytes, .max = sizeof bytes}, text = {0};
	mp_buf_map(&map, 4);
	uint64_t all = 0;
	for (size_t i = 0; i < 4; i++) {
		mp_buf_str(&map, slice_of(rows[i].name));
		mp_buf_uint(&map, rows[i].n);
		all += rows[i].n;
	}
	stream_counter("left_out", buf_slice(&map));
	buf_reset(&map);
	mp_buf_uint(&map, windows);
	stream_counter("coverage_left_out", buf_slice(&map));
	buf_printf(&text, "%" PRIu64 " left out", all);
	if (windows)
		buf_printf(&text, ", coverage of %" PRIu64 " window%s left out", windows,
		    windows == 1 ? "" : "s");
	stream_summary(buf_slice(&text));
	buf_free(&text);
}

/* Chunks are the bytes of a file: without some of them it would be another file, under a seal. */
static void
refuse_chunks(const struct schema *schema)
{
	if (schema->fields[0].type == VALUE_BYTES && slice_is(schema->fields[0].name, "chunk"))
		die(STATUS_DATA,
		    "the input is the bytes of a file in chunks, which --record, --skip and "
		    "--limit would cut: use from-csv or from-json before");
}

static void
hand_on(struct stream_in *in, struct stream_out *out)
{
	bool by_number = positions_ready();
	bool by_position = by_number || cfg.skip || cfg.limit >= 0;
	if (cfg.keep_coverage && by_position)
		die(STATUS_USAGE,
		    "--keep-coverage cannot be used with --record, --skip or --limit: a sample "
		    "of the records covers nothing");
	uint64_t windows = 0;
	struct slice raw;
	enum stream_kind kind;
	while ((kind = stream_next(in, &raw)) != STREAM_END) {
		switch (kind) {
		case STREAM_RECORD:
			take_record(in, out, raw, by_number);
			continue;
		case STREAM_SCHEMA:
			fields_schema(stream_schema(in));
			if (by_position)
				refuse_chunks(stream_schema(in));
			break;
		case STREAM_COVERAGE:
			if (cfg.keep_coverage ||
			    (!by_position && coverage_whole(&conditions, raw, fields_types())))
				break;
			windows++;
			continue;
		case STREAM_STATE:
			if (by_position)
				continue;
			break;
		case STREAM_END:
			break;
		}
		stream_out_item(out, raw);
	}
	fields_check_found();
	positions_check(stream_record_number(in));
	report(windows);
}

int
main(int argc, char **argv)
{
	stream_out_abort_on_exit();
	struct operands operands = options_parse(&program, argc, argv);
	read_conditions(&operands);
	struct stream_out *out = stream_out_open(STDOUT_FILENO);
	struct stream_in *in = stream_in_open(STDIN_FILENO, out);
	hand_on(in, out);
	stream_finish(in, out);
	return STATUS_OK;
}
