/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "common/record/record.h"
#include "common/text/hash.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/include.h"
#include "stages/fetch-api/large.h"
#include "stages/fetch-api/lineage.h"
#include "stages/fetch-api/records.h"
#include "stages/fetch-api/redact.h"

static struct hash *hash;

/* The records of one answer on their way out. */
struct sending {
	const struct request *q;
	struct page page;
	struct lineage lineage; /* of the current record */
	bool fresh;             /* it is in other memory than the record before */
	struct lineage_fields fields;
	struct buf row; /* the pairs of a record that is an array */
};

void
records_init(void)
{
	hash = hash_new();
	if (!hash)
		die(STATUS_TRY_AGAIN, "no memory for a hash");
	lineage_init();
	include_init();
}

_Noreturn static void
bad(const struct sending *s, const char *what, struct slice at)
{
	die(STATUS_DATA, "%s%s %s: record %" PRIu64 " of the answer: %s%s%s", record_prefix(),
	    s->q->method, redact_url(buf_slice(&s->q->url)), s->page.records,
	    at.n ? quoted(at) : "", at.n ? " " : "", what);
}

static void
check_name(const struct sending *s, struct slice name)
{
	if (name.n > NAME_MAX_BYTES)
		bad(s, "a field's name is longer than 1024 bytes", (struct slice){0});
	if (include_has(name))
		bad(s, "is a field of it already (--include NAME=FIELD gives another name)", name);
	if (lineage_count() && lineage_has(name))
		bad(s,
		    "is a field of it already (--record-path or --include-from-parent can give "
		    "another name)",
		    name);
}

/* A record must be one that every stage takes. */
static void
check_record(const struct sending *s, const char *p, const char *end, size_t pairs)
{
	if (pairs + include_count() + lineage_count() > FIELDS_MAX)
		bad(s, "more than 4096 fields", (struct slice){0});
	for (size_t i = 0; i < pairs; i++) {
		struct mp_token key;
		mp_read(p, end, &key);
		check_name(s, (struct slice){key.p, key.n});
		p = mp_skip(mp_skip(p, end), end);
	}
}

static char *
put(char *o, struct slice bytes)
{
	if (bytes.n)
		memcpy(o, bytes.p, bytes.n);
	return o + bytes.n;
}

/* Sends one record: n pairs, and those of --include and of the record's parents. */
static void
send_pairs(struct sending *s, size_t n, struct slice name, struct slice body)
{
	struct slice own = buf_slice(&fetch.task->included_pairs);
	struct slice parents = buf_slice(&s->fields.pairs);
	size_t most = name.n + body.n + own.n + parents.n + (size_t)2 * MP_HEAD_MAX;
	char *o = task_reserve(most), *from = o;
	o = mp_put_map_head(o, n + include_count() + lineage_count());
	if (name.p)
		o = put(mp_put_str_head(o, name.n), name);
	o = put(put(put(o, body), own), parents);
	task_commit((size_t)(o - from));
}

/* A record that is an array, under the names of --names-path. */
static void
send_row(struct sending *s, const char *p, const char *end, size_t n)
{
	char what[96];
	if (n != s->fields.n_columns) {
		snprintf(what, sizeof what, "it has %zu values, and --names-path has %zu names", n,
		    s->fields.n_columns);
		bad(s, what, (struct slice){0});
	}
	buf_reset(&s->row);
	for (size_t i = 0; i < n; i++) {
		const char *next = mp_skip(p, end);
		mp_buf_str(&s->row, s->fields.columns[i]);
		buf_put(&s->row, p, (size_t)(next - p));
		p = next;
	}
	buf_check(&s->row, "a record", NULL);
	check_record(s, s->row.p, s->row.p + s->row.n, n);
	send_pairs(s, n, (struct slice){0}, buf_slice(&s->row));
}

static void
send_record(struct sending *s, struct slice value)
{
	struct mp_token t;
	const char *end = value.p + value.n, *body = mp_read(value.p, end, &t);
	s->page.records++;
	hash_update(hash, value.p, value.n);
	if (lineage_count() || lineage_has_columns()) {
		const char *wrong = lineage_update(&s->fields, &s->lineage, s->fresh);
		s->fresh = false;
		if (wrong)
			bad(s, wrong, (struct slice){0});
	}
	if (lineage_has_columns()) {
		if (t.type != MP_ARRAY)
			bad(s, "it is no array (see --names-path)", (struct slice){0});
		send_row(s, body, end, t.n);
	} else if (t.type == MP_MAP) {
		check_record(s, body, end, t.n);
		send_pairs(s, t.n, (struct slice){0}, (struct slice){body, (size_t)(end - body)});
	} else if (config.wrap) {
		send_pairs(s, 1, slice_of(config.wrap), value);
	} else {
		bad(s, "it is no object (see --record-path and --wrap)", (struct slice){0});
	}
}

/* The last step is "[]", so that no value is a list of records; a member of "{FIELD}" may be one. */
static bool
ends_each(const struct json_path *path)
{
	return path->n && path->steps[path->n - 1].each;
}

/* Whether the value at the end of the path is an array of records, not a record. */
static bool
is_list(const struct json_path *path, const struct mp_token *t)
{
	return t->type == MP_ARRAY && !ends_each(path);
}

/* Nothing: null where a list or an object could be. */
static bool
is_none(const struct json_path *path, const struct mp_token *t)
{
	return t->type == MP_NIL && path->n && !ends_each(path);
}

