/* SPDX-License-Identifier: MIT */
#ifndef COMMON_BATCH_MEDIA_HEAD_H
#define COMMON_BATCH_MEDIA_HEAD_H

#include "common/batch/head.h"

/*
 * The head of a media file, REPORT.fields or MEDIUM.api, mam-batch(5): lines "# version: v20" and
 * "# sunset: 2027-06-30" among its first comment lines. All other comments are ordinary text, but
 * for a misspelt key.
 */
struct media_head {
	struct slice version; /* empty: not given */
	int64_t sunset;       /* days since 1970-01-01; meaningful if has_sunset */
	bool has_sunset;
};

/*
 * Reads the head of a file from its bytes. The slices point into text. False on a mistake: a key
 * that is given twice, misspelt or without a value, a date that does not exist, or a line
 * "--set version=..." that disagrees with the head.
 */
bool media_head_read(struct slice text, struct media_head *head, struct head_mistake *mistake);

/* An interface that ends within so many days needs attention. */
enum { SUNSET_DAYS = 60 };

enum media_state {
	MEDIA_GOOD,
	MEDIA_NO_VERSION, /* it names no version */
	MEDIA_ENDS,       /* within SUNSET_DAYS */
	MEDIA_ENDED,
	MEDIA_MISTAKE,
};

/*
 * Appends a sentence part about a head that is not good: "version v20 ends on 2027-06-30, in 59
 * days". mistake is NULL if it was read. today: days since 1970-01-01.
 */
enum media_state media_head_judge(const struct media_head *head, const struct head_mistake *mistake,
    int64_t today, struct buf *why);

#endif
