/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "stages/to-table/cell.h"
#include "stages/to-table/vertical.h"

enum {
	NAME_MAX_COLUMNS = 40,
	VALUE_LEAST = 10, /* columns that a value has on the narrowest terminal */
};

static void
put_blank(struct buf *out, size_t n)
{
	while (n--)
		buf_put_byte(out, ' ');
}

/* Columns that the longest name takes. */
static size_t
name_width(const struct record *r)
{
	static struct buf text;
	size_t width = 0;
	for (size_t i = 0; i < r->n; i++) {
		buf_reset(&text);
		struct cell_text name = cell_name(&text, r->cells[i].name, NAME_MAX_COLUMNS);
		if (name.width > width)
			width = name.width;
	}
	return width;
}

static size_t
value_most(const struct table_style *style, const struct cell *cell, size_t names)
{
	if (slice_is(cell->name, "_reject"))
		return style->reject_most;
	if (style->width_given || !style->terminal)
		return style->vertical_most;
	size_t taken = names + 2;
	return style->terminal > taken + VALUE_LEAST ? style->terminal - taken : VALUE_LEAST;
}

void
vertical_put(
    struct buf *out, const struct table_style *style, const struct record *r, uint64_t number)
{
	const char *bold = style->colour ? "\033[1m" : "", *dim = style->colour ? "\033[2m" : "",
		   *plain = style->colour ? "\033[0m" : "";
	size_t names = name_width(r);
	buf_printf(out, "%s%srecord %" PRIu64 "%s\n", number > 1 ? "\n" : "", bold, number, plain);
	if (!r->n)
		buf_put_text(out, "(no fields)\n");
	for (size_t i = 0; i < r->n; i++) {
		const struct cell *cell = &r->cells[i];
		buf_put_text(out, bold);
		struct cell_text name = cell_name(out, cell->name, NAME_MAX_COLUMNS);
		buf_put_text(out, plain);
		put_blank(out, names - name.width + 2);
		bool null = cell->value.type == VALUE_NULL;
		buf_put_text(out, null ? dim : "");
		cell_make(out, &cell->value, value_most(style, cell, names));
		buf_put_text(out, null ? plain : "");
		buf_put_byte(out, '\n');
	}
}
