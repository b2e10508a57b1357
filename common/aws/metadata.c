/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/aws/impl.h"
#include "common/json/json_read.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/record/mp_path.h"
#include "common/web/url.h"

/* The credentials and the region of an instance (EC2). */

enum {
	INSTANCE_TIME = 1000, /* milliseconds */
	TOKEN_MAX = 16 * 1024,
	NAME_MAX = 256,
};

static const char role_path[] = "/latest/meta-data/iam/security-credentials/";

/* Where instance metadata is; NULL with the failure set if the setting names another place. */
static const char *
instance_base(struct failure *f)
{
	static const char *const known[] = {"http://169.254.169.254", "http://[fd00:ec2::254]",
	    "http://127.0.0.1", "http://localhost", "http://[::1]"};
	static struct buf base;
	const char *named = aws_variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
	const char *mode = aws_variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
	if (!named)
		return known[mode && slice_equal_caseless(slice_of(mode), SLICE("ipv6"))];
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t n = strlen(known[i]);
		const char *rest = named + n;
		if (strncmp(named, known[i], n) != 0)
			continue;
		if (*rest == ':')
			rest += 1 + strspn(rest + 1, "0123456789");
		if (*rest && strcmp(rest, "/") != 0)
			continue;
		buf_reset(&base);
		buf_put(&base, named, (size_t)(rest - named));
		buf_put_byte(&base, '\0');
		return base.failed ? known[0] : base.p;
	}
	failure_set(f, STATUS_CONFIG,
	    "AWS_EC2_METADATA_SERVICE_ENDPOINT: %s is not an address of instance metadata or of "
	    "this machine",
	    quoted(slice_of(named)));
	return NULL;
}

/* One line that can be in a header or path. */
static bool
is_plain(struct slice s, size_t most)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f)
			return false;
	return s.n && s.n <= most;
}

struct instance {
	const char *base;
	struct buf token; /* the header line; empty: version 1 */
	struct buf body, why, url;
};

/* A session of version 2, or version 1 where the token cannot be had. */
static enum found
start(struct aws *a, struct instance *i, struct failure *f)
{
	bool only_v2 = aws_is_true(getenv("AWS_EC2_METADATA_V1_DISABLED"));
	buf_reset(&i->url);
	buf_printf(&i->url, "%s/latest/api/token", i->base);
	buf_put_byte(&i->url, '\0');
	buf_reset(&i->token);
	if (i->url.failed)
		return NOT_HERE;
	long status =
	    aws_metadata(a, "PUT", i->url.p, SLICE("X-aws-ec2-metadata-token-ttl-seconds: 21600\n"),
		INSTANCE_TIME, &i->body, &i->why);
	struct slice token = slice_trim(buf_slice(&i->body));
	if (status == 200 && is_plain(token, TOKEN_MAX)) {
		buf_put_text(&i->token, "X-aws-ec2-metadata-token: ");
		buf_put_slice(&i->token, token);
		buf_put_byte(&i->token, '\n');
		return FOUND;
	}
	bool v1 = status == 0 || status == 403 || status == 404 || status == 405;
	if (v1 && !only_v2)
		return FOUND;
	if (status == 0) {
		failure_set(f, STATUS_PERMISSION,
		    "instance metadata gave no token (%s), and version 1 is disabled", i->why.p);
		return NOT_HERE;
	}
	failure_set(f, status >= 500 ? STATUS_TRY_AGAIN : STATUS_CONFIG,
	    "instance metadata answered %ld to the request for a token%s", status,
	    v1 ? ", and version 1 is disabled" : "");
	return FAILED;
}

/* GET of a path in the session, which is begun anew once if it is refused. */
static long
get(struct aws *a, struct instance *i, const char *path, struct slice more, struct failure *f)
{
	for (int attempt = 0;; attempt++) {
		buf_reset(&i->url);
		buf_printf(&i->url, "%s%s", i->base, path);
		buf_put_slice(&i->url, more);
		buf_put_byte(&i->url, '\0');
		if (i->url.failed)
			return 0;
		long status = aws_metadata(
		    a, "GET", i->url.p, buf_slice(&i->token), INSTANCE_TIME, &i->body, &i->why);
		if (status != 401 || attempt || start(a, i, f) != FOUND)
			return status;
	}
}

