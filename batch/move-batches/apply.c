/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sys/stat.h>

#include "batch/move-batches/move.h"
#include "common/program/file.h"
#include "common/program/message.h"

/* The definition as it is now; false with the failure set. */
static bool
read_now(const struct moving *m, const struct live *l, struct dp_definition *d, struct failure *f)
{
	struct buf json = {0};
	struct json_error error;
	*d = (struct dp_definition){0};
	if (!l->file)
		return datapipeline_get(m->aws, l->id, "latest", d, f);
	if (!file_read(l->file, &json)) {
		buf_free(&json);
		return failure_set_errno(f, STATUS_IO, "cannot read %s", l->file);
	}
	const char *wrong = dp_read(d, buf_slice(&json), &error);
	buf_free(&json);
	return !wrong || failure_set(f, STATUS_DATA, "%s: %s", l->file, wrong);
}

/* Whether the definition is still, or now, the wanted one. */
static bool
is_now(const struct moving *m, const struct live *l, const struct dp_definition *wanted,
    const char *otherwise, struct failure *f)
{
	struct dp_definition now;
	if (!read_now(m, l, &now, f)) {
		dp_free(&now);
		return false;
	}
	bool same = dp_is_equal(&now, wanted);
	dp_free(&now);
	return same || failure_set(f, STATUS_TRY_AGAIN, "%s", otherwise);
}

static void
show_remarks(const struct live *l, const struct buf *remarks)
{
	if (remarks->n)
		message("%s (%s): the service warns: %.*s", l->id, l->name, (int)remarks->n,
		    remarks->p);
}

static bool
write_definition(const struct moving *m, const struct live *l, const struct dp_definition *d,
    const struct buf *json, struct failure *f)
{
	struct buf remarks = {0};
	if (l->file) {
		struct stat info;
		bool known = stat(l->file, &info) == 0;
		if (!file_replace(l->file, buf_slice(json)))
			return failure_set_errno(f, STATUS_IO, "cannot write %s", l->file);
		if (known)
			(void)chmod(l->file, info.st_mode & 07777);
		return true;
	}
	bool good = datapipeline_put(m->aws, l->id, buf_slice(&d->mp), &remarks, f);
	show_remarks(l, &remarks);
	buf_free(&remarks);
	return good;
}

/* Puts a definition in place of another one that must be there, and reads it back. */
static bool
replace(const struct moving *m, struct plan *p, bool back, struct failure *f)
{
	const struct dp_definition *from = back ? &p->new : &p->old, *to = back ? &p->old : &p->new;
	const struct buf *json = back ? &p->old_json : &p->new_json;
	return is_now(m, p->live, from,
		   "the definition was changed since it was read; nothing was put: run again", f) &&
	       write_definition(m, p->live, to, json, f) &&
	       is_now(m, p->live, to,
		   "the service has another definition than the one that was put: somebody else "
		   "changed it at the same time, or it was not stored whole",
		   f);
}

static bool
activate(const struct moving *m, struct plan *p, struct failure *f)
{
	return !move_is(&p->move, MOVE_LIVE, "yes") ||
	       datapipeline_activate(m->aws, p->live->id, f);
}

static bool
validate(const struct moving *m, struct plan *p, struct failure *f)
{
	struct buf remarks = {0};
	if (p->live->file || m->no_validate)
		return true;
	bool good = datapipeline_validate(m->aws, p->live->id, buf_slice(&p->new.mp), &remarks, f);
	show_remarks(p->live, &remarks);
	buf_free(&remarks);
	return good;
}

static bool
move_there(const struct moving *m, struct plan *p, struct failure *f)
{
	if (p->step == STEP_MOVE) {
		if (!validate(m, p, f))
			return false;
		saved_begin(m, p);
	}
	if (p->step != STEP_ACTIVATE) {
		if (!replace(m, p, false, f)) {
			/* What is there now decides later whether it is resumed or undone. */
			struct failure other = {0};
			bool untouched =
			    f->status == STATUS_DATA && is_now(m, p->live, &p->old, "", &other);
			move_set(&p->move, MOVE_MESSAGE, slice_of(f->text));
			saved_state(m, p, untouched ? "refused" : "planned");
			return false;
		}
	}
	saved_state(m, p, "put");
	if (!activate(m, p, f))
		return false;
	saved_state(m, p, "done");
	return true;
}

static bool
move_back(const struct moving *m, struct plan *p, struct failure *f)
{
	if (p->step != STEP_FORGET) {
		saved_state(m, p, "undoing");
		if (p->step == STEP_PUT_BACK && !replace(m, p, true, f))
			return false;
		if (!activate(m, p, f))
			return false;
	}
	saved_state(m, p, "undone");
	return true;
}

bool
plan_do(const struct moving *m, struct plan *p, struct failure *f)
{
	switch (p->step) {
	case STEP_MOVE:
	case STEP_RESUME:
	case STEP_ACTIVATE:
		return move_there(m, p, f);
	case STEP_PUT_BACK:
	case STEP_ACTIVATE_OLD:
	case STEP_FORGET:
		return move_back(m, p, f);
	default:
		return true;
	}
}
