/* SPDX-License-Identifier: MIT */
#include "common/db/mysql/quote.h"

#include "common/text/visible.h"

enum { SHOWN_MAX = 200 };

void
quote_put(struct buf *b, struct slice text)
{
	size_t n = text.n;

	if (n > SHOWN_MAX)
		for (n = SHOWN_MAX; n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80;)
			n--;
	buf_put_byte(b, '"');
	visible_put(b, (struct slice){text.p, n});
	buf_put_text(b, n < text.n ? "…\"" : "\"");
}
