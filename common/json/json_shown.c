/* SPDX-License-Identifier: MIT */
#include "common/json/json_shown.h"
#include "common/json/json_write.h"
#include "common/text/visible.h"

void
json_write_shown(struct buf *out, struct slice text)
{
	size_t before = out->n;
	struct buf visible = {0};
	if (json_write_text(out, text))
		return;
	visible_put(&visible, text);
	out->n = before;
	json_write_text(out, buf_slice(&visible));
	out->failed |= visible.failed;
	buf_free(&visible);
}
