/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "batch/list-batches/list.h"
#include "common/program/capture.h"
#include "common/program/message.h"
#include "common/text/shell.h"
#include "common/time/iso.h"

enum { CHECK_TIME = 60 * 1000, CHECK_OUTPUT = 64 * 1024 }; /* milliseconds, bytes */

/*
 * Whether the programs of this build understand the file: a new version may use options that an
 * older build does not have. Appends the reason to why.
 */
static bool
can_read(const struct media_file *f, struct buf *why)
{
	bool api = f->name.n > 4 && memcmp(f->name.p + f->name.n - 4, ".api", 4) == 0;
	struct buf program = {0}, command = {0}, operand = {0}, output = {.max = CHECK_OUTPUT};
	struct failure failure = {0};
	buf_printf(
	    &program, "%s/%s%c", batches_program_folder(), api ? "fetch-api" : "normalize", '\0');
	buf_printf(&operand, "@%s%c", f->path, '\0');
	buf_check(&program, "a path", NULL);
	buf_check(&operand, "a path", NULL);
	shell_put_quoted(&command, slice_of(program.p));
	buf_put_text(&command, " --check ");
	shell_put_quoted(&command, slice_of(operand.p));
	/* An abort goes to standard output, the message to standard error. */
	buf_put(&command, " 2>&1 >/dev/null", sizeof " 2>&1 >/dev/null");
	buf_check(&command, "a command", NULL);
	bool good = capture(command.p, CHECK_TIME, &output, &failure);
	struct slice text = slice_trim(buf_slice(&output));
	if (!good)
		buf_printf(why, "this build cannot read it: %.*s",
		    (int)(text.n ? text.n : strlen(failure.text)), text.n ? text.p : failure.text);
	buf_free(&program);
	buf_free(&operand);
	buf_free(&command);
	buf_free(&output);
	return good;
}

static const char *const states[] = {[MEDIA_GOOD] = "good",
    [MEDIA_NO_VERSION] = "no version",
    [MEDIA_ENDS] = "ends",
    [MEDIA_ENDED] = "ended",
    [MEDIA_MISTAKE] = "mistake"};

bool
list_media(enum rows_format format, const struct media *all, int64_t today)
{
	static const struct rows_column columns[] = {{"file", 0}, {"version", 0}, {"sunset", 0},
	    {"batches", 0}, {"state", 0}, {"why", 0}, {"path", 0}};
	bool people = format == ROWS_TABLE || format == ROWS_MARKDOWN, good = true;
	rows_open(format, columns, sizeof columns / sizeof *columns - (people ? 1 : 0));
	for (size_t i = 0; i < all->n; i++) {
		const struct media_file *f = &all->items[i];
		struct buf sunset = {0}, users = {0}, why = {0};
		enum media_state state = media_judge(f, today, &why);
		if (state != MEDIA_MISTAKE && !can_read(f, &why))
			state = MEDIA_MISTAKE;
		if (f->head.has_sunset)
			iso_put_date(&sunset, f->head.sunset);
		buf_printf(&users, "%zu", f->users);
		rows_cell(f->name);
		rows_cell(f->head.version);
		rows_cell(buf_slice(&sunset));
		rows_cell(buf_slice(&users));
		rows_cell(slice_of(states[state]));
		rows_cell(buf_slice(&why));
		if (!people)
			rows_cell(slice_of(f->path));
		good &= state != MEDIA_MISTAKE;
		buf_free(&sunset);
		buf_free(&users);
		buf_free(&why);
	}
	rows_print();
	return good;
}
