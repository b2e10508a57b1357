/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/stream/invalid_text.h"
#include "common/stream/stream.h"
#include "common/stream/unpack.h"
#include "common/text/utf8_repair.h"

enum { BLOCK = 64 * 1024 };

static const char *word = "error";
static uint64_t replaced;

const struct option_row invalid_text_options[] = {
    {.name = "invalid-text",
	.word = "error|replace",
	.help = "bytes that are not valid in the encoding: an error, or U+FFFD (error)",
	.kind = OPTION_CHOICE,
	.to.text = &word,
	.choices = "error|replace"},
    {0},
};

static struct {
	char raw[BLOCK], text[BLOCK]; /* as read, and repaired */
	size_t n_raw, at, n_text;
	bool ended;
} r;

bool
invalid_text_replaces(void)
{
	return strcmp(word, "replace") == 0;
}

uint64_t *
invalid_text_replaced(void)
{
	return &replaced;
}

void
invalid_text_report(void)
{
	struct buf b = {0};
	if (!replaced)
		return;
	mp_buf_uint(&b, replaced);
	buf_check(&b, "a counter", NULL);
	stream_counter("text_replaced", buf_slice(&b));
	buf_reset(&b);
	buf_printf(&b, "%" PRIu64 " replaced by U+FFFD", replaced);
	buf_check(&b, "the summary", NULL);
	stream_summary(buf_slice(&b));
	buf_free(&b);
}

void
invalid_text_begin(void)
{
	r.n_raw = r.at = r.n_text = 0;
	r.ended = false;
}

/* False at the end of the file. */
static bool
repair_block(void)
{
	while (r.n_raw || !r.ended) {
		struct utf8_repair step =
		    utf8_repair((struct slice){r.raw, r.n_raw}, r.ended, r.text, BLOCK);
		r.n_raw -= step.used;
		memmove(r.raw, r.raw + step.used, r.n_raw);
		replaced += step.replaced;
		r.at = 0;
		r.n_text = step.made;
		if (step.made)
			return true;
		size_t more = r.ended ? 0 : unpack_read(r.raw + r.n_raw, BLOCK - r.n_raw);
		r.ended = more == 0;
		r.n_raw += more;
	}
	return false;
}

size_t
invalid_text_read(char *p, size_t cap)
{
	if (!invalid_text_replaces())
		return unpack_read(p, cap);
	if (r.at == r.n_text && !repair_block())
		return 0;
	size_t n = r.n_text - r.at < cap ? r.n_text - r.at : cap;
	memcpy(p, r.text + r.at, n);
	r.at += n;
	return n;
}

enum json_status
invalid_text_next_json(struct json_reader *reader, struct slice *value)
{
	enum json_status status;
	while ((status = json_next(reader, value)) == JSON_MORE) {
		size_t room;
		char *p = json_space(reader, &room);
		if (!p)
			die(STATUS_TRY_AGAIN, "no memory for a block of text");
		json_filled(reader, invalid_text_read(p, room));
	}
	return status;
}
