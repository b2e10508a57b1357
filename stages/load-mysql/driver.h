/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_MYSQL_DRIVER_H
#define STAGES_LOAD_MYSQL_DRIVER_H

#include "stages/load-mysql/columns.h"
#include "stages/load-mysql/rows.h"

/* The driver's context. The options set to and password, the rest is zero at first. */
struct mysql {
	const char *to;       /* --to */
	const char *password; /* --password: the name of the secret; NULL: none */
	struct client client;
	struct rows rows;
	enum key_index index;         /* of an upsert */
	const struct column *columns; /* as described last */
	size_t n;
};

extern const struct load_driver mysql_driver;

#endif
