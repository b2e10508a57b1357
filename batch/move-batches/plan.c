/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "batch/move-batches/move.h"
#include "common/datapipeline/lint.h"
#include "common/json/json_write.h"
#include "common/operate/state.h"
#include "common/program/message.h"
#include "common/text/visible.h"

enum { HOST_MAX = 256 };

static void
refuse(struct plan *p, const char *why)
{
	p->step = STEP_REFUSED;
	buf_put_text(&p->why, why);
}

/* The definition is neither the one before an interrupted move nor the one after it. */
static void
refuse_changed(struct plan *p)
{
	struct slice folder = move_get(&p->move, MOVE_FOLDER);
	p->step = STEP_REFUSED;
	buf_printf(&p->why,
	    "its definition was changed since its move was interrupted; compare it with old.json "
	    "and "
	    "new.json in %.*s, and remove that folder to forget the move",
	    (int)folder.n, folder.p);
}

/* One side of a changed value. */
static void
put_side(struct buf *out, char sign, const struct dp_change *c, struct slice value)
{
	buf_printf(out, "%c ", sign);
	visible_put(out, c->object);
	buf_put_text(out, c->object.n ? "." : "");
	visible_put(out, c->field);
	buf_put_text(out, ": ");
	visible_put(out, value);
	buf_put_byte(out, '\n');
}

/* The changes of all systems that the definition is of; those of several are one after the other. */
static void
find_changes(
    const struct moving *m, const struct live *l, struct dp_changes *changes, struct buf *from)
{
	for (size_t i = 0; i < m->systems_n && !changes->n; i++) {
		const struct dp_system *s = &m->systems[i];
		if (s == m->to || (m->from && !slice_is(s->name, m->from)))
			continue;
		dp_change_find(changes, &l->d, s, m->to);
		if (changes->n)
			buf_put_slice(from, s->name);
	}
	if (changes->failed)
		die(STATUS_TRY_AGAIN, "no memory for the changes of %s", l->id);
}

/* The definition with its changes, in the form that it has. */
static void
make_new(struct plan *p, const struct dp_changes *changes)
{
	struct live *l = p->live;
	struct dp_edit *edits = xcalloc(changes->n + 1, sizeof *edits);
	struct json_error error;
	for (size_t i = 0; i < changes->n; i++)
		edits[i] =
		    (struct dp_edit){changes->items[i].at, buf_slice(&changes->items[i].after)};
	if (l->file) {
		buf_put_slice(&p->old_json, buf_slice(&l->json));
		if (!dp_edit_json(&p->new_json, buf_slice(&l->json), &l->d, edits, changes->n))
			die(STATUS_BUG, "%s: the changes do not fit the file", l->file);
	} else {
		struct buf mp = {0};
		dp_edit_msgpack(&mp, &l->d, edits, changes->n);
		const char *wrong =
		    json_write(&p->old_json, buf_slice(&l->d.mp), &(struct json_style){0});
		if (wrong || json_write(&p->new_json, buf_slice(&mp), &(struct json_style){0}))
			die(STATUS_DATA, "%s: the definition cannot be written as JSON", l->id);
		buf_free(&mp);
	}
	buf_check(&p->new_json, "a definition", NULL);
	buf_check(&p->old_json, "a definition", NULL);
	if (dp_read(&p->old, buf_slice(&p->old_json), &error) ||
	    dp_read(&p->new, buf_slice(&p->new_json), &error))
		die(STATUS_BUG, "%s: the new definition cannot be read", l->id);
	free(edits);
}

