/* SPDX-License-Identifier: MIT */
/* One value through the rules that any type can have; numbers and times have rooms of their own. */
#include <inttypes.h>
#include <stdio.h>

#include "common/json/json_read.h"
#include "common/json/value_text.h"
#include "common/program/message.h"
#include "common/text/space.h"
#include "stages/normalize/convert.h"

static const char *const not_a[] = {
    [VALUE_BOOL] = "is not a bool",
    [VALUE_INT] = "is not an int",
    [VALUE_FLOAT] = "is not a float",
    [VALUE_DECIMAL] = "is not a decimal",
    [VALUE_TEXT] = "is not text",
    [VALUE_BYTES] = "is not bytes",
    [VALUE_DATE] = "is not a date",
    [VALUE_DATETIME] = "is not a datetime",
    [VALUE_TIMESTAMP] = "is not a timestamp",
    [VALUE_JSON] = "is neither an object nor an array",
};

bool
reason(struct reject_reason *why, const char *rule, const char *text)
{
	why->rule = rule;
	snprintf(why->text, sizeof why->text, "%s", text);
	return false;
}

bool
reason_type(struct reject_reason *why, enum value_type type)
{
	return reason(why, value_type_name(type), not_a[type]);
}

/* How null= and map= spell a value: text as it is, true, 17, 12.50; p NULL for what has no such spelling. */
static struct slice
spelling(const struct spec *s, const struct value *v, struct slice text, struct buf *scratch)
{
	buf_reset(scratch);
	if (v->type == VALUE_TEXT)
		return text;
	if (!s->spells_scalars)
		return (struct slice){0};
	switch (v->type) {
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_FLOAT:
	case VALUE_DECIMAL:
		value_text(scratch, v, NULL);
		return buf_slice(scratch);
	default:
		return (struct slice){0};
	}
}

static bool
put_absent(struct spec *s, struct buf *out)
{
	s->changed[RULE_DEFAULT] += s->has[RULE_DEFAULT];
	buf_put_slice(out, s->fallback);
	return true;
}

static bool
is_null(const struct spec *s, struct slice spelled)
{
	for (size_t i = 0; i < s->n_nulls; i++)
		if (slice_equal(s->nulls[i], spelled))
			return true;
	return false;
}

bool
convert_is_null(const struct spec *s, const struct value *v)
{
	static struct buf scratch;
	if (!s->n_nulls)
		return false;
	struct slice spelled =
	    spelling(s, v, v->type == VALUE_TEXT ? v->s : (struct slice){0}, &scratch);
	return spelled.p && is_null(s, spelled);
}

/* A field that is kept: only a null may change, and numbers become decimals where they are mixed. */
static bool
convert_kept(struct spec *s, const struct value *v, struct buf *out, struct reject_reason *why)
{
	bool is_number = v->type == VALUE_INT || v->type == VALUE_FLOAT || v->type == VALUE_DECIMAL;
	if (convert_is_null(s, v)) {
		s->changed[RULE_NULL]++;
		return put_absent(s, out);
	}
	if (v->type == s->type) {
		buf_put_slice(out, v->raw);
		return true;
	}
	if (s->type == VALUE_DECIMAL && is_number)
		return convert_number(s, v, (struct slice){0}, out, why);
	why->rule = "rest";
	snprintf(why->text, sizeof why->text,
	    "%s, and the first records have %s in this field: give it a type by an operand",
	    not_a[s->type], value_type_name(s->type));
	return false;
}

enum mapped { MAP_DONE, MAP_GO_ON, MAP_MISFIT };

static enum mapped
put_mapped(struct spec *s, struct slice spelled, struct buf *out, struct reject_reason *why)
{
	for (size_t i = 0; spelled.p && i < s->n_map; i++)
		if (slice_equal(s->map[i].from, spelled)) {
			s->changed[RULE_MAP]++;
			buf_put_slice(out, s->map[i].value);
			return MAP_DONE;
		}
	if (s->map_other) {
		s->changed[RULE_MAP]++;
		buf_put_slice(out, s->other);
		return MAP_DONE;
	}
	/* Any other type refuses by itself what it does not know; text would take everything. */
	if (s->map_same || s->type != VALUE_TEXT)
		return MAP_GO_ON;
	reason(why, "map", "is in no pair of map= (the pair *:* would let it pass)");
	return MAP_MISFIT;
}

static bool
equals_word(struct slice s, const char *word)
{
	if (s.n != strlen(word))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] | 0x20) != word[i])
			return false;
	return true;
}

