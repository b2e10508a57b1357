/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/aws/impl.h"
#include "common/json/json_read.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/record/mp_path.h"
#include "common/time/iso.h"

enum {
	KEY_MAX = 16 * 1024, /* bytes of a key or token */
	JSON_MAX = 64 * 1024,
	/* seconds before their end at which keys are replaced, for calls that are under way then */
	MARGIN = 10 * 60,
};

void
aws_keys_wipe(struct aws_keys *k)
{
	secret_wipe_buf(&k->access);
	secret_wipe_buf(&k->secret);
	secret_wipe_buf(&k->token);
	*k = (struct aws_keys){0};
}

/* It goes into a header, so that a line end would begin another one. */
static bool
fits_header(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f)
			return false;
	return s.n <= KEY_MAX;
}

static bool
keep(struct buf *to, struct slice s)
{
	/* All at once: a buffer that grows leaves copies. */
	if (!buf_reserve(to, KEY_MAX))
		return false;
	buf_put_slice(to, s);
	return !to->failed;
}

enum found
aws_keys_set(struct aws_keys *k, struct slice access, struct slice secret, struct slice token,
    struct slice expires, struct failure *f)
{
	uint32_t fraction;
	int64_t end = 0;
	aws_keys_wipe(k);
	if (!access.n || !secret.n) {
		failure_set(f, STATUS_CONFIG, "the %s is missing",
		    access.n ? "secret access key" : "access key id");
		return FAILED;
	}
	if (!fits_header(access) || !fits_header(secret) || !fits_header(token)) {
		failure_set(
		    f, STATUS_CONFIG, "a key or token holds a character that keys do not have");
		return FAILED;
	}
	if (expires.n && !iso_read_timestamp(expires, &end, &fraction)) {
		failure_set(f, STATUS_CONFIG, "the expiration %s is not a time in ISO 8601",
		    quoted(expires));
		return FAILED;
	}
	k->expires = end;
	if (!keep(&k->access, access) || !keep(&k->secret, secret) ||
	    (token.n && !keep(&k->token, token))) {
		failure_set(f, STATUS_TRY_AGAIN, "no memory for credentials");
		return FAILED;
	}
	return FOUND;
}

enum found
aws_keys_read(struct aws_keys *k, struct slice json, struct failure *f)
{
	struct json_error error;
	struct buf map = {.max = JSON_MAX};
	if (!buf_reserve(&map, JSON_MAX) ||
	    !json_to_msgpack(json, JSON_DUPLICATES_ERROR, &map, &error)) {
		secret_wipe_buf(&map);
		failure_set(f, STATUS_TRY_AGAIN, "the answer is not JSON");
		return FAILED;
	}
	struct slice all = buf_slice(&map);
	struct slice token = mp_member_text(all, "Token");
	enum found found = aws_keys_set(k, mp_member_text(all, "AccessKeyId"),
	    mp_member_text(all, "SecretAccessKey"),
	    token.n ? token : mp_member_text(all, "SessionToken"),
	    mp_member_text(all, "Expiration"), f);
	secret_wipe_buf(&map);
	return found;
}

enum found
aws_environment(struct aws_keys *k, struct failure *f)
{
	const char *access = aws_variable("AWS_ACCESS_KEY_ID");
	const char *secret = aws_variable("AWS_SECRET_ACCESS_KEY");
	const char *token = aws_variable("AWS_SESSION_TOKEN");
	const char *expires = aws_variable("AWS_CREDENTIAL_EXPIRATION");
	if (!access && !secret)
		return NOT_HERE;
	if (!access || !secret) {
		failure_set(f, STATUS_CONFIG, "%s is set, but %s is not",
		    access ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
		    access ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
		return FAILED;
	}
	if (!token)
		token = aws_variable("AWS_SECURITY_TOKEN");
	k->from = "the environment";
	return aws_keys_set(k, slice_of(access), slice_of(secret), slice_of(token ? token : ""),
	    slice_of(expires ? expires : ""), f);
}

/* The sources in the order of botocore. */
static enum found
ask_chain(struct aws *a, struct aws_keys *k, const char **from, struct failure *f)
{
	struct slice profile = slice_of(a->profile);
	enum found found;
	*from = "the environment";
	if ((found = aws_environment(k, f)) != NOT_HERE)
		return found;
	*from = "the role of the profile";
	if ((found = aws_profile_role(a, profile, k, f)) != NOT_HERE)
		return found;
	*from = "the web identity";
	if ((found = aws_web_identity(a, k, f)) != NOT_HERE)
		return found;
	*from = "the profile";
	if ((found = aws_profile_keys(a, profile, k, f)) != NOT_HERE)
		return found;
	*from = "the container";
	if ((found = aws_container(a, k, f)) != NOT_HERE)
		return found;
	*from = "the instance";
	return aws_instance(a, k, f);
}

static bool
get_keys(struct aws *a, struct failure *f)
{
	struct aws_keys k = {0};
	struct failure inner = {0};
	const char *from;
	a->asking = true;
	enum found found = ask_chain(a, &k, &from, &inner);
	a->asking = false;
	if (found == NOT_HERE)
		return failure_set(f, STATUS_PERMISSION,
		    "there are no AWS credentials: none in the environment, the profile %s, a web "
		    "identity or a container, and %s",
		    quoted(slice_of(a->profile)), inner.text);
	if (found == FAILED) {
		aws_keys_wipe(&k);
		return failure_set(f, inner.status, "AWS credentials of %s: %s", from, inner.text);
	}
	k.from = from;
	aws_keys_wipe(&a->keys);
	a->keys = k;
	/* The service decides: an instance's keys may be good for longer than their expiration. */
	bool expired = k.expires && k.expires < aws_time(a);
	if (expired && !a->warned)
		message("AWS credentials of %s expired %lld s ago, they are used nevertheless",
		    from, (long long)(aws_time(a) - k.expires));
	a->warned = expired;
	return true;
}

const struct aws_keys *
aws_keys(struct aws *a, struct failure *f)
{
	bool any = a->keys.access.n > 0;
	if (a->asking) {
		failure_set(f, STATUS_BUG, "a call for credentials asks for credentials");
		return NULL;
	}
	if (any && (!a->keys.expires || a->keys.expires - MARGIN > aws_time(a)))
		return &a->keys;
	struct failure renewed = {0};
	if (get_keys(a, &renewed))
		return &a->keys;
	/* Those that are there may still be good for some minutes. */
	if (any && a->keys.expires > aws_time(a))
		return &a->keys;
	*f = renewed;
	return NULL;
}

bool
aws_keys_renew(struct aws *a)
{
	bool temporary = a->keys.token.n && strcmp(a->keys.from, "the environment") != 0;
	if (temporary)
		aws_keys_wipe(&a->keys);
	return temporary;
}
