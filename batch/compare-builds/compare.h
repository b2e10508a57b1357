/* SPDX-License-Identifier: MIT */
#ifndef BATCH_COMPARE_BUILDS_COMPARE_H
#define BATCH_COMPARE_BUILDS_COMPARE_H

#include "common/operate/batches.h"
#include "common/operate/history.h"

/* The old and the new side of a comparison, as indices. */
enum { OLD, NEW, SIDES };

/* An installation: bin/ and pipelines/. */
struct build {
	char *path;                 /* absolute; NULL: there is no old build */
	struct slice id;            /* the name of its folder */
	char *version;              /* of its programs */
	struct option_list folders; /* of its batches */
	struct batches batches;
};

/* Dies with STATUS_CONFIG if it is not an installation, or if its programs do not start here. */
struct build build_open(const char *option, const char *path, const struct option_list *folders);
/* NULL: it has no batch of that name. Dies if two have it. */
const struct batch *build_batch(const struct build *b, struct slice name);

/* The input of a batch: a run that succeeded, with the streams that it fetched and loaded. */
struct captured {
	char *folder; /* with the streams */
	struct buf run, from, to, slot, build;
};
void captured_free(struct captured *c);

/*
 * Copies the streams that were fetched into a new folder, marked as a rehearsal: loaders roll back
 * what comes of them, in builds of any age. False: why has the reason, such as a stream that was cut.
 */
bool captured_copy(const struct captured *c, const char *folder, struct buf *why);

/*
 * The last run of a batch whose streams are here: in the run's own folder, or below captures (NULL:
 * none given) as BATCH/ID/capture. False if there is none; the history's error may be set.
 */
bool captured_find(struct captured *c, struct history *h, const char *captures, struct slice batch);

/* What a rehearsal left. */
struct rehearsal {
	int status;         /* exit status of run-batch */
	struct buf message; /* the last line of its output */
	char *streams;      /* folder with what its loaders got */
	char *counters;     /* folder with the counters of its stages */
};
void rehearsal_free(struct rehearsal *r);

/*
 * Runs the batch of a build with a captured input, whose copy is in the folder streams, into a new
 * folder.
 */
void rehearse(struct rehearsal *r, const struct build *build, const struct batch *batch,
    const struct captured *input, const char *streams, const char *folder);
/* The signal that ended a rehearsal and asked us to stop; 0: none. */
int rehearse_canceled(void);
void rehearse_catch_signals(void);

/* In the order in which they count: one difference decides. */
enum verdict { IDENTICAL, NOT_COMPARED, DIFFERENT, VERDICTS };
extern const char *const verdict_words[VERDICTS];

struct comparison {
	struct slice batch;
	enum verdict verdict;
	struct buf why;          /* the first difference, or why there is no comparison */
	struct buf run;          /* the id of the captured run */
	uint64_t records;        /* that the loaders of the new build got */
	struct buf streams;      /* elements of a JSON array, one for each pair of streams */
	const char *side[SIDES]; /* "the old build" */
};

/* The streams in two folders. */
void compare_streams(struct comparison *c, char *const folders[SIDES]);
/* The counters in two folders: rows and rejects. */
void compare_counters(struct comparison *c, char *const folders[SIDES]);
/* Sets the verdict, if none worse is set already, and its reason. */
void comparison_set(struct comparison *c, enum verdict v, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "FOLDER/NAME", in memory of its own. */
char *joined(const char *folder, const char *name);

/* The text of a message without the name of this program, which is in front of it. */
struct slice message_text(struct slice line);

/* One pair of streams, judged in a process of its own: a stream that is broken ends only that. */
enum { VALUE_TEXT_MAX = 400, NAME_TEXT_MAX = 200, WHAT_TEXT_MAX = 1600, DIGEST_TEXT = 33 };
struct pair {
	bool done; /* else what has the reason */
	bool same;
	uint64_t records[SIDES];
	char digest[SIDES][DIGEST_TEXT];
	uint64_t different; /* pairs of records that differ, and records without a partner */
	uint64_t record;    /* the first of them; 0: the difference is elsewhere */
	char field[NAME_TEXT_MAX];
	char value[SIDES][VALUE_TEXT_MAX];
	char what[WHAT_TEXT_MAX]; /* the first difference in words */
};
void pair_compare(struct pair *p, char *const paths[SIDES], const char *const sides[SIDES]);

/* The event in the history, mam-run(5), and a line of --json. */
void report_json(struct buf *b, const struct comparison *c, const struct build builds[SIDES]);
/* One line for people. */
void report_line(const struct comparison *c);

#endif
