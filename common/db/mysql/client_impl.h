/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_MYSQL_CLIENT_IMPL_H
#define COMMON_DB_MYSQL_CLIENT_IMPL_H

#include <mysql.h>

#include "common/db/mysql/client.h"

/* Shared by the files of this folder that call the library; no others do. */

/* The connection is open, and no error is set. */
bool client_ready(struct client *c);
/* Sets the error of a statement: "VERB: TEXT (error NUMBER)". Returns false. */
bool client_fail(struct client *c, unsigned number, const char *text, struct slice sql);

#endif
