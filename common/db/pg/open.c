/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/db/address.h"
#include "common/db/pg/failure.h"
#include "common/db/pg/pg_impl.h"
#include "common/text/visible.h"

enum {
	CONNECT_SECONDS = 30, /* unless connect_timeout is set */
	NETWORK_MILLISECONDS = 120000,
	QUOTED_MAX = 200,
};

static bool
secret_keyword(struct pg_connection *c, const char *option, const char *keyword)
{
	return db_error_set(&c->error, STATUS_USAGE, NULL,
	    "%s holds %s, which every user of the machine can see: put it into a service of "
	    "~/.pg_service.conf and name that with service=NAME",
	    option, keyword);
}

static bool
holds_password(struct pg_connection *c, const char *option)
{
	return db_error_set(&c->error, STATUS_USAGE, NULL,
	    "%s holds a password, which every user of the machine can see: leave it out and name "
	    "it with %s env:NAME or file:PATH",
	    option, db_address_password_option(option));
}

/* "OPTION: "TEXT" why". */
static bool
malformed(struct pg_connection *c, const char *option, const char *text, const char *why)
{
	struct buf shown = {0};
	struct slice s = slice_of(text);
	bool cut = s.n > QUOTED_MAX;

	if (cut)
		s.n = QUOTED_MAX;
	while (cut && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
		s.n--;
	visible_put(&shown, s);
	if (shown.failed)
		db_error_memory(&c->error, "a message");
	else
		db_error_set(&c->error, STATUS_USAGE, NULL, "%s: \"%.*s%s\" %s", option,
		    (int)shown.n, shown.p, cut ? "…" : "", why);
	buf_free(&shown);
	return false;
}

/* One keyword of the address, as libpq understands it. */
static bool
check_keyword(struct pg_connection *c, const char *option, const PQconninfoOption *o)
{
	if (!o->val || !*o->val)
		return true;
	/* In a spelling that only libpq sees through; scram_client_key and the like are secrets, too. */
	if (strcmp(o->keyword, "password") == 0)
		return holds_password(c, option);
	if (*o->dispchar == '*' || strncmp(o->keyword, "scram_", 6) == 0)
		return secret_keyword(c, option, o->keyword);
	if (strcmp(o->keyword, "port") == 0 && o->val[strspn(o->val, "0123456789,")])
		return malformed(c, option, o->val, "is no port number");
	return true;
}

static bool
check_address(struct pg_connection *c, const char *address, const char *option)
{
	char *wrong = NULL;
	bool good = true;

	if (db_address_has_password(address))
		return holds_password(c, option);
	/*
	 * Checked before libpq parses the address: its error would quote a part
	 * of it.
	 */
	if (strstr(address, "sslpassword"))
		return secret_keyword(c, option, "sslpassword");
	if (strncmp(address, "postgresql://", 13) != 0 &&
	    strncmp(address, "postgres://", 11) != 0 &&
	    (strstr(address, "://") || !strchr(address, '=')))
		return malformed(c, option, address,
		    "is neither a URL postgresql://... nor a connection string "
		    "(host=... dbname=...)");
	PQconninfoOption *parts = PQconninfoParse(address, &wrong);
	if (!parts) {
		struct slice why = slice_trim(slice_of(wrong ? wrong : "it is malformed"));
		db_error_set(&c->error, STATUS_USAGE, NULL, "%s: %.*s", option, (int)why.n, why.p);
		PQfreemem(wrong);
		return false;
	}
	for (PQconninfoOption *o = parts; good && o->keyword; o++)
		good = check_keyword(c, option, o);
	PQconninfoFree(parts);
	return good;
}

/* Some host=a,b is tried one after the other, which only libpq's own loop can do with a timeout for each. */
static bool
several_hosts(struct pg_connection *c, int64_t *timeout)
{
	PQconninfoOption *parts = PQconninfo(c->handle);
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

/* False after the timeout, in seconds; 0: none. A connection that failed otherwise is for the caller to see. */
static bool
poll_connection(struct pg_connection *c, int64_t timeout)
{
	int64_t deadline = timeout > 0 ? now_milliseconds() + timeout * 1000 : INT64_MAX;
	PostgresPollingStatusType step = PGRES_POLLING_WRITING;

	while (PQstatus(c->handle) != CONNECTION_BAD && step != PGRES_POLLING_OK &&
	       step != PGRES_POLLING_FAILED) {
		struct pollfd p = {.fd = PQsocket(c->handle)};
		p.events = step == PGRES_POLLING_READING ? POLLIN : POLLOUT;
		int64_t left = deadline == INT64_MAX ? -1 : deadline - now_milliseconds();
		if (deadline != INT64_MAX && left <= 0)
			return db_error_set(&c->error, STATUS_TRY_AGAIN, NULL,
			    "cannot connect: no answer from %s port %s within %" PRId64
			    " seconds (connect_timeout)",
			    PQhost(c->handle), PQport(c->handle), timeout);
		if (poll(&p, 1, left > 1000 ? 1000 : (int)left) > 0)
			step = PQconnectPoll(c->handle);
	}
	return true;
}

/* The environment names a server, or a place that does. */
static bool
named_by_environment(void)
{
	return getenv("PGHOST") || getenv("PGHOSTADDR") || getenv("PGSERVICE");
}

static void
receive_notice(void *context, const PGresult *result)
{
	struct pg_connection *c = context;
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	if (c->warn)
		c->warn(c->context, text ? text : "without a word");
}

static PGconn *
start(const struct pg_settings *s)
{
	enum { OURS = 5, PASSWORD = 8 };
	char seconds[16], sending[16], application[64];
	/*
	 * A dead network is noticed within two minutes: while waiting by keepalives, while sending by the
	 * last one. That counts a server that is alive but takes no data, too: it may wait for a lock.
	 */
	const char *keys[] = {"connect_timeout", "keepalives_idle", "keepalives_interval",
	    "keepalives_count", "tcp_user_timeout", "dbname", "client_encoding",
	    "fallback_application_name", "password", NULL};
	const char *values[] = {
	    seconds, "60", "10", "6", sending, s->address, "UTF8", application, NULL, NULL};
	/* A service may have settings of its own for these, and they would not count. */
	bool service = getenv("PGSERVICE") || (s->address && strstr(s->address, "service="));

	snprintf(seconds, sizeof seconds, "%d", CONNECT_SECONDS);
	snprintf(sending, sizeof sending, "%d", NETWORK_MILLISECONDS + s->lock_milliseconds);
	snprintf(application, sizeof application, "mam-etl %s", s->program);
	if (service || getenv("PGCONNECT_TIMEOUT"))
		values[0] = NULL;
	for (int i = 1; i < OURS && service; i++)
		values[i] = NULL;
	values[PASSWORD] = s->password && *s->password ? s->password : NULL;
	return PQconnectStartParams(keys, values, 1);
}

bool
pg_open(struct pg_connection *c, const struct pg_settings *s)
{
	int64_t timeout = CONNECT_SECONDS;

	*c = (struct pg_connection){.program = s->program, .warn = s->warn, .context = s->context};
	if (s->address && !check_address(c, s->address, s->option))
		return false;
	c->handle = start(s);
	if (!c->handle)
		return db_error_set(&c->error, STATUS_TRY_AGAIN, NULL, "cannot connect: no memory");
	/* Verbose for the login, whose SQLSTATE no function gives. */
	PQsetErrorVerbosity(c->handle, PQERRORS_VERBOSE);
	if (several_hosts(c, &timeout))
		PQreset(c->handle);
	else if (!poll_connection(c, timeout))
		return false;
	if (PQstatus(c->handle) != CONNECTION_OK)
		return pg_failure_login(&c->error, PQerrorMessage(c->handle),
		    PQconnectionNeedsPassword(c->handle), s->address || named_by_environment(),
		    s->option);
	PQsetErrorVerbosity(c->handle, PQERRORS_DEFAULT);
	PQsetNoticeReceiver(c->handle, receive_notice, c);
	return true;
}

void
pg_close(struct pg_connection *c)
{
	PQfreemem(c->block);
	PQfinish(c->handle);
	c->block = NULL;
	c->handle = NULL;
	c->busy = false;
}

int
pg_version(const struct pg_connection *c)
{
	return PQserverVersion(c->handle);
}

bool
pg_encodes_nothing(const struct pg_connection *c)
{
	const char *encoding = PQparameterStatus(c->handle, "server_encoding");

	return encoding && strcmp(encoding, "SQL_ASCII") == 0;
}
