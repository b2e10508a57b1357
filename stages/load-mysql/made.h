/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_MYSQL_MADE_H
#define STAGES_LOAD_MYSQL_MADE_H

#include "common/db/mysql/client.h"
#include "common/load/load.h"

/* The columns that sql_create_table would make, so that a dry run can check records against them. */
void made_columns(
    struct client *client, const struct load *l, const struct column **columns, size_t *n);

#endif
