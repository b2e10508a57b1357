/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/db/address.h"
#include "common/db/cause.h"
#include "common/db/pg/failure.h"
#include "common/db/pg/pg.h"
#include "common/text/bytes.h"

/* The longest prefix of the SQLSTATE counts; all others are CAUSE_REFUSED. */
static const struct {
	const char *prefix;
	enum db_cause cause;
} causes[] = {
    {"08", CAUSE_NETWORK},       /* connection */
    {"0A", CAUSE_REFUSED},       /* feature not supported */
    {"21", CAUSE_DATA},          /* cardinality: a key twice */
    {"22", CAUSE_DATA},          /* range, encoding, division by zero in a trigger */
    {"23", CAUSE_DATA},          /* constraints: unique, foreign key, check, not null */
    {"25006", CAUSE_READ_ONLY},  /* a standby, which a failover makes writable */
    {"25P03", CAUSE_TIME_LIMIT}, /* idle in transaction for too long */
    {"25P04", CAUSE_TIME_LIMIT}, /* transaction for too long */
    {"27", CAUSE_DATA},          /* a trigger has changed the row */
    {"28", CAUSE_CREDENTIALS},   /* login */
    {"3D", CAUSE_MISSING},       /* no such database */
    {"3F", CAUSE_MISSING},       /* no such schema */
    {"40", CAUSE_DEADLOCK},      /* serialization, deadlock */
    {"42", CAUSE_MISSING},       /* no such table, wrong object, no index for --key */
    {"42501", CAUSE_PERMISSION}, {"42601", CAUSE_STATEMENT}, /* syntax: the statement is ours */
    {"42P07", CAUSE_CHANGED},     /* another session has made the table */
    {"44", CAUSE_DATA},           /* a view's WITH CHECK OPTION */
    {"53", CAUSE_RESOURCES},      /* disk full, out of memory */
    {"53300", CAUSE_SERVER},      /* too many connections */
    {"54", CAUSE_DATA},           /* limits: a row that is too large for its index */
    {"55006", CAUSE_LOCK},        /* object in use */
    {"55P03", CAUSE_LOCK},        /* lock not available */
    {"57", CAUSE_SERVER},         /* shutdown, starting up */
    {"57014", CAUSE_INTERRUPTED}, /* the statement was canceled, also by statement_timeout */
    {"57P04", CAUSE_MISSING},     /* the database was dropped */
    {"57P05", CAUSE_TIME_LIMIT},  /* idle session timeout */
    {"58", CAUSE_RESOURCES},      /* system error of the server's machine */
    {"P0001", CAUSE_DATA},        /* RAISE EXCEPTION in a trigger */
    {"P0002", CAUSE_DATA},        /* no row for SELECT INTO STRICT in a trigger */
    {"P0003", CAUSE_DATA},        /* more than one row there */
    {"P0004", CAUSE_DATA},        /* ASSERT in a trigger */
};

enum status
pg_status(const char *state)
{
	enum db_cause cause = CAUSE_REFUSED;
	size_t longest = 0;

	for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
		size_t n = strlen(causes[i].prefix);
		if (n > longest && strncmp(state, causes[i].prefix, n) == 0) {
			longest = n;
			cause = causes[i].cause;
		}
	}
	return db_cause_status(cause);
}

/* ", " and the text, without the line ends that libpq puts into it and after it. */
static void
add(struct buf *b, const char *before, const char *text)
{
	if (!text || !*text)
		return;
	buf_put_text(b, before);
	struct slice s = slice_trim(slice_of(text));
	for (size_t i = 0; i < s.n; i++)
		buf_put_byte(b, s.p[i] == '\n' || s.p[i] == '\t' ? ' ' : s.p[i]);
}

/* The context's line about the COPY; the lines of a trigger's functions come before it. */
static const char *
copy_line(const char *context)
{
	while (context && strncmp(context, "COPY ", 5) != 0) {
		context = strchr(context, '\n');
		context += context != NULL;
	}
	return context;
}

/* "COPY t, line 7": the seventh row of this COPY. 0 if the context has none. */
static uint64_t
copy_row(const char *context)
{
	const char *copy = copy_line(context), *line = copy ? strstr(copy, ", line ") : NULL;

	return line ? strtoull(line + strlen(", line "), NULL, 10) : 0;
}

bool
pg_failure_set(struct db_error *e, const struct pg_failure *f)
{
	struct buf b = {0};

	if (db_error_is_set(e))
		return false;
	add(&b, "", f->text);
	add(&b, ": ", f->detail);
	add(&b, "; ", f->hint);
	if (f->state)
		buf_printf(&b, " (SQLSTATE %s)", f->state);
	if (b.failed)
		db_error_memory(e, "a message");
	else
		db_error_set(e, f->state ? pg_status(f->state) : STATUS_TRY_AGAIN, f->state, "%.*s",
		    (int)b.n, b.p);
	/* That a row is too large for a page is found when a batch of rows is written. */
	if (f->state && strncmp(f->state, "54", 2) != 0)
		e->row = copy_row(f->context);
	e->lost = !f->state;
	buf_free(&b);
	return false;
}

