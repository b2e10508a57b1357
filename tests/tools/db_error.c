/* SPDX-License-Identifier: MIT */
/*
 * db_error: the errors of the database layer (common/db/error.h) as they are set, for their test.
 *
 *	db_error WORD [ARGUMENT] ...
 *
 *	set STATUS CODE TEXT   sets the error; CODE "-" is none
 *	memory TEXT            no memory for TEXT
 *	clear
 *	show                   prints "STATUS CODE TEXT", and whether there is one
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/db/error.h"

int
main(int argc, char **argv)
{
	static struct db_error e;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "set") == 0 && i + 3 < argc) {
			const char *code = strcmp(argv[i + 2], "-") == 0 ? NULL : argv[i + 2];
			enum status status = (enum status)strtol(argv[i + 1], NULL, 10);
			if (db_error_set(&e, status, code, "%s", argv[i + 3]))
				return 1;
			i += 3;
		} else if (strcmp(argv[i], "memory") == 0 && i + 1 < argc) {
			if (db_error_memory(&e, argv[++i]))
				return 1;
		} else if (strcmp(argv[i], "clear") == 0)
			db_error_clear(&e);
		else if (strcmp(argv[i], "show") == 0)
			printf("%s: %d %s %s\n", db_error_is_set(&e) ? "set" : "none",
			    (int)e.status, *e.code ? e.code : "-", e.text);
		else
			return 64;
	}
	return 0;
}
