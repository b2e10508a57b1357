/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/program/batch.h"
#include "common/program/file.h"
#include "common/program/help.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/text/nearest.h"
#include "common/text/quantity.h"

enum {
	FILE_MAX = 1024 * 1024,
	FILE_DEPTH = 8,
};

static const struct option_row common_options[] = {
    {.name = "help",
	.help = "show this help and exit (--help=json: for programs; =bash, =zsh: a completion)",
	.kind = OPTION_FLAG},
    {.name = "version", .help = "show the version and exit", .kind = OPTION_FLAG},
    {0},
};

static bool
is_choice(const char *choices, const char *value)
{
	size_t n = strlen(value);
	for (const char *c = choices; n; c++) {
		size_t word = strcspn(c, "|");
		if (word == n && memcmp(c, value, n) == 0)
			return true;
		c += word;
		if (!*c)
			return false;
	}
	return false;
}

_Noreturn static void
bad_number(const struct option_row *row, const char *value, const char *what)
{
	die(STATUS_USAGE, "--%s: %s is not %s from %" PRId64 " to %" PRId64 "%s", row->name,
	    quoted(slice_of(value)), what, row->low, row->high,
	    row->kind == OPTION_DURATION ? " ms"
	    : row->kind == OPTION_SIZE   ? " bytes"
					 : "");
}

static void
list_add(struct option_list *list, const char *item)
{
	list->items = xrealloc(list->items, (list->n + 1) * sizeof *list->items);
	list->items[list->n++] = item;
}

/* Values from files, and where they are there. */
static struct {
	const char *value, *end, *place;
} * placed;
static size_t n_placed;

static void
note_place(const char *value)
{
	if (!message_place())
		return;
	placed = xrealloc(placed, (n_placed + 1) * sizeof *placed);
	placed[n_placed].value = value;
	placed[n_placed].end = value + strlen(value);
	placed[n_placed++].place = message_place();
}

void
options_at(const char *value)
{
	const char *place = NULL;
	for (size_t i = 0; value && i < n_placed; i++)
		if (value >= placed[i].value && value <= placed[i].end)
			place = placed[i].place;
	message_set_place(place);
}

static void
set(const struct option_row *row, const char *value)
{
	struct slice text = slice_of(value);
	note_place(value);
	switch (row->kind) {
	case OPTION_FLAG:
		*row->to.flag = true;
		return;
	case OPTION_TEXT:
		*row->to.text = value;
		return;
	case OPTION_LIST:
		list_add(row->to.list, value);
		return;
	case OPTION_COUNT:
		if (!parse_integer(text, row->low, row->high, row->to.number))
			bad_number(row, value, "a number");
		return;
	case OPTION_SIZE:
		if (!quantity_size(text, row->low, row->high, row->to.number))
			bad_number(row, value, "a size (4096, 64K, 256M, 2G)");
		return;
	case OPTION_DURATION:
		if (!quantity_duration(text, row->low, row->high, row->to.number))
			bad_number(row, value, "a duration (250ms, 5s, 10m, 4h, 1d)");
		return;
	case OPTION_CHOICE:
		if (!is_choice(row->choices, value))
			die(STATUS_USAGE, "--%s: %s is not one of %s", row->name, quoted(text),
			    row->choices);
		*row->to.text = value;
		return;
	}
}

enum { NAMES_MAX = 128 };

_Noreturn static void
unknown_option(const struct program *program, struct slice name)
{
	struct slice names[NAMES_MAX];
	size_t n = 0;
	for (const struct option_row *const *t = program->tables; t && *t; t++)
		for (const struct option_row *row = *t; row->name && n < NAMES_MAX; row++)
			names[n++] = slice_of(row->name);
	struct slice near = nearest_name(name, names, n);
	const char *option = quoted((struct slice){name.p - 2, name.n + 2});
	if (near.n)
		die(STATUS_USAGE, "unknown option %s, did you mean --%.*s? (see %s --help)", option,
		    (int)near.n, near.p, program->name);
	die(STATUS_USAGE, "unknown option %s (see %s --help)", option, program->name);
}

static const struct option_row *
find(const struct program *program, struct slice name)
{
	for (const struct option_row *const *t = program->tables; t && *t; t++)
		for (const struct option_row *row = *t; row->name; row++)
			if (slice_is(name, row->name))
				return row;
	for (const struct option_row *row = common_options; row->name; row++)
		if (slice_is(name, row->name))
			return row;
	unknown_option(program, name);
}

