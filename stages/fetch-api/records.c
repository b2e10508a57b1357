/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "common/record/record.h"
#include "common/text/hash.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/records.h"
#include "stages/fetch-api/redact.h"

/* A field of the input record that goes into the output. */
struct included {
	struct slice name, path;
};

static struct included *included;
static size_t n_included;
static struct hash *hash;

void
records_init(void)
{
	hash = hash_new();
	if (!hash)
		die(STATUS_TRY_AGAIN, "no memory for a hash");
	if (!config.include)
		return;
	struct option_list list = options_split("include", config.include);
	included = xcalloc(list.n, sizeof *included);
	n_included = list.n;
	for (size_t i = 0; i < list.n; i++) {
		const char *text = list.items[i], *equals = strchr(text, '=');
		included[i].name = included[i].path = slice_of(text);
		if (equals) {
			included[i].name.n = (size_t)(equals - text);
			included[i].path = slice_of(equals + 1);
		}
		if (!included[i].name.n || !included[i].path.n)
			die(STATUS_USAGE, "--include: %s is neither FIELD nor NAME=PATH",
			    quoted(slice_of(text)));
		if (included[i].name.n > NAME_MAX_BYTES)
			die(STATUS_USAGE, "--include: a name is longer than %d bytes",
			    NAME_MAX_BYTES);
		for (size_t k = 0; k < i; k++)
			if (slice_equal(included[k].name, included[i].name))
				die(STATUS_USAGE, "--include: %s is given twice",
				    quoted(included[i].name));
		if (config.wrap && slice_is(included[i].name, config.wrap))
			die(STATUS_USAGE, "--include: %s is also the name of --wrap",
			    quoted(included[i].name));
	}
}

void
records_include(void)
{
	struct task *t = fetch.task;
	buf_reset(&t->included_pairs);
	buf_reset(&t->included_values);
	schema_reset(&t->file_schema);
	schema_add(&t->file_schema, SLICE("chunk"), VALUE_BYTES);
	for (size_t i = 0; i < n_included; i++) {
		struct value v;
		if (!record_get_path(t->record, included[i].path, &v))
			die(STATUS_DATA, "%s--include: it has no field %s", record_prefix(),
			    quoted(included[i].path));
		mp_buf_str(&t->included_pairs, included[i].name);
		buf_put_slice(&t->included_pairs, v.raw);
		buf_put_slice(&t->included_values, v.raw);
		/* null is of any type; text is as good as another. */
		const char *wrong = schema_add(
		    &t->file_schema, included[i].name, v.type == VALUE_NULL ? VALUE_TEXT : v.type);
		if (wrong)
			die(STATUS_USAGE, "--include: %s: %s", quoted(included[i].name), wrong);
	}
	buf_check(&t->included_pairs, "the fields of --include", NULL);
	buf_check(&t->included_values, "the fields of --include", NULL);
}

_Noreturn static void
bad(const struct request *q, uint64_t number, const char *what, struct slice at)
{
	die(STATUS_DATA, "%s%s %s: record %" PRIu64 " of the answer: %s%s%s", record_prefix(),
	    q->method, redact_url(buf_slice(&q->url)), number, at.n ? quoted(at) : "",
	    at.n ? " " : "", what);
}

/* A record must be one that every stage takes. */
static void
check_record(const struct request *q, uint64_t number, const char *p, const char *end, size_t pairs)
{
	if (pairs + n_included > FIELDS_MAX)
		bad(q, number, "more than 4096 fields", (struct slice){0});
	for (size_t i = 0; i < pairs; i++) {
		struct mp_token key;
		mp_read(p, end, &key);
		struct slice name = {key.p, key.n};
		if (key.n > NAME_MAX_BYTES)
			bad(q, number, "a field's name is longer than 1024 bytes",
			    (struct slice){0});
		for (size_t k = 0; k < n_included; k++)
			if (slice_equal(name, included[k].name))
				bad(q, number,
				    "is a field of it already (--include NAME=FIELD gives another "
				    "name)",
				    name);
		p = mp_skip(mp_skip(p, end), end);
	}
}

