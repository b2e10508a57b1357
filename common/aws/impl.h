/* SPDX-License-Identifier: MIT */
#ifndef COMMON_AWS_IMPL_H
#define COMMON_AWS_IMPL_H

#include "common/aws/aws.h"
#include "common/program/http.h"

/* Shared by the files of this room only. */

struct aws_keys {
	struct buf access, secret, token;
	int64_t expires;  /* seconds since 1970; 0: never */
	const char *from; /* "the environment", for messages */
};

struct aws {
	struct buf config, credentials; /* the texts of both files */
	char *profile;
	bool profile_named;
	char *region;
	char *cacert;
	struct http *http, *metadata; /* made when they are needed */
	struct aws_keys keys;
	/* a call for credentials is under way: it must not ask for credentials */
	bool asking;
	bool warned;                       /* that the keys have expired */
	int64_t clock_offset;              /* seconds that the services' clock is ahead of ours */
	const volatile sig_atomic_t *stop; /* set by a signal; or NULL */
};

/* The result of a source of credentials. */
enum found {
	FOUND,
	NOT_HERE, /* the source is not configured, or not of this machine */
	FAILED,   /* it is, and failed: the failure is set */
};

/* Seconds since 1970, of a clock that was corrected by the services' answers. */
int64_t aws_time(const struct aws *a);

/* Whether a signal has asked for the end. */
bool aws_stopped(const struct aws *a);

/* The keys of the chain, read anew shortly before they expire. NULL with the failure set. */
const struct aws_keys *aws_keys(struct aws *a, struct failure *f);
/* Forgets them: they were refused. False if they are not temporary, so that others cannot come. */
bool aws_keys_renew(struct aws *a);

/* Copies text into keys. FAILED if it could not be in a header. expires: ISO 8601, or empty. */
enum found aws_keys_set(struct aws_keys *k, struct slice access, struct slice secret,
    struct slice token, struct slice expires, struct failure *f);
/* Keys of a JSON object: AccessKeyId, SecretAccessKey, Token or SessionToken, Expiration. */
enum found aws_keys_read(struct aws_keys *k, struct slice json, struct failure *f);
void aws_keys_wipe(struct aws_keys *k);

/* A setting of a profile, from the config file, else the credentials file. */
bool aws_profile_setting(
    const struct aws *a, struct slice profile, const char *key, struct slice *value);
bool aws_profile_exists(const struct aws *a, struct slice profile);

/* A variable that is set and not empty, else NULL. */
const char *aws_variable(const char *name);
/* Whether a variable is "true", in any case. */
bool aws_is_true(const char *value);

/* Whether a URL leads to this machine: data sent to it leaves the machine only by a program's will. */
bool aws_is_loopback(struct slice url);

/* The sources, in the order in which they are asked. */
enum found aws_profile_role(
    struct aws *a, struct slice profile, struct aws_keys *k, struct failure *f);
enum found aws_web_identity(struct aws *a, struct aws_keys *k, struct failure *f);
enum found aws_profile_keys(
    struct aws *a, struct slice profile, struct aws_keys *k, struct failure *f);
enum found aws_container(struct aws *a, struct aws_keys *k, struct failure *f);
enum found aws_instance(struct aws *a, struct aws_keys *k, struct failure *f);
enum found aws_environment(struct aws_keys *k, struct failure *f);

enum { AWS_METADATA_MAX = 64 * 1024 }; /* bytes of an answer of a metadata address */

/*
 * Sends a request to the local metadata address: no proxy, no redirects.
 * Returns the HTTP status, or 0 with a NUL-terminated text in *why if no answer
 * came. time is in milliseconds.
 */
long aws_metadata(struct aws *a, const char *method, const char *url, struct slice headers,
    int64_t time, struct buf *body, struct buf *why);

/* The region that instance metadata names; false if it cannot be had. */
bool aws_instance_region(struct aws *a, struct buf *region);

/* Roles, by STS. Empty slices are left out. */
struct aws_role {
	struct slice arn, session, external_id, seconds;
	struct slice web_identity; /* the token; then source is NULL */
	const struct aws_keys *source;
};
enum found aws_assume(
    struct aws *a, const struct aws_role *r, struct aws_keys *k, struct failure *f);

#endif
