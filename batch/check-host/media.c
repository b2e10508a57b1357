/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "batch/check-host/export.h"
#include "batch/check-host/host.h"

enum { DAY = 86400 };

/* A folder that MAM_MEDIA names and that cannot be read is a failed check, and not the end of all. */
static bool
is_readable(void)
{
	const char *named = getenv("MAM_MEDIA");
	return !named || !*named || access(named, R_OK | X_OK) == 0;
}

void
read_media(struct host *h)
{
	if (is_readable())
		h->media = media_of_batches(&h->all);
}

void
check_media(const struct host *h)
{
	int64_t today = (int64_t)time(NULL) / DAY;
	if (exporting())
		return;
	if (!is_readable())
		check_put(CHECK_FAILED, "media", "MAM_MEDIA",
		    "unpack the media files there, or unset it", "the folder %s cannot be read",
		    getenv("MAM_MEDIA"));
	for (size_t i = 0; i < h->media.n; i++) {
		const struct media_file *f = &h->media.items[i];
		struct buf why = {0};
		enum media_state state = media_judge(f, today, &why);
		buf_put_byte(&why, '\0');
		buf_check(&why, "a check", NULL);
		/* Versions that end are in the group "sunset", with the batches that use them. */
		if (state == MEDIA_MISTAKE)
			check_put(CHECK_FAILED, "media", f->path, "mend the file, see mam-batch(5)",
			    "%s", why.p);
		else if (state == MEDIA_NO_VERSION)
			check_put(CHECK_WARNED, "media", f->path,
			    "add the version of the API that it is for", "%s", why.p);
		else
			check_put(CHECK_OK, "media", f->path, NULL, "version %.*s",
			    (int)f->head.version.n, f->head.version.n ? f->head.version.p : "");
		buf_free(&why);
	}
}
