/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_S3_VERIFY_H
#define STAGES_FETCH_S3_VERIFY_H

#include "common/web/s3.h"

/* The sum of an object's bytes, beside the one that S3 keeps. One object at a time. */

/* Takes the sum of the answer's headers, if there is one of the whole object. */
void verify_begin(struct slice headers);
void verify_bytes(struct slice piece);
/* The sum is right, or there is none. Else false, and *name is that of the sum: "SHA-256". */
bool verify_end(const char **name);

#endif
