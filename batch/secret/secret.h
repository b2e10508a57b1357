/* SPDX-License-Identifier: MIT */
#ifndef BATCH_SECRET_SECRET_H
#define BATCH_SECRET_SECRET_H

#include "common/aws/secrets.h"
#include "common/program/message.h"
#include "common/program/options.h"

/* The options, and the verbs of secret(1). Each verb returns the exit status. */

struct settings {
	struct option_list map, batches;
	const char *region, *account, *kms_key;
	const char *prefix, *gitleaks, *replacements;
	bool dry_run;
};

extern struct settings settings;

/* Words after the verb, and the command after "--". */
enum status get_run(const struct operands *operands);
enum status exec_run(const struct operands *operands);
enum status check_run(const struct operands *operands);
enum status policy_run(const struct operands *operands);
enum status import_run(const struct operands *operands);

/* AWS with the options applied; dies on a failure. */
struct aws *open_aws(void);

/* Fetches, and prints a message for each failure; the status of all together. */
enum status fetch_all(struct wanted *list, size_t n);

/* Whether text can be the name of an environment variable. */
bool is_variable(struct slice text);

/* Writes to standard output; dies with STATUS_IO. */
void put_output(struct slice text);

#endif
