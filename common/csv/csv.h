/* SPDX-License-Identifier: MIT */
#ifndef COMMON_CSV_CSV_H
#define COMMON_CSV_CSV_H

#include "common/record/record.h"

/*
 * CSV text (RFC 4180) split into rows and fields, and fields written as CSV
 * text. Where the RFC is silent or media differ: the delimiter is any ASCII
 * character; a row ends with LF, CR LF or CR; a quote that does not begin a
 * field is an ordinary character; the last row needs no line end.
 *
 * The reader owns the text. A caller with text asks csv_room for space, passes
 * the number of bytes to csv_added, and takes rows until CSV_MORE. The reader
 * does not check that the bytes are UTF-8.
 */

enum {
	/*
	 * Bytes after any field of a row, and after a row, that may be read
	 * (not believed): for copies in steps.
	 */
	CSV_SLACK = 64,
};

struct csv_field {
	uint32_t at, n; /* bytes of the row, quotes around them left out */
	bool quoted;    /* was in quotes */
	bool doubled;   /* has doubled quotes in it: read with csv_unquote */
};

struct csv_row {
	const char *p; /* without its line end; lives until the next call for this csv */
	size_t n;
	const struct csv_field *fields; /* the first FIELDS_MAX of them */
	size_t columns;                 /* how many there are, FIELDS_MAX or not */
	uint64_t line;                  /* where it begins, from 1 */
	size_t bad; /* from 1, the first field with text after its closing quote; 0 */
};

struct csv {
	/* Set before the first text, by csv_init. */
	char delimiter, quote;
	size_t max;
	bool last;

	char *p; /* [start, n) is not handed out yet */
	size_t cap, start, n;
	uint64_t *marks; /* of csv_scan, for the text from the block that at lies in */

	/* The row at start, as far as it was looked at. */
	size_t at; /* next byte to look at */
	size_t field;
	size_t opened; /* lines that end within it, in quotes */
	bool quoted, doubled, closed;
	size_t columns, bad;
	uint64_t line;
	struct csv_field fields[FIELDS_MAX];
};

enum csv_status {
	CSV_ROW,
	CSV_MORE, /* no whole row is there */
	CSV_END,  /* nothing is left */
	CSV_OPEN, /* the text ended in quotes; csv->line is where their row begins */
};

/* Makes c ready for a new file, from line 1. quote 0: none has a meaning. max: bytes of a row with its line end. Memory is kept. */
void csv_init(struct csv *c, char delimiter, char quote, size_t max);
/*
 * Where more text goes and how much fits there, at least 1 byte; NULL if the
 * row would pass max, or memory is short.
 */
char *csv_room(struct csv *c, size_t *room);
void csv_added(struct csv *c, size_t n);
/* Nothing will be added. */
void csv_ended(struct csv *c);

enum csv_status csv_next(struct csv *c, struct csv_row *row);
/*
 * The line that begins here, ignoring quotes; it stays in the reader unless it
 * is taken.
 */
enum csv_status csv_line(struct csv *c, bool take, struct slice *line);
/* The bytes that were added but not returned yet, and the line of their end. */
struct slice csv_rest(const struct csv *c);
uint64_t csv_rest_line(const struct csv *c);
void csv_free(struct csv *c);

/*
 * Copies a field without the doubling of quotes; to has room for f->n bytes.
 * Returns the byte after.
 */
char *csv_unquote(const struct csv_row *row, const struct csv_field *f, char quote, char *to);
/* The field's text: in the row itself, or unquoted into b, which is emptied before. */
struct slice csv_text(const struct csv_row *row, size_t i, char quote, struct buf *b);

/* Appends text as a field; in quotes when it has to be, or always. */
void csv_put(struct buf *b, struct slice text, char delimiter, bool always);

#endif
