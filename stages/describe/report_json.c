/* SPDX-License-Identifier: MIT */
/* The report is made as msgpack, so that values get the JSON forms that to-json gives them. */
#include <math.h>

#include "common/json/json_write.h"
#include "common/json/value_text.h"
#include "common/record/mp.h"
#include "stages/describe/facts.h"
#include "stages/describe/fields.h"
#include "stages/describe/report.h"

/* A map whose pairs are counted while they are put. */
struct map {
	struct buf pairs;
	size_t n;
};

static struct buf *
pair(struct map *m, const char *name)
{
	mp_buf_str(&m->pairs, slice_of(name));
	m->n++;
	return &m->pairs;
}

static void
put_map(struct buf *out, struct map *m)
{
	mp_buf_map(out, m->n);
	buf_put_slice(out, buf_slice(&m->pairs));
	out->failed |= m->pairs.failed;
	buf_free(&m->pairs);
}

static void
put_hash(struct buf *out, uint64_t hash)
{
	char text[20];
	struct buf b = {.p = text, .cap = sizeof text, .max = sizeof text};
	buf_printf(&b, "%016llx", (unsigned long long)hash);
	mp_buf_str(out, buf_slice(&b));
}

/* A msgpack object, or null if JSON cannot express all of it. */
static void
put_object(struct buf *out, struct slice object)
{
	struct buf text = {0};
	const struct json_style style = {0};
	if (json_write(&text, object, &style))
		mp_buf_nil(out);
	else
		buf_put_slice(out, object);
	buf_free(&text);
}

/* A kept value; a text that was cut ends with an ellipsis, and a number without a JSON form is text. */
static void
put_value(struct buf *out, const struct profile_value *kept)
{
	struct buf text = {0};
	bool odd = kept->v.type == VALUE_FLOAT && !isfinite(kept->v.f);
	if (!odd && !kept->cut && kept->v.type != VALUE_JSON) {
		value_put(out, &kept->v);
		return;
	}
	if (kept->v.type == VALUE_JSON && !kept->cut) {
		put_object(out, kept->v.s);
		return;
	}
	if (kept->v.type != VALUE_JSON)
		value_text(&text, &kept->v, NULL);
	if (kept->cut)
		buf_put_text(&text, "…");
	mp_buf_str(out, buf_slice(&text));
	buf_free(&text);
}

static void
put_types(struct buf *out, const struct described *f)
{
	unsigned types = f->types;
	size_t n = 0;
	for (unsigned t = VALUE_BOOL; t < VALUE_BAD; t++) {
		types |= f->profile.counts[t] ? 1u << t : 0;
		n += types >> t & 1;
	}
	mp_buf_array(out, n);
	for (unsigned t = VALUE_BOOL; t < VALUE_BAD; t++)
		if (types >> t & 1)
			mp_buf_str(out, slice_of(value_type_name((enum value_type)t)));
}

/* The least and greatest value, of the only family or of each one. */
static void
put_ranges(struct map *m, const struct profile *p)
{
	static const char *const names[] = {
	    "number", "text", "date", "datetime", "timestamp", "bool"};
	size_t n = 0, only = 0;
	for (size_t i = 0; i < PROFILE_FAMILIES; i++)
		if (p->ranges[i]) {
			n++;
			only = i;
		}
	if (n == 1) {
		put_value(pair(m, "min"), &p->ranges[only]->least);
		put_value(pair(m, "max"), &p->ranges[only]->greatest);
	}
	for (size_t i = 0; n > 1 && i < PROFILE_FAMILIES; i++) {
		if (!p->ranges[i])
			continue;
		struct map range = {0};
		put_value(pair(&range, "min"), &p->ranges[i]->least);
		put_value(pair(&range, "max"), &p->ranges[i]->greatest);
		put_map(pair(m, names[i]), &range);
	}
}

