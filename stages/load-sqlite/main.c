/* SPDX-License-Identifier: MIT */
/*
 * load-sqlite: records into a table of an SQLite file, in one transaction. The
 * life of a load is common/load/load.h's; what is particular to SQLite is in driver.c
 * and, without the loader, in common/db/sqlite.
 */
#include "common/program/message.h"
#include "stages/load-sqlite/driver.h"

static const char *to;

static const struct option_row options[] = {
    {.name = "to", .word = "FILE", .help = "the database", .kind = OPTION_TEXT, .to.text = &to},
    {0},
};
static const struct option_row *const tables[] = {options, load_options, reject_options, NULL};
static const struct program program = {
    .name = "load-sqlite",
    .about = "Loads records into a table of an SQLite file.",
    .tables = tables,
};

int
main(int argc, char **argv)
{
	options_parse(&program, argc, argv);
	if (!to)
		die(STATUS_USAGE, "--to is missing: the file of the database");
	load_run(&sqlite_driver, &to);
	return STATUS_OK;
}
