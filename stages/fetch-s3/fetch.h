/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_S3_FETCH_H
#define STAGES_FETCH_S3_FETCH_H

#include "common/aws/s3.h"

/* Shared by the files of this stage. */

extern struct config {
	const char *region, *include, *output;
	bool prefix, allow_empty, dry_run;
} config;

extern struct counts {
	uint64_t requests, retries, objects;
} counts;

/* An object whose bytes are about to come. */
struct object {
	struct s3_address address;
	int64_t size;
	struct slice headers; /* of the answer; valid until the next request */
};

/* Where bytes go. Each function dies if it cannot write. */

/*
 * The fields of --include, or the file of --output. True if MAM_REPLAY is set: the stream was
 * that of a capture, and is finished.
 */
bool sink_open(void);
void sink_begin(const struct object *object);
void sink_put(struct slice piece);
/* The object is whole, and its sum is right. */
void sink_end(void);
/* All objects are. */
void sink_finish(void);

/*
 * Fetches one object into the sink, whole and verified, or dies. listed: it was there when its
 * prefix was listed, so that its absence is a matter of time.
 */
void get_object(struct aws *a, const struct s3_address *address, bool listed);

/* Fetches all objects whose keys begin with the address's key, in the order of their keys. */
void get_prefix(struct aws *a, const struct s3_address *address);

#endif
