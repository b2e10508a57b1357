/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_MYSQL_MADE_H
#define STAGES_LOAD_MYSQL_MADE_H

#include "common/load/load.h"
#include "stages/load-mysql/client.h"

/* The columns that sql_create_table would make, so that a dry run can check records against them. */
void made_columns(
    struct client *client, const struct load *l, const struct column **columns, size_t *n);

#endif
