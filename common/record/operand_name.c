/* SPDX-License-Identifier: MIT */
#include "common/record/operand_name.h"

bool
operand_name_is_plain(struct slice name)
{
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < ' ' || strchr(".:;\"[]{}#@", name.p[i]))
			return false;
	return name.n && name.p[0] != ' ' && name.p[0] != '-' && name.p[name.n - 1] != ' ';
}

bool
operand_name_fits_line(struct slice name)
{
	return !name.n || (!memchr(name.p, '\n', name.n) && !memchr(name.p, '\0', name.n));
}

void
operand_name_quote(struct buf *out, struct slice name)
{
	buf_put_byte(out, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"')
			buf_put_byte(out, '"');
		buf_put_byte(out, name.p[i]);
	}
	buf_put_byte(out, '"');
}
