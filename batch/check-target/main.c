/* SPDX-License-Identifier: MIT */
/*
 * check-target: whether this machine can use one target of batches. It connects as the loaders and
 * fetch-api do, and writes and reads values of all types without leaving a trace. check-host runs it
 * for each target, so that a library of it that is missing does not keep check-host from starting.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <strings.h>

#include "batch/check-target/check_target.h"
#include "common/aws/secrets.h"
#include "common/db/address.h"
#include "common/program/options.h"
#include "common/web/url.h"

static struct cfg {
	const char *password, *cacert;
	bool json;
} cfg;

static const struct option_row options[] = {
    {.name = "password",
	.word = "SECRET",
	.help = "the database's password, named by env:NAME, file:PATH, exec:COMMAND, ssm:/NAME or "
		"secretsmanager:NAME",
	.kind = OPTION_TEXT,
	.to.text = &cfg.password},
    {.name = "cacert",
	.word = "FILE",
	.help = "certificates that vouch for an https server, in place of the system's",
	.kind = OPTION_TEXT,
	.to.text = &cfg.cacert},
    {.name = "json",
	.help = "one JSON object for each result in place of TAP",
	.kind = OPTION_FLAG,
	.to.flag = &cfg.json},
    {0},
};

static const struct option_row *const tables[] = {options, NULL};
static const struct help_row more[] = {
    {NULL, "Targets:"},
    {"postgresql://...", "a PostgreSQL database"},
    {"mysql://...", "a MySQL or MariaDB database"},
    {"sqlite:FILE", "an SQLite file"},
    {"https://HOST/...", "a server, and the clock by its Date"},
    {"aws:", "the credentials and the region for AWS"},
    {"s3://BUCKET/PREFIX", "put, get and delete of an object below the prefix"},
    {NULL, NULL},
};
static const struct program program = {.name = "check-target",
    .operands = "TARGET",
    .about = "Checks whether this machine can use a database, a server, AWS or a place in S3.",
    .more = more,
    .tables = tables};

static const struct kind {
	const char *prefix;
	const char *name;
	void (*check)(const struct subject *t);
	bool password;
} kinds[] = {
    {"postgresql:", "postgresql", check_postgresql, true},
    {"postgres:", "postgresql", check_postgresql, true},
    {"mysql:", "mysql", check_mysql, true},
    {"sqlite:", "sqlite", check_sqlite, false},
    {"https://", "https", check_web, false},
    {"http://", "http", check_web, false},
    {"s3://", "s3", check_s3, false},
    {"aws:", "aws", check_aws, false},
};

static const struct kind *
kind_of(const char *address)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strncasecmp(address, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
			return &kinds[i];
	die(STATUS_USAGE,
	    "%s is not a target: it begins with postgresql://, mysql://, sqlite:, https://, "
	    "http://, "
	    "s3:// or aws:",
	    db_address_has_password(address) ? "the operand" : quoted(slice_of(address)));
}

/* The address without its parameters, and without anything that may be a secret. */
static const char *
shown(const struct kind *kind, const char *address)
{
	struct slice s = {address, strcspn(address, "?#")};
	struct buf b = {0};
	if (db_address_has_password(address))
		return kind->name;
	if (kind->check == check_web)
		url_put_shown(&b, s);
	else
		buf_put_slice(&b, s);
	buf_check(&b, "the address", NULL);
	return xstring(buf_slice(&b));
}

void
report_db_error(const struct subject *t, const char *group, const struct db_error *e)
{
	const char *next = "see the message";
	if (e->status == STATUS_TRY_AGAIN)
		next =
		    "is the server up, and does its firewall or security group admit this machine?";
	else if (e->status == STATUS_PERMISSION)
		next = "check the user, the password that --password names, and the user's rights";
	else if (e->status == STATUS_USAGE)
		next = "correct the address; a password is named by --password";
	else if (e->status == STATUS_CONFIG)
		next = "check the certificates, the settings and the limits that the message names";
	else if (e->status == STATUS_REFUSED)
		next = "check the names in the address, and whether this user may create temporary "
		       "tables";
	check_put(CHECK_FAILED, group, t->shown, next, "%s", e->text);
}

void
report_skew(const struct subject *t, const char *whose, int64_t seconds, enum check_result worst)
{
	int64_t size = seconds < 0 ? -seconds : seconds;
	enum check_result r = size >= SKEW_FAIL   ? worst
			      : size >= SKEW_WARN ? CHECK_WARNED
						  : CHECK_OK;
	const char *next =
	    r == CHECK_OK ? NULL
			  : "set this machine's clock: chronyd or systemd-timesyncd keeps it right";
	if (size < 2)
		check_put(r, "clock", t->shown, next, "the same as %s", whose);
	else
		check_put(r, "clock", t->shown, next, "this machine's clock is %" PRId64 " s %s %s",
		    size, seconds > 0 ? "slower than" : "faster than", whose);
}

int
main(int argc, char **argv)
{
	struct operands operands = options_parse(&program, argc, argv);
	/* A server that has gone is an error of its client library. */
	signal(SIGPIPE, SIG_IGN);
	if (operands.n != 1)
		die(STATUS_USAGE, operands.n ? "more than one target" : "a target is required");
	const struct kind *kind = kind_of(operands.items[0]);
	struct wanted w = {.variable = "password", .source = cfg.password};
	struct aws *aws = NULL;
	const char *rest;
	if (cfg.password && !kind->password)
		die(STATUS_USAGE, "--password is for postgresql:// and mysql:// only");
	if (cfg.password && secret_kind(cfg.password, &rest) == SECRET_LITERAL)
		die(STATUS_USAGE,
		    "--password takes the name of a secret, such as env:NAME or ssm:/NAME");
	if (cfg.json)
		checks_as_json();
	/* A host without credentials shall say so soon. */
	if (setenv("AWS_MAX_ATTEMPTS", "3", 0))
		die_errno(STATUS_TRY_AGAIN, "cannot set AWS_MAX_ATTEMPTS");
	struct subject t = {.address = operands.items[0],
	    .shown = shown(kind, operands.items[0]),
	    .cacert = cfg.cacert};
	if (cfg.password && !secrets_fetch(&aws, &w, 1)) {
		check_put(CHECK_FAILED, "target", t.shown, "check the source that --password names",
		    "%s", w.failure.text);
		return checks_end();
	}
	t.password = cfg.password ? secret_value(&w.value).p : NULL;
	kind->check(&t);
	secret_wipe(&w.value);
	return checks_end();
}
