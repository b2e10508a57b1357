/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/program/file.h"
#include "common/program/message.h"
#include "common/program/zone_file.h"
#include "common/text/ascii.h"

enum { ZONE_FILE_MAX = 1024 * 1024 };

/* A name that can only lie inside the folder. */
static bool
is_name(struct slice name)
{
	if (!name.n || name.n > 100)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = is_letter(c);
		if (!letter && !is_digit(c) && c != '/' && c != '_' && c != '-' && c != '+')
			return false;
	}
	return true;
}

const struct zone *
zone_named(struct slice name, const char **wrong)
{
	struct zone *zone = zone_fixed(name);
	if (zone)
		return zone;
	*wrong = "is not a time zone; examples are Asia/Tokyo, UTC and +09:00";
	if (!is_name(name))
		return NULL;
	const char *folder = getenv("TZDIR");
	struct buf path = {0}, bytes = {.max = ZONE_FILE_MAX};
	buf_printf(&path, "%s/%.*s", folder && *folder ? folder : "/usr/share/zoneinfo",
	    (int)name.n, name.p);
	buf_put_byte(&path, '\0');
	buf_check(&path, "the path of a zone", NULL);
	if (file_read(path.p, &bytes) && !bytes.failed) {
		zone = zone_read(buf_slice(&bytes));
		*wrong = "is a file that holds no time zone";
	} else {
		*wrong = "is not a time zone that this machine knows (package tzdata)";
	}
	buf_free(&path);
	buf_free(&bytes);
	return zone;
}