static void
send_record(const struct request *q, struct slice value, struct page *page)
{
	struct mp_token t;
	const char *end = value.p + value.n, *body = mp_read(value.p, end, &t);
	uint64_t number = ++page->records;
	struct slice wrap = slice_of(config.wrap ? config.wrap : "");
	bool wrapped = t.type != MP_MAP;
	if (wrapped && !config.wrap)
		bad(q, number, "it is no object (see --record-path and --wrap)", (struct slice){0});
	if (!wrapped)
		check_record(q, number, body, end, t.n);
	hash_update(hash, value.p, value.n);
	struct slice pairs = buf_slice(&fetch.task->included_pairs);
	size_t most = value.n + pairs.n + wrap.n + (size_t)2 * MP_HEAD_MAX;
	char *o = task_reserve(most), *from = o;
	o = mp_put_map_head(o, (wrapped ? 1 : t.n) + n_included);
	if (wrapped) {
		o = mp_put_str_head(o, wrap.n);
		memcpy(o, wrap.p, wrap.n);
		o += wrap.n;
		body = value.p;
	}
	memcpy(o, body, (size_t)(end - body));
	o += end - body;
	if (pairs.n)
		memcpy(o, pairs.p, pairs.n);
	o += pairs.n;
	task_commit((size_t)(o - from));
}

/* Whether the value at the end of the path is an array of records, not a record. */
static bool
is_list(const struct json_path *path, const struct mp_token *t)
{
	return t->type == MP_ARRAY && !(path->n && path->steps[path->n - 1].each);
}

/* Nothing: null where a list or an object could be. */
static bool
is_none(const struct json_path *path, const struct mp_token *t)
{
	return t->type == MP_NIL && path->n && !path->steps[path->n - 1].each;
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
send_value(const struct request *q, struct slice value, struct page *page)
{
	const struct json_path *path = &config.record_path;
	struct mp_token t;
	const char *end = value.p + value.n, *p = mp_read(value.p, end, &t);
	if (is_none(path, &t))
		return;
	if (!is_list(path, &t)) {
		send_record(q, value, page);
		return;
	}
	for (size_t i = 0; i < t.n; i++) {
		const char *next = mp_skip(p, end);
		send_record(q, (struct slice){p, (size_t)(next - p)}, page);
		p = next;
	}
}

/*
 * With "[]" on the way one item of the API may give several records or none, and an
 * offset counts the items: the elements of the first array. Else they are the records.
 */
static uint64_t
count_items(struct slice body)
{
	struct json_path outer = config.record_path;
	struct slice value;
	struct mp_token t;
	for (size_t i = 0; i < outer.n; i++)
		if (outer.steps[i].each)
			outer.n = i;
	if (!mp_path_get(body, &outer, &value))
		return 0;
	mp_read(value.p, value.p + value.n, &t);
	return t.type == MP_ARRAY ? t.n : t.type != MP_NIL;
}

struct page
records_send(const struct request *q, const struct answer *a)
{
	struct page page = {0};
	struct mp_walk w;
	struct slice value;
	hash_reset(hash);
	if (!a->json.n) /* nothing, and that is allowed: else the answer would not be good */
		return page;
	mp_walk_start(&w, buf_slice(&a->json), &config.record_path);
	while (mp_walk_next(&w, &value))
		send_value(q, value, &page);
	if (w.strange || (!w.found && !config.allow_empty)) {
		struct buf why = {0};
		mp_path_explain(&why, buf_slice(&a->json), &config.record_path);
		die(STATUS_DATA, "%s: --record-path leads nowhere in the answer: %s",
		    answer_told(q, a), redact(buf_slice(&why)));
	}
	page.items = count_items(buf_slice(&a->json));
	page.hash = hash_value(hash);
	return page;
}

static void
send_chunk(void *context, struct slice block)
{
	struct slice values = buf_slice(&fetch.task->included_values);
	size_t most = block.n + values.n + (size_t)2 * MP_HEAD_MAX;
	char *o = task_reserve(most), *from = o;
	(void)context;
	o = mp_put_array_head(o, 1 + n_included);
	o = mp_put_bin_head(o, block.n);
	memcpy(o, block.p, block.n);
	o += block.n;
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
	spool_each(&a->body, send_chunk, NULL);
}