uint64_t
records_count(struct slice body, const struct json_path *path)
{
	struct mp_walk w;
	struct slice value;
	uint64_t n = 0;
	if (!body.n)
		return 0;
	mp_walk_start(&w, body, path);
	while (mp_walk_next(&w, &value)) {
		struct mp_token t;
		mp_read(value.p, value.p + value.n, &t);
		if (is_list(path, &t))
			n += t.n;
		else if (!is_none(path, &t))
			n++;
	}
	return n;
}

/*
 * The value at a path is a record, or an array of them if the path does not end
 * with [].
 */
static void
send_value(struct sending *s, struct slice value)
{
	const struct json_path *path = &config.record_path;
	struct mp_token t;
	const char *end = value.p + value.n, *p = mp_read(value.p, end, &t);
	if (is_none(path, &t))
		return;
	if (!is_list(path, &t)) {
		send_record(s, value);
		return;
	}
	for (size_t i = 0; i < t.n; i++) {
		const char *next = mp_skip(p, end);
		send_record(s, (struct slice){p, (size_t)(next - p)});
		p = next;
	}
}

/*
 * With "[]" on the way one item of the API may give several records or none, and an
 * offset counts the items: the elements of the first array. Else they are the records.
 */
static uint64_t
count_items(struct slice body, uint64_t records)
{
	struct json_path outer = config.record_path;
	struct slice value;
	struct mp_token t;
	bool members = false, through = false;
	for (size_t i = 0; i < outer.n; i++)
		if (json_step_goes_through(&outer.steps[i])) {
			through = true;
			members = outer.steps[i].members;
			outer.n = i;
		}
	if (!through)
		return records;
	if (!mp_path_get(body, &outer, &value))
		return 0;
	mp_read(value.p, value.p + value.n, &t);
	return t.type == MP_ARRAY || (t.type == MP_MAP && members) ? t.n : t.type != MP_NIL;
}

/* What the walk has passed on its way to the current value, after n levels before it. */
static void
note_lineage(struct lineage *l, const struct mp_walk *w, size_t n)
{
	l->n = n + w->depth;
	for (size_t i = 0; i < w->depth; i++) {
		l->levels[n + i] = w->levels[i].now;
		l->names[n + i] = w->levels[i].name;
	}
}

/* Sends the values that path leads to in value, which is n levels below the answer. The walk tells whether it led anywhere. */
static void
send_values(struct sending *s, struct mp_walk *w, struct slice value, const struct json_path *path,
    size_t n)
{
	struct slice one;
	mp_walk_start(w, value, path);
	while (mp_walk_next(w, &one)) {
		note_lineage(&s->lineage, w, n);
		send_value(s, one);
	}
}

/* The records of an answer that is not in memory; *w gathers what the walks tell. */
static void
send_large(struct sending *s, struct answer *a, struct mp_walk *w)
{
	struct large_units units;
	struct slice unit, name;
	size_t from = large_steps();
	struct json_path rest = json_path_part(&config.record_path, from, config.record_path.n);
	bool level = from && json_step_goes_through(&config.record_path.steps[from - 1]);
	large_begin(&units, a);
	while (large_next(&units, &unit, &name)) {
		struct mp_walk one = {.found = true};
		s->page.items++;
		s->fresh = true;
		s->lineage.levels[1] = unit;
		s->lineage.names[1] = name;
		s->lineage.n = level ? 2 : 1;
		if (rest.n)
			send_values(s, &one, unit, &rest, s->lineage.n);
		else if (level)
			send_value(s, unit);
		else
			send_record(s, unit);
		w->found |= one.found;
		w->strange |= one.strange;
	}
}

struct page
records_send(const struct request *q, struct answer *a)
{
	struct sending s = {.q = q};
	struct slice body = buf_slice(&a->json);
	struct mp_walk w = {0};
	hash_reset(hash);
	if (!body.n) /* nothing, and that is allowed: else the answer would not be good */
		return s.page;
	s.lineage.levels[0] = body;
	if (a->is_large)
		send_large(&s, a, &w);
	if (!s.page.items) {
		send_values(&s, &w, body, &config.record_path, 1);
		s.page.items = count_items(body, s.page.records);
	}
	if (w.strange || (!w.found && !config.allow_empty)) {
		struct buf why = {0};
		mp_path_explain(&why, body, &config.record_path);
		die(STATUS_DATA, "%s: --record-path leads nowhere in the answer: %s",
		    answer_told(q, a), redact(buf_slice(&why)));
	}
	s.page.hash = hash_value(hash);
	lineage_free(&s.fields);
	buf_free(&s.row);
	return s.page;
}

/* The next n bytes of the body, straight to their place in the output. */
static void
send_chunk(struct spool *body, size_t n)
{
	struct slice values = buf_slice(&fetch.task->included_values);
	size_t most = n + values.n + (size_t)2 * MP_HEAD_MAX;
	char *o = task_reserve(most), *from = o;
	o = mp_put_array_head(o, 1 + include_count());
	o = mp_put_bin_head(o, n);
	spool_take(body, o);
	o += n;
	if (values.n)
		memcpy(o, values.p, values.n);
	task_commit((size_t)(o - from) + values.n);
}

void
records_send_file(struct answer *a)
{
	struct buf item = {0};
	schema_write(&fetch.task->file_schema, &item);
	buf_check(&item, "a schema", NULL);
	task_item(buf_slice(&item));
	buf_free(&item);
	size_t n;
	for (spool_rewind(&a->body); (n = spool_piece(&a->body)) > 0;)
		send_chunk(&a->body, n);
}
