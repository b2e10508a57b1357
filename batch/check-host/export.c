/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "batch/check-host/export.h"
#include "common/json/json_write.h"
#include "common/program/message.h"
#include "common/text/shell.h"

enum { COMMAND_MAX = 8192, GOSS_TIME = 120000 /* milliseconds that a command may take */ };

static const char *format_name;
static struct buf commands, files, users;

void
export_as(const char *format)
{
	format_name = format;
}

bool
exporting(void)
{
	return format_name != NULL;
}

static bool
is_goss(void)
{
	return strcmp(format_name, "goss") == 0;
}

char *
shell_word(const char *text)
{
	struct buf b = {0};
	shell_put_quoted(&b, slice_of(text));
	buf_check(&b, "a word", NULL);
	return xstring(buf_slice(&b));
}

/* A string of YAML, which takes those of JSON, or of Ruby. */
static void
put_string(struct buf *b, const char *text)
{
	if (is_goss()) {
		if (!json_write_text(b, slice_of(text)))
			die(STATUS_DATA, "%s is not UTF-8", quoted(slice_of(text)));
		return;
	}
	buf_put_byte(b, '\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			buf_put_byte(b, '\\');
		buf_put_byte(b, *text);
	}
	buf_put_byte(b, '\'');
}

bool
export_command(const char *title, const char *format, ...)
{
	char command[COMMAND_MAX];
	va_list args;
	if (!exporting())
		return false;
	va_start(args, format);
	int n = vsnprintf(command, sizeof command, format, args);
	va_end(args);
	if (n < 0 || n >= COMMAND_MAX)
		die(STATUS_DATA, "%s: the command is longer than %d bytes", title, COMMAND_MAX);
	buf_put_text(&commands, is_goss() ? "  " : "describe ");
	put_string(&commands, title);
	if (is_goss()) {
		buf_put_text(&commands, ":\n    exec: ");
		put_string(&commands, command);
		buf_printf(&commands, "\n    exit-status: 0\n    timeout: %d\n", GOSS_TIME);
	} else {
		buf_put_text(&commands, " do\n  describe command(");
		put_string(&commands, command);
		buf_put_text(
		    &commands, ") do\n    its(:exit_status) { should eq 0 }\n  end\nend\n");
	}
	return true;
}

bool
export_file(const char *path, bool folder)
{
	if (!exporting())
		return false;
	buf_put_text(&files, is_goss() ? "  " : "describe file(");
	put_string(&files, path);
	if (is_goss())
		buf_printf(&files, ":\n    exists: true\n    filetype: %s\n",
		    folder ? "directory" : "file");
	else
		buf_printf(
		    &files, ") do\n  it { should be_%s }\nend\n", folder ? "directory" : "file");
	return true;
}

bool
export_user(const char *name)
{
	if (!exporting())
		return false;
	buf_put_text(&users, is_goss() ? "  " : "describe user(");
	put_string(&users, name);
	buf_put_text(
	    &users, is_goss() ? ":\n    exists: true\n" : ") do\n  it { should exist }\nend\n");
	return true;
}

void
export_end(void)
{
	struct {
		const char *name;
		struct buf *text;
	} parts[] = {{"command", &commands}, {"file", &files}, {"user", &users}};
	struct buf all = {0};
	buf_put_text(&all, is_goss() ? "# Made by check-host --export goss.\n"
				     : "# Made by check-host --export serverspec.\n"
				       "require 'serverspec'\nset :backend, :exec\n");
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (is_goss() && parts[i].text->n)
			buf_printf(&all, "%s:\n", parts[i].name);
		buf_check(parts[i].text, "the export", NULL);
		buf_put_slice(&all, buf_slice(parts[i].text));
	}
	buf_check(&all, "the export", NULL);
	for (size_t at = 0; at < all.n;) {
		ssize_t n = write(STDOUT_FILENO, all.p + at, all.n - at);
		if (n < 0 && errno != EINTR)
			die_errno(STATUS_IO, "cannot write the export");
		at += n > 0 ? (size_t)n : 0;
	}
	buf_free(&all);
}
