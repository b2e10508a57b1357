/* SPDX-License-Identifier: MIT */
/*
 * load-mysql loads the records of its input into a table of MySQL or MariaDB in one
 * transaction, and commits only what was sealed. The life of a load is
 * common/load/load.h; driver.c and rows.c are the parts that MySQL does its own way, and
 * the parts of common/db/mysql know nothing of loads.
 */
#include <signal.h>

#include "common/program/message.h"
#include "stages/load-mysql/driver.h"

static struct mysql state;

static const struct option_row own_options[] = {
    {.name = "to",
	.word = "URL",
	.help = "the database, mysql://USER@HOST:PORT/DATABASE",
	.kind = OPTION_TEXT,
	.to.text = &state.to},
    {.name = "password",
	.word = "SECRET",
	.help = "the password, named by env:NAME or file:PATH",
	.kind = OPTION_TEXT,
	.to.text = &state.password},
    {0},
};

static const struct option_row *const tables[] = {own_options, load_options, reject_options, NULL};

static const struct program program = {
    .name = "load-mysql",
    .about = "Loads records into a table of MySQL or MariaDB.",
    .tables = tables,
};

int
main(int argc, char **argv)
{
	options_parse(&program, argc, argv);
	/* A server that has gone is an error of the client library's, also where it writes through TLS. */
	signal(SIGPIPE, SIG_IGN);
	load_run(&mysql_driver, &state);
	/* Without a farewell the server counts and logs an aborted connection. */
	client_close(&state.client);
	return STATUS_OK;
}
