/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "common/aws/impl.h"
#include "common/program/file.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/web/address.h"
#include "common/web/aws_profile.h"
#include "common/web/url.h"

enum { FILE_MAX = 1024 * 1024, REGION_MAX = 63 };

const struct aws_service aws_ssm = {"ssm", "ssm"};
const struct aws_service aws_secretsmanager = {"secretsmanager", "secrets_manager"};
const struct aws_service aws_sts = {"sts", "sts"};
const struct aws_service aws_s3 = {"s3", "s3"};
const struct aws_service aws_datapipeline = {"datapipeline", "data_pipeline"};

const char *
aws_variable(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

bool
aws_is_true(const char *value)
{
	return value && strcasecmp(value, "true") == 0;
}

int64_t
aws_time(const struct aws *a)
{
	return (int64_t)time(NULL) + a->clock_offset;
}

bool
aws_stopped(const struct aws *a)
{
	return a->stop && *a->stop;
}

void
aws_stop_by(struct aws *a, const volatile sig_atomic_t *flag)
{
	a->stop = flag;
}

/* One of the two files. A missing file is a failure only if a setting names it. */
static bool
read_settings(struct buf *to, const char *variable, const char *usual, struct failure *f)
{
	struct buf path = {0};
	const char *named = aws_variable(variable), *home = getenv("HOME");
	to->max = FILE_MAX;
	if (!named && !home)
		return true;
	if (named && strncmp(named, "~/", 2) == 0 && home)
		buf_printf(&path, "%s%s", home, named + 1);
	else if (named)
		buf_put_text(&path, named);
	else
		buf_printf(&path, "%s%s", home, usual);
	buf_put_byte(&path, '\0');
	/* All at once: a buffer that grows leaves copies of the keys. */
	bool good = !path.failed && buf_reserve(to, FILE_MAX);
	if (!good)
		failure_set(f, STATUS_TRY_AGAIN, "no memory for %s", variable);
	else if (!file_read(path.p, to) && (named || (errno != ENOENT && errno != ENOTDIR)))
		good = failure_set_errno(f,
		    errno == EACCES || errno == EPERM ? STATUS_PERMISSION : STATUS_CONFIG,
		    "cannot read %s%s", quoted(slice_of(path.p)),
		    named ? " of the environment" : "");
	else if (to->failed)
		good = failure_set(
		    f, STATUS_CONFIG, "%s is over %d bytes", quoted(slice_of(path.p)), FILE_MAX);
	buf_free(&path);
	return good;
}

bool
aws_profile_setting(const struct aws *a, struct slice profile, const char *key, struct slice *value)
{
	return (aws_profile_value(
		    buf_slice(&a->config), (struct aws_section){"profile", profile}, key, value) ||
		   aws_profile_value(buf_slice(&a->credentials), (struct aws_section){"", profile},
		       key, value)) &&
	       value->n;
}

bool
aws_profile_exists(const struct aws *a, struct slice profile)
{
	return aws_profile_has(buf_slice(&a->config), (struct aws_section){"profile", profile}) ||
	       aws_profile_has(buf_slice(&a->credentials), (struct aws_section){"", profile});
}

static bool
set_cacert(struct aws *a, struct failure *f)
{
	struct slice value;
	const char *variable = aws_variable("AWS_CA_BUNDLE");
	if (variable)
		value = slice_of(variable);
	else if (!aws_profile_setting(a, slice_of(a->profile), "ca_bundle", &value))
		return true;
	a->cacert = xstring(value);
	if (access(a->cacert, R_OK))
		return failure_set_errno(
		    f, STATUS_CONFIG, "AWS_CA_BUNDLE: cannot read %s", quoted(value));
	return true;
}

struct aws *
aws_open(struct failure *f)
{
	struct aws *a = xcalloc(1, sizeof *a);
	const char *profile = aws_variable("AWS_PROFILE");
	if (!profile)
		profile = aws_variable("AWS_DEFAULT_PROFILE");
	a->profile_named = profile != NULL;
	a->profile = xstring(slice_of(profile ? profile : "default"));
	if (!secret_hide_process(f) ||
	    !read_settings(&a->config, "AWS_CONFIG_FILE", "/.aws/config", f) ||
	    !read_settings(
		&a->credentials, "AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials", f) ||
	    !set_cacert(a, f))
		return NULL;
	if (a->profile_named && !aws_profile_exists(a, slice_of(a->profile))) {
		failure_set(f, STATUS_CONFIG,
		    "AWS_PROFILE: there is no profile %s in ~/.aws/config or ~/.aws/credentials",
		    quoted(slice_of(a->profile)));
		return NULL;
	}
	return a;
}

bool
aws_set_region(struct aws *a, const char *region, struct failure *f)
{
	size_t n = strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-");
	if (!n || region[n] || n > REGION_MAX)
		return failure_set(
		    f, STATUS_CONFIG, "%s is not an AWS region", quoted(slice_of(region)));
	free(a->region);
	a->region = xstring(slice_of(region));
	return true;
}

struct aws *
aws_open_or_die(const char *region)
{
	struct failure f = {0};
	struct aws *a = aws_open(&f);
	if (!a || (region && !aws_set_region(a, region, &f)))
		die(f.status, "%s", f.text);
	return a;
}

const char *
aws_region(struct aws *a, struct failure *f)
{
	struct slice value;
	struct buf found = {0};
	const char *variable = aws_variable("AWS_REGION");
	if (a->region)
		return a->region;
	if (!variable)
		variable = aws_variable("AWS_DEFAULT_REGION");
	if (variable)
		buf_put_text(&found, variable);
	else if (aws_profile_setting(a, slice_of(a->profile), "region", &value))
		buf_put_slice(&found, value);
	else if (!aws_instance_region(a, &found)) {
		failure_set(f, STATUS_CONFIG,
		    "no AWS region is set: set AWS_REGION, or region in the profile %s",
		    quoted(slice_of(a->profile)));
		return NULL;
	}
	buf_put_byte(&found, '\0');
	bool good = !found.failed && aws_set_region(a, found.p, f);
	buf_free(&found);
	return good ? a->region : NULL;
}

static const struct {
	const char *prefix, *partition, *domain;
} partitions[] = {
    {"cn-", "aws-cn", "amazonaws.com.cn"},
    {"us-gov-", "aws-us-gov", "amazonaws.com"},
    {"us-iso-", "aws-iso", "c2s.ic.gov"},
    {"us-isob-", "aws-iso-b", "sc2s.sgov.gov"},
    {"eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"},
    {"us-isof-", "aws-iso-f", "csp.hci.ic.gov"},
    {"eusc-", "aws-eusc", "amazonaws.eu"},
    {"", "aws", "amazonaws.com"},
};

static size_t
partition_of(const char *region)
{
	size_t i = 0;
	while (strncmp(region, partitions[i].prefix, strlen(partitions[i].prefix)) != 0)
		i++;
	return i;
}

const char *
aws_partition(const char *region)
{
	return partitions[partition_of(region)].partition;
}

const char *
aws_domain(const char *region)
{
	return partitions[partition_of(region)].domain;
}

/* The endpoint that is configured for a service, from the most particular setting on. */
static bool
configured_endpoint(
    struct aws *a, const struct aws_service *service, struct slice *url, const char **setting)
{
	struct buf name = {0};
	struct slice profile = slice_of(a->profile), value;
	const char *variable;
	if (aws_is_true(getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")))
		return false;
	if (aws_profile_setting(a, profile, "ignore_configured_endpoint_urls", &value) &&
	    slice_equal_caseless(value, SLICE("true")))
		return false;
	buf_put_text(&name, "AWS_ENDPOINT_URL_");
	for (const char *p = service->id; *p; p++)
		buf_put_byte(&name, (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p));
	buf_put_byte(&name, '\0');
	variable = name.failed ? NULL : aws_variable(name.p);
	buf_free(&name);
	*setting = "AWS_ENDPOINT_URL";
	if (!variable)
		variable = aws_variable("AWS_ENDPOINT_URL");
	if (variable) {
		*url = slice_of(variable);
		return true;
	}
	*setting = "endpoint_url";
	if (aws_profile_setting(a, profile, "services", &value) &&
	    aws_profile_nested(buf_slice(&a->config), (struct aws_section){"services", value},
		service->id, "endpoint_url", url))
		return true;
	return aws_profile_setting(a, profile, "endpoint_url", url);
}

bool
aws_has_endpoint(struct aws *a, const struct aws_service *service)
{
	struct slice url;
	const char *setting;
	return configured_endpoint(a, service, &url, &setting);
}

bool
aws_s3_addressing(const struct aws *a, struct slice *style)
{
	return aws_profile_nested(buf_slice(&a->config),
	    (struct aws_section){"profile", slice_of(a->profile)}, "s3", "addressing_style", style);
}

bool
aws_is_loopback(struct slice url)
{
	struct slice host = url_host(url);
	return slice_equal_caseless(host, SLICE("localhost")) || slice_is(host, "[::1]") ||
	       (host.n > 4 && memcmp(host.p, "127.", 4) == 0 && address_is_private(host));
}

bool
aws_put_endpoint(struct aws *a, const struct aws_service *service, struct buf *b, struct failure *f)
{
	struct slice url;
	const char *setting;
	if (configured_endpoint(a, service, &url, &setting)) {
		if (!url_is_http(url) || url_has_user(url) || memchr(url.p, '?', url.n) ||
		    memchr(url.p, '#', url.n))
			return failure_set(f, STATUS_CONFIG,
			    "%s for %s is not an http or https URL without user and query", setting,
			    service->name);
		if (!slice_equal_caseless((struct slice){url.p, 6}, SLICE("https:")) &&
		    !aws_is_loopback(url))
			return failure_set(f, STATUS_CONFIG,
			    "%s for %s: %s: without TLS only addresses of this machine are asked, "
			    "since secrets would cross the network as plain text",
			    setting, service->name, quoted(url));
		while (url.n && url.p[url.n - 1] == '/')
			url.n--;
		buf_put_slice(b, url);
		return true;
	}
	const char *region = aws_region(a, f);
	if (!region)
		return false;
	buf_printf(b, "https://%s.%s.%s", service->name, region, aws_domain(region));
	return true;
}