/* Every machine that works must have the new image, and some text the new build. */
static void
check_new(const struct moving *m, struct plan *p)
{
	struct live after = {.id = p->live->id, .name = p->live->name, .state = "", .d = p->new};
	const struct batches none = {0};
	bool *used = xcalloc(m->systems_n + 1, sizeof *used);
	live_look(&after, &none, (struct slice){0});
	for (size_t i = 0; i < after.images_n; i++)
		if (!slice_equal(after.images[i], m->to->image)) {
			buf_printf(&p->why,
			    "a machine would still have the image %.*s, which is that of no "
			    "--system that it moves from",
			    (int)after.images[i].n, after.images[i].p);
			p->step = STEP_REFUSED;
			break;
		}
	if (p->step != STEP_REFUSED && !after.images_n)
		refuse(p, "its machines have no imageId, and so no image that can be changed");
	dp_systems_of(&p->new, m->systems, m->systems_n, used);
	bool has_artifact = false;
	for (size_t i = 0; i < p->new.objects_n && !has_artifact; i++)
		for (size_t j = 0; j < p->new.objects[i].n; j++)
			has_artifact |=
			    dp_has_artifact(p->new.objects[i].fields[j].value, m->to->artifact);
	for (size_t i = 0; i < p->new.values_n; i++)
		has_artifact |= dp_has_artifact(p->new.values[i].value, m->to->artifact);
	for (size_t i = 0; i < p->new.parameters_n; i++)
		for (size_t j = 0; j < p->new.parameters[i].n; j++)
			has_artifact |=
			    dp_has_artifact(p->new.parameters[i].fields[j].value, m->to->artifact);
	if (p->step != STEP_REFUSED && !has_artifact)
		refuse(p, "the build of no --system is in it, so that it would run the old build "
			  "on the new image");
	for (size_t i = 0; i < m->systems_n && p->step != STEP_REFUSED; i++)
		if (used[i] && &m->systems[i] != m->to) {
			buf_printf(&p->why, "it would be of two systems, %.*s and %.*s",
			    (int)m->systems[i].name.n, m->systems[i].name.p, (int)m->to->name.n,
			    m->to->name.p);
			p->step = STEP_REFUSED;
		}
	free(used);
}

struct judging {
	const struct live *live;
	bool silent;
	struct buf last;
};

static void
report(void *context, const struct dp_finding *f)
{
	struct judging *j = context;
	if (f->is_warning)
		return;
	buf_reset(&j->last);
	buf_printf(&j->last, "%.*s%s%.*s: %s", (int)f->object.n, f->object.p, f->field.n ? "." : "",
	    (int)f->field.n, f->field.n ? f->field.p : "", f->text);
	if (!j->silent)
		message("%s (%s): as it is, before any change: %.*s", j->live->id, j->live->name,
		    (int)j->last.n, j->last.p);
}

/* An error that was there before is reported; one more is a reason not to move. */
static void
lint_both(const struct moving *m, struct plan *p)
{
	struct judging before = {.live = p->live}, after = {.live = p->live, .silent = true};
	struct dp_lint first = {.d = &p->old, .report = report, .context = &before, .now = m->now};
	struct dp_lint second = {.d = &p->new, .report = report, .context = &after, .now = m->now};
	dp_lint(&first);
	dp_lint(&second);
	if (second.errors > first.errors) {
		buf_printf(&p->why, "the new definition has an error: %.*s", (int)after.last.n,
		    after.last.p);
		p->step = STEP_REFUSED;
	}
	buf_free(&before.last);
	buf_free(&after.last);
}

static void
describe(
    const struct moving *m, struct plan *p, const struct dp_changes *changes, struct slice from)
{
	struct buf text = {0};
	char host[HOST_MAX] = "";
	state_put_id(&text);
	move_set(&p->move, MOVE_ID, buf_slice(&text));
	move_set(&p->move, MOVE_PIPELINE, slice_of(p->live->id));
	move_set(&p->move, MOVE_NAME, slice_of(p->live->name));
	move_set(&p->move, MOVE_FILE, slice_of(p->live->file ? p->live->file : ""));
	move_set(
	    &p->move, MOVE_TARGET, p->live->targets_n ? p->live->targets[0] : (struct slice){0});
	move_set(&p->move, MOVE_FROM, from);
	move_set(&p->move, MOVE_TO, m->to->name);
	buf_reset(&text);
	run_put_time(&text, state_now());
	move_set(&p->move, MOVE_STARTED, buf_slice(&text));
	gethostname(host, sizeof host - 1);
	move_set(&p->move, MOVE_HOST, slice_of(host));
	/* Not one that never ran, was stopped, or runs whenever it is activated. */
	bool runs = *p->live->state && strcmp(p->live->state, "PENDING") != 0 &&
		    strcmp(p->live->state, "INACTIVE") != 0;
	move_set(&p->move, MOVE_LIVE, slice_of(runs && !p->live->is_on_demand ? "yes" : "no"));
	buf_reset(&text);
	for (size_t i = 0; i < changes->n; i++) {
		const struct dp_change *c = &changes->items[i];
		put_side(&text, '-', c, c->before);
		put_side(&text, '+', c, buf_slice(&c->after));
	}
	buf_check(&text, "the changes", NULL);
	move_set(&p->move, MOVE_CHANGES, buf_slice(&text));
	buf_free(&text);
}

