/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_AWS_FAULT_H
#define COMMON_WEB_AWS_FAULT_H

#include "common/text/bytes.h"

/* The errors in answers of AWS. */

enum {
	AWS_CODE_MAX = 128, /* bytes of a code, with the NUL */
	AWS_TEXT_MAX = 512, /* of a text, with the NUL */
};

struct aws_fault {
	char code[AWS_CODE_MAX]; /* "ParameterNotFound"; empty: the body has none */
	char text[AWS_TEXT_MAX]; /* cut between two characters; may be empty */
};

/*
 * Reads the error of a body, which may be anything. JSON: __type as "prefix#Code" or
 * "Code:uri", message or Message. XML, which services answer even to JSON requests when the
 * signature is refused: the first Code and Message.
 */
void aws_fault_read(struct aws_fault *f, struct slice body);

enum aws_fault_kind {
	AWS_REFUSED, /* for good */
	AWS_RETRY,   /* throttled, or the server's fault: may be tried again */
	AWS_SKEW,    /* perhaps: the signature is refused, as it is when the clock is wrong */
	AWS_EXPIRED, /* temporary credentials are over */
	AWS_DENIED,  /* credentials or permission */
	AWS_MISSING, /* the named thing does not exist */
};

/* http_status is that of the answer, 400 or above. */
enum aws_fault_kind aws_fault_kind(const struct aws_fault *f, long http_status);

#endif
