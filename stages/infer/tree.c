/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "common/json/value_text.h"
#include "common/program/message.h"
#include "common/record/json_path.h"
#include "common/record/mp.h"
#include "common/record/number.h"
#include "common/text/space.h"
#include "common/text/utf8.h"
#include "stages/infer/tree.h"

const char *const null_words[NULL_WORDS] = {"", "-", "--", "---", "\xe2\x80\x93", "\xe2\x80\x94",
    "N/A", "n/a", "NA", "#N/A", "NULL", "null", "Null", "None", "NaN", "nan", "\\N", "(not set)"};

static const char *const bool_texts[BOOL_WORDS][2] = {
    {"true", "false"}, {"yes", "no"}, {"y", "n"}, {"on", "off"}};

static struct node root;
static size_t n_nodes;

struct node *
tree_root(void)
{
	return &root;
}

static void add_value(struct node *node, const struct value *v, uint64_t record);

/* The member of that name, made if need be; NULL if there are too many. */
static struct node *
member(struct node *parent, size_t position, struct slice name)
{
	long at = field_lookup_at(&parent->lookup, position, name);
	if (at >= 0)
		return parent->members[at];
	size_t most = parent == &root ? FIELDS_MAX : MEMBERS_MAX;
	if (parent->n_members == most || n_nodes == NODES_MAX)
		return NULL;
	at = field_lookup_add(&parent->lookup, name);
	if (at < 0)
		die(STATUS_TRY_AGAIN, "no memory for the names of fields");
	struct node *node = xcalloc(1, sizeof *node);
	*node = (struct node){.name = parent->lookup.names[at],
	    .parent = parent == &root ? NULL : parent,
	    .depth = parent == &root ? 0 : parent->depth + 1};
	n_nodes++;
	parent->members = xrealloc(parent->members, (parent->n_members + 1) * sizeof(void *));
	parent->members[parent->n_members++] = node;
	return node;
}

static _Noreturn void
too_many(void)
{
	die(STATUS_DATA, "the records have more than %d fields, with those of nested objects",
	    NODES_MAX);
}

void
tree_schema(const struct schema *schema)
{
	for (size_t i = 0; i < schema->n; i++) {
		struct node *node = member(&root, i, schema->fields[i].name);
		if (!node)
			too_many();
		node->declared = schema->fields[i].type;
	}
}

/* Without recursion: the members of objects wait in a list. */
struct waiting {
	struct node *node;
	struct slice map;
};

static struct waiting *waiting;
static size_t n_waiting;

static bool
is_below(const struct node *node, const struct node *above)
{
	for (node = node->parent; node && node != above; node = node->parent)
		;
	return node == above;
}

static void
free_members(struct node *node)
{
	for (size_t i = 0; i < node->n_members; i++)
		free_members(node->members[i]);
	n_nodes -= node->n_members;
	for (size_t i = 0; i < node->n_members; i++)
		free(node->members[i]);
	free(node->members);
	node->members = NULL;
	node->n_members = 0;
	field_lookup_free(&node->lookup);
}

/* The object stays one field. */
static void
keep_whole(struct node *node)
{
	size_t left = 0;
	for (size_t i = 0; i < n_waiting; i++)
		if (!is_below(waiting[i].node, node))
			waiting[left++] = waiting[i];
	n_waiting = left;
	free_members(node);
	node->whole = true;
}

static void
add_object(struct node *node, struct slice map, uint64_t record)
{
	struct mp_token head, key;
	const char *end = map.p + map.n, *p = mp_read(map.p, end, &head);
	for (size_t i = 0; i < head.n; i++) {
		struct value v;
		p = mp_read(p, end, &key);
		struct node *m = member(node, i, (struct slice){key.p, key.n});
		if (!m) {
			keep_whole(node);
			return;
		}
		p = value_read(p, end, &v);
		add_value(m, &v, record);
	}
}

static void
add_json(struct node *node, const struct value *v, uint64_t record)
{
	struct mp_token head;
	mp_read(v->raw.p, v->raw.p + v->raw.n, &head);
	if (head.type == MP_ARRAY)
		evidence_add(&node->arrays, (struct slice){"[...]", 5}, record);
	/* A path has at most JSON_PATH_MAX steps. */
	if (head.type != MP_MAP || node->whole)
		return;
	if (node->depth + 2 > JSON_PATH_MAX) {
		keep_whole(node);
		return;
	}
	waiting = xrealloc(waiting, (n_waiting + 1) * sizeof *waiting);
	waiting[n_waiting++] = (struct waiting){node, v->raw};
}

static bool
equal_folded(struct slice s, const char *word)
{
	return slice_equal_caseless(s, slice_of(word));
}

static void
add_text(struct node *node, struct slice raw, uint64_t record)
{
	struct slice s = space_trim(raw);
	size_t length = utf8_count(raw);
	if (length > node->longest)
		node->longest = length;
	node->trimmed += s.n != raw.n;
	for (size_t i = 0; i < NULL_WORDS; i++)
		if (slice_is(s, null_words[i])) {
			node->words[i]++;
			return;
		}
	node->texts++;
	for (size_t i = 0; i < BOOL_WORDS; i++)
		if (equal_folded(s, bool_texts[i][0]) || equal_folded(s, bool_texts[i][1])) {
			evidence_add(&node->bools[i], s, record);
			return;
		}
	if (!numbers_add(&node->numbers, s, record) && !times_add(&node->times, s, record))
		evidence_add(&node->other, raw, record);
}

static void
add_scalar(struct node *node, const struct value *v, uint64_t record)
{
	static struct buf digits;
	buf_reset(&digits);
	if (v->type == VALUE_INT) {
		number_put_integer(&digits, v);
		buf_check(&digits, "a number", NULL);
		numbers_add_int(&node->numbers, buf_slice(&digits), record);
	} else if (v->type == VALUE_TEXT) {
		add_text(node, v->s, record);
	} else if (v->type == VALUE_FLOAT && !isfinite(v->f)) {
		evidence_add(&node->infinite, SLICE("not finite"), record);
	}
}

static void
add_value(struct node *node, const struct value *v, uint64_t record)
{
	static struct buf text;
	node->seen++;
	buf_reset(&text);
	if (node->types[v->type].n == 0 && v->type != VALUE_NULL && v->type != VALUE_BAD &&
	    v->type != VALUE_BYTES)
		value_text(&text, v, NULL);
	if (text.failed)
		buf_reset(&text);
	evidence_add(&node->types[v->type], buf_slice(&text), record);
	if (v->type == VALUE_JSON)
		add_json(node, v, record);
	else
		add_scalar(node, v, record);
}

void
tree_add(const struct record *r, uint64_t record)
{
	n_waiting = 0;
	for (size_t i = 0; i < r->n; i++) {
		struct node *node = member(&root, i, r->cells[i].name);
		if (!node)
			too_many();
		add_value(node, &r->cells[i].value, record);
	}
	while (n_waiting) {
		struct waiting next = waiting[--n_waiting];
		if (!next.node->whole)
			add_object(next.node, next.map, record);
	}
}