static void
instance_free(struct instance *i)
{
	secret_wipe_buf(&i->token);
	secret_wipe_buf(&i->body);
	buf_free(&i->why);
	buf_free(&i->url);
}

static enum found
refuse(struct failure *f, const char *what, long status, const char *why)
{
	if (status)
		failure_set(f,
		    status == 401 || status == 403 ? STATUS_PERMISSION
		    : status >= 500                ? STATUS_TRY_AGAIN
						   : STATUS_CONFIG,
		    "%s answered %ld", what, status);
	else
		failure_set(f, STATUS_TRY_AGAIN, "%s: %s", what, why);
	return FAILED;
}

/* The body's Code is Success; else its Code and Message become the failure. */
static bool
is_success(struct slice json, struct failure *f)
{
	struct json_error error;
	struct buf map = {.max = AWS_METADATA_MAX};
	struct mp_token code, text;
	bool good = buf_reserve(&map, AWS_METADATA_MAX) &&
		    json_to_msgpack(json, JSON_DUPLICATES_ERROR, &map, &error);
	if (!good) {
		failure_set(
		    f, STATUS_TRY_AGAIN, "instance metadata gave credentials that are not JSON");
	} else if (mp_member(buf_slice(&map), "Code", &code) && code.type == MP_STR &&
		   !slice_is((struct slice){code.p, code.n}, "Success")) {
		bool told = mp_member(buf_slice(&map), "Message", &text) && text.type == MP_STR;
		failure_set(f, STATUS_PERMISSION, "instance metadata reports %s%s%s",
		    quoted((struct slice){code.p, code.n}), told ? ": " : "",
		    told ? quoted((struct slice){text.p, text.n}) : "");
		good = false;
	}
	secret_wipe_buf(&map);
	return good;
}

static enum found
role_keys(struct aws *a, struct instance *i, struct aws_keys *k, struct failure *f)
{
	long status = get(a, i, role_path, SLICE(""), f);
	if (!status) {
		failure_set(f, STATUS_PERMISSION, "no instance metadata (%s)", i->why.p);
		return NOT_HERE;
	}
	if (status == 404) {
		failure_set(f, STATUS_PERMISSION, "the instance has no role");
		return NOT_HERE;
	}
	if (status != 200)
		return refuse(f, "the request for the instance's role", status, "");
	struct slice role = slice_trim(buf_slice(&i->body));
	const char *end = role.n ? memchr(role.p, '\n', role.n) : NULL;
	if (end)
		role = slice_trim((struct slice){role.p, (size_t)(end - role.p)});
	if (!is_plain(role, NAME_MAX)) {
		failure_set(f, STATUS_PERMISSION, "the instance has no role");
		return NOT_HERE;
	}
	struct buf name = {0};
	url_put_encoded(&name, role);
	status = get(a, i, role_path, buf_slice(&name), f);
	buf_free(&name);
	if (status != 200)
		return refuse(
		    f, "the request for the keys of the instance's role", status, i->why.p);
	if (!is_success(buf_slice(&i->body), f))
		return FAILED;
	return aws_keys_read(k, buf_slice(&i->body), f);
}

enum found
aws_instance(struct aws *a, struct aws_keys *k, struct failure *f)
{
	struct instance i = {0};
	if (aws_is_true(getenv("AWS_EC2_METADATA_DISABLED"))) {
		failure_set(f, STATUS_PERMISSION, "AWS_EC2_METADATA_DISABLED is true");
		return NOT_HERE;
	}
	i.base = instance_base(f);
	if (!i.base)
		return FAILED;
	enum found found = start(a, &i, f);
	if (found == FOUND)
		found = role_keys(a, &i, k, f);
	instance_free(&i);
	return found;
}

bool
aws_instance_region(struct aws *a, struct buf *region)
{
	struct instance i = {0};
	struct failure f = {0};
	if (aws_is_true(getenv("AWS_EC2_METADATA_DISABLED")))
		return false;
	i.base = instance_base(&f);
	bool good = i.base && start(a, &i, &f) == FOUND &&
		    get(a, &i, "/latest/meta-data/placement/region", SLICE(""), &f) == 200;
	if (good)
		buf_put_slice(region, slice_trim(buf_slice(&i.body)));
	instance_free(&i);
	return good;
}
