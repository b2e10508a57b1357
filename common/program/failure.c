/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/program/failure.h"

static void __attribute__((format(printf, 2, 0)))
set_text(struct failure *f, const char *format, va_list args)
{
	int n = vsnprintf(f->text, sizeof f->text, format, args);
	size_t end = n < 0 ? 0 : (size_t)n;
	if (end < sizeof f->text)
		return;
	/* Not within a character. */
	end = sizeof f->text - 1;
	while (end && ((unsigned char)f->text[end - 1] & 0xc0) == 0x80)
		end--;
	f->text[end ? end - 1 : 0] = '\0';
}

bool
failure_set(struct failure *f, enum status status, const char *format, ...)
{
	va_list args;
	f->status = status;
	va_start(args, format);
	set_text(f, format, args);
	va_end(args);
	return false;
}

bool
failure_set_errno(struct failure *f, enum status status, const char *format, ...)
{
	int error = errno;
	va_list args;
	f->status = status;
	va_start(args, format);
	set_text(f, format, args);
	va_end(args);
	size_t n = strlen(f->text);
	snprintf(f->text + n, sizeof f->text - n, ": %s", strerror(error));
	return false;
}
