/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_MYSQL_DESCRIBE_IMPL_H
#define COMMON_DB_MYSQL_DESCRIBE_IMPL_H

#include "common/db/mysql/describe.h"

/* Memory, all zero, that lives as long as the table. NULL after the error was set. */
void *client_table_keep(struct client *c, struct client_table *t, size_t n, size_t size);

#endif
