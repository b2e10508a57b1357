/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/json/json_write.h"
#include "common/program/completion.h"
#include "common/program/help.h"
#include "common/program/message.h"

enum {
	HELP_LEFT = 30, /* columns before an option's help */
	HELP_WIDTH = 80,
};

/* The text from column left on, in lines of at most 80 columns. A word longer than a line is left whole. */
static void
print_wrapped(const char *text, int left)
{
	int column = left;
	while (*text) {
		int n = (int)strcspn(text, " ");
		if (column > left && column + 1 + n > HELP_WIDTH) {
			printf("\n%*s", left, "");
			column = left;
		}
		bool first = column == left;
		printf("%s%.*s", first ? "" : " ", n, text);
		column += n + !first;
		text += n;
		text += strspn(text, " ");
	}
	putchar('\n');
}

static void
print_left(int n, const char *help)
{
	if (n > HELP_LEFT - 2) {
		putchar('\n');
		n = 0;
	}
	printf("%*s", HELP_LEFT - n, "");
	print_wrapped(help, HELP_LEFT);
}

static void
print_row(const struct option_row *row)
{
	int n = printf("  --%s%s%s", row->name, row->word ? " " : "", row->word ? row->word : "");
	print_left(n, row->help);
}

static void
print_entry(const struct help_row *row)
{
	if (!row->word) {
		printf("\n%s\n", row->help);
		return;
	}
	print_left(printf("  %s", row->word), row->help);
}

/* Standard output must have taken it all: --help > /dev/full is a failure too. */
_Noreturn static void
leave(void)
{
	if (fflush(stdout) || ferror(stdout) || fclose(stdout))
		die_errno(STATUS_IO, "cannot write standard output");
	exit(STATUS_OK);
}

void
help_print(const struct program *program, const struct option_row *common)
{
	struct buf usage = {0};
	buf_printf(&usage, "[@FILE ...] [--option value ...] %s%s",
	    program->operands ? program->operands : "",
	    !program->command   ? ""
	    : program->operands ? " [-- COMMAND ...]"
				: "[-- COMMAND ...]");
	buf_put_byte(&usage, '\0');
	buf_check(&usage, "the usage", NULL);
	print_wrapped(usage.p, printf("usage: %s ", program->name));
	buf_free(&usage);
	printf("\n%s\n\n", program->about);
	for (const struct option_row *const *t = program->tables; t && *t; t++)
		for (const struct option_row *row = *t; row->name; row++)
			print_row(row);
	for (const struct option_row *row = common; row->name; row++)
		print_row(row);
	for (const struct help_row *row = program->more; row && row->help; row++)
		print_entry(row);
	printf("\nThe page %s(1) has more.\n", program->name);
	leave();
}

static void
put_member(struct buf *b, const char *name, const char *text)
{
	buf_printf(b, ",\"%s\":", name);
	if (text)
		json_write_text(b, slice_of(text));
	else
		buf_put_text(b, "null");
}

static void
put_choices(struct buf *b, const char *choices)
{
	const char *separator = ",\"choices\":[";
	for (const char *c = choices; *c; c += *c == '|') {
		size_t n = strcspn(c, "|");
		buf_put_text(b, separator);
		json_write_text(b, (struct slice){c, n});
		separator = ",";
		c += n;
	}
	buf_put_byte(b, ']');
}

/* Numbers are in milliseconds or bytes where the kind is a duration or a size. */
static void
put_option(struct buf *b, const struct option_row *row)
{
	static const char *const kinds[] = {[OPTION_FLAG] = "flag",
	    [OPTION_TEXT] = "text",
	    [OPTION_LIST] = "list",
	    [OPTION_COUNT] = "count",
	    [OPTION_SIZE] = "size",
	    [OPTION_DURATION] = "duration",
	    [OPTION_CHOICE] = "choice"};
	buf_printf(b, "{\"kind\":\"%s\"", kinds[row->kind]);
	put_member(b, "name", row->name);
	put_member(b, "value", row->word);
	put_member(b, "help", row->help);
	if (row->kind == OPTION_COUNT || row->kind == OPTION_SIZE || row->kind == OPTION_DURATION)
		buf_printf(b, ",\"low\":%" PRId64 ",\"high\":%" PRId64, row->low, row->high);
	if (row->kind == OPTION_CHOICE)
		put_choices(b, row->choices);
	buf_put_byte(b, '}');
}

void
help_print_json(const struct program *program, const struct option_row *common)
{
	struct buf b = {0};
	const char *separator = "";
	buf_printf(&b, "{\"version\":\"%s\"", MAM_VERSION);
	put_member(&b, "name", program->name);
	put_member(&b, "about", program->about);
	put_member(&b, "operands", program->operands);
	buf_printf(&b, ",\"command\":%s,\"options\":[", program->command ? "true" : "false");
	for (const struct option_row *const *t = program->tables; t && *t; t++)
		for (const struct option_row *row = *t; row->name; row++, separator = ",") {
			buf_put_text(&b, separator);
			put_option(&b, row);
		}
	for (const struct option_row *row = common; row->name; row++, separator = ",") {
		buf_put_text(&b, separator);
		put_option(&b, row);
	}
	buf_check(&b, "the help", NULL);
	printf("%.*s]}\n", (int)b.n, b.p);
	buf_free(&b);
	leave();
}

void
help_print_completion(const struct program *program, const struct option_row *common, bool zsh)
{
	completion_print(program, common, zsh);
	leave();
}

void
help_print_version(const struct program *program)
{
	printf("%s (mam-etl) %s\n", program->name, MAM_VERSION);
	leave();
}
