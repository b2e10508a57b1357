/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch/secret/secret.h"

/* The verbs get and exec, which only fetch. */

struct aws *
open_aws(void)
{
	static struct aws *aws;
	if (!aws)
		aws = aws_open_or_die(settings.region);
	return aws;
}

enum status
fetch_all(struct wanted *list, size_t n)
{
	/* Without --region the settings are read only if a source needs them. */
	struct aws *aws = settings.region ? open_aws() : NULL;
	if (secrets_fetch(&aws, list, n))
		return STATUS_OK;
	for (size_t i = 0; i < n; i++)
		if (list[i].failure.status != STATUS_OK)
			message("%s", list[i].failure.text);
	return secrets_status(list, n);
}

enum status
get_run(const struct operands *operands)
{
	struct wanted w = {.variable = "get", .source = operands->items[0]};
	const char *rest;
	if (secret_kind(w.source, &rest) == SECRET_LITERAL)
		die(STATUS_USAGE,
		    "get takes the name of a secret: env:NAME, file:PATH, exec:COMMAND, ssm:/NAME "
		    "or secretsmanager:NAME");
	enum status status = fetch_all(&w, 1);
	if (status != STATUS_OK)
		return status;
	put_output(secret_value(&w.value));
	put_output(SLICE("\n"));
	secret_wipe(&w.value);
	return STATUS_OK;
}

/* The list of --map; the names of variables are cut out of the options' words. */
static struct wanted *
mapped(void)
{
	struct wanted *list = xcalloc(settings.map.n, sizeof *list);
	if (!settings.map.n)
		die(STATUS_USAGE, "exec needs --map VARIABLE=SOURCE");
	for (size_t i = 0; i < settings.map.n; i++) {
		const char *word = settings.map.items[i];
		const char *equals = strchr(word, '=');
		struct slice name = {word, equals ? (size_t)(equals - word) : 0};
		if (!is_variable(name))
			die(STATUS_USAGE, "--map takes VARIABLE=SOURCE, with the name of an "
					  "environment variable");
		list[i].variable = xstring(name);
		list[i].source = equals + 1;
		for (size_t k = 0; k < i; k++)
			if (strcmp(list[i].variable, list[k].variable) == 0)
				die(STATUS_USAGE, "--map: %s is given twice", list[i].variable);
	}
	return list;
}

enum status
exec_run(const struct operands *operands)
{
	struct wanted *list = mapped();
	enum status status = fetch_all(list, settings.map.n);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < settings.map.n; i++) {
		if (setenv(list[i].variable, secret_value(&list[i].value).p, 1))
			die_errno(STATUS_TRY_AGAIN, "cannot set %s", list[i].variable);
		secret_wipe(&list[i].value);
	}
	/* options_parse ignores it; a command is to have it as it comes. */
	signal(SIGXFSZ, SIG_DFL);
	/* exec replaces all of our memory. */
	execvp(operands->command[0], operands->command);
	die(STATUS_USAGE, "cannot run %s: %s", quoted(slice_of(operands->command[0])),
	    errno == ENOENT ? "no such program" : strerror(errno));
}
