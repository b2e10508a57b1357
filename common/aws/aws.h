/* SPDX-License-Identifier: MIT */
#ifndef COMMON_AWS_AWS_H
#define COMMON_AWS_AWS_H

#include <signal.h>

#include "common/program/failure.h"
#include "common/program/http.h"
#include "common/text/bytes.h"
#include "common/web/aws_fault.h"

/*
 * Calls to AWS: settings and credentials as the AWS command line finds them,
 * signed requests, retries. Failures are values and never hold a secret. The
 * HTTP client is common/program/http.h with our own signer
 * (common/web/sigv4.h). libcurl never signs, so a handle that keeps signing
 * (CVE-2026-86409) cannot occur. A redirect is never followed.
 *
 * Environment: AWS_ACCESS_KEY_ID and the other variables of the AWS SDKs, see
 * secret(1).
 */
struct aws;

/*
 * Reads the settings: the environment, ~/.aws/config and ~/.aws/credentials. NULL with the
 * failure set when a file that is named cannot be read, or a setting is malformed. Lives as
 * long as the process.
 */
struct aws *aws_open(struct failure *f);

/*
 * The region, found at the first call; NULL with the failure set if none is
 * configured.
 */
const char *aws_region(struct aws *a, struct failure *f);
/* Sets it, as an option does; false if it cannot be a region. */
bool aws_set_region(struct aws *a, const char *region, struct failure *f);
/* Both for a program that cannot go on without them: dies. region may be NULL. */
struct aws *aws_open_or_die(const char *region);

/* The partition of a region, "aws" or "aws-cn", and the domain of its endpoints. */
const char *aws_partition(const char *region);
const char *aws_domain(const char *region);

/* A service, by the name in its host and signatures, and the SDKs' name of its settings. */
struct aws_service {
	const char *name; /* "secretsmanager" */
	const char *id;   /* "secrets_manager", as in AWS_ENDPOINT_URL_SECRETS_MANAGER */
};

extern const struct aws_service aws_ssm, aws_secretsmanager, aws_sts, aws_s3, aws_datapipeline;

struct aws_keys;

struct aws_request {
	const struct aws_service *service;
	const char *method;
	const char *url;      /* absolute; NULL: the service's endpoint and target */
	const char *target;   /* path and query, encoded, from "/" on */
	struct slice headers; /* "Name: value\n" each */
	struct slice body;
	bool has_body;
	bool is_unsigned;            /* STS takes web identities without a signature */
	bool s3;                     /* sign as S3 does, and look for errors in answers of 200 */
	const struct aws_keys *keys; /* NULL: those of the chain */
	struct slice body_hash;      /* SHA-256 of the body in hex; empty: it is computed */
	bool fresh;                  /* as in http_request: each try is one that we know of */
	int64_t max_time;            /* milliseconds; 0: a minute */
	size_t answer_max;           /* bytes of the body of an answer; 0: AWS_ANSWER_MAX */
	/*
	 * Takes the body of an answer of 2xx in pieces, as http_put does; NULL: it goes to
	 * answer->body. False ends the call, which then fails.
	 */
	bool (*take)(void *context, const struct http_answer *answer, struct slice piece);
	void *context;
};

struct sigv4_request;

/*
 * For requests that others send. aws_ready finds the credentials and the region, or makes sure that
 * those that are there are good for some minutes more; it may ask a server. aws_sign then appends
 * the headers of the signature without asking anybody; false if it cannot be made.
 */
bool aws_ready(struct aws *a, struct failure *f);
bool aws_sign(
    struct aws *a, const char *service, const struct sigv4_request *q, struct buf *headers);

enum {
	AWS_ANSWER_MAX = 1024 * 1024, /* bytes of a body */
	AWS_TRIES = 6, /* of a request, unless AWS_MAX_ATTEMPTS or max_attempts is set */
};

struct aws_answer {
	long status;
	struct buf body;    /* may hold secrets: give it back with aws_answer_wipe */
	struct buf headers; /* lines with CRLF */
	struct aws_fault fault;
	enum aws_fault_kind kind; /* meaningful when the call failed with a fault */
	bool lost; /* no answer came, or not all of it: the service may have done what was asked */
};

/*
 * Sends the request, signed anew for each try, until the answer has a status of 2xx.
 * Throttling, faults of the server and of the network are tried again with full jitter; a
 * clock that is wrong is corrected once by the answer's Date, credentials that have expired
 * are read once more. False with the failure set otherwise; STATUS_TRY_AGAIN when all tries
 * are used up, STATUS_PERMISSION for credentials and permission, STATUS_CONFIG for a thing that
 * does not exist, STATUS_REFUSED else. All-zero *answer is ready; it is reused.
 */
bool aws_send(
    struct aws *a, const struct aws_request *q, struct aws_answer *answer, struct failure *f);

/*
 * The same, one try at a time, for a request that changes from try to try. tries is all-zero
 * at first, and again after progress. AWS_AGAIN: the wait is over, send it once more.
 */
enum aws_step { AWS_DONE, AWS_AGAIN, AWS_FAILED };
struct aws_tries {
	unsigned n;
	bool renewed; /* credentials that had expired were read once more */
};
enum aws_step aws_try(struct aws *a, const struct aws_request *q, struct aws_answer *answer,
    struct aws_tries *tries, struct failure *f);

/* Ends a request or a wait that is under way, and each later one, when *flag is not 0; NULL: not. */
void aws_stop_by(struct aws *a, const volatile sig_atomic_t *flag);

/*
 * The same for services that speak JSON 1.1: action "AmazonSSM.GetParameters". answer->body
 * becomes the answer as msgpack, an object.
 */
bool aws_json(struct aws *a, const struct aws_service *service, const char *action,
    struct slice body, struct aws_answer *answer, struct failure *f);

void aws_answer_wipe(struct aws_answer *answer);

/* Appends the URL of a service's endpoint without a slash at its end. */
bool aws_put_endpoint(
    struct aws *a, const struct aws_service *service, struct buf *b, struct failure *f);
/* Whether a setting names it, so that it is not AWS's own. */
bool aws_has_endpoint(struct aws *a, const struct aws_service *service);
/* The setting addressing_style of the profile's group s3: "path", "virtual" or "auto"; false if absent. */
bool aws_s3_addressing(const struct aws *a, struct slice *style);

#endif
