/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_MYSQL_INFO_H
#define COMMON_DB_MYSQL_INFO_H

#include <stdint.h>

/*
 * The rows that a statement touched, from mysql_info's text (may be NULL) and the affected
 * rows: of an UPDATE those that it found, changed or not, of an INSERT … SELECT all that
 * were selected. Sets *inserted to those of an ON DUPLICATE KEY UPDATE that are new.
 * The connection must not have CLIENT_FOUND_ROWS.
 */
uint64_t info_rows(const char *info, uint64_t affected, uint64_t *inserted);

#endif
