/* SPDX-License-Identifier: MIT */
#include "stages/from-csv/drop_last.h"
#include "common/program/message.h"
#include "common/stream/stream.h"
#include "stages/from-csv/config.h"

enum { TAIL_BYTES_MAX = STREAM_RECORD_MAX };

struct tail_row {
	struct buf bytes; /* the record, or raw text and then the reason with its NUL */
	size_t raw;
	bool good;
	uint64_t line;
	const char *rule;
};

/* A ring: n rows from first on. */
static struct tail_row *ring;
static size_t first, n, bytes;

static void
fill(struct tail_row *h, const struct outcome *row)
{
	h->good = row->record.p != NULL;
	h->line = row->line;
	h->rule = row->rule;
	h->raw = row->raw.n;
	buf_put_slice(&h->bytes, h->good ? row->record : row->raw);
	if (!h->good)
		buf_put(&h->bytes, row->reason, strlen(row->reason) + 1);
	buf_check(&h->bytes, "the rows of --drop-last", NULL);
	bytes += h->bytes.n;
	if (bytes > TAIL_BYTES_MAX)
		die(STATUS_DATA,
		    "the last %zu rows are longer than %d bytes together (--drop-last)", n + 1,
		    TAIL_BYTES_MAX);
}

static void
release(struct tail_row *h, void (*send)(const struct outcome *row))
{
	struct outcome row = {.line = h->line, .rule = h->rule};
	if (h->good) {
		row.record = buf_slice(&h->bytes);
	} else {
		row.raw = (struct slice){h->bytes.p, h->raw};
		row.reason = h->bytes.p + h->raw;
	}
	send(&row);
	bytes -= h->bytes.n;
	buf_reset(&h->bytes);
}

void
drop_last_add(const struct outcome *row, void (*send)(const struct outcome *row))
{
	size_t size = (size_t)config.drop_last;
	if (!ring)
		ring = xcalloc(size, sizeof *ring);
	if (n == size) {
		release(&ring[first], send);
		first = (first + 1) % size;
		n--;
	}
	fill(&ring[(first + n) % size], row);
	n++;
}

size_t
drop_last_rows(void)
{
	size_t dropped = n;
	for (size_t i = 0; i < n; i++)
		buf_reset(&ring[(first + i) % (size_t)config.drop_last].bytes);
	first = n = bytes = 0;
	return dropped;
}
