/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "common/load/load.h"
#include "stages/load-pg/failure.h"
#include "stages/load-pg/pg.h"

enum {
	WARNINGS_SHOWN = 20,
	CONNECT_SECONDS = 30, /* unless connect_timeout says otherwise */
	PARAMETERS_MAX = 65535,
};

static PGconn *conn;

/* ---- what the server says ---- */

static struct failure
failure_of(const PGresult *result)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	struct failure f = {.state = state, .text = PQerrorMessage(conn)};

	if (state) {
		f.text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
		f.detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
		f.hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
		f.context = PQresultErrorField(result, PG_DIAG_CONTEXT);
	}
	return f;
}

/* Dies with what the server or libpq says of the result. */
_Noreturn static void
refused(const PGresult *result)
{
	struct failure f = failure_of(result);

	failure_die(
	    &f, f.state ? NULL : "the connection to the server was lost, nothing was loaded");
}

/* Warnings, e.g. of a trigger. Those of a million rows would bury what matters. */
static void
show_warning(void *context, const PGresult *result)
{
	static unsigned shown;
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	(void)context;
	if (shown++ < WARNINGS_SHOWN)
		message("the server warns: %s", text ? text : "without a word");
	else if (shown == WARNINGS_SHOWN + 1)
		message("the server warns more often; no further warning is shown");
}

/* ---- the connection ---- */

_Noreturn static void
refuse_secret(const char *keyword)
{
	die(STATUS_USAGE,
	    "--to holds %s, which every user of the machine can see: put it into a service of "
	    "~/.pg_service.conf and name that with service=NAME",
	    keyword);
}

static void
check_target(const char *to)
{
	char *wrong = NULL;

	load_refuse_password(to);
	/* Before libpq parses it, and repeats a part of what it cannot parse. */
	if (strstr(to, "sslpassword"))
		refuse_secret("sslpassword");
	if (strncmp(to, "postgresql://", 13) != 0 && strncmp(to, "postgres://", 11) != 0 &&
	    (strstr(to, "://") || !strchr(to, '=')))
		die(STATUS_USAGE,
		    "--to: %s is neither a URL postgresql://... nor a connection string "
		    "(host=... dbname=...)",
		    quoted(slice_of(to)));
	PQconninfoOption *parts = PQconninfoParse(to, &wrong);
	if (!parts) {
		struct slice why = slice_trim(slice_of(wrong ? wrong : "it is malformed"));
		die(STATUS_USAGE, "--to: %.*s", (int)why.n, why.p);
	}
	for (PQconninfoOption *o = parts; o->keyword; o++) {
		/* In a spelling that only libpq sees through; scram_client_key and the like are secrets, too. */
		if (strcmp(o->keyword, "password") == 0 && o->val && *o->val)
			load_refuse_password("password=");
		if ((*o->dispchar == '*' || strncmp(o->keyword, "scram_", 6) == 0) && o->val &&
		    *o->val)
			refuse_secret(o->keyword);
		if (strcmp(o->keyword, "port") == 0 && o->val &&
		    o->val[strspn(o->val, "0123456789,")])
			die(STATUS_USAGE, "--to: %s is no port number", quoted(slice_of(o->val)));
	}
	PQconninfoFree(parts);
}

/* Some host=a,b is tried one after the other, which only libpq's own loop can do with a timeout for each. */
static bool
several_hosts(int64_t *timeout)
{
	PQconninfoOption *parts = PQconninfo(conn);
	bool several = false;

	for (PQconninfoOption *o = parts; o && o->keyword; o++) {
		bool host = strcmp(o->keyword, "host") == 0 || strcmp(o->keyword, "hostaddr") == 0;
		several |= host && o->val && strchr(o->val, ',');
		if (strcmp(o->keyword, "connect_timeout") == 0 && o->val)
			parse_integer(slice_of(o->val), 0, INT32_MAX, timeout);
	}
	PQconninfoFree(parts);
	return several;
}

