/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath */
#include <stdlib.h>
#include <unistd.h>

#include "batch/compare-builds/compare.h"
#include "common/program/capture.h"
#include "common/program/message.h"
#include "common/text/shell.h"

enum { VERSION_TIME = 30 * 1000, VERSION_MAX = 4096 }; /* milliseconds, bytes */

char *
joined(const char *folder, const char *name)
{
	struct buf path = {0};
	buf_printf(&path, "%s/%s%c", folder, name, '\0');
	buf_check(&path, "a path", NULL);
	return path.p;
}

/* A build of another system does not start: a library or the C library is missing. */
static char *
version_of(const char *option, const char *program)
{
	struct buf command = {0}, output = {.max = VERSION_MAX};
	struct failure failure = {0};
	shell_put_quoted(&command, slice_of(program));
	buf_put(&command, " --version 2>&1", sizeof " --version 2>&1");
	buf_check(&command, "a command", NULL);
	bool good = capture(command.p, VERSION_TIME, &output, &failure);
	struct slice text = slice_trim(buf_slice(&output));
	if (!good)
		die(STATUS_CONFIG, "--%s: %s does not start here: %s", option, program,
		    text.n ? quoted(text) : failure.text);
	const char *last = text.p;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == ' ')
			last = text.p + i + 1;
	char *version = xstring((struct slice){last, (size_t)(text.p + text.n - last)});
	buf_free(&command);
	buf_free(&output);
	return version;
}

struct build
build_open(const char *option, const char *path, const struct option_list *folders)
{
	struct build b = {.path = realpath(path, NULL)};
	if (!b.path)
		die_errno(STATUS_CONFIG, "--%s: cannot find the build %s", option, path);
	const char *slash = strrchr(b.path, '/');
	b.id = slice_of(slash[1] ? slash + 1 : b.path);
	char *program = joined(b.path, "bin/run-batch");
	if (access(program, X_OK))
		die_errno(STATUS_CONFIG, "--%s: %s is not an installation of mam-etl: %s", option,
		    path, program);
	b.version = version_of(option, program);
	free(program);
	b.folders = *folders;
	if (!folders->n) {
		b.folders.items = xmalloc(sizeof *b.folders.items);
		b.folders.items[0] = joined(b.path, "pipelines");
		b.folders.n = 1;
	}
	b.batches = batches_find(&b.folders);
	return b;
}

const struct batch *
build_batch(const struct build *b, struct slice name)
{
	const struct batch *found = NULL;
	for (size_t i = 0; i < b->batches.n; i++) {
		const struct batch *one = &b->batches.items[i];
		if (!slice_equal(one->name, name))
			continue;
		if (found)
			die(STATUS_CONFIG, "two batches have the name %s: %s and %s", quoted(name),
			    found->path, one->path);
		found = one;
	}
	return found;
}
