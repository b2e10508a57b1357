/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

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
	    program->operands ? program->operands : "", program->command ? "[-- COMMAND ...]" : "");
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

void
help_print_version(const struct program *program)
{
	printf("%s (mam-etl) %s\n", program->name, MAM_VERSION);
	leave();
}
