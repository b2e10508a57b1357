/* SPDX-License-Identifier: MIT */
#ifndef BATCH_CHECK_HOST_HOST_H
#define BATCH_CHECK_HOST_HOST_H

#include "common/operate/batches.h"
#include "common/operate/checks.h"
#include "common/operate/media.h"

/*
 * The checks of check-host(1), by group. Each function reports its results, or, with --export, writes
 * its checks for another tool (export.h) and runs nothing.
 */

enum profile { PROFILE_DEV, PROFILE_DATAPIPELINE, PROFILE_FARGATE };

struct host {
	enum profile profile;
	struct option_list batches, targets, names, skip;
	const char *state, *cacert;
	int64_t free;    /* bytes that a folder must have free */
	int64_t timeout; /* milliseconds that another program may take */
	const char *bin; /* the folder of this program, and of the others */
	bool with_batches;
	struct batches all; /* those to check */
	struct media media; /* of these batches */
};

void check_system(const struct host *h);
void check_libraries(const struct host *h);
void check_commands(const struct host *h);
void check_user(const struct host *h);
void check_certificates(const struct host *h);
void check_clock(const struct host *h);
void check_zones(const struct host *h);
void check_encodings(const struct host *h);
void check_folders(const struct host *h);
void check_limits(const struct host *h);
void check_batches(const struct host *h);
void check_secrets(const struct host *h);
void check_settings(const struct host *h);
void check_media(const struct host *h);
void check_sunset(const struct host *h);
void check_targets(const struct host *h);

/* The batches of the operands, or of the folders; with_batches is false if there is no folder. */
void read_batches(struct host *h);

/* The media files of the batches, which get versions and sunsets from them. */
void read_media(struct host *h);

/* Whether the secret of any batch, or the password of a target, is in AWS. */
bool needs_aws(const struct host *h);

/* "BIN/NAME" in memory of its own. */
char *program_path(const struct host *h, const char *name);

#endif
