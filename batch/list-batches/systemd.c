/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "batch/list-batches/launched.h"
#include "common/program/file.h"
#include "common/program/message.h"

enum { UNIT_MAX = 1024 * 1024 };

static bool
ends_with(struct slice name, const char *ending)
{
	size_t n = strlen(ending);
	return name.n > n && memcmp(name.p + name.n - n, ending, n) == 0;
}

/*
 * The text of FOLDER/NAME with continued lines joined; false if the file does
 * not exist.
 */
static bool
read_unit(const char *folder, struct slice name, struct buf *text)
{
	struct buf path = {0}, raw = {.max = UNIT_MAX};
	buf_printf(&path, "%s/%.*s%c", folder, (int)name.n, name.p, '\0');
	buf_check(&path, "a path", NULL);
	if (!file_read(path.p, &raw)) {
		if (errno == ENOENT)
			return false;
		die_errno(STATUS_IO, "--launched systemd:%s: %s", folder, quoted(name));
	}
	buf_check(&raw, "a unit", NULL);
	for (size_t i = 0; i < raw.n; i++) {
		bool joined = raw.p[i] == '\\' && i + 1 < raw.n && raw.p[i + 1] == '\n';
		buf_put_byte(text, joined ? ' ' : raw.p[i]);
		i += joined;
	}
	buf_check(text, "a unit", NULL);
	buf_free(&raw);
	buf_free(&path);
	return true;
}

/* The value of a line KEY=VALUE; false if it is another line. */
static bool
value_of(struct slice line, const char *key, struct slice *value)
{
	size_t n = strlen(key);
	line = slice_trim(line);
	if (line.n <= n || memcmp(line.p, key, n) != 0)
		return false;
	*value = slice_trim((struct slice){line.p + n, line.n - n});
	if (!slice_take(value, '='))
		return false;
	*value = slice_trim(*value);
	return true;
}

/*
 * "a@b.service": returns "b" and fills template with "a@.service". Without an
 * instance the result is empty.
 */
static struct slice
instance_of(struct slice unit, struct buf *template)
{
	const char *at = memchr(unit.p, '@', unit.n);
	const char *dot = unit.p + unit.n;
	while (dot > unit.p && *dot != '.')
		dot--;
	if (!at || at > dot)
		return (struct slice){unit.p, 0};
	buf_put(template, unit.p, (size_t)(at + 1 - unit.p));
	buf_put(template, dot, (size_t)(unit.p + unit.n - dot));
	return (struct slice){at + 1, (size_t)(dot - at - 1)};
}

/* With %i, %I and %j replaced; "\x2d" in an instance is a minus. */
static struct slice
expand(struct slice text, struct slice instance)
{
	struct buf out = {0};
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '%' || i + 1 == text.n || !strchr("iIj", text.p[i + 1])) {
			buf_put_byte(&out, text.p[i]);
			continue;
		}
		i++;
		for (size_t k = 0; k < instance.n; k++) {
			bool minus = instance.n - k > 3 && memcmp(instance.p + k, "\\x2d", 4) == 0;
			buf_put_byte(&out, minus ? '-' : instance.p[k]);
			k += minus ? 3 : 0;
		}
	}
	buf_check(&out, "a command", NULL);
	return buf_slice(&out);
}

static void
read_service(const char *folder, struct slice unit, const char *where)
{
	struct buf text = {0}, template = {0};
	struct slice instance = instance_of(unit, &template), line, command;
	if (!read_unit(folder, unit, &text) &&
	    !(instance.n && read_unit(folder, buf_slice(&template), &text))) {
		message("%s starts %s, which is not in that folder", where, quoted(unit));
		return;
	}
	struct slice rest = buf_slice(&text);
	while (slice_take_line(&rest, &line))
		if (value_of(line, "ExecStart", &command) ||
		    value_of(line, "ExecStartPre", &command) ||
		    value_of(line, "ExecStartPost", &command))
			launched_command(where, expand(command, instance));
}

/* A timer starts the service of its own name, unless it has Unit=. */
static void
read_timer(const char *folder, struct slice timer)
{
	struct buf text = {0}, path = {0}, unit = {0};
	struct slice line, value;
	if (!read_unit(folder, timer, &text) || !text.n)
		return; /* an empty unit, or a link to /dev/null, is masked */
	buf_printf(&path, "%s/%.*s%c", folder, (int)timer.n, timer.p, '\0');
	buf_put(&unit, timer.p, timer.n - strlen("timer"));
	buf_put_text(&unit, "service");
	struct slice rest = buf_slice(&text);
	while (slice_take_line(&rest, &line))
		if (value_of(line, "Unit", &value)) {
			buf_reset(&unit);
			buf_put_slice(&unit, value);
		}
	buf_check(&path, "a path", NULL);
	buf_check(&unit, "a unit", NULL);
	read_service(folder, buf_slice(&unit), launch_place("systemd", path.p, 0));
}

void
read_systemd(const char *folder)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, NULL, alphasort);
	if (n < 0)
		die_errno(STATUS_IO, "--launched systemd:%s", folder);
	for (int i = 0; i < n; i++) {
		struct slice name = slice_of(entries[i]->d_name);
		if (name.p[0] != '.' && ends_with(name, ".timer"))
			read_timer(folder, name);
	}
}
