/* SPDX-License-Identifier: MIT */
/*
 * Any bytes are an answer of AWS, a file of profiles, base64. What is read is within the
 * input, and bytes in base64 come back as they were.
 */
#include "common/text/base64.h"
#include "common/web/aws_fault.h"
#include "common/web/aws_profile.h"
#include "common/web/xml.h"
#include "tests/fuzz/fuzz.h"

static void
read_fault(struct slice text)
{
	struct aws_fault fault;
	struct buf value = {0};
	aws_fault_read(&fault, text);
	HOLDS(strlen(fault.code) < AWS_CODE_MAX && strlen(fault.text) < AWS_TEXT_MAX);
	(void)aws_fault_kind(&fault, 400);
	if (!xml_find_text(text, "Code", &value))
		HOLDS(value.n == 0);
	HOLDS(value.n <= text.n);
	buf_free(&value);
}

static void
read_profile(struct slice text)
{
	struct aws_section section = {"profile", SLICE("p")};
	struct slice value = {0};
	if (aws_profile_value(text, section, "region", &value) ||
	    aws_profile_nested(text, section, "ssm", "endpoint_url", &value)) {
		HOLDS(aws_profile_has(text, section));
		HOLDS(value.p >= text.p && value.p + value.n <= text.p + text.n);
	}
}

static void
read_base64(struct slice text)
{
	struct buf bytes = {0}, written = {0}, back = {0};
	(void)base64_read(&bytes, text);
	base64_put(&written, text);
	HOLDS(base64_read(&back, buf_slice(&written)));
	HOLDS(slice_equal(buf_slice(&back), text));
	buf_free(&bytes);
	buf_free(&written);
	buf_free(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice text = {(const char *)data, n};
	read_fault(text);
	read_profile(text);
	read_base64(text);
	return 0;
}
