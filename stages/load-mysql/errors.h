/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_MYSQL_ERRORS_H
#define STAGES_LOAD_MYSQL_ERRORS_H

#include <stdbool.h>

#include "common/program/message.h"

/*
 * The numbers of MySQL, MariaDB and their clients that a loader tells apart.
 * The servers' numbers never change; they are written here since no header
 * has those of both.
 */
enum {
	MYSQL_DUPLICATE = 1062,
	MYSQL_NO_SUCH_TABLE = 1146,
};

/* May the batch be tried again after this error? The statuses of message.h. */
enum status error_status(unsigned number);

/* True when LOAD DATA LOCAL itself is what server or client do not want. */
bool error_no_local_infile(unsigned number);

/* True for a warning about the words of a statement: no value was changed. */
bool error_is_harmless(unsigned number);

#endif
