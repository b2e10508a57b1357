/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/db/error.h"

bool
db_error_is_set(const struct db_error *e)
{
	return e->status != STATUS_OK;
}

void
db_error_clear(struct db_error *e)
{
	*e = (struct db_error){0};
}

/* Removes the first bytes of a character whose rest was cut off. */
static void
drop_partial_character(char *text)
{
	size_t end = strlen(text), start = end;

	while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start > 0 && (unsigned char)text[start - 1] >= 0xc0)
		text[start - 1] = '\0';
}

bool
db_error_set(struct db_error *e, enum status status, const char *code, const char *format, ...)
{
	va_list ap;

	if (db_error_is_set(e))
		return false;
	e->status = status;
	snprintf(e->code, sizeof e->code, "%s", code ? code : "");
	va_start(ap, format);
	int n = vsnprintf(e->text, sizeof e->text, format, ap);
	va_end(ap);
	/* The character at the cut may be complete; losing it is harmless. */
	if (n >= (int)sizeof e->text)
		drop_partial_character(e->text);
	return false;
}

bool
db_error_memory(struct db_error *e, const char *what)
{
	return db_error_set(e, STATUS_TRY_AGAIN, NULL, "no memory for %s", what);
}
