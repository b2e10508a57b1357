/* SPDX-License-Identifier: MIT */
/*
 * Any bytes are CSV. Read at once or in steps of any size, they give the same rows,
 * and the fields, written and read again, are the same fields. The first two bytes
 * choose delimiter, quote and step.
 */
#include <stdlib.h>

#include "common/csv/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct csv csv;

/* Each row's columns and fields, with their lengths, so that nothing can look like something else. */
static enum csv_status
read_rows(struct slice text, size_t step, char delimiter, char quote, struct buf *fields,
    struct buf *again)
{
	struct csv_row row;
	struct buf b = {0};
	size_t at = 0, room;
	enum csv_status status;
	csv_init(&csv, delimiter, quote, 1 << 20);
	while ((status = csv_next(&csv, &row)) == CSV_MORE || status == CSV_ROW) {
		if (status == CSV_MORE) {
			size_t take = text.n - at < step ? text.n - at : step;
			char *p = take ? csv_room(&csv, &room) : NULL;
			if (!p) {
				csv_ended(&csv);
				continue;
			}
			take = take < room ? take : room;
			memcpy(p, text.p + at, take);
			csv_added(&csv, take);
			at += take;
			continue;
		}
		buf_printf(fields, "%zu columns%s\n", row.columns, row.bad ? ", bad" : "");
		for (size_t i = 0; i < row.columns && i < FIELDS_MAX; i++) {
			struct slice field = csv_text(&row, i, quote, &b);
			buf_printf(fields, "%zu:", field.n);
			buf_put_slice(fields, field);
			if (i)
				buf_put_byte(again, delimiter);
			csv_put(again, field, delimiter, i % 2);
		}
		buf_put_byte(again, '\n');
		if (row.bad || row.columns > FIELDS_MAX)
			again->failed = true; /* different from the first time */
	}
	buf_free(&b);
	return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 2)
		return 0;
	char delimiter = ",;\t|"[data[0] & 3];
	char quote = data[0] & 4 ? 0 : '"';
	struct slice text = {(const char *)data + 2, n - 2};
	struct buf whole = {0}, steps = {0}, back = {0}, again = {0}, unused = {0};
	enum csv_status one = read_rows(text, n, delimiter, quote, &whole, &again);
	enum csv_status two =
	    read_rows(text, (size_t)data[1] + 1, delimiter, quote, &steps, &unused);
	if (one != two || !slice_equal(buf_slice(&whole), buf_slice(&steps)))
		abort();
	/* A bad row, or a row that quotes would change, is not written again. */
	if (!again.failed && quote && one == CSV_END) {
		buf_reset(&unused);
		if (read_rows(buf_slice(&again), n, delimiter, quote, &back, &unused) != CSV_END ||
		    !slice_equal(buf_slice(&whole), buf_slice(&back)))
			abort();
	}
	buf_free(&whole);
	buf_free(&steps);
	buf_free(&back);
	buf_free(&again);
	buf_free(&unused);
	return 0;
}
