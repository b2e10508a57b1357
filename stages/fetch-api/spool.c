/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/spool.h"
#include "common/program/message.h"

void
spool_init(struct spool *s, uint64_t max, size_t keep)
{
	*s = (struct spool){.max = max, .keep = keep};
}

static bool
has_file(const struct spool *s)
{
	return s->writer.first || s->chain;
}

void
spool_reset(struct spool *s)
{
	s->n = 0;
	buf_reset(&s->memory);
	if (!s->file.folder)
		return;
	spill_close(&s->file);
	spill_writer_free(&s->writer);
	spill_reader_free(&s->reader);
	s->chain = 0;
}

static void
write_out(struct spool *s)
{
	if (!s->file.folder)
		spill_init(&s->file, NULL, NULL, SPILL_HEAD + SPOOL_BLOCK);
	spill_put(&s->file, &s->writer, s->memory.p, s->memory.n);
	buf_reset(&s->memory);
}

bool
spool_put(struct spool *s, const char *p, size_t n)
{
	if (n > s->max - s->n)
		return false;
	if (s->chain)
		die(STATUS_BUG, "an answer goes on after it was read");
	s->n += n;
	if (has_file(s)) {
		spill_put(&s->file, &s->writer, p, n);
		return true;
	}
	buf_put(&s->memory, p, n);
	buf_check(&s->memory, "an answer", NULL);
	if (s->memory.n > s->keep)
		write_out(s);
	return true;
}

bool
spool_is_whole(const struct spool *s)
{
	return !has_file(s);
}

/* Goes to the first block of the file; all that was put is in it from now on. */
static void
rewind_file(struct spool *s)
{
	if (!s->chain) {
		s->chain = spill_end(&s->file, &s->writer);
		spill_writer_free(&s->writer);
	}
	spill_open(&s->file, &s->reader, s->chain);
}

struct slice
spool_start(struct spool *s)
{
	if (!has_file(s))
		return buf_slice(&s->memory);
	rewind_file(s);
	return spill_next(&s->file, &s->reader);
}

struct slice
spool_next(struct spool *s)
{
	return spill_next(&s->file, &s->reader);
}

void
spool_rewind(struct spool *s)
{
	s->at = 0;
	if (has_file(s))
		rewind_file(s);
}

size_t
spool_piece(const struct spool *s)
{
	return s->n - s->at < SPOOL_BLOCK ? (size_t)(s->n - s->at) : SPOOL_BLOCK;
}

void
spool_take(struct spool *s, char *to)
{
	size_t n = spool_piece(s);
	if (has_file(s))
		spill_get(&s->file, &s->reader, to, n);
	else
		memcpy(to, s->memory.p + s->at, n);
	s->at += n;
}
