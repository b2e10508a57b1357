/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/output.h"
#include "common/program/message.h"
#include "stages/fetch-api/fetch.h"

/* Before each record and item. */
struct head {
	uint64_t n;
	uint64_t is_item;
};

static struct spill file; /* of all outputs; folder NULL: never used so far */
static size_t in_memory;  /* bytes of all outputs */
static size_t in_file;    /* outputs that are in the file */

char *
output_reserve(struct output *o, size_t n)
{
	char *p = buf_reserve(&o->memory, sizeof(struct head) + n);
	if (!p)
		buf_check(&o->memory, "a record", NULL);
	return p + sizeof(struct head);
}

static void
write_out(struct output *o)
{
	if (!file.folder)
		spill_init(&file, NULL, NULL, SPILL_HEAD + OUTPUT_BLOCK);
	in_file += !o->writer.first;
	spill_put(&file, &o->writer, o->memory.p, o->memory.n);
	in_memory -= o->memory.n;
	buf_free(&o->memory);
	o->memory = (struct buf){0};
}

/* The head and the bytes after it are there. */
static void
add(struct output *o, uint64_t n, bool is_item)
{
	struct head head = {n, is_item};
	memcpy(o->memory.p + o->memory.n, &head, sizeof head);
	o->memory.n += sizeof head + n;
	in_memory += sizeof head + n;
	if (in_memory > OUTPUT_MEMORY && o->memory.n >= OUTPUT_BLOCK)
		write_out(o);
}

void
output_commit(struct output *o, size_t used)
{
	add(o, used, false);
}

void
output_item(struct output *o, struct slice raw)
{
	memcpy(output_reserve(o, raw.n), raw.p, raw.n);
	add(o, raw.n, true);
}

void
output_end(struct output *o)
{
	if (!o->writer.first)
		return;
	if (o->memory.n)
		write_out(o);
	o->chain = spill_end(&file, &o->writer);
	spill_writer_free(&o->writer);
}

/* Room for what comes after a head: a record of the stream, or of another output. */
static char *
room(struct output *to, struct buf *item, const struct head *head)
{
	char *p = head->is_item ? buf_reserve(item, head->n)
		  : to          ? output_reserve(to, head->n)
				: stream_out_reserve(fetch.out, head->n);
	if (!p)
		buf_check(item, "an item", NULL);
	return p;
}

/* What is there goes on to another output, or (to NULL) to the stream. */
static void
send(struct output *to, const struct head *head, const char *p)
{
	struct slice raw = {p, head->n};
	if (head->is_item && to)
		output_item(to, raw);
	else if (head->is_item)
		stream_out_item(fetch.out, raw);
	else if (to)
		output_commit(to, head->n);
	else
		stream_out_commit(fetch.out, head->n);
}

static void
close_file(struct output *o, struct spill_reader *reader)
{
	spill_drop(&file, reader);
	spill_reader_free(reader);
	o->chain = 0;
	/* Its blocks could be used again, but no file shrinks. */
	if (!--in_file)
		spill_close(&file);
}

static void
send_file(struct output *o, struct output *to)
{
	struct spill_reader reader = {0};
	struct buf item = {0};
	struct head head;
	spill_open(&file, &reader, o->chain);
	while (spill_more(&file, &reader)) {
		spill_get(&file, &reader, &head, sizeof head);
		char *p = room(to, &item, &head);
		spill_get(&file, &reader, p, head.n);
		send(to, &head, p);
	}
	close_file(o, &reader);
	buf_free(&item);
}

static void
forget_memory(struct output *o)
{
	in_memory -= o->memory.n;
	buf_free(&o->memory);
	o->memory = (struct buf){0};
}

static void
send_memory(struct output *o, struct output *to)
{
	const char *p = o->memory.p, *end = p + o->memory.n;
	struct buf item = {0};
	while (p < end) {
		struct head head;
		memcpy(&head, p, sizeof head);
		p += sizeof head;
		if (!head.is_item)
			memcpy(room(to, &item, &head), p, head.n);
		send(to, &head, p);
		p += head.n;
	}
	forget_memory(o);
}

void
output_move(struct output *o, struct output *to)
{
	output_end(o);
	if (o->chain)
		send_file(o, to);
	if (o->memory.n)
		send_memory(o, to);
}

void
output_send(struct output *o)
{
	output_move(o, NULL);
}

void
output_forget(struct output *o)
{
	output_end(o);
	if (o->chain) {
		struct spill_reader reader = {0};
		spill_open(&file, &reader, o->chain);
		while (spill_next(&file, &reader).n)
			;
		close_file(o, &reader);
	}
	forget_memory(o);
}
