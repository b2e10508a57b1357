/* SPDX-License-Identifier: MIT */
/*
 * send-binary URL TABLE FILE: sends a ready-made file to COPY … (FORMAT
 * binary), and does nothing else. load-pg is measured against it.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

static void
need(int good, PGconn *c)
{
	if (good)
		return;
	fprintf(stderr, "send-binary: %s", PQerrorMessage(c));
	exit(69);
}

static void
send_file(PGconn *c, FILE *f)
{
	static char block[256 * 1024];
	size_t n;
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		need(PQputCopyData(c, block, (int)n) == 1, c);
	need(!ferror(f) && PQputCopyEnd(c, NULL) == 1, c);
}

int
main(int argc, char **argv)
{
	char sql[256];
	FILE *f = argc == 4 ? fopen(argv[3], "rb") : NULL;
	if (!f) {
		fprintf(stderr, "usage: send-binary URL TABLE FILE\n");
		return 64;
	}
	PGconn *c = PQconnectdb(argv[1]);
	need(PQstatus(c) == CONNECTION_OK, c);
	snprintf(sql, sizeof sql, "COPY %s FROM STDIN (FORMAT binary)", argv[2]);
	PGresult *r = PQexec(c, sql);
	need(PQresultStatus(r) == PGRES_COPY_IN, c);
	PQclear(r);
	send_file(c, f);
	r = PQgetResult(c);
	need(PQresultStatus(r) == PGRES_COMMAND_OK, c);
	PQclear(r);
	PQfinish(c);
	return 0;
}
