/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "batch/list-batches/list.h"
#include "common/program/message.h"
#include "common/time/iso.h"

static const struct rows_column batch_columns[] = {{"batch", 0}, {"schedule", 0}, {"target", 0},
    {"owner", 0}, {"last", 0}, {"next", 0}, {"os", ' '}, {"api", 0}, {"sunset", 0}};
/* For programs: the path and the places where it is launched as well. */
static const struct rows_column all_columns[] = {{"batch", 0}, {"schedule", 0}, {"target", 0},
    {"owner", 0}, {"last", 0}, {"last_state", 0}, {"next", 0}, {"os", ' '}, {"api", 0},
    {"sunset", 0}, {"about", 0}, {"path", 0}, {"slot", 0}, {"launched", '\n'}};

/* The whole of a head's text, or one of its words. */
static bool
has_word(struct slice text, const char *wanted)
{
	if (slice_equal_caseless(text, slice_of(wanted)))
		return true;
	while (text.n) {
		const char *end = memchr(text.p, ' ', text.n);
		struct slice word = {text.p, end ? (size_t)(end - text.p) : text.n};
		if (slice_equal_caseless(word, slice_of(wanted)))
			return true;
		size_t used = word.n + (end ? 1 : 0);
		text.p += used;
		text.n -= used;
	}
	return false;
}

static bool
runs_on(const struct head *head, const char *os)
{
	for (size_t i = 0; i < head->os_count; i++)
		if (slice_equal_caseless(head->os[i], slice_of(os)))
			return true;
	return false;
}

bool
filter_takes(const struct filter *f, const struct entry *e)
{
	const struct head *head = &e->batch->head;
	if (!e->good)
		return false;
	if (f->os && !runs_on(head, f->os))
		return false;
	if (f->target && !has_word(head->target, f->target))
		return false;
	if (f->owner && !has_word(head->owner, f->owner))
		return false;
	if (f->sunset >= 0 && (!head->has_sunset || head->sunset > f->today + f->sunset))
		return false;
	return !f->unused || !e->living;
}

/* On the wall clock of the schedule's zone: with a blank for people, with the offset for programs. */
static void
put_time(struct buf *b, const struct zone *zone, int64_t time, bool people)
{
	int64_t offset = zone ? zone_offset(zone, time) : 0, minutes = offset / 60;
	size_t at = b->n;
	iso_put_datetime(b, (time + offset) * 1000000);
	if (people && !b->failed) {
		b->p[at + 10] = ' ';
		b->n = at + 16;
		if (!zone)
			buf_put_text(b, " UTC");
		return;
	}
	buf_printf(b, "%c%02d:%02d", minutes < 0 ? '-' : '+',
	    (int)((minutes < 0 ? -minutes : minutes) / 60),
	    (int)((minutes < 0 ? -minutes : minutes) % 60));
}

/* When the last run began, and for people how it ended. */
static void
put_last(struct buf *b, const struct entry *e, bool people)
{
	bool known = e->last_state && strcmp(e->last_state, "unknown") != 0;
	if (known)
		put_time(b, e->zone, e->last, people);
	if (people && e->last_state)
		buf_printf(b, "%s%s", known ? " " : "", e->last_state);
}

static void
put_row(const struct entry *e, bool people)
{
	const struct head *head = &e->batch->head;
	struct buf last = {0}, next = {0}, slot = {0}, os = {0}, sunset = {0}, launched = {0};
	if (e->scheduled)
		put_time(&next, e->zone, e->next, people);
	if (e->scheduled && !people)
		put_time(&slot, e->zone, e->slot, false);
	put_last(&last, e, people);
	for (size_t i = 0; i < head->os_count; i++) {
		buf_put_text(&os, i ? " " : "");
		buf_put_slice(&os, head->os[i]);
	}
	if (head->has_sunset)
		iso_put_date(&sunset, head->sunset);
	for (size_t i = 0; i < e->launched_n; i++)
		buf_printf(&launched, "%s%s", i ? "\n" : "", e->launched[i]);
	rows_cell(e->batch->name);
	rows_cell(head->schedule);
	rows_cell(head->target);
	rows_cell(head->owner);
	rows_cell(buf_slice(&last));
	if (!people)
		rows_cell(e->last_state ? slice_of(e->last_state) : (struct slice){0});
	rows_cell(buf_slice(&next));
	rows_cell(buf_slice(&os));
	rows_cell(head->api);
	rows_cell(buf_slice(&sunset));
	if (!people) {
		rows_cell(head->about);
		rows_cell(slice_of(e->batch->path));
		rows_cell(buf_slice(&slot));
		rows_cell(buf_slice(&launched));
	}
	buf_free(&last);
	buf_free(&next);
	buf_free(&slot);
	buf_free(&os);
	buf_free(&sunset);
	buf_free(&launched);
}

void
list_batches(enum rows_format format, const struct entries *all, const struct filter *f)
{
	bool people = format == ROWS_TABLE || format == ROWS_MARKDOWN;
	if (people)
		rows_open(format, batch_columns, sizeof batch_columns / sizeof *batch_columns);
	else
		rows_open(format, all_columns, sizeof all_columns / sizeof *all_columns);
	for (size_t i = 0; i < all->n; i++)
		if (filter_takes(f, &all->items[i]))
			put_row(&all->items[i], people);
	rows_print();
}

void
list_missing(enum rows_format format, const struct launches *found)
{
	static const struct rows_column columns[] = {{"name", 0}, {"launched", 0}, {"why", 0}};
	rows_open(format, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < found->missing_n; i++) {
		rows_cell(found->missing[i].name);
		rows_cell(slice_of(found->missing[i].where));
		rows_cell(slice_of(found->missing[i].why));
	}
	rows_print();
}

void
list_files(enum rows_format format, const struct extra_files *files)
{
	static const struct rows_column columns[] = {{"file", 0}};
	rows_open(format, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < files->n; i++)
		if (!files->items[i].used)
			rows_cell(slice_of(files->items[i].path));
	rows_print();
}
