/* SPDX-License-Identifier: MIT */
#include "common/text/shell.h"

void
shell_put_quoted(struct buf *b, struct slice word)
{
	buf_put_byte(b, '\'');
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] == '\'')
			buf_put_text(b, "'\\''");
		else
			buf_put_byte(b, word.p[i]);
	buf_put_byte(b, '\'');
}
