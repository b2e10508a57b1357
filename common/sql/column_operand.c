/* SPDX-License-Identifier: MIT */
#include "common/sql/column_operand.h"
#include "common/record/operand_name.h"
#include "common/text/visible.h"

enum {
	DECLARED_MAX = 1000
}; /* digits of a decimal that a type can ask for; a greater precision is a limit */

static bool
contains(struct slice type, const char *word)
{
	struct slice w = slice_of(word);
	for (size_t i = 0; i + w.n <= type.n; i++)
		if (slice_equal_caseless((struct slice){type.p + i, w.n}, w))
			return true;
	return false;
}

/* SQLite takes any word for a type; these say what the column is for. */
static enum value_type
numeric_type(struct slice type)
{
	if (contains(type, "bool"))
		return VALUE_BOOL;
	if (contains(type, "datetime") || contains(type, "timestamp"))
		return VALUE_DATETIME;
	return contains(type, "date") ? VALUE_DATE : VALUE_DECIMAL;
}

static enum value_type
type_for(const struct column *c)
{
	switch (c->kind) {
	case COLUMN_BOOL:
		return VALUE_BOOL;
	case COLUMN_INT:
		return VALUE_INT;
	case COLUMN_FLOAT:
		return VALUE_FLOAT;
	case COLUMN_DECIMAL:
		return VALUE_DECIMAL;
	case COLUMN_NUMERIC:
		return numeric_type(c->type);
	case COLUMN_BYTES:
		return VALUE_BYTES;
	case COLUMN_DATE:
		return VALUE_DATE;
	case COLUMN_DATETIME:
		return VALUE_DATETIME;
	case COLUMN_TIMESTAMP:
		return VALUE_TIMESTAMP;
	case COLUMN_JSON:
		return VALUE_JSON;
	case COLUMN_TEXT:
	case COLUMN_TIME:
	case COLUMN_UUID:
	case COLUMN_INET4:
	case COLUMN_INET6:
	case COLUMN_ENUM:
	case COLUMN_SET:
	case COLUMN_OTHER:
	case COLUMN_NONE:
		break;
	case COLUMN_ANY:
		return contains(c->type, "blob") ? VALUE_BYTES : VALUE_TEXT;
	}
	return VALUE_TEXT;
}

/* MySQL's spellings of a bool. */
static bool
is_one_digit(struct slice type)
{
	return slice_is(type, "tinyint(1)") || slice_is(type, "bit(1)");
}

/* The spelling that a text has to have, where the type's name does not give it. */
static const char *
spelling(const struct column *c)
{
	switch (c->kind) {
	case COLUMN_TIME:
		return ", as 13:00:00";
	case COLUMN_OTHER:
		return ", in the spelling of the database";
	case COLUMN_ANY:
		return ", takes every type";
	case COLUMN_INT:
		return c->takes_bool && is_one_digit(c->type) ? ", takes bool as well" : "";
	default:
		return "";
	}
}

static void
put_type(const struct column *c, struct buf *out)
{
	visible_put(out, c->type.n ? c->type : SLICE("no type"));
}

void
column_operand(const struct column *c, struct buf *out)
{
	bool plain = operand_name_is_plain(c->name);
	if (c->generated || c->kind == COLUMN_NONE || !operand_name_fits_line(c->name)) {
		buf_put_text(out, "# ");
		visible_put(out, c->name);
		buf_put_text(out, ": ");
		put_type(c, out);
		if (c->generated)
			buf_put_text(out, ", made by the database: it cannot be loaded\n");
		else if (c->kind == COLUMN_NONE)
			buf_printf(
			    out, ", takes no value: %s\n", c->why ? c->why : "its type is unknown");
		else
			buf_put_text(out, ", an operand in a file cannot have this name\n");
		return;
	}
	if (plain)
		buf_put_slice(out, c->name);
	else
		operand_name_quote(out, c->name);
	buf_printf(out, ":%s", value_type_name(type_for(c)));
	if (c->kind == COLUMN_DECIMAL && c->precision > 0 && c->precision <= DECLARED_MAX &&
	    c->scale >= 0)
		buf_printf(out, ";scale=%d", c->scale);
	buf_put_text(out, "  # ");
	put_type(c, out);
	buf_put_text(out, spelling(c));
	if (!c->nullable)
		buf_put_text(out, c->has_default ? ", not null, has a default" : ", not null");
	buf_put_byte(out, '\n');
}
