/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/batch/head.h"
#include "tests/unit/unit.h"

static struct head head;
static struct head_mistake mistake;

static bool
reads(const char *text)
{
	mistake = (struct head_mistake){0};
	return head_read(slice_of(text), &head, &mistake);
}

static void
refused(const char *text, size_t line, const char *why)
{
	bool good = reads(text);
	if (good || mistake.line != line || !strstr(mistake.text, why))
		fprintf(stderr, "%s: line %zu: %s\n", text, mistake.line, mistake.text);
	CHECK(!good);
	CHECK(mistake.line == line);
	CHECK(strstr(mistake.text, why) != NULL);
}

static void
test_whole(void)
{
	CHECK(reads("#!/usr/bin/env ruby\n"
		    "# frozen_string_literal: true\n"
		    "# encoding: utf-8\n"
		    "#\n"
		    "# batch: yahoo-daily\n"
		    "# about: cost by day: all campaigns\n"
		    "# schedule: 30 6 * * * Asia/Tokyo\n"
		    "# target: postgresql ads.daily\n"
		    "# owner: ads-data\n"
		    "# timeout: 3h\n"
		    "# late: 30m\n"
		    "# retries: 3\n"
		    "# retry-wait: 90s\n"
		    "# window: 7d\n"
		    "# api: yahoo-search v20\n"
		    "# sunset: 2027-06-30\n"
		    "# os: debian-12  amazonlinux-2023\n"
		    "# secrets: DB_PASSWORD=ssm:/ads/db TOKEN\n"
		    "# secrets: KEY=secretsmanager:ads#key\r\n"
		    "# settings: ACCOUNT_ID BASE_ACCOUNT_ID\n"
		    "\n"
		    "# Note: the medium restates seven days.\n"
		    "#   usage: not a key\n"
		    "# see https://example.com/: a link\n"
		    "require 'json'\n"
		    "# batch: other\n"));
	CHECK(slice_is(head.name, "yahoo-daily"));
	CHECK(slice_is(head.about, "cost by day: all campaigns"));
	CHECK(slice_is(head.schedule, "30 6 * * * Asia/Tokyo"));
	CHECK(slice_is(head.target, "postgresql ads.daily"));
	CHECK(slice_is(head.owner, "ads-data"));
	CHECK(slice_is(head.api, "yahoo-search v20"));
	CHECK(head.timeout == 3 * 3600 * 1000);
	CHECK(head.late == 30 * 60 * 1000);
	CHECK(head.retries == 3);
	CHECK(head.retry_wait == 90 * 1000);
	CHECK(head.window_days == 7);
	CHECK(head.has_sunset && head.sunset == 20999);
	CHECK(head.os_count == 2 && slice_is(head.os[1], "amazonlinux-2023"));
	CHECK(head.secret_count == 3);
	CHECK(slice_is(head.secrets[0].variable, "DB_PASSWORD"));
	CHECK(slice_is(head.secrets[0].source, "ssm:/ads/db"));
	CHECK(slice_is(head.secrets[1].variable, "TOKEN") && !head.secrets[1].source.n);
	CHECK(slice_is(head.secrets[2].source, "secretsmanager:ads#key"));
	CHECK(head.setting_count == 2 && slice_is(head.settings[0], "ACCOUNT_ID"));
}

static void
test_other_files(void)
{
	CHECK(reads("") && head.keys == 0);
	CHECK(reads("#!/bin/sh\n# usage: x\n# batches: y\necho\n") && head.keys == 0);
	CHECK(reads("#!/bin/sh\necho\n# batch: late\n") && head.keys == 0);
	CHECK(reads("\177ELF\0\0# batch: x\n") && head.keys == 0);
	CHECK(reads("// batch: js\nmain()\n") && slice_is(head.name, "js"));
	CHECK(reads("-- batch: sql\nselect 1\n") && slice_is(head.name, "sql"));
	CHECK(reads("# batch: no-newline") && slice_is(head.name, "no-newline"));
	CHECK(head.retries == -1 && head.timeout == 0);
	/* A head that never ends is read up to a limit. */
	size_t n = 300000;
	char *text = malloc(n + 1);
	for (size_t i = 0; i < n; i++)
		text[i] = i % 64 ? 'x' : i ? '\n' : '#';
	text[n] = '\0';
	for (size_t i = 1; i < n; i++)
		if (text[i] == '\n')
			text[i + 1] = '#', i++;
	CHECK(reads(text) && head.keys == 0);
	free(text);
}

static void
test_mistakes(void)
{
	refused("#!/bin/sh\n# batch: a\n# tiemout: 3h\n", 3,
	    "\"tiemout\" is not a key, did you mean \"timeout\"?");
	refused("# batch: a\n# wibble: 3h\n", 2, "begin other text with a capital");
	refused("# wibble: 3h\n# batch: a\n", 1, "wibble");
	refused("# batch: a\n# batch: b\n", 2, "batch is given twice");
	refused("# batch:\n", 1, "batch has no value");
	refused("# batch: a/b\n", 1, "is not a name");
	refused("# batch: .a\n", 1, "is not a name");
	refused("# schedule: 30 6 * * *\n", 1, "no time zone");
	refused("# schedule: 0 0 30 2 * UTC\n", 1, "never comes");
	refused("# timeout: 3\n", 1, "is not a duration");
	refused("# timeout: 0s\n", 1, "is not a duration");
	refused("# retries: -1\n", 1, "is not a number");
	refused("# retry-wait: 2d\n", 1, "is not a duration");
	refused("# late: soon\n", 1, "is not a duration");
	refused("# window: 36h\n", 1, "is not a number of days");
	refused("# sunset: 2027-02-30\n", 1, "is not a date");
	refused("# secrets: A-B\n", 1, "VARIABLE");
	refused("# secrets: TOKEN=practice\n", 1, "has a source other than");
	refused("# secrets: TOKEN=\n", 1, "has a source other than");
	refused("# secrets: TOKEN=ssm:\n", 1, "has a source other than");
	refused("# settings: 1A\n", 1, "environment variables");
	char words[400] = "# os:";
	for (size_t i = 0; i < 65; i++)
		strncat(words, " a", sizeof words - strlen(words) - 1);
	refused(words, 1, "more than 64 words");
}

int
main(void)
{
	test_whole();
	test_other_files();
	test_mistakes();
	return unit_done("head");
}
