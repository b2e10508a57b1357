/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_MYSQL_CLIENT_IMPL_H
#define COMMON_DB_MYSQL_CLIENT_IMPL_H

#include <mysql.h>

#include "common/db/mysql/client.h"

/* Shared by the files of this folder that call the library; no others do. */

/* The connection takes a statement: it is open, no error is set, no rows are under way. */
bool client_ready(struct client *c);
/* Sets the error of a statement: "VERB: TEXT (error NUMBER)". Returns false. */
bool client_fail(struct client *c, unsigned number, const char *text, struct slice sql);
/* The same from the library's last error. */
bool client_fail_last(struct client *c, struct slice sql);
/*
 * Takes the answers of a statement that are left: before that the connection takes no
 * statement. Their rows are an error. False if an error is set.
 */
bool client_drain(struct client *c);
/* The first two words of a statement: they show which one it was. */
struct slice client_verb(struct slice sql);

#endif