bool
pg_failed_with(const struct pg_connection *c, const char *state)
{
	return strcmp(c->error.code, state) == 0;
}

bool
pg_failed_by_value(const struct pg_connection *c)
{
	const char *state = c->error.code;

	if (!*state || strncmp(state, "XX00", 4) == 0)
		/* XX000 is an error that an extension gave no state; XX001 and XX002 are damage. */
		return strcmp(state, "XX000") == 0;
	enum status status = pg_status(state);
	return status != STATUS_TRY_AGAIN && status != STATUS_PERMISSION;
}

/* Texts of libpq itself, which has no SQLSTATE for them; the stages set no locale, so they are English. */
static const struct {
	const char *text;
	enum status status;
} local[] = {
    {"no password supplied", STATUS_PERMISSION},
    {"password authentication", STATUS_PERMISSION},
    {"definition of service", STATUS_CONFIG},
    {"service file", STATUS_CONFIG},
    {"certificate", STATUS_CONFIG},
    {"private key", STATUS_CONFIG},
    {"does not support SSL", STATUS_CONFIG},
    {"invalid ", STATUS_CONFIG},
};

static bool
is_state(const char *p)
{
	for (int i = 0; i < 5; i++)
		if (!(p[i] >= '0' && p[i] <= '9') && !(p[i] >= 'A' && p[i] <= 'Z'))
			return false;
	return p[5] == ':';
}

/*
 * The last SQLSTATE in "…: FATAL:  28P01: text", for a severity in any
 * language; NULL if not found.
 */
static const char *
state_in(const char *text)
{
	const char *found = NULL;

	for (const char *p = text; (p = strstr(p, ":  ")); p += 3)
		if (is_state(p + 3))
			found = p + 3;
	return found;
}

/*
 * A pooler (PgBouncer) refuses every login with 08P01; only its text gives the
 * cause.
 */
static const struct {
	const char *text;
	enum status status;
} pooler[] = {
    {"authentication failed", STATUS_PERMISSION},
    {"no such user", STATUS_PERMISSION},
    {"login rejected", STATUS_PERMISSION},
    {"role \"", STATUS_PERMISSION}, /* … does not exist, from the server */
    {"no such database", STATUS_REFUSED},
    {"database \"", STATUS_REFUSED},
    {"unsupported startup parameter", STATUS_CONFIG},
};

static enum status
login_status(const char *state, const char *text)
{
	if (strcmp(state, "08P01") == 0)
		for (size_t i = 0; i < sizeof pooler / sizeof pooler[0]; i++)
			if (strstr(text, pooler[i].text))
				return pooler[i].status;
	return pg_status(state);
}

/* "FATAL:  28P01: text LOCATION: …", with the state at the end instead, as in other messages. */
static bool
login_refused(struct db_error *e, const char *text, const char *at)
{
	struct buf shown = {0}, line = {0};
	char state[6] = "";
	const char *location = strstr(at, "\nLOCATION:");

	memcpy(state, at, 5);
	buf_put(&shown, text, (size_t)(at - text));
	buf_put(&shown, at + 7, location ? (size_t)(location - at - 7) : strlen(at + 7));
	buf_put_byte(&shown, '\0');
	if (!shown.failed)
		add(&line, "", shown.p);
	if (shown.failed || line.failed)
		db_error_memory(e, "a message");
	else
		db_error_set(e, login_status(state, at), state,
		    "cannot connect: %.*s (SQLSTATE %s)", (int)line.n, line.p, state);
	buf_free(&shown);
	buf_free(&line);
	return false;
}

bool
pg_failure_login(
    struct db_error *e, const char *text, bool needs_password, bool named, const char *option)
{
	struct buf shown = {0};
	const char *at = state_in(text);

	if (at)
		return login_refused(e, text, at);
	enum status status = needs_password ? STATUS_PERMISSION : STATUS_TRY_AGAIN;
	for (size_t i = 0; i < sizeof local / sizeof local[0]; i++)
		if (strstr(text, local[i].text)) {
			status = local[i].status;
			break;
		}
	add(&shown, "", text);
	if (strstr(text, "no password supplied"))
		buf_printf(&shown,
		    "; name it with %s env:NAME or file:PATH, or put it into ~/.pgpass",
		    db_address_password_option(option));
	else if (!named)
		buf_printf(&shown, "; %s or PGHOST specifies the database", option);
	if (shown.failed)
		db_error_memory(e, "a message");
	else
		db_error_set(e, status, NULL, "cannot connect: %.*s", (int)shown.n, shown.p);
	buf_free(&shown);
	return false;
}