static int64_t
now_milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
poll_connection(int64_t timeout)
{
	int64_t deadline = timeout > 0 ? now_milliseconds() + timeout * 1000 : INT64_MAX;
	PostgresPollingStatusType step = PGRES_POLLING_WRITING;

	while (PQstatus(conn) != CONNECTION_BAD && step != PGRES_POLLING_OK &&
	       step != PGRES_POLLING_FAILED) {
		struct pollfd p = {.fd = PQsocket(conn)};
		p.events = step == PGRES_POLLING_READING ? POLLIN : POLLOUT;
		int64_t left = deadline == INT64_MAX ? -1 : deadline - now_milliseconds();
		if (deadline != INT64_MAX && left <= 0)
			die(STATUS_TRY_AGAIN,
			    "cannot connect: no answer from %s port %s within %" PRId64
			    " seconds (connect_timeout)",
			    PQhost(conn), PQport(conn), timeout);
		if (poll(&p, 1, left > 1000 ? 1000 : (int)left) > 0)
			step = PQconnectPoll(conn);
	}
}

/* The environment names a server, or a place that does. */
static bool
named_by_environment(void)
{
	return getenv("PGHOST") || getenv("PGHOSTADDR") || getenv("PGSERVICE");
}

void
pg_connect(const char *to, struct slice password)
{
	enum { OURS = 5, PASSWORD = 8 };
	char seconds[16];
	int64_t timeout = CONNECT_SECONDS;
	/* A dead network is noticed within two minutes: while waiting by keepalives, while sending by the last one. */
	const char *keys[] = {"connect_timeout", "keepalives_idle", "keepalives_interval",
	    "keepalives_count", "tcp_user_timeout", "dbname", "client_encoding",
	    "fallback_application_name", "password", NULL};
	const char *values[] = {
	    seconds, "60", "10", "6", "120000", to, "UTF8", "mam-etl load-pg", NULL, NULL};
	/* A service may have settings of its own for these, and they would not count. */
	bool service = getenv("PGSERVICE") || (to && strstr(to, "service="));

	if (to)
		check_target(to);
	snprintf(seconds, sizeof(seconds), "%d", CONNECT_SECONDS);
	if (service || getenv("PGCONNECT_TIMEOUT"))
		values[0] = NULL;
	for (int i = 1; i < OURS && service; i++)
		values[i] = NULL;
	values[PASSWORD] = password.n > 0 ? password.p : NULL;
	conn = PQconnectStartParams(keys, values, 1);
	if (!conn)
		die(STATUS_TRY_AGAIN, "cannot connect: no memory");
	/* Verbose for the login, whose SQLSTATE no function gives. */
	PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);
	if (several_hosts(&timeout))
		PQreset(conn);
	else
		poll_connection(timeout);
	if (PQstatus(conn) != CONNECTION_OK)
		failure_login(PQerrorMessage(conn), PQconnectionNeedsPassword(conn),
		    to || named_by_environment());
	PQsetErrorVerbosity(conn, PQERRORS_DEFAULT);
	PQsetNoticeReceiver(conn, show_warning, NULL);
}

int
pg_version(void)
{
	return PQserverVersion(conn);
}

bool
pg_encodes_nothing(void)
{
	const char *encoding = PQparameterStatus(conn, "server_encoding");

	return encoding && strcmp(encoding, "SQL_ASCII") == 0;
}

/* ---- statements ---- */

static uint64_t
touched(PGresult *result)
{
	return strtoull(PQcmdTuples(result), NULL, 10);
}

static PGresult *
send_statement(struct slice sql, const struct pg_parameter *parameters, size_t n)
{
	Oid *types = xcalloc(n + 1, sizeof(*types));
	const char **values = xcalloc(n + 1, sizeof(*values));
	int *lengths = xcalloc(n + 1, sizeof(*lengths)),
	    *formats = xcalloc(n + 1, sizeof(*formats));
	char **texts = xcalloc(n + 1, sizeof(*texts));
	char *statement = xstring(sql);

	if (n > PARAMETERS_MAX)
		die(STATUS_DATA, "a statement with more than %d parameters", PARAMETERS_MAX);
	for (size_t i = 0; i < n; i++) {
		types[i] = parameters[i].type;
		formats[i] = parameters[i].type != 0;
		lengths[i] = (int)parameters[i].data.n;
		if (!formats[i])
			texts[i] = xstring(parameters[i].data);
		values[i] = formats[i] ? parameters[i].data.p : texts[i];
	}
	PGresult *result =
	    PQexecParams(conn, statement, (int)n, types, values, lengths, formats, 0);
	for (size_t i = 0; i < n; i++)
		free(texts[i]);
	free(texts);
	free(types);
	free(values);
	free(lengths);
	free(formats);
	free(statement);
	return result;
}

