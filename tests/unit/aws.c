/* SPDX-License-Identifier: MIT */
#include "common/web/aws_fault.h"
#include "common/web/aws_profile.h"
#include "tests/unit/unit.h"

static bool
fault(const char *body, const char *code, const char *text)
{
	struct aws_fault f;
	aws_fault_read(&f, slice_of(body));
	return strcmp(f.code, code) == 0 && strcmp(f.text, text) == 0;
}

static void
test_faults(void)
{
	CHECK(fault(
	    "{\"__type\":\"ParameterNotFound\",\"message\":\"no\"}", "ParameterNotFound", "no"));
	CHECK(fault("{\"__type\":\"com.amazon.coral.service#ThrottlingException\","
		    "\"Message\":\"Rate exceeded\"}",
	    "ThrottlingException", "Rate exceeded"));
	CHECK(fault(
	    "{\"__type\":\"AccessDeniedException:http://x/y\"}", "AccessDeniedException", ""));
	CHECK(fault("<?xml version=\"1.0\"?><ErrorResponse><Errors><Error>"
		    "<Code>SignatureDoesNotMatch</Code><Message>a &lt;b&gt; &amp;amp; c&#10;&#x;"
		    "</Message></Error></Errors></ErrorResponse>",
	    "SignatureDoesNotMatch", "a <b> &amp; c\n&#x;"));
	CHECK(fault("", "", ""));
	CHECK(fault("<html>502 Bad Gateway</html>", "", ""));
	CHECK(fault("[]", "", ""));
	CHECK(fault("{\"__type\":7,\"message\":null}", "", ""));
	CHECK(fault("<Code><b>x</b></Code>", "", ""));
	CHECK(fault("<Code>cut", "", ""));
	CHECK(fault("<Code>cut</", "cut", ""));
	/* A long text is cut between two characters. */
	struct buf b = {0};
	struct aws_fault f;
	buf_put_text(&b, "{\"message\":\"x");
	for (int i = 0; i < AWS_TEXT_MAX; i++)
		buf_put_text(&b, "\xe3\x81\x82");
	buf_put_text(&b, "\"}");
	aws_fault_read(&f, buf_slice(&b));
	CHECK(strlen(f.text) == AWS_TEXT_MAX - 1);
	CHECK(memcmp(f.text + AWS_TEXT_MAX - 4, "\xe3\x81\x82", 4) == 0);
	buf_free(&b);
}

static enum aws_fault_kind
kind(const char *code, long status)
{
	struct aws_fault f = {0};
	memcpy(f.code, code, strlen(code) + 1);
	return aws_fault_kind(&f, status);
}

static void
test_kinds(void)
{
	CHECK(kind("ThrottlingException", 400) == AWS_RETRY);
	CHECK(kind("TooManyRequestsException", 429) == AWS_RETRY);
	CHECK(kind("", 503) == AWS_RETRY);
	CHECK(kind("", 501) == AWS_REFUSED);
	CHECK(kind("InvalidSignatureException", 400) == AWS_SKEW);
	CHECK(kind("RequestExpired", 400) == AWS_SKEW);
	CHECK(kind("ExpiredTokenException", 400) == AWS_EXPIRED);
	CHECK(kind("ExpiredToken", 403) == AWS_EXPIRED);
	CHECK(kind("AccessDeniedException", 400) == AWS_DENIED);
	CHECK(kind("", 403) == AWS_DENIED);
	CHECK(kind("ParameterNotFound", 400) == AWS_MISSING);
	CHECK(kind("ValidationException", 400) == AWS_REFUSED);
	CHECK(kind("", 404) == AWS_REFUSED);
}

static const char config[] =
    "# comment\n"
    "[default]\nregion = eu-west-1\n"
    "[profile dev]\r\n"
    "region=ap-northeast-1 \r\n"
    "; region = no\n"
    "Role_Arn = arn:aws:iam::1:role/x # kept\n"
    "s3 =\n  region = nested\n"
    "[profile \"with space\"]\nregion = a\nregion = b\n"
    "[services test]\nssm =\n  endpoint_url = http://one\nsecrets_manager =\n"
    "\tendpoint_url = http://two\n"
    "[broken\nregion = c";

static bool
value(const char *kind, const char *name, const char *key, const char *wanted)
{
	struct slice found = SLICE("");
	bool any = aws_profile_value(
	    slice_of(config), (struct aws_section){kind, slice_of(name)}, key, &found);
	return wanted ? any && slice_is(found, wanted) : !any;
}

static bool
nested(const char *group, const char *wanted)
{
	struct slice found = SLICE("");
	bool any = aws_profile_nested(slice_of(config),
	    (struct aws_section){"services", SLICE("test")}, group, "endpoint_url", &found);
	return wanted ? any && slice_is(found, wanted) : !any;
}

static void
test_profiles(void)
{
	CHECK(value("profile", "default", "region", "eu-west-1"));
	CHECK(value("", "default", "region", "eu-west-1"));
	CHECK(value("profile", "dev", "region", "ap-northeast-1"));
	CHECK(value("profile", "dev", "role_arn", "arn:aws:iam::1:role/x # kept"));
	CHECK(value("profile", "with space", "region", "b"));
	CHECK(value("", "dev", "region", NULL));
	CHECK(value("profile", "no", "region", NULL));
	CHECK(value("profile", "dev", "output", NULL));
	CHECK(nested("ssm", "http://one"));
	CHECK(nested("secrets_manager", "http://two"));
	CHECK(nested("sts", NULL));
	CHECK(aws_profile_has(slice_of(config), (struct aws_section){"profile", SLICE("dev")}));
	CHECK(!aws_profile_has(slice_of(config), (struct aws_section){"profile", SLICE("de")}));
	CHECK(!aws_profile_has(SLICE(""), (struct aws_section){"", SLICE("default")}));
}

int
main(void)
{
	test_faults();
	test_kinds();
	test_profiles();
	return unit_done("aws");
}
