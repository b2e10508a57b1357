/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch/secret/secret.h"

/*
 * Secrets by name: reads them from the environment, files, commands, AWS Systems Manager
 * Parameter Store and AWS Secrets Manager; runs a command with them in its environment; checks
 * those that batches name; prints the IAM policy that they need; moves literals of an old
 * script into Parameter Store.
 */

struct settings settings;

static const struct option_row options[] = {
    {.name = "map",
	.word = "VARIABLE=SOURCE",
	.help = "exec: an environment variable of the command, and the source of its secret",
	.kind = OPTION_LIST,
	.to.list = &settings.map},
    {.name = "batches",
	.word = "FOLDER",
	.help = "check, policy: where the batches are; may be repeated (MAM_BATCHES, or pipelines/ "
		"beside the programs)",
	.kind = OPTION_LIST,
	.to.list = &settings.batches},
    {.name = "region",
	.word = "REGION",
	.help = "the AWS region, in place of AWS_REGION and the profile's",
	.kind = OPTION_TEXT,
	.to.text = &settings.region},
    {.name = "account",
	.word = "ID",
	.help = "policy: the AWS account, in place of the one of the credentials",
	.kind = OPTION_TEXT,
	.to.text = &settings.account},
    {.name = "kms-key",
	.word = "ARN",
	.help = "policy, import: the key that encrypts the secrets, in place of AWS's own",
	.kind = OPTION_TEXT,
	.to.text = &settings.kms_key},
    {.name = "prefix",
	.word = "PATH",
	.help = "import: the beginning of the new parameters' names (/mam/SCRIPT)",
	.kind = OPTION_TEXT,
	.to.text = &settings.prefix},
    {.name = "gitleaks",
	.word = "REPORT",
	.help = "import: the JSON report of gitleaks, which finds more",
	.kind = OPTION_TEXT,
	.to.text = &settings.gitleaks},
    {.name = "replacements",
	.word = "FILE",
	.help = "import: the file to write for git-filter-repo",
	.kind = OPTION_TEXT,
	.to.text = &settings.replacements},
    {.name = "dry-run",
	.help = "import: write nothing to Parameter Store",
	.kind = OPTION_FLAG,
	.to.flag = &settings.dry_run},
    {0},
};

static const struct option_row *const tables[] = {options, NULL};

static const struct program program = {
    .name = "secret",
    .operands = "get|exec|check|policy|import [NAME ...] ",
    .about = "Gives secrets by name to commands, and checks, permits and moves them.",
    .tables = tables,
    .command = true,
};

static const struct verb {
	const char *name;
	enum status (*run)(const struct operands *);
	size_t least, most; /* operands after the verb */
	bool command;
} verbs[] = {
    {"get", get_run, 1, 1, false},
    {"exec", exec_run, 0, 0, true},
    {"check", check_run, 0, SIZE_MAX, false},
    {"policy", policy_run, 1, SIZE_MAX, false},
    {"import", import_run, 0, 1, false},
};

void
put_output(struct slice text)
{
	if (text.n && fwrite(text.p, 1, text.n, stdout) != text.n)
		die_errno(STATUS_IO, "cannot write standard output");
}

bool
is_variable(struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c != '_' && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(i && c >= '0' && c <= '9'))
			return false;
	}
	return text.n > 0;
}

static const struct verb *
find_verb(const struct operands *operands)
{
	if (!operands->n)
		die(STATUS_USAGE,
		    "which of get, exec, check, policy and import? (see secret --help)");
	const char *word = operands->items[0];
	size_t n = operands->n - 1;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		const struct verb *v = &verbs[i];
		if (strcmp(v->name, word) != 0)
			continue;
		if (n < v->least || n > v->most)
			die(STATUS_USAGE, "%s takes %s", v->name,
			    v->command     ? "no operands but a command after --"
			    : v->most == 1 ? "one operand"
					   : "at least one operand");
		if (v->command != (operands->command != NULL))
			die(STATUS_USAGE,
			    v->command ? "%s needs a command after --" : "%s takes no command",
			    v->name);
		return v;
	}
	die(STATUS_USAGE, "%s is not one of get, exec, check, policy and import",
	    quoted(slice_of(word)));
}

int
main(int argc, char **argv)
{
	struct operands operands = options_parse(&program, argc, argv);
	const struct verb *verb = find_verb(&operands);
	operands.items++;
	operands.n--;
	enum status status = verb->run(&operands);
	if (fflush(stdout) || ferror(stdout))
		die_errno(STATUS_IO, "cannot write standard output");
	return (int)status;
}
