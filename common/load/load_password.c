/* SPDX-License-Identifier: MIT */
#include "common/db/address.h"
#include "common/load/load.h"
#include "common/program/message.h"

void
load_refuse_password(const char *to)
{
	if (db_address_has_password(to))
		die(STATUS_USAGE, "--to holds a password, which every user of the machine can see: "
				  "leave it out and name it with --password env:NAME or file:PATH");
}
