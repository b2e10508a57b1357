/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_MYSQL_TARGET_H
#define COMMON_DB_MYSQL_TARGET_H

#include <stdbool.h>

#include "common/db/error.h"

/*
 * Where to connect to:
 * mysql://[USER@][HOST][:PORT][/DATABASE][?OPTION=VALUE&…]. Members that are
 * NULL or 0 are left to my.cnf and the client library.
 */
struct target {
	char *user, *host, *database;
	unsigned port;
	char *socket, *defaults_file;
	char *ssl_ca, *ssl_cert, *ssl_key;
	unsigned connect_timeout; /* seconds */
	unsigned network_timeout; /* seconds, see socket_watch */
	bool no_local_infile;     /* rows go by INSERT even where the server takes files */
};

/*
 * False with STATUS_USAGE when the URL is malformed or holds a password, which is not repeated.
 * option: the option that gave it, for messages. *t is overwritten and needs target_free, also after a failure.
 */
bool target_parse(struct target *t, const char *url, const char *option, struct db_error *e);
void target_free(struct target *t);

#endif
