/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_OPTIONS_H
#define COMMON_PROGRAM_OPTIONS_H

#include "common/text/bytes.h"

/*
 * The option table. One row per option is the parser, --help and (compared by
 * tests/man.bats, both ways) the man page. Long options only, one name each.
 * "--name value" and "--name=value" are the same; "--" ends the options.
 * "@FILE" in place of an option or operand reads more of them from a file: one
 * to a line; a line that begins with "--" is an option with its value after
 * white space, "=" or both (the value is the rest of the line, one pair of
 * outer quotes '…' or "…" removed), a line that begins with '#' and an empty
 * line are skipped, any other line is an operand, up to two blanks, '#' and a blank outside
 * of double quotes, which begin a comment. A scalar option given twice:
 * the last counts, so the command line overrides the file that is before it.
 */
enum option_kind {
	OPTION_FLAG,  /* bool *; no value */
	OPTION_TEXT,  /* const char ** */
	OPTION_LIST,  /* struct option_list *; may be repeated */
	OPTION_COUNT, /* int64_t *, within [low, high] */
	OPTION_SIZE, /* int64_t *, bytes within [low, high]: 4096, 64K, 256M, 2G (powers of 1024) */
	OPTION_DURATION, /* int64_t *, milliseconds within [low, high]: 250ms, 5s, 10m, 4h, 1d */
	OPTION_CHOICE,   /* const char **; one of choices, written a|b|c */
};

struct option_list {
	const char **items;
	size_t n;
};

struct option_row {
	const char *name; /* without the dashes; NULL ends the table */
	const char
	    *word; /* the value's word in --help and the page, e.g. "FILE"; NULL for a flag */
	const char *help; /* one sentence, lower case, no full stop */
	enum option_kind kind;
	union {
		bool *flag;
		const char **text;
		struct option_list *list;
		int64_t *number;
	} to;
	int64_t low, high;   /* numbers only */
	const char *choices; /* OPTION_CHOICE only */
};

/* A line of help about operands: "  WORD   help", or a heading where word is NULL. */
struct help_row {
	const char *word;
	const char *help; /* NULL ends the rows */
};

struct program {
	const char *name;
	/*as in the synopsis, e.g. "NAME:TYPE[=SOURCE][;RULE...] ..."; NULL: none taken */
	const char *operands;
	const char *about;                      /* one sentence */
	const struct help_row *more;            /* printed after the options; NULL: nothing */
	const struct option_row *const *tables; /* NULL-terminated list of tables */
	const char *operand_words; /* a shell command whose lines complete operands; NULL: files */
	bool command;              /* operands after "--" are a command and are kept apart */
};

struct operands {
	const char **items;
	const char **places; /* of each item: "@FILE: line 3"; NULL: the command line */
	size_t n;
	char *const *command; /* argv after "--", NULL-terminated; NULL without "--" */
};

/*
 * Parses, fills the rows' targets and returns the operands. Handles --help and
 * --version (both exit 0, or 74 when standard output fails). Dies with
 * STATUS_USAGE on an unknown option, a missing or bad value, naming file and line
 * if it is in an @FILE; an unreadable
 * @FILE is STATUS_IO, an unknown word in MAM_LOG or MAM_DRY_RUN is STATUS_CONFIG. Also sets the program's name for messages, restores
 * SIGPIPE and ignores SIGXFSZ: a write beyond the file size limit fails with EFBIG.
 */
struct operands options_parse(const struct program *program, int argc, char **argv);

/*
 * For a value that is checked later: begins messages with the file and line that it came from, as
 * message_set_place; p points into it. NULL, or a value of the command line: no place.
 */
void options_at(const char *p);

/* The rows of --rejects and --max-rejects; put into the tables of a stage where single records can be bad. */
extern const struct option_row reject_options[];

/* "a,b,c" into its parts, quoted parts ("a,b") allowed; dies with STATUS_USAGE on an empty part. */
struct option_list options_split(const char *option, const char *text);

#endif