/* Somebody put a definition and did not activate it: the move would activate that, too. */
static bool
has_draft(const struct moving *m, struct live *l)
{
	struct dp_definition active;
	struct failure f = {0};
	if (l->file || l->is_on_demand || !*l->state || strcmp(l->state, "PENDING") == 0)
		return false;
	if (!datapipeline_get(m->aws, l->id, "active", &active, &f))
		die(f.status, "%s (%s): %s", l->id, l->name, f.text);
	bool differs = !dp_is_equal(&active, &l->d);
	dp_free(&active);
	return differs;
}

/* An encrypted value that the service shows as asterisks: put again, it would be lost. */
static bool
is_masked(const struct dp_field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct slice key = fields[i].key, value = fields[i].value;
		size_t stars = 0;
		while (stars < value.n && value.p[stars] == '*')
			stars++;
		if (key.n && *key.p == '*' && value.n && stars == value.n)
			return true;
	}
	return false;
}

static bool
has_masked_value(const struct dp_definition *d)
{
	bool masked = is_masked(d->values, d->values_n);
	for (size_t i = 0; i < d->objects_n; i++)
		masked |= is_masked(d->objects[i].fields, d->objects[i].n);
	return masked;
}

void
plan_move(const struct moving *m, struct live *l, struct plan *p)
{
	struct dp_changes changes = {0};
	struct buf from = {0};
	*p = (struct plan){.live = l, .step = STEP_MOVE};
	bool saved = saved_find(m, l, p);
	bool open = saved && (move_is(&p->move, MOVE_STATE, "planned") ||
				 move_is(&p->move, MOVE_STATE, "put"));
	if (saved && move_is(&p->move, MOVE_STATE, "undoing")) {
		refuse(p, "its undo was interrupted; run --undo again");
		return;
	}
	if (open && slice_equal(move_get(&p->move, MOVE_TO), m->to->name)) {
		if (dp_is_equal(&l->d, &p->new))
			p->step = STEP_ACTIVATE;
		else if (dp_is_equal(&l->d, &p->old))
			p->step = STEP_RESUME;
		else
			refuse_changed(p);
		return;
	}
	if (open) {
		refuse(p, "a move to another system was interrupted; finish or undo it first");
		return;
	}
	move_free(&p->move);
	dp_free(&p->old);
	dp_free(&p->new);
	buf_free(&p->old_json);
	buf_free(&p->new_json);
	p->move = (struct move){0};
	find_changes(m, l, &changes, &from);
	if (strcmp(l->state, "FINISHED") == 0) {
		refuse(p, "it has finished, and the service changes it no more");
	} else if (!changes.n) {
		bool is_there = false;
		bool *used = xcalloc(m->systems_n + 1, sizeof *used);
		dp_systems_of(&l->d, m->systems, m->systems_n, used);
		for (size_t i = 0; i < m->systems_n; i++)
			is_there |= used[i] && &m->systems[i] == m->to;
		free(used);
		if (is_there)
			p->step = STEP_NOTHING;
		else
			refuse(p, "it has the image and the build of no --system that it could "
				  "move from");
	} else if (has_masked_value(&l->d)) {
		refuse(p,
		    "it has an encrypted value that is read as asterisks, which would be put in "
		    "its place");
	} else if (has_draft(m, l)) {
		refuse(p,
		    "its last definition was not activated, and a move would do that; activate "
		    "it, or put the active one again");
	} else {
		make_new(p, &changes);
		describe(m, p, &changes, buf_slice(&from));
		check_new(m, p);
		if (p->step != STEP_REFUSED)
			lint_both(m, p);
	}
	dp_changes_free(&changes);
	buf_free(&from);
}

