/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_ADDRESS_H
#define COMMON_DB_ADDRESS_H

#include <stdbool.h>

/*
 * True if the address of a database, a URL or a connection string, seems to
 * hold a password: every user of the machine can see the arguments of a
 * program. Looks at the text alone; a library that decodes the address may find
 * one that this does not.
 */
bool db_address_has_password(const char *address);

/* The option that names the password of the address that this option gave: --password of --to. */
const char *db_address_password_option(const char *option);

#endif
