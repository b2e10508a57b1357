/* SPDX-License-Identifier: MIT */
#include "stages/explode/zip.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "common/stream/reshape.h"
#include "stages/explode/config.h"
#include "stages/explode/row.h"

/* An array of the current record; a null stands for an array of nulls. */
struct array {
	size_t name_at, name_n; /* in names: the separator joins the names of an object's members */
	const char *p;          /* the next element; NULL: null */
	size_t n;
};

/* An object on the way to arrays. */
struct object {
	const char *p;
	size_t left;
	size_t name_n; /* of the name before its members' names */
};

static struct array *arrays;
static size_t n_arrays, cap;
static struct buf names;
static const char *end; /* of the record */

void
zip_init(void)
{
	for (size_t i = 0; i < config.n; i++)
		reshape_take_out(&config.targets[i].path, config.targets[i].text);
}

static struct slice
name_of(const struct array *a)
{
	return (struct slice){names.p + a->name_at, a->name_n};
}

static bool
add_array(struct slice name, const struct mp_token *t, const char *inside)
{
	if (n_arrays == FIELDS_MAX)
		return row_fail((struct slice){0}, "zip", "there are more than 4096 arrays");
	if (name.n > NAME_MAX_BYTES)
		return row_fail(name, "name", "has a name longer than 1024 bytes");
	if (n_arrays == cap) {
		cap = cap ? 2 * cap : 64;
		arrays = xrealloc(arrays, cap * sizeof *arrays);
	}
	arrays[n_arrays++] = (struct array){.name_at = names.n,
	    .name_n = name.n,
	    .p = t->type == MP_ARRAY ? inside : NULL,
	    .n = t->type == MP_ARRAY ? t->n : 0};
	buf_put_slice(&names, name);
	return true;
}

/* The name so far and one more of the objects below. */
static void
join(struct buf *name, size_t n, struct slice more)
{
	name->n = n;
	if (n > config.prefix.n)
		buf_put_slice(name, config.separator);
	buf_put_slice(name, more);
	buf_check(name, "a name", NULL);
}

/* All arrays in the object, and in the objects within it. */
static bool
add_object(struct buf *name, const struct mp_token *head, const char *inside)
{
	static struct object stack[MP_DEPTH_MAX + 1];
	size_t depth = 1;
	stack[0] = (struct object){inside, head->n, name->n};
	while (depth) {
		struct object *o = &stack[depth - 1];
		struct mp_token key, t;
		if (!o->left) {
			depth--;
			continue;
		}
		const char *value = mp_read(o->p, end, &key);
		const char *below = mp_read(value, end, &t);
		o->p = mp_skip(value, end);
		o->left--;
		join(name, o->name_n, (struct slice){key.p, key.n});
		if (t.type == MP_MAP)
			stack[depth++] = (struct object){below, t.n, name->n};
		else if (t.type != MP_NIL && t.type != MP_ARRAY)
			return row_fail(buf_slice(name), "zip",
			    "is a single value, not an array: name the arrays in --zip");
		else if (!add_array(buf_slice(name), &t, below))
			return false;
	}
	return true;
}

/* The arrays that the i-th path of --zip leads to. */
static bool
add_target(size_t i, struct slice map)
{
	static struct buf name;
	static const char nil[] = "\xc0";
	const struct target *target = &config.targets[i];
	struct slice value = {nil, 1};
	struct mp_token t;
	if (mp_path_get(map, &target->path, &value))
		reshape_found(i);
	const char *inside = mp_read(value.p, value.p + value.n, &t);
	bool is_object = t.type == MP_MAP;
	buf_reset(&name);
	buf_put_slice(&name, config.prefix);
	if (target->name.p)
		buf_put_slice(&name, target->name);
	else if (!is_object)
		buf_put_slice(&name, target->last);
	buf_check(&name, "a name", NULL);
	if (is_object)
		return add_object(&name, &t, inside);
	if (t.type == MP_NIL || t.type == MP_ARRAY)
		return add_array(buf_slice(&name), &t, inside);
	return row_fail(target->text, "zip", "is a single value, not an array");
}

/* The one length of all arrays that are not null. */
static bool
find_length(size_t *length)
{
	const struct array *first = NULL;
	*length = 0;
	for (size_t i = 0; i < n_arrays; i++) {
		if (!arrays[i].p)
			continue;
		if (!first)
			first = &arrays[i];
		else if (arrays[i].n != first->n)
			return row_fail(name_of(&arrays[i]), "zip",
			    "has %zu elements, and %s has %zu", arrays[i].n, quoted(name_of(first)),
			    first->n);
	}
	*length = first ? first->n : 0;
	return true;
}

static bool
claim_names(void)
{
	for (size_t i = 0; !config.n_columns && i < n_arrays; i++)
		if (!reshape_claim(i, name_of(&arrays[i])))
			return row_fail(name_of(&arrays[i]), "name",
			    "is already a field (see --prefix, and NAME=PATH)");
	return true;
}

static bool
send_row(uint64_t i)
{
	static const char nil[] = "\xc0";
	if (!row_begin(i))
		return false;
	for (size_t k = 0; k < n_arrays; k++) {
		struct array *a = &arrays[k];
		struct slice value = {nil, 1};
		if (i != ROW_EMPTY && a->p) {
			const char *next = mp_skip(a->p, end);
			value = (struct slice){a->p, (size_t)(next - a->p)};
			a->p = next;
		}
		if (!row_put(k, name_of(a), value))
			return false;
	}
	return row_send();
}

bool
zip_send(struct slice map, uint64_t *empty)
{
	size_t length;
	end = map.p + map.n;
	n_arrays = 0;
	buf_reset(&names);
	for (size_t i = 0; i < config.n; i++)
		if (!add_target(i, map))
			return false;
	buf_check(&names, "the names of arrays", NULL);
	if (!find_length(&length))
		return false;
	*empty += !length;
	if (!length && !config.keep_empty)
		return true;
	if (!row_take(map, length > 0) || !claim_names())
		return false;
	if (!length)
		return send_row(ROW_EMPTY);
	for (uint64_t i = 0; i < length; i++)
		if (!send_row(i))
			return false;
	return true;
}
