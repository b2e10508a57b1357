/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "batch/check-host/export.h"
#include "batch/check-host/host.h"
#include "batch/check-host/probe.h"
#include "common/json/json_read.h"
#include "common/record/mp_path.h"

/* Databases, servers and AWS, by check-target(1). */

/* "URL" or "URL SECRET". */
struct target {
	char *address, *password;
};

static struct target
target_of(const char *text)
{
	struct slice s = slice_trim(slice_of(text));
	size_t n = 0;
	while (n < s.n && s.p[n] != ' ' && s.p[n] != '\t')
		n++;
	struct slice rest = slice_trim((struct slice){s.p + n, s.n - n});
	return (struct target){xstring((struct slice){s.p, n}), rest.n ? xstring(rest) : NULL};
}

/* Hands one line of check-target --json on; false if it is not a result. */
static bool
take_result(struct slice line)
{
	struct buf map = {0};
	struct json_error error;
	struct check c = {0};
	bool good = json_to_msgpack(line, JSON_DUPLICATES_ERROR, &map, &error);
	if (good) {
		struct slice m = buf_slice(&map);
		c.group = mp_member_text(m, "group");
		c.subject = mp_member_text(m, "subject");
		c.detail = mp_member_text(m, "detail");
		c.next = mp_member_text(m, "next");
		good = check_result_named(mp_member_text(m, "result"), &c.result);
	}
	if (good)
		checks_put(&c);
	buf_free(&map);
	return good;
}

static void
run_target(const struct host *h, const struct target *t)
{
	char *program = program_path(h, "check-target");
	const char *argv[8] = {program, "--json", NULL};
	size_t n = 2;
	struct probe run = {0};
	if (t->password) {
		argv[n++] = "--password";
		argv[n++] = t->password;
	}
	if (h->cacert) {
		argv[n++] = "--cacert";
		argv[n++] = h->cacert;
	}
	argv[n] = t->address;
	probe_run(&run, argv, h->timeout);
	struct slice text = buf_slice(&run.out), line;
	size_t results = 0;
	while (slice_take_line(&text, &line))
		results += take_result(line);
	/* 0, 1 and 2 are results; anything else, also after some results, is a failure of its own. */
	if (run.exit < 0 || run.exit > 2 || !results) {
		/* The kind is enough: the address may hold a secret. */
		char *kind = xstring((struct slice){t->address, strcspn(t->address, ":")});
		check_put(CHECK_FAILED, "target", kind,
		    "run check-target itself, see check-target(1)", "%s", probe_reason(&run));
		free(kind);
	}
	probe_free(&run);
	free(program);
}

static void
check_one(const struct host *h, const char *text)
{
	struct target t = target_of(text);
	char *program = program_path(h, "check-target"), *program_word = shell_word(program);
	char *address = shell_word(t.address), *password = shell_word(t.password ? t.password : "");
	char *cacert = shell_word(h->cacert ? h->cacert : "");
	/* 2 is a warning. */
	if (!export_command(t.address, "%s%s%s%s%s %s; test $? != 1 -a $? -le 2", program_word,
		t.password ? " --password " : "", t.password ? password : "",
		h->cacert ? " --cacert " : "", h->cacert ? cacert : "", address))
		run_target(h, &t);
	free(cacert);
	free(password);
	free(address);
	free(program_word);
	free(program);
	free(t.password);
	free(t.address);
}

void
check_targets(const struct host *h)
{
	bool aws =
	    needs_aws(h) || h->profile == PROFILE_FARGATE || h->profile == PROFILE_DATAPIPELINE;
	for (size_t i = 0; i < h->targets.n; i++) {
		aws = aws && strcmp(h->targets.items[i], "aws:") != 0;
		check_one(h, h->targets.items[i]);
	}
	if (aws)
		check_one(h, "aws:");
	if (!h->targets.n && !exporting())
		check_put(CHECK_SKIPPED, "target", "", NULL, "no --target is given");
}
