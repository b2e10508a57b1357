/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_MYSQL_ERRORS_H
#define COMMON_DB_MYSQL_ERRORS_H

#include <stdbool.h>

#include "common/db/cause.h"

/*
 * The numbers of MySQL, MariaDB and their clients that a program distinguishes.
 * The servers' numbers never change; they are written here since no header
 * has those of both.
 */
enum {
	MYSQL_DUPLICATE = 1062,
	MYSQL_NO_SUCH_TABLE = 1146,
	MYSQL_LOCK_TIMEOUT = 1205,
	MYSQL_STATEMENT_TIMEOUT = 1969, /* MariaDB */
	MYSQL_TLS = 2026,
};

enum db_cause error_cause(unsigned number);
enum status error_status(unsigned number);
/* The same for a connection error, whose text may be more specific than its number. */
enum status error_connect_status(unsigned number, const char *text);

/* True when the server or the client refuses LOAD DATA LOCAL itself. */
bool error_no_local_infile(unsigned number);

/* True for a warning about the words of a statement: no value was changed. */
bool error_is_harmless(unsigned number);

#endif
