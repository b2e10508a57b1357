/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_MOVES_H
#define COMMON_OPERATE_MOVES_H

#include "common/operate/history.h"

/*
 * The move of one pipeline from one operating system to another, mam-run(5): a row of the table
 * mam_move beside the runs, and a folder on disk with the record and both definitions,
 * STATE/moves/ID/move.json, old.json and new.json. Every member is text.
 */
enum move_text {
	MOVE_ID,       /* UUID, version 7 */
	MOVE_PIPELINE, /* id */
	MOVE_NAME,
	MOVE_FILE,   /* of the definition; empty: in the service */
	MOVE_TARGET, /* "mysql team_x.day" */
	MOVE_FROM,   /* system */
	MOVE_TO,
	MOVE_STATE,   /* planned, put, done, undoing, undone, refused */
	MOVE_LIVE,    /* "yes": the new definition has to be activated */
	MOVE_STARTED, /* ISO 8601, UTC */
	MOVE_ENDED,
	MOVE_CHANGES, /* a line for each: "- Ec2.imageId: ami-1" and "+ Ec2.imageId: ami-2" */
	MOVE_HOST,
	MOVE_FOLDER,
	MOVE_MESSAGE, /* why it was refused */
	MOVE_TEXTS
};

struct move {
	struct buf text[MOVE_TEXTS];
};

void move_free(struct move *m);
void move_set(struct move *m, enum move_text which, struct slice text);
struct slice move_get(const struct move *m, enum move_text which);
bool move_is(const struct move *m, enum move_text which, const char *text);

/* Appends the record as a JSON object with a newline; empty members are left out. */
void move_write_json(struct buf *out, const struct move *m);
/* Reads it back into an all-zero record; false if it is not one. */
bool move_read_json(struct move *m, struct slice json);

/* Stores the record in place of an older one; makes the table if it is missing. */
bool history_put_move(struct history *h, const struct move *m);

#endif