void
plan_undo(const struct moving *m, struct live *l, struct plan *p)
{
	*p = (struct plan){.live = l, .step = STEP_PUT_BACK};
	if (!saved_find(m, l, p) || move_is(&p->move, MOVE_STATE, "undone") ||
	    move_is(&p->move, MOVE_STATE, "refused") ||
	    (m->to && !slice_equal(move_get(&p->move, MOVE_TO), m->to->name))) {
		p->step = STEP_NOTHING;
		return;
	}
	bool undoing = move_is(&p->move, MOVE_STATE, "undoing");
	if (dp_is_equal(&l->d, &p->old))
		p->step = undoing || !move_is(&p->move, MOVE_STATE, "planned") ? STEP_ACTIVATE_OLD
									       : STEP_FORGET;
	else if (!dp_is_equal(&l->d, &p->new))
		refuse(p, "its definition was changed since it was moved, and the undo would lose "
			  "that; put the image and the build back by moving it to the old system");
}

/* The changes of an undo: in each pair of lines both change places. */
static void
put_reversed(struct buf *out, struct slice changes)
{
	struct slice first = {0};
	while (changes.n) {
		const char *end = memchr(changes.p, '\n', changes.n);
		struct slice line = {changes.p, end ? (size_t)(end - changes.p) + 1 : changes.n};
		changes.p += line.n;
		changes.n -= line.n;
		if (*line.p == '-') {
			first = line;
			continue;
		}
		buf_put_byte(out, '-');
		buf_put(out, line.p + 1, line.n - 1);
		if (!first.n)
			continue;
		buf_put_byte(out, '+');
		buf_put(out, first.p + 1, first.n - 1);
	}
}

void
plan_show(const struct plan *p)
{
	static const char *const verbs[] = {[STEP_NOTHING] = "nothing to do",
	    [STEP_MOVE] = "move",
	    [STEP_RESUME] = "go on with the move",
	    [STEP_ACTIVATE] = "go on with the move",
	    [STEP_PUT_BACK] = "undo the move",
	    [STEP_ACTIVATE_OLD] = "go on with the undo of the move",
	    [STEP_FORGET] = "undo the move",
	    [STEP_REFUSED] = "not moved"};
	struct slice from = move_get(&p->move, MOVE_FROM), to = move_get(&p->move, MOVE_TO);
	struct buf out = {0};
	visible_put(&out, slice_of(p->live->id));
	if (strcmp(p->live->id, p->live->name) != 0) {
		buf_put_text(&out, " (");
		visible_put(&out, slice_of(p->live->name));
		buf_put_byte(&out, ')');
	}
	for (size_t i = 0; i < p->live->targets_n; i++) {
		buf_put_text(&out, ", ");
		visible_put(&out, p->live->targets[i]);
	}
	buf_printf(&out, ": %s", verbs[p->step]);
	if (p->step == STEP_REFUSED)
		buf_printf(&out, ": %.*s", (int)p->why.n, p->why.p);
	else if (p->step != STEP_NOTHING)
		buf_printf(&out, " from %.*s to %.*s", (int)from.n, from.p, (int)to.n, to.p);
	buf_put_byte(&out, '\n');
	if (p->step == STEP_MOVE || p->step == STEP_RESUME)
		buf_put_slice(&out, move_get(&p->move, MOVE_CHANGES));
	if (p->step == STEP_PUT_BACK)
		put_reversed(&out, move_get(&p->move, MOVE_CHANGES));
	buf_check(&out, "the output", NULL);
	if (fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout))
		die_errno(STATUS_IO, "cannot write to standard output");
	buf_free(&out);
}