/*
 * Sets one option; next is the word after it, for "--name value". Returns
 * whether next was used.
 */
static bool
apply(const struct program *program, const char *word, const char *next)
{
	const char *name = word + 2;
	const char *equals = strchr(name, '=');
	struct slice key = {name, equals ? (size_t)(equals - name) : strlen(name)};
	const struct option_row *row = find(program, key);
	if (row == &common_options[0] && equals && strcmp(equals, "=json") == 0)
		help_print_json(program, common_options);
	bool zsh = equals && strcmp(equals, "=zsh") == 0;
	if (row == &common_options[0] && (zsh || (equals && strcmp(equals, "=bash") == 0)))
		help_print_completion(program, common_options, zsh);
	if (row == &common_options[0] && !equals)
		help_print(program, common_options);
	if (row == &common_options[1])
		help_print_version(program);
	if (row->kind == OPTION_FLAG) {
		if (equals)
			die(STATUS_USAGE, "--%s takes no value", row->name);
		set(row, "");
		return false;
	}
	if (equals) {
		set(row, equals + 1);
		return false;
	}
	if (!next)
		die(STATUS_USAGE, "--%s needs a value: %s", row->name, row->word);
	set(row, next);
	return true;
}

static char *
read_file(const char *path)
{
	struct buf b = {.max = FILE_MAX};
	if (!file_read(path, &b))
		die_errno(STATUS_IO, "cannot read %s", quoted(slice_of(path)));
	if (b.failed && b.n)
		die(STATUS_USAGE, "@%s: a file of options is larger than %d bytes", path, FILE_MAX);
	buf_check(&b, path, NULL);
	if (b.n && memchr(b.p, '\0', b.n))
		die(STATUS_USAGE, "@%s holds a NUL byte: it is to be UTF-8 text", path);
	struct slice s = buf_slice(&b);
	/* The mark that some editors put before UTF-8 would hide the first option, unseen. */
	if (s.n >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0)
		s = (struct slice){s.p + 3, s.n - 3};
	char *text = xstring(s);
	buf_free(&b);
	return text;
}

/* One pair of outer quotes removed; nothing is special inside. */
static char *
unquote(char *value)
{
	size_t n = strlen(value);
	if (n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n - 1] == value[0]) {
		value[n - 1] = '\0';
		return value + 1;
	}
	return value;
}

/* "@FILE: line 3"; kept for as long as operands may be looked at. */
static const char *
place_of(const char *path, unsigned long number)
{
	struct buf b = {0};
	buf_printf(&b, "@%s: line %lu", path, number);
	buf_put_byte(&b, '\0');
	buf_check(&b, path, NULL);
	return b.p;
}

static void add_word(const struct program *, struct operands *, const char *, unsigned);

/* "--name value", "--name=value" or "--name" of a file's line. */
static void
apply_line(const struct program *program, char *line)
{
	char *value = line + strcspn(line, " \t=");
	if (*value) {
		char *behind = value + strspn(value, " \t");
		behind += *behind == '=';
		behind += strspn(behind, " \t");
		*value = '\0';
		value = unquote(behind);
	} else {
		value = NULL;
	}
	if (!apply(program, line, value) && value)
		die(STATUS_USAGE, "%s takes no value", line);
}

/*
 * An operand of a file without the comment after it: two blanks, a number sign and a blank, outside
 * of double quotes.
 */
static struct slice
without_comment(struct slice line)
{
	bool quoted = false;
	for (size_t i = 0; i < line.n; i++) {
		struct slice rest = {line.p + i, line.n - i};
		quoted ^= line.p[i] == '"';
		if (!quoted && rest.n >= 3 && memcmp(rest.p, "  #", 3) == 0 &&
		    (rest.n == 3 || rest.p[3] == ' '))
			return slice_trim((struct slice){line.p, i});
	}
	return line;
}

static void
read_options(
    const struct program *program, struct operands *operands, const char *path, unsigned depth)
{
	if (depth == FILE_DEPTH)
		die(STATUS_USAGE, "@%s: files nested deeper than %d", path, FILE_DEPTH);
	const char *outer = message_place();
	char *next = read_file(path); /* kept: option values point into it */
	for (unsigned long number = 1; next; number++) {
		char *text = next;
		next = strchr(text, '\n');
		if (next)
			*next++ = '\0';
		struct slice line = slice_trim(slice_of(text));
		char *word = text + (line.p - text);
		if (!line.n || *word == '#')
			continue;
		if (strncmp(word, "--", 2) != 0)
			line = without_comment(line);
		word[line.n] = '\0';
		message_set_place(place_of(path, number));
		if (strncmp(word, "--", 2) == 0)
			apply_line(program, word);
		else
			add_word(program, operands, word, depth + 1);
	}
	message_set_place(outer);
}

