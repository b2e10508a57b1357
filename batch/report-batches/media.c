/* SPDX-License-Identifier: MIT */
#include "batch/report-batches/report.h"

struct media page_media;

void
media_put(struct buf *b, const struct overview *o)
{
	bool any = false;
	for (size_t i = 0; i < page_media.n; i++) {
		const struct media_file *f = &page_media.items[i];
		struct buf why = {0};
		enum media_state state = media_judge(f, o->now / DAY, &why);
		/* Sunsets are in the list of interfaces, with the batches that use them. */
		if (state == MEDIA_MISTAKE || state == MEDIA_NO_VERSION) {
			buf_put_text(b, any ? ""
					    : "<section><h2>Media files that need attention</h2>\n"
					      "<ul class=\"items\">\n");
			any = true;
			buf_printf(b, "<li><span class=\"sign word %s\">%s</span> ",
			    state == MEDIA_MISTAKE ? "bad" : "warn",
			    state == MEDIA_MISTAKE ? "mistake" : "version");
			put_text(b, slice_of(f->path));
			buf_put_text(b, ": ");
			put_text(b, buf_slice(&why));
			buf_put_text(b, "</li>\n");
		}
		buf_free(&why);
	}
	buf_put_text(b, any ? "</ul></section>\n" : "");
}
