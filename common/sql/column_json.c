/* SPDX-License-Identifier: MIT */
#include "common/json/json_write.h"
#include "common/record/mp.h"
#include "common/sql/column_impl.h"
#include "common/text/decimal.h"

/* True if the JSON text holds the escape \u0000, which a jsonb cannot. */
static bool
holds_escaped_nul(struct slice s)
{
	for (size_t i = 0; i + 6 <= s.n; i++) {
		if (s.p[i] != '\\')
			continue;
		if (memcmp(s.p + i, "\\u0000", 6) == 0)
			return true;
		i++;
	}
	return false;
}

/*
 * True if a decimal is in it that no integer of 8 bytes is: as JSON text it
 * would become a float.
 */
static bool
holds_fraction(const struct value *v)
{
	const char *p = v->s.p, *end = v->s.p + v->s.n;
	struct mp_token t;
	int64_t i;
	uint64_t u;
	bool huge;

	if (v->type == VALUE_DECIMAL)
		return !decimal_to_integer(v->s, &i, &u, &huge);
	while (v->type == VALUE_JSON && p < end && (p = mp_read(p, end, &t)) != NULL)
		if (t.type == MP_EXT && t.ext == EXT_DECIMAL &&
		    !decimal_to_integer((struct slice){t.p, t.n}, &i, &u, &huge))
			return true;
	return false;
}

bool
column_fit_json(const struct column *c, const struct value *in, struct value *out,
    struct buf *scratch, struct reject_reason *why)
{
	switch (in->type) {
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_FLOAT:
	case VALUE_DECIMAL:
	case VALUE_TEXT:
	case VALUE_JSON:
		break;
	default:
		return column_wrong_type(c, in, why);
	}
	if (c->binary_numbers && holds_fraction(in))
		return column_refuse(why, "exact",
		    "holds a decimal, which %.*s would keep as binary floating point",
		    (int)c->type.n, c->type.p);
	const char *wrong = json_write(scratch, in->raw, &(struct json_style){0});
	if (wrong)
		return column_refuse(why, "json", "holds %s, which JSON cannot", wrong);
	column_set_text(out, VALUE_TEXT, buf_slice(scratch));
	if (c->no_nul && holds_escaped_nul(out->s))
		return column_refuse(why, "nul", "holds a NUL character, which %.*s cannot",
		    (int)c->type.n, c->type.p);
	return column_check_text(c, out->s, why);
}