static void
add_operand(struct operands *operands, const char *word)
{
	operands->items = xrealloc(operands->items, (operands->n + 1) * sizeof *operands->items);
	operands->places = xrealloc(operands->places, (operands->n + 1) * sizeof *operands->places);
	operands->places[operands->n] = message_place();
	operands->items[operands->n++] = word;
}

static void
add_word(const struct program *program, struct operands *operands, const char *word, unsigned depth)
{
	if (word[0] == '@' && word[1]) {
		read_options(program, operands, word + 1, depth);
		return;
	}
	if (!program->operands)
		die(STATUS_USAGE, "takes no operands, but got %s (%ssee %s --help)",
		    quoted(slice_of(word)),
		    program->command ? "use < for a file and -- for a program; " : "",
		    program->name);
	add_operand(operands, word);
}

/* Words after "--" are operands, or the command where the program takes one. */
static void
rest(const struct program *program, struct operands *operands, char **argv)
{
	if (program->command) {
		if (!*argv)
			die(STATUS_USAGE, "no command after --");
		operands->command = argv;
		return;
	}
	if (!program->operands && *argv)
		die(STATUS_USAGE, "takes no operands, but got %s", quoted(slice_of(*argv)));
	for (; *argv; argv++)
		add_operand(operands, *argv);
}

/*
 * If the parent closed a standard descriptor, the next file opened would get
 * it: rejects would go into the stream. The placeholder fails in the same way
 * as the closed descriptor.
 */
static void
hold_standard_descriptors(void)
{
	static const int wrong_way[] = {O_WRONLY, O_RDONLY, O_RDONLY};
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", wrong_way[fd]) != fd)
			die_errno(STATUS_IO, "cannot hold descriptor %d, which is closed", fd);
}

/* An unknown word must not count as none: a real run in place of a rehearsal. */
static void
check_environment(void)
{
	const char *log = getenv("MAM_LOG"), *dry = getenv("MAM_DRY_RUN");
	if (log && *log && !is_choice("text|json|quiet", log))
		die(STATUS_CONFIG, "MAM_LOG: %s is not one of text|json|quiet",
		    quoted(slice_of(log)));
	if (dry && *dry && !is_choice("0|1", dry))
		die(STATUS_CONFIG, "MAM_DRY_RUN: %s is not one of 0|1", quoted(slice_of(dry)));
}

struct operands
options_parse(const struct program *program, int argc, char **argv)
{
	message_set_program(program->name);
	hold_standard_descriptors();
	/* Parents such as Python ignore SIGPIPE; a stage whose reader went away is to die of it. */
	signal(SIGPIPE, SIG_DFL);
	/* A limit on file sizes is a failed write, as a full disk is. It may hit the log alone, after a COMMIT. */
	signal(SIGXFSZ, SIG_IGN);
	batch_follow();
	struct operands operands = {0};
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		if (strcmp(word, "--") == 0) {
			rest(program, &operands, argv + i + 1);
			break;
		}
		if (strncmp(word, "--", 2) == 0)
			i += apply(program, word, argv[i + 1]);
		else if (word[0] == '-' && word[1])
			die(STATUS_USAGE, "unknown option %s (long options only; see %s --help)",
			    quoted(slice_of(word)), program->name);
		else
			add_word(program, &operands, word, 0);
	}
	check_environment();
	return operands;
}

struct option_list
options_split(const char *option, const char *text)
{
	struct option_list list = {0};
	for (const char *p = text;; p++) {
		struct slice part;
		if (*p == '"') {
			const char *close = strchr(p + 1, '"');
			if (!close || (close[1] && close[1] != ','))
				die(STATUS_USAGE, "--%s: %s: a quote is not closed", option,
				    quoted(slice_of(text)));
			part = (struct slice){p + 1, (size_t)(close - p - 1)};
			p = close + 1;
		} else {
			part = (struct slice){p, strcspn(p, ",")};
			p += part.n;
		}
		if (!part.n)
			die(STATUS_USAGE, "--%s: %s has an empty part", option,
			    quoted(slice_of(text)));
		list_add(&list, xstring(part));
		if (!*p)
			return list;
	}
}
