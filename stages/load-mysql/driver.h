/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_MYSQL_DRIVER_H
#define STAGES_LOAD_MYSQL_DRIVER_H

#include "common/db/mysql/describe.h"
#include "stages/load-mysql/rows.h"

/* The driver's context. The options set to and password, the rest is zero at first. */
struct mysql {
	const char *to;       /* --to */
	const char *password; /* --password: the name of the secret; NULL: none */
	struct client client;
	struct rows rows;
	struct client_rows rows_read; /* of the last query */
	struct client_table table;    /* as described last */
	enum key_index index;         /* of an upsert */
};

extern const struct load_driver mysql_driver;

#endif
