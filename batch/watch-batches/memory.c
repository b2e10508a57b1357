/* SPDX-License-Identifier: MIT */
/*
 * The state of the channels between two looks: watch.jsonl in the state folder, one JSON object in a line.
 * Each line names its channel. Several command lines may share the folder, so the channels of the others are
 * kept, until they have not been used for long.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "batch/watch-batches/watch.h"
#include "common/json/json_read.h"
#include "common/json/json_shown.h"
#include "common/operate/state.h"
#include "common/program/file.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"

enum { MEMORY_MAX = 256 * 1024 * 1024, MEMORY_VERSION = 1, CHANNELS_MAX = 1000 };

static const int64_t unused_max = 30LL * 24 * 60 * 60 * 1000; /* milliseconds */

static void
put_member(struct buf *b, const char *name, struct slice text)
{
	buf_printf(b, ",\"%s\":", name);
	json_write_shown(b, text);
}

static void
begin_line(struct buf *b, const struct channel *c, const char *type)
{
	buf_printf(b, "{\"type\":\"%s\"", type);
	put_member(b, "channel", buf_slice(&c->name));
}

static void
put_channel(struct buf *b, const struct channel *c)
{
	begin_line(b, c, "channel");
	buf_printf(b, ",\"looked\":%" PRId64 ",\"dropped\":%" PRId64 "}\n", c->looked, c->dropped);
	for (size_t i = 0; i < c->known_n; i++) {
		begin_line(b, c, "known");
		put_member(b, "batch", buf_slice(&c->known[i].batch));
		put_member(b, "slot", buf_slice(&c->known[i].slot));
		put_member(b, "key", buf_slice(&c->known[i].key));
		buf_put_text(b, c->known[i].closed ? ",\"closed\":true}\n" : "}\n");
	}
	for (size_t i = 0; i < c->events_n; i++) {
		begin_line(b, c, "event");
		for (size_t t = 0; t < EVENT_TEXTS; t++)
			if (c->events[i].text[t].n)
				put_member(
				    b, event_text_names[t], buf_slice(&c->events[i].text[t]));
		buf_put_text(b, "}\n");
	}
}

void
memory_write(const struct channels *all, const char *folder)
{
	struct buf b = {.max = MEMORY_MAX};
	char *path = state_path(folder, "watch.jsonl", NULL);
	buf_printf(&b, "{\"type\":\"watch\",\"version\":%d}\n", MEMORY_VERSION);
	for (size_t i = 0; i < all->n; i++)
		if (all->items[i].kind != CHANNEL_OTHER ||
		    state_now() - all->items[i].looked < unused_max)
			put_channel(&b, &all->items[i]);
	buf_check(&b, "the state of the channels", NULL);
	if (!state_write(path, buf_slice(&b)))
		die_errno(STATUS_IO, "cannot write %s", path);
	buf_free(&b);
	free(path);
}

static bool
text_of(struct slice object, const char *name, struct slice *text)
{
	struct mp_token t;
	*text = (struct slice){0};
	if (!mp_member(object, name, &t) || t.type != MP_STR)
		return false;
	*text = (struct slice){t.p, t.n};
	return true;
}

static int64_t
number_of(struct slice object, const char *name)
{
	struct mp_token t;
	return mp_member(object, name, &t) && t.type == MP_INT ? t.i : 0;
}

static struct channel *
channel_named(struct channels *all, struct slice name)
{
	for (size_t i = 0; i < all->n; i++)
		if (slice_equal(buf_slice(&all->items[i].name), name))
			return &all->items[i];
	if (all->n == CHANNELS_MAX)
		return NULL;
	all->items = xrealloc(all->items, (all->n + 1) * sizeof *all->items);
	struct channel *c = &all->items[all->n++];
	*c = (struct channel){.kind = CHANNEL_OTHER};
	buf_put_slice(&c->name, name);
	return c;
}

static void
read_known(struct channel *c, struct slice object)
{
	struct slice batch, slot, key;
	if (!text_of(object, "batch", &batch) || !text_of(object, "slot", &slot) ||
	    !text_of(object, "key", &key))
		return;
	c->known = xrealloc(c->known, (c->known_n + 1) * sizeof *c->known);
	struct known *k = &c->known[c->known_n++];
	struct mp_token closed;
	*k = (struct known){.closed = mp_member(object, "closed", &closed)};
	buf_put_slice(&k->batch, batch);
	buf_put_slice(&k->slot, slot);
	buf_put_slice(&k->key, key);
}

static void
read_event(struct channel *c, struct slice object)
{
	struct event *e = event_add(c);
	for (size_t t = 0; t < EVENT_TEXTS; t++) {
		struct slice text;
		if (text_of(object, event_text_names[t], &text))
			buf_put_slice(&e->text[t], text);
	}
}

/* One line. False if it is not one of ours. */
static bool
read_line(struct channels *all, struct slice line, bool first)
{
	struct buf object = {0};
	struct json_error error;
	struct slice type, name;
	bool good = json_to_msgpack(line, JSON_DUPLICATES_ERROR, &object, &error) &&
		    text_of(buf_slice(&object), "type", &type);
	struct slice map = buf_slice(&object);
	if (good && first)
		good = slice_is(type, "watch") && number_of(map, "version") == MEMORY_VERSION;
	else if (good) {
		struct channel *c =
		    text_of(map, "channel", &name) ? channel_named(all, name) : NULL;
		if (c && slice_is(type, "channel")) {
			c->looked = number_of(map, "looked");
			c->dropped = number_of(map, "dropped");
		} else if (c && slice_is(type, "known"))
			read_known(c, map);
		else if (c && slice_is(type, "event"))
			read_event(c, map);
	}
	buf_free(&object);
	return good;
}

static bool
read_lines(struct channels *all, struct slice rest)
{
	struct slice line;
	for (bool first = true; slice_take_line(&rest, &line); first = false)
		if (!read_line(all, line, first))
			return false;
	return true;
}

void
memory_read(struct channels *all, const char *folder)
{
	struct buf text = {.max = MEMORY_MAX};
	char *path = state_path(folder, "watch.jsonl", NULL);
	if (!file_read(path, &text) && errno != ENOENT)
		die_errno(STATUS_IO, "cannot read %s", path);
	buf_check(&text, path, NULL);
	if (!read_lines(all, buf_slice(&text)))
		die(STATUS_DATA,
		    "%s is not the state of this version's channels; remove it to begin anew: all "
		    "that is "
		    "wrong now is then reported again",
		    path);
	buf_free(&text);
	free(path);
}
