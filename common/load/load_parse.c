/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/load/load_impl.h"
#include "common/program/message.h"

/*
 * Records with a text that only the database can parse wait here, so that many of them
 * share one question. A text that the database refuses, or would change, is a reject
 * like any other: the record is still here, whole and with its number.
 */
enum {
	HELD_RECORDS_MAX = 4096,
	HELD_BYTES_MAX = 1024 * 1024,
};

struct held_record {
	uint64_t number;
	size_t offset, bytes; /* in raw */
};

static struct {
	struct held_record *records;
	size_t n;
	struct buf raw;
	struct schema schema; /* of these records; empty when they are maps */
} held;

/* Of one field: the texts of the records, and those that the database made of them. */
struct field_texts {
	struct load_text *texts; /* of each held record; given.p is NULL for null */
	struct buf given, parsed;
};

static void
decode(struct loading *g, const struct held_record *h)
{
	if (!record_read(
		&g->record, &held.schema, (struct slice){held.raw.p + h->offset, h->bytes}, false))
		die(STATUS_BUG, "a record that was read once cannot be read again");
	g->number = h->number;
	if (!load_fit(g))
		die(STATUS_BUG, "a record that did fit does not fit again");
}

static void
collect(struct loading *g, struct field_texts *fields)
{
	for (size_t k = 0; k < held.n; k++) {
		decode(g, &held.records[k]);
		for (size_t i = 0; i < g->load.n; i++) {
			struct field_texts *f = &fields[i];
			if (!f->texts || g->values[i].type == VALUE_NULL)
				continue;
			f->texts[k].offset = f->given.n;
			f->texts[k].some = true;
			buf_put_slice(&f->given, g->values[i].s);
			f->texts[k].given.n = g->values[i].s.n;
		}
	}
	for (size_t i = 0; i < g->load.n; i++) {
		buf_check(&fields[i].given, "texts for the database to parse", NULL);
		for (size_t k = 0; fields[i].texts && k < held.n; k++)
			fields[i].texts[k].given.p = fields[i].given.p + fields[i].texts[k].offset;
	}
}

/* Sends record number k, unless one of its texts is bad. */
static void
send(struct loading *g, struct field_texts *fields, size_t k)
{
	decode(g, &held.records[k]);
	for (size_t i = 0; i < g->load.n; i++) {
		if (!fields[i].texts || !fields[i].texts[k].some)
			continue;
		const struct load_text *text = &fields[i].texts[k];
		if (text->why) {
			struct value given = {.type = VALUE_TEXT, .s = text->given};
			load_reject_value(g, i, &given, text->why);
			return;
		}
		g->values[i].s = text->parsed;
	}
	g->rows++;
	g->driver->row(g->d, &g->load, g->values);
}

static void
free_fields(struct loading *g, struct field_texts *fields)
{
	for (size_t i = 0; i < g->load.n; i++) {
		for (size_t k = 0; fields[i].texts && k < held.n; k++)
			free(fields[i].texts[k].why);
		free(fields[i].texts);
		buf_free(&fields[i].given);
		buf_free(&fields[i].parsed);
	}
	free(fields);
}

void
load_parse_held(struct loading *g)
{
	if (held.n == 0)
		return;
	struct field_texts *fields = xcalloc(g->load.n, sizeof *fields);
	for (size_t i = 0; i < g->load.n; i++)
		if (g->fields[i].column->kind == COLUMN_OTHER)
			fields[i].texts = xcalloc(held.n, sizeof(*fields[i].texts));
	collect(g, fields);
	for (size_t i = 0; i < g->load.n; i++)
		if (fields[i].texts)
			g->driver->parse(
			    g->d, g->fields[i].column, fields[i].texts, held.n, &fields[i].parsed);
	for (size_t k = 0; k < held.n; k++)
		send(g, fields, k);
	g->number = 0;
	free_fields(g, fields);
	held.n = 0;
	buf_reset(&held.raw);
}

void
load_hold(struct loading *g, struct slice raw)
{
	if (!held.records) {
		held.records = xcalloc(HELD_RECORDS_MAX, sizeof *held.records);
		held.raw.max = HELD_BYTES_MAX + STREAM_RECORD_MAX;
	}
	if (held.n == 0)
		schema_copy(&held.schema, stream_schema(g->in));
	held.records[held.n++] = (struct held_record){load_record_number(), held.raw.n, raw.n};
	buf_put_slice(&held.raw, raw);
	buf_check(&held.raw, "records that wait for the database", NULL);
	if (held.n == HELD_RECORDS_MAX || held.raw.n >= HELD_BYTES_MAX)
		load_parse_held(g);
}
