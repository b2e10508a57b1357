/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_MYSQL_CHECK_H
#define STAGES_LOAD_MYSQL_CHECK_H

#include "common/db/mysql/client.h"

/* Dies if the connection has an error. */
void check(const struct client *c);
/*
 * For errors that name "row N" of a statement: row 1 is this record, and the next ones
 * follow. 0: the statement's rows are not records.
 */
void check_first_row(uint64_t record);

#endif
