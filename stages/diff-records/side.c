/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/json/value_text.h"
#include "common/program/message.h"
#include "stages/diff-records/side.h"

void
side_open(struct side *s, const char *path)
{
	struct stat status;
	bool standard = strcmp(path, "-") == 0;
	s->name = standard ? "standard input" : path;
	s->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0)
		die_errno(STATUS_IO, "cannot open %s", quoted(slice_of(path)));
	if (fstat(s->fd, &status) == 0 && S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		die_errno(STATUS_IO, "cannot read %s", quoted(slice_of(s->name)));
	}
}

static void
add_field(struct side *s, struct slice name, enum value_type type)
{
	size_t before = s->fields.n;
	long at = field_lookup_add(&s->fields, name);
	if (at < 0)
		die(STATUS_TRY_AGAIN, "no memory for the names of fields");
	if (at >= FIELDS_MAX)
		die(STATUS_DATA, "more than %d different fields", FIELDS_MAX);
	if (s->fields.n == before)
		return;
	s->types = xrealloc(s->types, s->fields.n * sizeof *s->types);
	s->types[at] = type;
}

static void
add_schema(struct side *s, const struct schema *schema)
{
	for (size_t i = 0; i < schema->n; i++)
		add_field(s, schema->fields[i].name, schema->fields[i].type);
}

/* The fields of a record without a schema. */
static void
add_names(struct side *s, const struct record_parts *parts)
{
	if (parts->shape != s->shape) {
		s->shape = parts->shape;
		s->known = xrealloc(s->known, parts->n_known + 1);
		memset(s->known, 0, parts->n_known);
	}
	for (size_t i = 0; i < parts->n; i++) {
		if (s->known[parts->names[i]])
			continue;
		s->known[parts->names[i]] = true;
		add_field(s, parts->known[parts->names[i]], VALUE_NULL);
	}
}

static void
take_record(struct side *s, struct sort_keys *keys, struct stream_in *in, struct sort_item *item)
{
	const char *why;
	size_t field;
	item->number = stream_record_number(in);
	if (!stream_schema(in)->n) {
		item->layout = LAYOUT_NONE;
		add_names(s, stream_parts(in));
	}
	if (sort_keys_make(keys, in, item, &field, &why)) {
		sorter_add(&s->sorter, item);
		return;
	}
	if (!why)
		die(STATUS_BUG, "record %" PRIu64 " is well-formed and was not read", item->number);
	die(STATUS_DATA, "record %" PRIu64 ": %s: %s", item->number, quoted(keys->list[field].name),
	    why);
}

void
side_read(struct side *s, struct sort_keys *keys, struct stream_in *in)
{
	struct sort_item item = {.layout = LAYOUT_NONE};
	enum stream_kind kind;
	while ((kind = stream_next(in, &item.raw)) != STREAM_END) {
		if (kind == STREAM_SCHEMA) {
			item.layout = layouts_add(keys->layouts, stream_schema(in), item.raw);
			add_schema(s, stream_schema(in));
		} else if (kind == STREAM_RECORD) {
			take_record(s, keys, in, &item);
		}
	}
	sort_keys_end_input(keys);
	sorter_finish(&s->sorter);
}

/* The key of the current record, as in a message: "day=2026-11-01, id=3". */
static struct slice
key_text(const struct side *s, struct sort_keys *keys)
{
	static struct value values[WANTED_MAX];
	static struct buf b;
	buf_reset(&b);
	layout_locate(keys->layouts, s->item.layout, s->item.raw, NULL, values);
	for (size_t i = 0; i < keys->n && b.n < 200; i++) {
		buf_put_text(&b, i ? ", " : "");
		buf_put_slice(&b, keys->list[i].name);
		buf_put_byte(&b, '=');
		value_text(&b, &values[i], &(struct value_style){.float_marked = true});
	}
	return buf_slice(&b);
}

void
side_next(struct side *s, struct sort_keys *keys)
{
	bool first = !s->there;
	if (s->there) {
		buf_reset(&s->before);
		buf_put_slice(&s->before, s->item.key);
		buf_check(&s->before, "a key", NULL);
		s->before_number = s->item.number;
	}
	s->there = sorter_next(&s->sorter, &s->item);
	if (first || !s->there || !slice_equal(s->item.key, buf_slice(&s->before)))
		return;
	message_set_place(s->name);
	struct slice text = key_text(s, keys);
	die(STATUS_DATA,
	    "records %" PRIu64 " and %" PRIu64 " have the same key, %.*s: put dedupe before, or "
	    "name more fields in --key",
	    s->before_number, s->item.number, (int)text.n, text.p);
}

bool
side_has(const struct side *s, struct slice name, enum value_type *type)
{
	for (size_t i = 0; i < s->fields.n; i++)
		if (slice_equal(s->fields.names[i], name)) {
			*type = s->types[i];
			return true;
		}
	return false;
}
