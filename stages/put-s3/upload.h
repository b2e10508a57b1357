/* SPDX-License-Identifier: MIT */
#ifndef STAGES_PUT_S3_UPLOAD_H
#define STAGES_PUT_S3_UPLOAD_H

#include "common/aws/s3.h"

/*
 * The upload of one object: in one PUT if its bytes fit in one part, else as a multipart upload,
 * which is aborted when the process dies or gets SIGHUP, SIGINT or SIGTERM before it is completed.
 */

/* Once. size is -1 if it is not known. Installs the handlers of signals. */
void upload_begin(struct aws *a, const struct s3_address *address, int64_t size);

/* Room for more bytes of the object, *n of them; what was put there is taken by upload_take. */
char *upload_room(size_t *n);
void upload_take(size_t n);

/* The object is complete: stores it. With dry nothing is stored, but all else was done. */
void upload_finish(bool dry);

/* Aborts the upload, if there is one that is not completed. */
void upload_abort(void);

/* Ends the process, with the upload aborted, if a signal has asked for it. */
void upload_look_at_signal(void);

#endif
