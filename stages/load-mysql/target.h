/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_MYSQL_TARGET_H
#define STAGES_LOAD_MYSQL_TARGET_H

#include <stdbool.h>

/*
 * Where to connect to, as --to tells it: mysql://[USER@][HOST][:PORT][/DATABASE][?OPTION=VALUE&…].
 * What is NULL or 0 is left to my.cnf and the client library.
 */
struct target {
	char *user, *host, *database;
	unsigned port;
	char *socket, *defaults_file;
	char *ssl_ca, *ssl_cert, *ssl_key;
	unsigned connect_timeout; /* seconds */
	int lock_milliseconds;    /* --lock-timeout: so long may the server not read */
	bool no_local_infile;     /* rows go by INSERT even where the server takes files */
};

/* Dies with STATUS_USAGE when the URL is none; what may be a secret is not repeated. */
void target_parse(struct target *t, const char *url);

#endif
