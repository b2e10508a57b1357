/* SPDX-License-Identifier: MIT */
#ifndef COMMON_AWS_SECRETS_H
#define COMMON_AWS_SECRETS_H

#include "common/aws/aws.h"
#include "common/program/secret.h"

/*
 * The secrets of a batch, fetched at once: env:NAME, file:PATH, exec:COMMAND,
 * ssm:/NAME[:VERSION|:LABEL], secretsmanager:NAME[#KEY]. Parameter Store gives ten in one
 * call, and a secret of Secrets Manager is fetched once however many of its keys are wanted.
 */

struct wanted {
	const char *variable; /* for messages */
	const char *source;   /* "ssm:/mam/db/password"; empty: env: and the variable */
	struct secret value;  /* empty if it failed */
	struct failure failure;
};

/*
 * Fills the values. False if any failed; the failure of each is in its place, and names the
 * variable and the source, never a value. AWS is only asked if a source needs it. *aws may be
 * NULL, and is then opened when it is needed.
 */
bool secrets_fetch(struct aws **aws, struct wanted *list, size_t n);

/* The status that a list with failures gives: try again only if all failures may be tried again. */
enum status secrets_status(const struct wanted *list, size_t n);

/*
 * The parts of the source of a parameter: its name, or the ARN of a shared one, and the
 * version or label after it, which may be empty. False if it cannot be one.
 */
bool secrets_parameter(const char *rest, struct slice *name, struct slice *selector);

#endif
