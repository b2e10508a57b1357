/* SPDX-License-Identifier: MIT */
/* Heads of media files: versions, sunsets, mistakes, and the day on which they need attention. */
#include <stdio.h>

#include "common/batch/media_head.h"
#include "common/time/iso.h"
#include "tests/unit/unit.h"

static struct media_head head;
static struct head_mistake mistake;

static bool
reads(const char *text)
{
	mistake = (struct head_mistake){0};
	return media_head_read(slice_of(text), &head, &mistake);
}

static bool
refuses(const char *text, size_t line, const char *why)
{
	return !reads(text) && mistake.line == line && strstr(mistake.text, why);
}

static void
test_read(void)
{
	CHECK(reads("# version: v20\n# sunset: 2027-06-30\n--method POST\n"));
	CHECK(slice_is(head.version, "v20") && head.has_sunset &&
	      head.sunset == iso_days(2027, 6, 30));
	CHECK(reads("\n# Text: any\n# http://example.com\n\n#version: 1.2 beta\r\nday:date\n"));
	CHECK(slice_is(head.version, "1.2 beta") && !head.has_sunset);
	/* The head ends at the first line that is not a comment. */
	CHECK(reads("day:date\n# version: v20\n# sunset: never\n"));
	CHECK(!head.version.n && !head.has_sunset);
	CHECK(reads("") && !head.version.n);
	CHECK(reads("# version: v20") && slice_is(head.version, "v20"));
	CHECK(reads("# note: prose is free\n#   version: not at the beginning\n"));
	CHECK(!head.version.n);
}

static void
test_mistakes(void)
{
	CHECK(refuses("# version: v20\n# sunset: 2027-02-29\n", 2, "\"2027-02-29\" is not a date"));
	CHECK(refuses("# sunset: 2027-2-1\n", 1, "is not a date, YYYY-MM-DD"));
	CHECK(refuses("# sunset: soon\n", 1, "\"soon\""));
	CHECK(refuses("# sunset:\n", 1, "sunset has no value"));
	CHECK(refuses("# version:\t \n", 1, "version has no value"));
	CHECK(refuses("# version: 1\n#\n# version: 2\n", 3, "version is given twice"));
	CHECK(refuses("# sunset: 2027-01-01\n# sunset: 2027-01-01\n", 2, "sunset is given twice"));
	CHECK(refuses("# versoin: v20\n", 1, "did you mean \"version\"?"));
	CHECK(refuses("# sunste: 2027-01-01\n", 1, "did you mean \"sunset\"?"));
}

static void
test_option(void)
{
	CHECK(refuses("# version: v21\n--method POST\n--set version=v20\n", 3,
	    "--set version=v20, but the head has \"version: v21\""));
	CHECK(refuses("# version: v21\n  --set = \"version=v20\"\n", 2, "version=v20"));
	CHECK(reads("# version: v21\n--set version=v21\n--set 'version=v21'\n--set=version=v21\n"));
	CHECK(reads("--set version=v21\n"));
	CHECK(reads("# version: v21\n--settle version=v20\n--set other=v20\n--set\n--set x\n"));
}

static bool
judges(const char *text, int64_t today, enum media_state state, const char *why)
{
	struct buf b = {0};
	bool read = reads(text);
	bool right = media_head_judge(&head, read ? NULL : &mistake, today, &b) == state;
	buf_put_byte(&b, '\0');
	right &= strcmp(b.p, why) == 0;
	if (!right)
		printf("%s\n", b.p);
	buf_free(&b);
	return right;
}

static void
test_judge(void)
{
	const char *text = "# version: v20\n# sunset: 2027-06-30\n";
	int64_t end = iso_days(2027, 6, 30);
	CHECK(judges(text, end - 61, MEDIA_GOOD, ""));
	CHECK(judges(text, end - 60, MEDIA_ENDS, "version v20 ends on 2027-06-30, in 60 days"));
	CHECK(judges(text, end - 1, MEDIA_ENDS, "version v20 ends on 2027-06-30, in 1 days"));
	CHECK(judges(text, end, MEDIA_ENDS, "version v20 ends on 2027-06-30, today"));
	CHECK(judges(text, end + 3, MEDIA_ENDED, "version v20 ended on 2027-06-30, 3 days ago"));
	CHECK(judges(
	    "# sunset: 2027-06-30\n", end, MEDIA_ENDS, "its version ends on 2027-06-30, today"));
	CHECK(judges("", end, MEDIA_NO_VERSION, "it has no line \"# version: ...\""));
	CHECK(judges("\n# sunset: x\n", end, MEDIA_MISTAKE,
	    "line 2: sunset: \"x\" is not a date, YYYY-MM-DD"));
}

int
main(void)
{
	test_read();
	test_mistakes();
	test_option();
	test_judge();
	return unit_done("media_head");
}
