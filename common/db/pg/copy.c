/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

#include "common/db/pg/pg_impl.h"

/* The connection is in a COPY, and no error is set. */
static bool
copying(struct pg_connection *c)
{
	if (db_error_is_set(&c->error))
		return false;
	return c->busy || db_error_set(&c->error, STATUS_BUG, NULL, "no COPY is open");
}

static bool
begin(struct pg_connection *c, const char *sql, ExecStatusType wanted)
{
	if (!pg_ready(c))
		return false;
	PGresult *result = PQexec(c->handle, sql);
	ExecStatusType status = PQresultStatus(result);
	if (status != wanted) {
		/* In the other kind of COPY the connection can only be closed. */
		c->busy = status == PGRES_COPY_IN || status == PGRES_COPY_OUT;
		return pg_fail(c, result);
	}
	PQclear(result);
	c->busy = true;
	return true;
}

bool
pg_copy_begin(struct pg_connection *c, const char *sql)
{
	return begin(c, sql, PGRES_COPY_IN);
}

/*
 * The server speaks during a COPY when it has given up (an error, a shutdown, a connection that
 * is gone) or has a notice. libpq would report the former at the end of the data only, which may
 * be an hour away.
 */
static bool
given_up(PGconn *conn)
{
	struct pollfd p = {.fd = PQsocket(conn), .events = POLLIN};
	char first;

	if (PQstatus(conn) == CONNECTION_BAD)
		return true;
	if (poll(&p, 1, 0) <= 0)
		return false;
	if (!PQsslInUse(conn)) {
		ssize_t n = recv(PQsocket(conn), &first, 1, MSG_PEEK | MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) ||
		    (n == 1 && first == 'E'))
			return true;
	}
	return PQconsumeInput(conn) == 0;
}

/* A COPY that cannot go on: ends it, and keeps the server's reason. */
static bool
give_up(struct pg_connection *c)
{
	char why[64];

	snprintf(why, sizeof why, "%s gives up", c->program);
	PQputCopyEnd(c->handle, why);
	pg_fail(c, PQgetResult(c->handle));
	return pg_drain(c);
}

bool
pg_copy_send(struct pg_connection *c, struct slice block)
{
	if (!copying(c))
		return false;
	if (given_up(c->handle))
		return give_up(c);
	while (block.n > 0) {
		size_t n = block.n < INT_MAX ? block.n : INT_MAX;
		if (PQputCopyData(c->handle, block.p, (int)n) != 1)
			return give_up(c);
		block.p += n;
		block.n -= n;
	}
	return true;
}

bool
pg_copy_end(struct pg_connection *c, uint64_t *rows)
{
	if (!copying(c))
		return false;
	if (PQputCopyEnd(c->handle, NULL) != 1)
		return give_up(c);
	PGresult *result = PQgetResult(c->handle);
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		pg_fail(c, result);
		return pg_drain(c);
	}
	*rows = pg_touched(result);
	PQclear(result);
	return pg_drain(c);
}

bool
pg_copy_out_begin(struct pg_connection *c, const char *sql)
{
	return begin(c, sql, PGRES_COPY_OUT);
}

enum pg_step
pg_copy_out_next(struct pg_connection *c, struct slice *block)
{
	PQfreemem(c->block);
	c->block = NULL;
	*block = (struct slice){0};
	if (!copying(c))
		return PG_FAILED;
	int n = PQgetCopyData(c->handle, &c->block, 0);
	if (n > 0) {
		*block = (struct slice){c->block, (size_t)n};
		return PG_MORE;
	}
	/*
	 * -1: no more data, and the result shows whether it ended or failed;
	 * -2: the connection failed.
	 */
	PGresult *result = PQgetResult(c->handle);
	if (n == -1 && PQresultStatus(result) == PGRES_COMMAND_OK)
		PQclear(result);
	else
		pg_fail(c, result);
	return pg_drain(c) ? PG_END : PG_FAILED;
}
