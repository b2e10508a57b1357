/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "common/aws/impl.h"
#include "common/program/capture.h"
#include "common/program/file.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/web/aws_profile.h"
#include "common/web/url.h"
#include "common/web/xml.h"

/* Credentials that profiles name, and roles, which STS gives. */

enum {
	DEPTH_MAX = 5, /* profiles that lead to each other */
	TOKEN_MAX = 32 * 1024,
	BODY_MAX = 128 * 1024,
	PROCESS_MAX = 64 * 1024,
	PROCESS_TIME = 60 * 1000, /* milliseconds */
};

static bool
setting(const struct aws *a, struct slice profile, const char *key, struct slice *value)
{
	*value = SLICE("");
	return aws_profile_setting(a, profile, key, value);
}

static void
put_pair(struct buf *b, const char *name, struct slice value)
{
	if (!value.n)
		return;
	buf_printf(b, "&%s=", name);
	url_put_encoded(b, value);
}

/* The keys in the answer of STS, which is XML. */
static enum found
read_keys(struct aws_keys *k, struct slice xml, struct failure *f)
{
	static const char *const names[] = {
	    "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"};
	struct buf values[4] = {{0}};
	bool good = true;
	for (size_t i = 0; good && i < 4; i++) {
		values[i].max = TOKEN_MAX;
		good =
		    buf_reserve(&values[i], TOKEN_MAX) && xml_find_text(xml, names[i], &values[i]);
	}
	enum found found = FAILED;
	if (good)
		found = aws_keys_set(k, buf_slice(&values[0]), buf_slice(&values[1]),
		    buf_slice(&values[2]), buf_slice(&values[3]), f);
	else
		failure_set(f, STATUS_TRY_AGAIN, "STS gave an answer without credentials");
	for (size_t i = 0; i < 4; i++)
		secret_wipe_buf(&values[i]);
	return found;
}

enum found
aws_assume(struct aws *a, const struct aws_role *r, struct aws_keys *k, struct failure *f)
{
	struct buf body = {.max = BODY_MAX}, session = {0};
	struct aws_answer answer = {0};
	enum found found = FAILED;
	buf_reserve(&body, BODY_MAX);
	if (r->session.n)
		buf_put_slice(&session, r->session);
	else
		buf_printf(&session, "mam-etl-%" PRId64, (int64_t)time(NULL));
	buf_put_text(
	    &body, r->web_identity.n ? "Action=AssumeRoleWithWebIdentity" : "Action=AssumeRole");
	put_pair(&body, "Version", SLICE("2011-06-15"));
	put_pair(&body, "RoleArn", r->arn);
	put_pair(&body, "RoleSessionName", buf_slice(&session));
	put_pair(&body, "ExternalId", r->external_id);
	put_pair(&body, "DurationSeconds", r->seconds);
	put_pair(&body, "WebIdentityToken", r->web_identity);
	struct aws_request q = {.service = &aws_sts,
	    .method = "POST",
	    .target = "/",
	    .headers = SLICE("Content-Type: application/x-www-form-urlencoded; charset=utf-8\n"),
	    .body = buf_slice(&body),
	    .has_body = true,
	    .is_unsigned = r->web_identity.n > 0,
	    .keys = r->source};
	if (body.failed || session.failed)
		failure_set(f, STATUS_CONFIG, "the request for the role is too large");
	else if (aws_send(a, &q, &answer, f))
		found = read_keys(k, buf_slice(&answer.body), f);
	secret_wipe_buf(&body);
	buf_free(&session);
	aws_answer_wipe(&answer);
	return found;
}

static enum found
with_web_identity(
    struct aws *a, struct aws_role r, struct slice path, struct aws_keys *k, struct failure *f)
{
	struct buf token = {.max = TOKEN_MAX};
	char *name = xstring(path);
	enum found found = FAILED;
	if (!buf_reserve(&token, TOKEN_MAX) || !file_read(name, &token))
		failure_set_errno(f,
		    errno == EACCES || errno == EPERM ? STATUS_PERMISSION : STATUS_CONFIG,
		    "cannot read the token file %s", quoted(path));
	else if (token.failed)
		failure_set(f, STATUS_CONFIG, "the token file %s is over %d bytes", quoted(path),
		    TOKEN_MAX);
	else if (r.web_identity = slice_trim(buf_slice(&token)), !r.web_identity.n)
		failure_set(f, STATUS_CONFIG, "the token file %s is empty", quoted(path));
	else
		found = aws_assume(a, &r, k, f);
	secret_wipe_buf(&token);
	return found;
}

enum found
aws_web_identity(struct aws *a, struct aws_keys *k, struct failure *f)
{
	struct slice profile = slice_of(a->profile), path, arn, session;
	const char *file = aws_variable("AWS_WEB_IDENTITY_TOKEN_FILE");
	const char *role = aws_variable("AWS_ROLE_ARN");
	const char *name = aws_variable("AWS_ROLE_SESSION_NAME");
	if (file && !role) {
		failure_set(f, STATUS_CONFIG,
		    "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not");
		return FAILED;
	}
	if (file)
		return with_web_identity(a,
		    (struct aws_role){.arn = slice_of(role), .session = slice_of(name ? name : "")},
		    slice_of(file), k, f);
	if (!setting(a, profile, "web_identity_token_file", &path) ||
	    !setting(a, profile, "role_arn", &arn))
		return NOT_HERE;
	setting(a, profile, "role_session_name", &session);
	return with_web_identity(a, (struct aws_role){.arn = arn, .session = session}, path, k, f);
}

