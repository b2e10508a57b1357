/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/program/completion.h"

/* What completes the value of an option. */
enum value_kind { VALUE_NONE, VALUE_FILE, VALUE_FOLDER, VALUE_SECRET, VALUE_CHOICES, VALUE_WORDS };

static const char secret_sources[] = "env: file: exec: ssm: secretsmanager:";

static enum value_kind
value_kind(const struct option_row *row)
{
	if (row->kind == OPTION_CHOICE)
		return VALUE_CHOICES;
	if (!row->word)
		return VALUE_NONE;
	if (strcmp(row->word, "FOLDER") == 0 || strcmp(row->word, "DIR") == 0)
		return VALUE_FOLDER;
	if (strcmp(row->word, "SECRET") == 0)
		return VALUE_SECRET;
	if (strchr(row->word, '|') && *row->word >= 'a' && *row->word <= 'z')
		return VALUE_WORDS;
	bool file = strstr(row->word, "FILE") || strcmp(row->word, "PATH") == 0;
	return file ? VALUE_FILE : VALUE_NONE;
}

typedef void put_row(const struct option_row *row);

static void
each_row(const struct program *program, const struct option_row *common, put_row *put)
{
	for (const struct option_row *const *t = program->tables; t && *t; t++)
		for (const struct option_row *row = *t; row->name; row++)
			put(row);
	for (const struct option_row *row = common; row->name; row++)
		put(row);
}

/* The name of a shell function: letters, digits, underscores. */
static void
put_function(const char *name)
{
	printf("_mam_");
	for (; *name; name++)
		putchar(*name == '-' ? '_' : *name);
}

/* "a|b|max:FIELD": a choice ends where a part begins that only the user knows. */
static void
put_choices(const char *choices, bool all)
{
	bool known = true;
	for (; *choices; choices++) {
		known = *choices == '|' || (known && (all || *choices < 'A' || *choices > 'Z'));
		if (known)
			putchar(*choices == '|' ? ' ' : *choices);
	}
}

/* One branch of the "case" on the option before the word. */
static void
bash_value(const struct option_row *row)
{
	if (row->kind == OPTION_FLAG)
		return;
	printf("\t--%s) ", row->name);
	switch (value_kind(row)) {
	case VALUE_NONE:
		printf("return");
		break;
	case VALUE_FILE:
		printf("compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); "
		       "return");
		break;
	case VALUE_FOLDER:
		printf("compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$word\"); "
		       "return");
		break;
	case VALUE_SECRET:
		printf("compopt -o nospace; mapfile -t COMPREPLY < <(compgen -W '%s' -- "
		       "\"$word\"); return",
		    secret_sources);
		break;
	case VALUE_CHOICES:
	case VALUE_WORDS:
		printf("mapfile -t COMPREPLY < <(compgen -W '");
		put_choices(row->choices ? row->choices : row->word, row->choices);
		printf("' -- \"$word\"); return");
		break;
	}
	printf(" ;;\n");
}

static void
bash_name(const struct option_row *row)
{
	printf(" --%s", row->name);
}

static void
print_bash(const struct program *program, const struct option_row *common)
{
	printf("# bash completion of %s, made from its table of options.\n", program->name);
	put_function(program->name);
	/* "--name=value" is three words, since "=" separates words. */
	printf("()\n{\n"
	       "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
	       "\tif [[ $word == '=' ]]; then\n\t\tword=''\n"
	       "\telif [[ $before == '=' ]]; then\n\t\tbefore=${COMP_WORDS[COMP_CWORD - 2]}\n\tfi\n"
	       "\tCOMPREPLY=()\n\tcase $before in\n");
	each_row(program, common, bash_value);
	printf("\tesac\n\tif [[ $word == -* ]]; then\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen -W '");
	each_row(program, common, bash_name);
	printf(
	    "' -- \"$word\")\n\t\treturn\n\tfi\n"
	    "\tif [[ $word == @* ]]; then\n\t\tcompopt -o filenames\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -f -P @ -- \"${word#@}\")\n\t\treturn\n\tfi\n");
	if (program->operand_words)
		printf("\tmapfile -t COMPREPLY < <(compgen -W \"$(%s)\" -- \"$word\")\n",
		    program->operand_words);
	else if (program->operands)
		printf("\tcompopt -o filenames\n\tmapfile -t COMPREPLY < <(compgen -f -- "
		       "\"$word\")\n");
	printf("}\ncomplete -F ");
	put_function(program->name);
	printf(" %s\n", program->name);
}

/* The help in brackets, in single quotes; what zsh would read as its own is escaped. */
static void
zsh_text(const char *text)
{
	for (; *text; text++) {
		if (strchr("[]:\\", *text))
			putchar('\\');
		if (*text == '\'')
			printf("'\\'");
		putchar(*text);
	}
}

static void
zsh_row(const struct option_row *row)
{
	const char *again = row->kind == OPTION_LIST ? "*" : "";
	printf(" \\\n\t'%s--%s%s[", again, row->name, row->kind == OPTION_FLAG ? "" : "=");
	zsh_text(row->help);
	putchar(']');
	if (row->kind != OPTION_FLAG) {
		putchar(':');
		zsh_text(row->word ? row->word : "VALUE");
		putchar(':');
		switch (value_kind(row)) {
		case VALUE_NONE:
			putchar(' ');
			break;
		case VALUE_FILE:
			printf("_files");
			break;
		case VALUE_FOLDER:
			printf("_files -/");
			break;
		case VALUE_SECRET:
			printf("compadd -S \"\" -- %s", secret_sources);
			break;
		case VALUE_CHOICES:
		case VALUE_WORDS:
			putchar('(');
			put_choices(row->choices ? row->choices : row->word, row->choices);
			putchar(')');
			break;
		}
	}
	putchar('\'');
}

static void
print_zsh(const struct program *program, const struct option_row *common)
{
	printf("#compdef %s\n# zsh completion of %s, made from its table of options.\n"
	       "if compset -P @; then\n\t_files\n\treturn\nfi\n_arguments -S",
	    program->name, program->name);
	each_row(program, common, zsh_row);
	if (program->operand_words)
		printf(" \\\n\t'*:operand:compadd -- ${(f)\"$(%s)\"}'", program->operand_words);
	else if (program->operands)
		printf(" \\\n\t'*:operand:_files'");
	putchar('\n');
}

void
completion_print(const struct program *program, const struct option_row *common, bool zsh)
{
	if (zsh)
		print_zsh(program, common);
	else
		print_bash(program, common);
}
