/* SPDX-License-Identifier: MIT */
#ifndef BATCH_MOVE_BATCHES_MOVE_H
#define BATCH_MOVE_BATCHES_MOVE_H

#include "common/operate/live.h"
#include "common/operate/moves.h"

/* Settings of all moves of this run. */
struct moving {
	const struct dp_system *systems;
	size_t systems_n;
	const struct dp_system *to;
	const char *from;   /* a system's name, or NULL: any other than to */
	const char *folder; /* of saved moves */
	bool dry, no_validate;
	struct aws *aws; /* NULL: files only */
	struct history *history;
	int64_t now;
};

enum step {
	STEP_NOTHING,      /* it is there already */
	STEP_MOVE,         /* from the beginning */
	STEP_RESUME,       /* a move that was interrupted before its definition was put */
	STEP_ACTIVATE,     /* one that was interrupted after that */
	STEP_PUT_BACK,     /* undo: put the old definition */
	STEP_ACTIVATE_OLD, /* undo: it was put, and perhaps not activated */
	STEP_FORGET,       /* undo: nothing was put */
	STEP_REFUSED,      /* the reason is in why */
};

/* One pipeline and the next step of its move. */
struct plan {
	struct live *live;
	enum step step;
	struct move move;
	struct dp_definition old, new; /* as saved or planned; their msgpack */
	struct buf old_json, new_json;
	struct buf why;
	bool differs; /* the last definition that was put is not the active one */
};

/* The latest saved move of a pipeline, with its definitions; false if there is none. */
bool saved_find(const struct moving *m, const struct live *l, struct plan *p);
/* Makes the folder of a new move and saves both definitions; dies with STATUS_IO. */
void saved_begin(const struct moving *m, struct plan *p);
/* Saves the record with a new state, on disk and in the history. */
void saved_state(const struct moving *m, struct plan *p, const char *state);
/* How many records the history did not take. */
size_t saved_unrecorded(void);

/* Plans the move or the undo of one pipeline. */
void plan_move(const struct moving *m, struct live *l, struct plan *p);
void plan_undo(const struct moving *m, struct live *l, struct plan *p);
/* Prints the changes. */
void plan_show(const struct plan *p);

/* Carries out the plan. False with the failure set; the record has the state that was reached. */
bool plan_do(const struct moving *m, struct plan *p, struct failure *f);

#endif