static void
put_field(struct buf *out, const struct described *f)
{
	const struct profile *p = &f->profile;
	struct map m = {0};
	struct buf sum = {0};
	bool exact;
	mp_buf_str(pair(&m, "name"), f->name);
	put_types(pair(&m, "types"), f);
	mp_buf_uint(pair(&m, "values"), f->values - p->counts[VALUE_NULL]);
	mp_buf_uint(pair(&m, "null"), p->counts[VALUE_NULL]);
	mp_buf_uint(pair(&m, "missing"), facts.records - f->values);
	mp_buf_uint(pair(&m, "distinct"), distinct_count(&p->distinct, &exact));
	mp_buf_bool(pair(&m, "distinct_exact"), exact);
	put_ranges(&m, p);
	if (decimal_sum_get(&p->sum, &sum))
		value_put_decimal(pair(&m, "sum"), buf_slice(&sum));
	if (p->not_finite)
		mp_buf_uint(pair(&m, "not_finite"), p->not_finite);
	if (p->counts[VALUE_TEXT]) {
		mp_buf_uint(pair(&m, "longest"), p->longest_characters);
		mp_buf_uint(pair(&m, "empty"), p->empty);
	}
	if (p->counts[VALUE_TEXT] || p->counts[VALUE_BYTES])
		mp_buf_uint(pair(&m, "longest_bytes"), p->longest_bytes);
	mp_buf_array(pair(&m, "examples"), p->n_examples);
	for (size_t i = 0; i < p->n_examples; i++)
		put_value(&m.pairs, &p->examples[i]);
	put_map(out, &m);
	buf_free(&sum);
}

static void
put_objects(struct buf *out, const struct buf *items, size_t n)
{
	mp_buf_array(out, n);
	for (size_t i = 0; i < n; i++)
		put_object(out, buf_slice(&items[i]));
}

static void
put_failure(struct map *m)
{
	struct map failure = {0};
	if (!facts.failed)
		return;
	mp_buf_int(pair(&failure, "status"), facts.status);
	if (facts.failed_stage.n)
		mp_buf_str(pair(&failure, "stage"), buf_slice(&facts.failed_stage));
	mp_buf_str(pair(&failure, "why"), buf_slice(&facts.why));
	mp_buf_uint(pair(&failure, "after_record"), facts.records);
	mp_buf_uint(pair(&failure, "at_byte"), facts.bytes);
	put_map(pair(m, "failure"), &failure);
}

static void
put_seal(struct map *m)
{
	struct map seal = {0};
	if (!facts.sealed)
		return;
	mp_buf_uint(pair(&seal, "records"), facts.seal.records);
	put_hash(pair(&seal, "xxh3"), facts.seal.xxh3);
	if (facts.digest_text.n)
		mp_buf_str(pair(&seal, "digest"), buf_slice(&facts.digest_text));
	put_map(pair(m, "seal"), &seal);
}

static void
put_stages(struct buf *out)
{
	const char *p = facts.stages.p, *end = p + facts.stages.n;
	mp_buf_array(out, facts.stages_kept);
	for (size_t i = 0; i < facts.stages_kept; i++) {
		const char *next = mp_skip(p, end);
		put_object(out, (struct slice){p, (size_t)(next - p)});
		p = next;
	}
}

void
report_json(struct buf *out)
{
	struct map m = {0}, header = {0};
	struct buf whole = {0};
	const struct json_style style = {0};
	mp_buf_bool(pair(&m, "complete"), !facts.failed);
	put_failure(&m);
	mp_buf_uint(pair(&m, "records"), facts.records);
	mp_buf_uint(pair(&m, "bytes"), facts.bytes);
	mp_buf_uint(pair(&m, "streams"), facts.streams);
	mp_buf_str(pair(&header, "by"), buf_slice(&facts.by));
	mp_buf_str(pair(&header, "run"), buf_slice(&facts.run));
	mp_buf_bool(pair(&header, "dry"), facts.dry);
	put_map(pair(&m, "header"), &header);
	mp_buf_uint(pair(&m, "schemas"), fields_schemas());
	struct buf *fields = pair(&m, "fields");
	mp_buf_array(fields, fields_count());
	for (size_t i = 0; i < fields_count(); i++)
		put_field(fields, fields_at(i));
	if (fields_beyond())
		mp_buf_uint(pair(&m, "values_of_further_fields"), fields_beyond());
	mp_buf_uint(pair(&m, "states"), facts.states);
	put_objects(pair(&m, "state"), facts.state, facts.n_state);
	mp_buf_uint(pair(&m, "windows"), facts.windows);
	put_objects(pair(&m, "coverage"), facts.window, facts.n_window);
	put_seal(&m);
	put_stages(pair(&m, "stages"));
	put_map(&whole, &m);
	out->failed |= whole.failed;
	if (!whole.failed)
		json_write(out, buf_slice(&whole), &style);
	buf_put_byte(out, '\n');
	buf_free(&whole);
}