uint64_t
pg_execute(
    struct slice sql, const struct pg_parameter *parameters, size_t n, const char *state, bool *met)
{
	PGresult *result = send_statement(sql, parameters, n);
	ExecStatusType status = PQresultStatus(result);
	uint64_t rows = 0;

	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		rows = touched(result);
	else {
		const char *have = PQresultErrorField(result, PG_DIAG_SQLSTATE);
		if (!state || !have || strcmp(state, have) != 0)
			refused(result);
		*met = true;
	}
	PQclear(result);
	return rows;
}

void
pg_run(const char *sql)
{
	pg_execute(slice_of(sql), NULL, 0, NULL, NULL);
}

void
pg_prepare(const char *sql)
{
	PGresult *result = PQprepare(conn, "", sql, 0, NULL);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		refused(result);
	PQclear(result);
}

struct pg_rows
pg_query(struct slice sql, const char *parameter)
{
	struct pg_parameter p = {0, slice_of(parameter ? parameter : "")};
	PGresult *result = send_statement(sql, &p, parameter != NULL);

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		refused(result);
	return (struct pg_rows){result, (size_t)PQntuples(result), (size_t)PQnfields(result)};
}

bool
pg_try_query(struct slice sql, const struct pg_parameter *parameter, struct pg_rows *rows,
    struct buf *refusal)
{
	PGresult *result = send_statement(sql, parameter, 1);

	if (PQresultStatus(result) == PGRES_TUPLES_OK) {
		*rows =
		    (struct pg_rows){result, (size_t)PQntuples(result), (size_t)PQnfields(result)};
		return true;
	}
	struct failure f = failure_of(result);
	if (!failure_of_value(&f))
		refused(result);
	failure_put(refusal, &f);
	buf_check(refusal, "a message", NULL);
	PQclear(result);
	return false;
}

struct slice
pg_cell(const struct pg_rows *rows, size_t row, size_t column)
{
	return (struct slice){PQgetvalue(rows->result, (int)row, (int)column),
	    (size_t)PQgetlength(rows->result, (int)row, (int)column)};
}

bool
pg_cell_null(const struct pg_rows *rows, size_t row, size_t column)
{
	return PQgetisnull(rows->result, (int)row, (int)column);
}

struct slice
pg_column_name(const struct pg_rows *rows, size_t column)
{
	return slice_of(PQfname(rows->result, (int)column));
}

void
pg_rows_free(struct pg_rows *rows)
{
	PQclear(rows->result);
	*rows = (struct pg_rows){0};
}

/* ---- COPY ---- */

void
pg_copy_begin(const char *sql)
{
	PGresult *result = PQexec(conn, sql);

	if (PQresultStatus(result) != PGRES_COPY_IN)
		refused(result);
	PQclear(result);
}

/*
 * The server speaks during a COPY when it has given up (an error, a shutdown, a
 * connection that is gone) or has a notice. libpq would tell of the former at
 * the end of the data only, which may be an hour away.
 */
static bool
given_up(void)
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

/* The rest of a COPY that cannot go on: what the server had to say. */
_Noreturn static void
copy_failed(void)
{
	PGresult *result;

	PQputCopyEnd(conn, "load-pg gives up");
	result = PQgetResult(conn);
	refused(result);
}

void
pg_copy_send(struct slice block)
{
	if (given_up() || PQputCopyData(conn, block.p, (int)block.n) != 1)
		copy_failed();
}

uint64_t
pg_copy_end(void)
{
	if (PQputCopyEnd(conn, NULL) != 1)
		copy_failed();
	PGresult *result = PQgetResult(conn);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		refused(result);
	uint64_t rows = touched(result);
	PQclear(result);
	/* Until there are no more, the connection takes no statement. */
	while ((result = PQgetResult(conn))) {
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			refused(result);
		PQclear(result);
	}
	return rows;
}

/* ---- the end ---- */

void
pg_commit(int unknown_status, const char *unknown)
{
	PGresult *result = PQexec(conn, "COMMIT");

	if (PQresultStatus(result) == PGRES_COMMAND_OK) {
		if (strcmp(PQcmdStatus(result), "COMMIT") != 0)
			die(STATUS_BUG, "the server answered COMMIT with %s: nothing was loaded",
			    PQcmdStatus(result));
		PQclear(result);
		return;
	}
	/* Even a shutdown's message may come after the rows were made to stay. */
	if (PQstatus(conn) == CONNECTION_BAD)
		die((enum status)unknown_status, "%s", unknown);
	refused(result);
}
