/* SPDX-License-Identifier: MIT */
#ifndef BATCH_REPORT_BATCHES_REPORT_H
#define BATCH_REPORT_BATCHES_REPORT_H

#include "common/batch/outlier.h"
#include "common/operate/media.h"
#include "common/operate/overview.h"
#include "common/program/options.h"

/* The command line of report-batches. */
struct cfg {
	const char *output, *prometheus, *openlineage, *log_url;
	int64_t slots, days;
};
extern struct cfg cfg;

enum { DAY = 24 * 60 * 60 * 1000 };

/* The page, page.c. All functions append HTML. */
void page_put(struct buf *b, const struct overview *o);
extern const char page_style[];

/* The list of problems at the top of the report: attention.c. */
void attention_put(struct buf *b, const struct overview *o);
/* The last slots of all batches, grid.c. */
void grid_put(struct buf *b, const struct overview *o);
/* Systems and targets, sunsets, heads with mistakes, systems.c. */
void systems_put(struct buf *b, const struct overview *o);
void sunsets_put(struct buf *b, const struct overview *o);
void mistakes_put(struct buf *b, const struct overview *o);
/* Comparisons of builds, comparisons.c. False: the history's error is set. */
bool comparisons_read(struct history *h, int64_t since);
void comparisons_put(struct buf *b, const struct overview *o);
/* Media files with mistakes or without a version, media.c. */
extern struct media page_media;
void media_put(struct buf *b, const struct overview *o);
/* One batch in detail, card.c. */
void card_put(struct buf *b, const struct overview *o, size_t batch);
/* Whether the card lists this run, so that a link can lead to it. */
bool card_has_run(const struct overview_batch *batch, size_t run);

/* Words and links that the parts share, words.c. */
void put_text(struct buf *b, struct slice text); /* foreign text, in an element of its own */
void put_time(struct buf *b, const struct zone *zone, int64_t at);
void put_time_text(struct buf *b, const struct zone *zone, int64_t at); /* without markup */
void put_duration(struct buf *b, int64_t milliseconds);
void put_count(struct buf *b, int64_t n);
void put_log_link(struct buf *b, const struct past_run *r);
void put_batch_link(struct buf *b, const struct overview *o, size_t batch);
/* "failed", "late", ... and the class of its color */
const char *slot_word(const struct slot *s);
const char *slot_class(const struct slot *s);
/* One character for the grid. */
const char *slot_sign(const struct slot *s);

/* The rows of good runs, and which of them are out of the usual range, rows.c. */
struct row_count {
	const struct past_run *run;
	int64_t rows;
	struct range range; /* by the earlier runs of the same weekday and time of day */
	bool odd;
};
/* The last good runs whose rows are known, one for each slot, in the order of their slots. Returns how many, at most max. */
size_t rows_last(const struct overview_batch *b, struct row_count *out, size_t max);

/* The other two files. */
void prometheus_put(struct buf *b, const struct overview *o);
void openlineage_put(struct buf *b, const struct overview *o);

#endif
