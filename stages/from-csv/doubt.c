/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/program/message.h"
#include "stages/from-csv/config.h"
#include "stages/from-csv/doubt.h"
#include "stages/from-csv/text.h"

static const struct {
	char c;
	const char *word; /* for the option */
} usual[] = {{';', "';'"}, {'\t', "tab"}, {'|', "'|'"}, {',', ","}};

enum { USUAL_N = sizeof usual / sizeof usual[0] };

static size_t in_header[USUAL_N];

/* In quotes or not: a hint does not have to be exact. */
static size_t
count(const struct csv_row *row, char c)
{
	size_t n = 0;
	for (size_t i = 0; i < row->n; i++)
		n += row->p[i] == c;
	return n;
}

void
doubt_header(const struct csv_row *header)
{
	static bool done;
	memset(in_header, 0, sizeof in_header);
	for (size_t i = 0; i < USUAL_N; i++)
		if (usual[i].c != config.delimiter)
			in_header[i] = header ? count(header, usual[i].c) : config.names.n - 1;
	if (done || !header || header->columns != 1)
		return;
	for (size_t i = 0; i < USUAL_N && !done; i++) {
		if (!in_header[i])
			continue;
		done = true;
		message("%s: the header has one column, %s: is it --delimiter %s?",
		    text_where(header->line), quoted(text_field(header, 0)), usual[i].word);
	}
}

const char *
doubt_row(const struct csv_row *row)
{
	static char hint[40];
	for (size_t i = 0; i < USUAL_N; i++) {
		if (!in_header[i] || count(row, usual[i].c) != in_header[i])
			continue;
		snprintf(hint, sizeof hint, "; is it --delimiter %s?", usual[i].word);
		return hint;
	}
	return "";
}
