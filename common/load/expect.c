/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/json/json_write.h"
#include "common/load/load_impl.h"
#include "common/program/message.h"

/* The record as to-json(1) writes it. */
static void
put_json(struct buf *line, const struct record *r, uint64_t number)
{
	static const struct json_style style = {.decimal_text = false};
	buf_reset(line);
	for (size_t i = 0; i < r->n; i++) {
		buf_put_byte(line, i ? ',' : '{');
		const char *wrong = json_write_text(line, r->cells[i].name) ? NULL : "its name";
		buf_put_byte(line, ':');
		if (!wrong)
			wrong = json_write(line, r->cells[i].value.raw, &style);
		if (wrong)
			die(STATUS_DATA, "record %" PRIu64 ": %s: %s has no JSON form", number,
			    quoted(r->cells[i].name), wrong);
	}
	buf_put_text(line, r->n ? "}" : "{}");
	buf_check(line, "a record as JSON", NULL);
}

static void
compare(FILE *file, const char *path, const struct buf *line, uint64_t number)
{
	static char *expected;
	static size_t room;
	ssize_t n = getline(&expected, &room, file);
	if (n < 0)
		die(STATUS_DATA,
		    "record %" PRIu64 " is not expected: %s has %" PRIu64 " lines, and it is %.*s",
		    number, path, number - 1, (int)line->n, line->p);
	struct slice wanted = slice_trim((struct slice){expected, (size_t)n});
	if (!slice_equal(wanted, buf_slice(line)))
		die(STATUS_DATA, "record %" PRIu64 " is %.*s; line %" PRIu64 " of %s expects %.*s",
		    number, (int)line->n, line->p, number, path, (int)wanted.n, wanted.p);
}

bool
load_expect(void)
{
	const char *path = getenv("MAM_EXPECT");
	struct record r = {0};
	struct buf line = {0};
	struct slice raw;
	enum stream_kind kind;
	if (!path || !*path)
		return false;
	FILE *file = fopen(path, "r");
	if (!file)
		die_errno(STATUS_IO, "MAM_EXPECT: cannot read %s", path);
	struct stream_in *in = stream_in_open(0, NULL);
	while ((kind = stream_next(in, &raw)) != STREAM_END) {
		if (kind != STREAM_RECORD)
			continue;
		stream_decode(in, raw, &r);
		put_json(&line, &r, stream_record_number(in));
		compare(file, path, &line, stream_record_number(in));
	}
	uint64_t records = stream_record_number(in);
	if (getc(file) != EOF)
		die(STATUS_DATA, "%s expects more than the %" PRIu64 " records that came", path,
		    records);
	fclose(file);
	message("%" PRIu64 " records are as %s expects; nothing was loaded", records, path);
	stream_finish(in, NULL);
	return true;
}