/* Keys that are written in one of the files. */
static enum found
written_keys(
    const struct aws *a, bool config, struct slice profile, struct aws_keys *k, struct failure *f)
{
	struct slice file = buf_slice(config ? &a->config : &a->credentials);
	struct aws_section section = {config ? "profile" : "", profile};
	struct slice access = SLICE(""), secret = SLICE(""), token = SLICE("");
	aws_profile_value(file, section, "aws_access_key_id", &access);
	aws_profile_value(file, section, "aws_secret_access_key", &secret);
	aws_profile_value(file, section, "aws_session_token", &token);
	if (!access.n && !secret.n)
		return NOT_HERE;
	return aws_keys_set(k, access, secret, token, SLICE(""), f);
}

static enum found
process_keys(struct slice command, struct aws_keys *k, struct failure *f)
{
	struct buf output = {.max = PROCESS_MAX};
	char *text = xstring(command);
	enum found found = FAILED;
	if (!buf_reserve(&output, PROCESS_MAX))
		failure_set(f, STATUS_TRY_AGAIN, "no memory for credentials");
	else if (capture(text, PROCESS_TIME, &output, f))
		found = aws_keys_read(k, buf_slice(&output), f);
	if (found == FAILED) {
		struct failure inner = *f;
		failure_set(f, inner.status, "credential_process: %.900s", inner.text);
	}
	secret_wipe_buf(&output);
	return found;
}

enum found
aws_profile_keys(struct aws *a, struct slice profile, struct aws_keys *k, struct failure *f)
{
	struct slice value;
	enum found found = written_keys(a, false, profile, k, f);
	if (found != NOT_HERE)
		return found;
	if (setting(a, profile, "credential_process", &value))
		return process_keys(value, k, f);
	found = written_keys(a, true, profile, k, f);
	if (found != NOT_HERE)
		return found;
	if (setting(a, profile, "sso_session", &value) ||
	    setting(a, profile, "sso_account_id", &value)) {
		failure_set(f, STATUS_CONFIG,
		    "profile %s signs in by SSO: add credential_process = aws configure "
		    "export-credentials --profile NAME --format process",
		    quoted(profile));
		return FAILED;
	}
	return NOT_HERE;
}

/* The keys of the place that credential_source names. */
static enum found
from_source(struct aws *a, struct slice source, struct aws_keys *k, struct failure *f)
{
	enum found found = FAILED;
	if (slice_is(source, "Environment"))
		found = aws_environment(k, f);
	else if (slice_is(source, "EcsContainer"))
		found = aws_container(a, k, f);
	else if (slice_is(source, "Ec2InstanceMetadata"))
		found = aws_instance(a, k, f);
	else
		failure_set(f, STATUS_CONFIG,
		    "credential_source: %s is not one of Environment, "
		    "EcsContainer and Ec2InstanceMetadata",
		    quoted(source));
	if (found == NOT_HERE)
		failure_set(f, STATUS_PERMISSION, "credential_source %s has no credentials",
		    quoted(source));
	return found == FOUND ? FOUND : FAILED;
}

/*
 * The chain of profiles that leads to keys: links[0] is assumed last. The depth is the number
 * of roles; 0 if the profile has none.
 */
struct links {
	struct slice list[DEPTH_MAX];
	size_t n;
};

static enum found
first_keys(
    struct aws *a, struct links *links, struct slice profile, struct aws_keys *k, struct failure *f)
{
	struct slice arn, source, next;
	for (;;) {
		bool role = setting(a, profile, "role_arn", &arn);
		bool named = setting(a, profile, "source_profile", &source);
		bool direct = setting(a, profile, "credential_source", &next);
		if (links->n == DEPTH_MAX) {
			failure_set(f, STATUS_CONFIG,
			    "source_profile leads through more than %d profiles", DEPTH_MAX);
			return FAILED;
		}
		if (!role || (!named && !direct)) {
			if (!links->n)
				return NOT_HERE;
			enum found found = aws_profile_keys(a, profile, k, f);
			if (found == NOT_HERE)
				failure_set(f, STATUS_CONFIG, "the source profile %s has no keys",
				    quoted(profile));
			return found == FOUND ? FOUND : FAILED;
		}
		links->list[links->n++] = profile;
		if (!named)
			return from_source(a, next, k, f);
		if (!aws_profile_exists(a, source)) {
			failure_set(f, STATUS_CONFIG, "source_profile: there is no profile %s",
			    quoted(source));
			return FAILED;
		}
		/* A profile that is its own source has keys beside its role. */
		if (slice_equal(source, profile)) {
			enum found found = aws_profile_keys(a, profile, k, f);
			return found == NOT_HERE ? FAILED : found;
		}
		profile = source;
	}
}

enum found
aws_profile_role(struct aws *a, struct slice profile, struct aws_keys *k, struct failure *f)
{
	struct links links = {.n = 0};
	struct aws_keys source = {0};
	failure_set(f, STATUS_CONFIG, "the profile has neither a source nor keys");
	enum found found = first_keys(a, &links, profile, &source, f);
	for (size_t i = links.n; found == FOUND && i-- > 0;) {
		struct aws_role r = {.source = &source};
		struct slice serial;
		if (setting(a, links.list[i], "mfa_serial", &serial)) {
			failure_set(f, STATUS_CONFIG,
			    "profile %s needs a code of a device (mfa_serial), which a batch does "
			    "not have",
			    quoted(links.list[i]));
			found = FAILED;
			break;
		}
		setting(a, links.list[i], "role_arn", &r.arn);
		setting(a, links.list[i], "role_session_name", &r.session);
		setting(a, links.list[i], "external_id", &r.external_id);
		setting(a, links.list[i], "duration_seconds", &r.seconds);
		struct aws_keys next = {0};
		found = aws_assume(a, &r, &next, f);
		aws_keys_wipe(&source);
		source = next;
	}
	if (found == FOUND)
		*k = source;
	else
		aws_keys_wipe(&source);
	return found;
}
