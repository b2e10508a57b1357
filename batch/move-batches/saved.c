/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch/move-batches/move.h"
#include "common/operate/state.h"
#include "common/program/file.h"
#include "common/program/message.h"

static size_t unrecorded;

static char *
path_of(const char *folder, struct slice id, const char *name)
{
	struct buf path = {0};
	buf_printf(&path, "%s/%.*s%s%s%c", folder, (int)id.n, id.p, name ? "/" : "",
	    name ? name : "", '\0');
	buf_check(&path, "a path", NULL);
	return path.p;
}

static bool
read_move(struct move *move, const char *folder, const char *id)
{
	struct buf json = {0};
	char *path = path_of(folder, slice_of(id), "move.json");
	bool good = file_read(path, &json) && move_read_json(move, buf_slice(&json));
	buf_free(&json);
	free(path);
	return good;
}

/* A definition that was saved with a move. */
static void
read_definition(const char *folder, struct slice id, const char *name, struct buf *json,
    struct dp_definition *d)
{
	struct json_error error;
	char *path = path_of(folder, id, name);
	if (!file_read(path, json))
		die_errno(STATUS_IO, "cannot read %s, the definition before or after a move", path);
	const char *wrong = dp_read(d, buf_slice(json), &error);
	if (wrong)
		die(STATUS_DATA, "%s: %s", path, wrong);
	free(path);
}

bool
saved_find(const struct moving *m, const struct live *l, struct plan *p)
{
	char **names;
	size_t n = state_list(m->folder, &names);
	bool found = false;
	/* The ids are in the order of their times. */
	for (size_t i = n; i > 0 && !found; i--) {
		struct move move = {0};
		if (read_move(&move, m->folder, names[i - 1]) &&
		    move_is(&move, MOVE_PIPELINE, l->id) &&
		    move_is(&move, MOVE_FILE, l->file ? l->file : "")) {
			found = true;
			p->move = move;
		} else {
			move_free(&move);
		}
	}
	state_list_free(names, n);
	if (!found)
		return false;
	struct slice id = move_get(&p->move, MOVE_ID);
	read_definition(m->folder, id, "old.json", &p->old_json, &p->old);
	read_definition(m->folder, id, "new.json", &p->new_json, &p->new);
	return true;
}

static void
write_file(const char *folder, struct slice id, const char *name, const struct buf *bytes)
{
	char *path = path_of(folder, id, name);
	buf_check(bytes, "a definition", NULL);
	if (!state_write(path, buf_slice(bytes)))
		die_errno(STATUS_IO, "cannot write %s; nothing was changed", path);
	free(path);
}

void
saved_begin(const struct moving *m, struct plan *p)
{
	struct slice id = move_get(&p->move, MOVE_ID);
	char *path = path_of(m->folder, id, NULL);
	if (mkdir(m->folder, 0700) && access(m->folder, F_OK))
		die_errno(STATUS_IO, "cannot make the folder %s", m->folder);
	if (mkdir(path, 0700))
		die_errno(STATUS_IO, "cannot make the folder %s; nothing was changed", path);
	move_set(&p->move, MOVE_FOLDER, slice_of(path));
	free(path);
	write_file(m->folder, id, "old.json", &p->old_json);
	write_file(m->folder, id, "new.json", &p->new_json);
	saved_state(m, p, "planned");
}

void
saved_state(const struct moving *m, struct plan *p, const char *state)
{
	struct buf json = {0}, time = {0};
	bool ended = strcmp(state, "done") == 0 || strcmp(state, "undone") == 0 ||
		     strcmp(state, "refused") == 0;
	move_set(&p->move, MOVE_STATE, slice_of(state));
	if (ended) {
		run_put_time(&time, state_now());
		move_set(&p->move, MOVE_ENDED, buf_slice(&time));
	}
	move_write_json(&json, &p->move);
	write_file(m->folder, move_get(&p->move, MOVE_ID), "move.json", &json);
	if (!history_put_move(m->history, &p->move)) {
		message("the history did not take the record of %s: %s", p->live->id,
		    history_error(m->history)->text);
		history_forgive(m->history);
		unrecorded++;
	}
	buf_free(&json);
	buf_free(&time);
}

size_t
saved_unrecorded(void)
{
	return unrecorded;
}