static bool
convert_bool(const struct value *v, struct slice text, struct buf *out, struct reject_reason *why)
{
	bool yes = v->type == VALUE_TEXT && equals_word(text, "true");
	if (v->type == VALUE_BOOL)
		mp_buf_bool(out, v->b);
	else if (yes || (v->type == VALUE_TEXT && equals_word(text, "false")))
		mp_buf_bool(out, yes);
	else
		return reason_type(why, VALUE_BOOL);
	return true;
}

static bool
convert_text(const struct value *v, struct slice text, struct buf *out, struct reject_reason *why)
{
	static struct buf scratch;
	if (v->type == VALUE_TEXT) {
		mp_buf_str(out, text);
		return true;
	}
	buf_reset(&scratch);
	if (v->type == VALUE_BYTES)
		return reason_type(why, VALUE_TEXT);
	if (value_text(&scratch, v, NULL))
		return reason(why, "text", "holds what JSON text has no form for");
	buf_check(&scratch, "a text", NULL);
	mp_buf_str(out, buf_slice(&scratch));
	return true;
}

static bool
convert_json(const struct value *v, struct slice text, struct buf *out, struct reject_reason *why)
{
	struct json_error error;
	size_t start = out->n;
	if (v->type != VALUE_TEXT)
		return reason_type(why, VALUE_JSON);
	if (!json_to_msgpack(text, JSON_DUPLICATES_ERROR, out, &error)) {
		why->rule = "json";
		snprintf(why->text, sizeof why->text, "is no JSON: %s (column %" PRIu64 ")",
		    error.what ? error.what : "no memory", error.column);
		return false;
	}
	struct mp_token t;
	mp_read(out->p + start, out->p + out->n, &t);
	if (t.type == MP_MAP || t.type == MP_ARRAY)
		return true;
	out->n = start;
	return reason_type(why, VALUE_JSON);
}

/* A value that is of the type already, and that no rule may touch any more. */
static bool
is_ready(const struct spec *s, const struct value *v)
{
	return v->type == s->type && v->type != VALUE_FLOAT;
}

static bool
convert_typed(struct spec *s, const struct value *v, struct slice text, struct buf *out,
    struct reject_reason *why)
{
	switch (s->type) {
	case VALUE_BOOL:
		return convert_bool(v, text, out, why);
	case VALUE_INT:
	case VALUE_FLOAT:
	case VALUE_DECIMAL:
		return convert_number(s, v, text, out, why);
	case VALUE_TEXT:
		return convert_text(v, text, out, why);
	case VALUE_BYTES:
		if (v->type != VALUE_TEXT && v->type != VALUE_BYTES)
			return reason_type(why, VALUE_BYTES);
		mp_buf_bin(out, v->type == VALUE_TEXT ? text : v->s);
		return true;
	case VALUE_DATE:
	case VALUE_DATETIME:
	case VALUE_TIMESTAMP:
		return convert_time(s, v, text, out, why);
	case VALUE_JSON:
		if (v->type == VALUE_JSON) {
			buf_put_slice(out, v->raw);
			return true;
		}
		return convert_json(v, text, out, why);
	default:
		return reason_type(why, s->type);
	}
}

bool
convert(struct spec *s, const struct value *v, struct buf *out, struct reject_reason *why)
{
	static struct buf scratch;
	if (v->type == VALUE_NULL)
		return put_absent(s, out);
	if (v->type == VALUE_BAD)
		return reason(why, "type", "is of no type of mam-stream(5)");
	if (s->kept)
		return convert_kept(s, v, out, why);
	struct slice text = v->type == VALUE_TEXT ? v->s : (struct slice){0};
	if (s->plain) {
		if (is_ready(s, v)) {
			buf_put_slice(out, v->raw);
			return true;
		}
		return convert_typed(s, v, text, out, why);
	}
	if (s->has[RULE_TRIM] && text.p) {
		text = space_trim(text);
		s->changed[RULE_TRIM] += text.n != v->s.n;
	}
	if (s->n_nulls || s->has[RULE_MAP]) {
		struct slice spelled = spelling(s, v, text, &scratch);
		if (spelled.p && is_null(s, spelled)) {
			s->changed[RULE_NULL]++;
			return put_absent(s, out);
		}
		if (s->has[RULE_MAP]) {
			enum mapped mapped = put_mapped(s, spelled, out, why);
			if (mapped != MAP_GO_ON)
				return mapped == MAP_DONE;
		}
	}
	return convert_typed(s, v, text, out, why);
}
