/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "common/db/mysql/errors.h"
#include "common/load/load.h"
#include "common/program/message.h"
#include "stages/load-mysql/check.h"

static uint64_t first_row; /* record number */

void
check_first_row(uint64_t record)
{
	first_row = record;
}

/* Follows a text that names a row: which record that is. */
static const char *
record_of_row(const char *text)
{
	static char note[64];

	if (first_row == 0 || !strstr(text, " row ") || reject_count() > 0)
		return "";
	snprintf(note, sizeof note, "; row 1 is record %" PRIu64, first_row);
	return note;
}

void
check(const struct client *c)
{
	const struct db_error *e = &c->error;

	if (db_error_is_set(e))
		die(e->status, "%s%s%s", e->text, record_of_row(e->text),
		    c->number == MYSQL_LOCK_TIMEOUT ? "; --lock-timeout is how long to wait" : "");
}
