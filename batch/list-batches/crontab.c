/* SPDX-License-Identifier: MIT */
#include "batch/list-batches/launched.h"
#include "common/program/message.h"

/* After the word and the blanks after it; false if there is no word. */
static bool
skip_word(struct slice *line)
{
	*line = slice_trim(*line);
	size_t n = 0;
	while (n < line->n && line->p[n] != ' ' && line->p[n] != '\t')
		n++;
	line->p += n;
	line->n -= n;
	*line = slice_trim(*line);
	return n > 0;
}

/* NAME = VALUE, as in crontab(5): the first thing after the first word is an equals sign. */
static bool
is_setting(struct slice line)
{
	size_t n = 0;
	while (n < line.n && !strchr(" \t=*,/-", line.p[n]))
		n++;
	while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t'))
		n++;
	return n && n < line.n && line.p[n] == '=';
}

/*
 * The output of crontab -l, or a file of /etc/cron.d: there the first word of the command is a
 * user, which does no harm, since a batch's name is looked for in all words.
 */
void
read_crontab(const char *file, struct slice text)
{
	struct slice line;
	for (size_t n = 1; slice_take_line(&text, &line); n++) {
		line = slice_trim(line);
		if (!line.n || line.p[0] == '#' || is_setting(line))
			continue;
		struct slice command = line;
		size_t fields = line.p[0] == '@' ? 1 : 5, i = 0;
		while (i < fields && skip_word(&command))
			i++;
		if (!command.n)
			die(STATUS_DATA,
			    "--launched crontab:%s: line %zu is not a line of crontab(5): %s", file,
			    n, quoted(line));
		launched_command(launch_place("crontab", file, n), command);
	}
}
