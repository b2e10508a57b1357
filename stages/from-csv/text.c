/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#include "common/program/message.h"
#include "common/stream/unpack.h"
#include "stages/from-csv/config.h"
#include "stages/from-csv/decode.h"
#include "stages/from-csv/escape.h"
#include "stages/from-csv/text.h"

enum { HEAD_MAX = 512 };

static struct csv csv;
static char head[HEAD_MAX]; /* the first bytes of the file */
static size_t head_n;
static char last; /* byte of the file */

void
text_begin(void)
{
	head_n = 0;
	last = '\n';
	decode_begin();
	escape_begin();
	csv_init(&csv, config.delimiter, config.quote, (size_t)config.max_row);
}

const char *
text_unit(void)
{
	static char unit[48];
	if (unpack_number() == 1)
		return "line";
	snprintf(unit, sizeof unit, "file %" PRIu64 ", line", unpack_number());
	return unit;
}

const char *
text_where(uint64_t line)
{
	static char where[80];
	snprintf(where, sizeof where, "%s %" PRIu64, text_unit(), line);
	return where;
}

static bool
begins_with(struct slice s, const char *word)
{
	size_t n = strlen(word);
	return s.n >= n && strncasecmp(s.p, word, n) == 0;
}

static bool
is_markup(struct slice s)
{
	static const char *const words[] = {
	    "<?xml", "<!doctype", "<html", "<head", "<body", "<error"};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (begins_with(s, words[i]))
			return true;
	return false;
}

/*
 * An object or array, followed by a byte that JSON allows there and that would
 * be odd in a header.
 */
static bool
is_json(struct slice s)
{
	if (!s.n || (s.p[0] != '{' && s.p[0] != '['))
		return false;
	struct slice inner = slice_trim((struct slice){s.p + 1, s.n - 1});
	if (!inner.n)
		return true;
	return strchr(s.p[0] == '{' ? "\"}" : "\"]{[", inner.p[0]) != NULL && inner.p[0];
}

void
text_check_kind(void)
{
	struct slice s = slice_trim((struct slice){head, head_n});
	if (!config.quote)
		return; /* without quotes, a field may be JSON */
	if (is_json(s))
		die(STATUS_DATA, "the input is JSON, not CSV: %s", quoted(s));
	if (is_markup(s))
		die(STATUS_DATA, "the input is HTML or XML, not CSV: %s", quoted(s));
}

_Noreturn static void
fail_long(void)
{
	text_check_kind();
	if (csv_rest(&csv).n < (size_t)config.max_row)
		die(STATUS_TRY_AGAIN, "no memory for a row of %zu bytes", csv_rest(&csv).n);
	die(STATUS_DATA, "%s: a row longer than --max-row %" PRId64 "%s", text_where(csv.line),
	    config.max_row, csv.quoted ? "; a quote in it is not closed" : "");
}

static void
more(void)
{
	size_t room;
	char *p = csv_room(&csv, &room);
	if (!p)
		fail_long();
	size_t n = decode_read(p, room);
	if (!n && decode_wrong())
		die(STATUS_DATA, "%s: %s", text_where(csv_rest_line(&csv)), decode_wrong());
	if (!n)
		csv_ended(&csv);
	size_t kept = n < HEAD_MAX - head_n ? n : HEAD_MAX - head_n;
	memcpy(head + head_n, p, kept);
	head_n += kept;
	if (config.escape)
		escape_mark(p, n);
	if (n)
		last = p[n - 1];
	csv_added(&csv, n);
}

bool
text_line(bool take, struct slice *line)
{
	enum csv_status status;
	while ((status = csv_line(&csv, take, line)) == CSV_MORE)
		more();
	return status == CSV_ROW;
}

bool
text_row(struct csv_row *row)
{
	enum csv_status status;
	while ((status = csv_next(&csv, row)) == CSV_MORE)
		more();
	if (status == CSV_OPEN) {
		text_check_kind();
		die(STATUS_DATA,
		    "%s: a quote in the row that begins here is not closed: the file is cut, or "
		    "the quote belongs to the text",
		    text_where(csv.line));
	}
	if (status == CSV_ROW && row->n > (size_t)config.max_row)
		die(STATUS_DATA, "%s: a row longer than --max-row %" PRId64, text_where(row->line),
		    config.max_row);
	return status == CSV_ROW;
}

struct slice
text_field(const struct csv_row *row, size_t i)
{
	static struct buf b;
	struct slice text = csv_text(row, i, config.quote, &b);
	if (config.escape) {
		static struct buf plain;
		buf_reset(&plain);
		buf_put_slice(&plain, text);
		buf_check(&plain, "a field", NULL);
		plain.n = plain.n ? escape_undo(plain.p, plain.n) : 0;
		text = (struct slice){plain.p ? plain.p : "", plain.n};
	}
	buf_check(&b, "a field", NULL);
	return text;
}

void
text_drain(void)
{
	static char block[64 * 1024];
	while (decode_read(block, sizeof block) > 0)
		;
	if (decode_wrong())
		die(STATUS_DATA, "%s or later: %s", text_where(csv.line), decode_wrong());
}

bool
text_ends_in_row(void)
{
	return last != '\n' && last != '\r';
}

bool
text_any(void)
{
	return head_n > 0;
}
