/* SPDX-License-Identifier: MIT */
#ifndef BATCH_MAKE_DATAPIPELINE_MAKE_H
#define BATCH_MAKE_DATAPIPELINE_MAKE_H

#include "common/datapipeline/recurrence.h"
#include "common/operate/batches.h"

/* The settings that all definitions share, from the options. */
struct settings {
	const char *image, *artifact, *launcher, *log_uri, *topic;
	const char *role, *resource_role, *instance_type, *subnet, *key_pair, *region;
	struct option_list groups; /* ids of security groups */
	int64_t timeout;           /* milliseconds, of a batch whose head has none */
};

/* Appends the definition of a batch. */
void put_definition(struct buf *b, const struct settings *s, const struct batch *batch,
    const struct dp_recurrence *times);

/* The instance's longest life and the task's, in minutes: all attempts, and the waits between. */
int64_t minutes_of(const struct settings *s, const struct head *head);

#endif
