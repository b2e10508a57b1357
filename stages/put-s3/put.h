/* SPDX-License-Identifier: MIT */
#ifndef STAGES_PUT_S3_PUT_H
#define STAGES_PUT_S3_PUT_H

#include "common/aws/s3.h"
#include "common/program/options.h"

/* Shared by the files of this stage. */

extern struct config {
	const char *file, *region, *content_type, *if_none_match, *if_match, *encryption, *kms_key;
	struct option_list metadata;
	int64_t part_size;
	bool no_checksum, dry_run;
} config;

extern struct counts {
	uint64_t requests, retries, parts, objects, bytes;
} counts;

/* The header lines of the options: type, metadata, encryption. Dies if one is malformed. */
void headers_init(void);
struct slice headers_of_object(void);
/* Those of --if-none-match and --if-match, which count where the object comes to be. */
struct slice headers_of_condition(void);

#endif
