/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch/schedule-batches/plan.h"
#include "common/program/message.h"

static struct {
	struct file {
		const char *name;
		struct buf text;
	} * files;
	size_t n;
} out;

void
output_add(const char *name, const struct buf *text)
{
	buf_check(text, "the output", NULL);
	out.files = xrealloc(out.files, (out.n + 1) * sizeof *out.files);
	out.files[out.n++] = (struct file){name, *text};
}

static void
write_file(const char *folder, const struct file *f)
{
	struct buf path = {0}, part = {0};
	buf_printf(&path, "%s/%s%c", folder, f->name, '\0');
	buf_printf(&part, "%s/.%s.part%c", folder, f->name, '\0');
	buf_check(&path, "a path", NULL);
	buf_check(&part, "a path", NULL);
	FILE *file = fopen(part.p, "w");
	bool good = file && fwrite(f->text.p, 1, f->text.n, file) == f->text.n && !fflush(file);
	int why = errno;
	if (file && fclose(file) && good) {
		good = false;
		why = errno;
	}
	if (!good || rename(part.p, path.p)) {
		why = good ? errno : why;
		unlink(part.p);
		errno = why;
		die_errno(STATUS_IO, "cannot write %s", path.p);
	}
	buf_free(&path);
	buf_free(&part);
}

void
output_write(const char *folder)
{
	if (mkdir(folder, 0777) && errno != EEXIST)
		die_errno(STATUS_IO, "cannot make the folder %s", folder);
	for (size_t i = 0; i < out.n; i++)
		write_file(folder, &out.files[i]);
}

static bool
is_written(const char *name)
{
	for (size_t i = 0; i < out.n; i++)
		if (strcmp(out.files[i].name, name) == 0)
			return true;
	return false;
}

void
output_report_others(const char *folder, const char *beginning, const char *ending)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		size_t length = strlen(name), end = strlen(ending);
		if (strncmp(name, beginning, strlen(beginning)) == 0 && length > end &&
		    strcmp(name + length - end, ending) == 0 && !is_written(name))
			message("%s/%s is there from before, and was not written now; disable and "
				"remove it if its batch is gone",
			    folder, name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}
