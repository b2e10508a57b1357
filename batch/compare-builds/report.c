/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "batch/compare-builds/compare.h"
#include "common/json/json_write.h"
#include "common/operate/records.h"
#include "common/program/message.h"
#include "common/text/visible.h"

static void
put_member(struct buf *b, const char *name, struct slice text)
{
	buf_printf(b, ",\"%s\":", name);
	if (!json_write_text(b, text))
		json_write_text(b, SLICE("(not UTF-8)"));
}

void
report_json(struct buf *b, const struct comparison *c, const struct build builds[SIDES])
{
	static const char *const ids[SIDES] = {"old", "new"};
	static const char *const versions[SIDES] = {"old_version", "new_version"};
	struct run host = {0};
	run_reset(&host);
	buf_put_text(b, "{\"batch\":");
	json_write_text(b, c->batch);
	put_member(b, "verdict", slice_of(verdict_words[c->verdict]));
	for (int i = 0; i < SIDES; i++) {
		if (!builds[i].path)
			continue;
		put_member(b, ids[i], builds[i].id);
		put_member(b, versions[i], slice_of(builds[i].version));
	}
	if (c->why.n)
		put_member(b, "why", buf_slice(&c->why));
	if (c->run.n)
		put_member(b, "run", buf_slice(&c->run));
	records_set_host(&host);
	put_member(b, "host", run_get(&host, RUN_HOST));
	put_member(b, "os", run_get(&host, RUN_OS));
	buf_printf(b, ",\"records\":%" PRIu64 ",\"streams\":[", c->records);
	buf_put_slice(b, buf_slice(&c->streams));
	buf_put_text(b, "]}");
	buf_check(b, "the result of a comparison", NULL);
	run_free(&host);
}

struct slice
message_text(struct slice line)
{
	const char *name = message_program();
	size_t n = strlen(name);
	line = slice_trim(line);
	if (line.n > n + 2 && memcmp(line.p, name, n) == 0 && memcmp(line.p + n, ": ", 2) == 0)
		line = (struct slice){line.p + n + 2, line.n - n - 2};
	return line;
}

void
report_line(const struct comparison *c)
{
	struct buf line = {0};
	buf_printf(&line, "%-12s ", verdict_words[c->verdict]);
	visible_put(&line, c->batch);
	if (c->verdict == IDENTICAL) {
		buf_printf(&line, ": %" PRIu64 " records", c->records);
	} else {
		buf_put_text(&line, ": ");
		visible_put(&line, buf_slice(&c->why));
	}
	buf_put_byte(&line, '\n');
	buf_check(&line, "a line", NULL);
	fwrite(line.p, 1, line.n, stdout);
	if (fflush(stdout))
		die_errno(STATUS_IO, "cannot write to standard output");
	buf_free(&line);
}
