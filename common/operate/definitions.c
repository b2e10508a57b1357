/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "common/operate/definitions.h"
#include "common/program/file.h"
#include "common/program/message.h"

enum { FILE_BYTES_MAX = 8 * 1024 * 1024, BLOCK = 65536 };

static void
read_input(struct buf *json)
{
	for (;;) {
		char *p = buf_reserve(json, BLOCK);
		ssize_t n = p ? read(STDIN_FILENO, p, BLOCK) : 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die_errno(STATUS_IO, "cannot read standard input");
		if (n == 0)
			return;
		json->n += (size_t)n;
	}
}

bool
definition_read_file(
    struct dp_definition *d, struct buf *json, const char *file, char why[DEFINITION_WHY])
{
	struct json_error error;
	*d = (struct dp_definition){0};
	json->max = FILE_BYTES_MAX;
	if (strcmp(file, "-") == 0)
		read_input(json);
	else if (!file_read(file, json))
		die_errno(STATUS_IO, "cannot read %s", file);
	if (json->failed) {
		snprintf(why, DEFINITION_WHY, "the file is larger than %d MiB",
		    FILE_BYTES_MAX / 1024 / 1024);
		return false;
	}
	const char *wrong = dp_read(d, buf_slice(json), &error);
	if (!wrong)
		return true;
	if (error.what)
		snprintf(why, DEFINITION_WHY, "line %" PRIu64 ", column %" PRIu64 ": %s",
		    error.line, error.column, error.what);
	else
		snprintf(why, DEFINITION_WHY, "%s", wrong);
	dp_free(d);
	return false;
}
