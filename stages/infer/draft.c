/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/program/message.h"
#include "common/text/utf8.h"
#include "stages/infer/draft.h"
#include "stages/infer/name.h"
#include "stages/infer/verdict.h"

static struct field_lookup names; /* that were given to columns */
static uint64_t sample;

/* The name for a column, with a number at its end if another has it. */
static struct slice
column_name(const struct node *node)
{
	static struct buf name;
	buf_reset(&name);
	name_suggest(node, names.n + 1, &name);
	size_t n = name.n;
	for (unsigned i = 2;; i++) {
		buf_check(&name, "a name", NULL);
		size_t before = names.n;
		if (field_lookup_add(&names, buf_slice(&name)) < 0)
			die(STATUS_TRY_AGAIN, "no memory for the names of fields");
		if (names.n > before)
			return buf_slice(&name);
		name.n = n;
		buf_printf(&name, "_%u", i);
	}
}

static void
put_null_rules(struct buf *out, const struct node *node)
{
	for (size_t i = 0; i < NULL_WORDS; i++)
		if (node->words[i])
			buf_printf(out, ";null=%s", null_words[i]);
}

/* "1000 of 1000, 41 null, 3 \"--\"" */
static void
put_counts(struct buf *out, const struct node *node)
{
	buf_printf(out, "  # %" PRIu64 " of %" PRIu64, node->seen, sample);
	if (node->types[VALUE_NULL].n)
		buf_printf(out, ", %" PRIu64 " null", node->types[VALUE_NULL].n);
	for (size_t i = 0; i < NULL_WORDS; i++)
		if (node->words[i])
			buf_printf(out, ", %" PRIu64 " %s", node->words[i],
			    quoted(slice_of(null_words[i])));
}

static void
put_text_facts(struct buf *out, const struct node *node)
{
	if (node->types[VALUE_TEXT].n)
		buf_printf(out, ", longest %zu", node->longest);
	if (node->trimmed)
		buf_printf(out, ", %" PRIu64 " with white space at an end", node->trimmed);
}

static void
put_evidence(struct buf *out, const struct node *node, const struct verdict *v)
{
	put_counts(out, node);
	if (v->type == VALUE_TEXT)
		put_text_facts(out, node);
	if (v->type == VALUE_DECIMAL && node->numbers.places)
		buf_printf(out, ", at most %zu decimal place%s", node->numbers.places,
		    node->numbers.places == 1 ? "" : "s");
	if (v->reason.n)
		buf_printf(
		    out, "; %s: %.*s", value_type_name(v->type), (int)v->reason.n, v->reason.p);
	else if (v->type == VALUE_TEXT && node->other.n)
		buf_printf(out, ", such as %s", evidence_value(&node->other));
	if (v->note.n)
		buf_printf(out, "; %.*s", (int)v->note.n, v->note.p);
}

static void
put_operand(struct buf *out, const struct node *node, const struct verdict *v)
{
	static struct buf source;
	buf_reset(&source);
	if (!name_source(node, &source)) {
		buf_printf(
		    out, "# %s: an operand in a file cannot have this name\n", quoted(node->name));
		return;
	}
	buf_check(&source, "a source", NULL);
	struct slice name = column_name(node);
	buf_put_slice(out, name);
	buf_printf(out, ":%s", value_type_name(v->type));
	if (!slice_equal(name, buf_slice(&source)) || source.n != utf8_count(buf_slice(&source)))
		buf_printf(out, "=%.*s", (int)source.n, source.p);
	if (node->trimmed && v->type != VALUE_TEXT)
		buf_put_text(out, ";trim");
	if (v->with_nulls)
		put_null_rules(out, node);
	buf_put_slice(out, buf_slice(&v->rules));
	put_evidence(out, node, v);
	buf_put_byte(out, '\n');
}

/* Objects are gone through as far as a path may lead. */
static void
put_members(struct buf *out, const struct node *parent)
{
	for (size_t i = 0; i < parent->n_members; i++) {
		const struct node *node = parent->members[i];
		struct verdict v = {0};
		verdict_find(&v, node);
		buf_check(&v.rules, "the rules", NULL);
		buf_check(&v.reason, "a reason", NULL);
		buf_check(&v.note, "a remark", NULL);
		if (v.type == VALUE_NULL)
			put_members(out, node);
		else
			put_operand(out, node, &v);
		buf_free(&v.rules);
		buf_free(&v.reason);
		buf_free(&v.note);
	}
}

void
draft_put(struct buf *out, uint64_t looked_at, uint64_t records)
{
	sample = looked_at;
	buf_put_text(out, "# Draft of infer, from ");
	if (looked_at < records)
		buf_printf(out, "the first %" PRIu64 " of %" PRIu64 " records", looked_at, records);
	else
		buf_printf(
		    out, "%" PRIu64 " record%s, the whole input", records, records == 1 ? "" : "s");
	buf_put_text(out, ". Check it, edit it, then: normalize @FILE\n");
	put_members(out, tree_root());
}
