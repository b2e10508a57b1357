/* SPDX-License-Identifier: MIT */
#ifndef BATCH_SECRET_GITLEAKS_H
#define BATCH_SECRET_GITLEAKS_H

#include "common/text/bytes.h"

/* The JSON report of gitleaks: an array of findings. */
struct finding {
	struct slice rule, file, secret;
	int64_t line;
};

struct report {
	struct buf map; /* the slices point into it */
	struct finding *list;
	size_t n;
};

/* Reads it; dies with STATUS_CONFIG if it is not such a report. */
void report_read(struct report *r, const char *path);

/*
 * Writes the file for git-filter-repo --replace-text: each secret once, longer ones first, to
 * be replaced by ***REMOVED***. The file holds the secrets, so that only its owner can read
 * it, and none that is there is overwritten. Returns the number of secrets.
 */
size_t report_write_replacements(const struct report *r, const char *path);

#endif
