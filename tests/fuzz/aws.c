/* SPDX-License-Identifier: MIT */
/*
 * Any bytes are an answer of AWS, a file of profiles, base64. What is read is within the
 * input, and bytes in base64 come back as they were.
 */
#include "common/text/base64.h"
#include "common/web/aws_fault.h"
#include "common/web/aws_profile.h"
#include "common/web/s3.h"
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

/* Elements lie within the text, one after the other, and so do the objects of a listing. */
static void
read_xml(struct slice text)
{
	struct slice name, content;
	struct s3_page page;
	struct buf key = {0};
	size_t at = 0;
	int64_t size;
	while (xml_next(text, &at, &name, &content)) {
		HOLDS(at <= text.n && name.n > 0);
		HOLDS(content.p >= text.p && content.p + content.n <= text.p + text.n);
		buf_reset(&key);
		xml_put_text(&key, content);
		HOLDS(key.n <= content.n);
	}
	if (s3_page_read(&page, text))
		while (s3_page_next(&page, &key, &size))
			HOLDS(size >= -1);
	buf_free(&key);
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
	read_xml(text);
	read_profile(text);
	read_base64(text);
	return 0;
}
