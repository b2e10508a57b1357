/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch/run-batch/keep.h"
#include "common/json/json_read.h"
#include "common/operate/state.h"
#include "common/program/file.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"

enum { STAGE_BYTES_MAX = 256 * 1024, STAGES_BYTES_MAX = 2 * 1024 * 1024 };

static bool
number_of(struct slice object, const char *name, int64_t *n)
{
	struct mp_token t;
	if (!mp_member(object, name, &t) || t.type != MP_INT || t.i < 0)
		return false;
	*n = t.i;
	return true;
}

static void
add(struct run *r, enum run_number which, struct slice object, const char *name)
{
	int64_t n, sum;
	if (!number_of(object, name, &n))
		return;
	if (__builtin_add_overflow(r->number[which] < 0 ? 0 : r->number[which], n, &sum))
		sum = INT64_MAX;
	r->number[which] = sum;
}

static bool
begins(struct slice text, const char *with)
{
	size_t n = strlen(with);
	return text.n >= n && memcmp(text.p, with, n) == 0;
}

static void
add_stage(struct run *r, struct slice object)
{
	struct mp_token t;
	int64_t records_in = 0;
	if (!mp_member(object, "stage", &t) || t.type != MP_STR)
		return;
	struct slice stage = {t.p, t.n};
	add(r, RUN_REJECTED, object, "rejected");
	if (begins(stage, "load-")) {
		add(r, RUN_RECORDS, object, "records_in");
		add(r, RUN_INSERTED, object, "inserted");
		add(r, RUN_INSERTED, object, "inserted_or_updated");
		add(r, RUN_UPDATED, object, "updated");
		add(r, RUN_DELETED, object, "deleted");
	}
	if (number_of(object, "records_in", &records_in) && !records_in)
		add(r, RUN_BYTES, object, "bytes_in");
}

void
keep_counters(struct run *r, const char *folder)
{
	char **names;
	size_t n = state_list(folder, &names);
	struct buf stages = {.max = STAGES_BYTES_MAX};
	buf_put_byte(&stages, '[');
	for (size_t i = 0; i < n; i++) {
		struct buf path = {0}, text = {.max = STAGE_BYTES_MAX}, object = {0};
		struct json_error error;
		size_t length = strlen(names[i]);
		buf_printf(&path, "%s/%s%c", folder, names[i], '\0');
		buf_check(&path, "a path", NULL);
		/* A file that ends with ".part" was not finished. */
		if (length > 5 && strcmp(names[i] + length - 5, ".json") == 0 &&
		    file_read(path.p, &text) && !text.failed &&
		    json_to_msgpack(buf_slice(&text), JSON_DUPLICATES_ERROR, &object, &error)) {
			add_stage(r, buf_slice(&object));
			buf_put_text(&stages, stages.n > 1 ? "," : "");
			buf_put_slice(&stages, slice_trim(buf_slice(&text)));
		}
		buf_free(&path);
		buf_free(&text);
		buf_free(&object);
	}
	buf_put_byte(&stages, ']');
	if (!stages.failed && stages.n > 2)
		run_set(r, RUN_STAGES, buf_slice(&stages));
	buf_free(&stages);
	state_list_free(names, n);
}

void
keep_hold(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		flock(fd, LOCK_EX | LOCK_NB);
}

static bool
is_held(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;
	if (fd >= 0)
		close(fd);
	return held;
}

void
keep_prune(const char *folder_of_batch)
{
	char **names;
	size_t n = state_list(folder_of_batch, &names), captures = 0;
	/* From the last one back: the names are ids, in the order of their time. */
	for (size_t i = n; i-- > 0;) {
		struct buf path = {0};
		struct stat info;
		buf_printf(&path, "%s/%s%c", folder_of_batch, names[i], '\0');
		buf_check(&path, "a path", NULL);
		if (is_held(path.p)) {
			buf_free(&path);
			continue;
		}
		if (n - i > KEEP_RUNS)
			state_remove(path.p);
		else {
			path.n--;
			buf_printf(&path, "/capture%c", '\0');
			buf_check(&path, "a path", NULL);
			if (stat(path.p, &info) == 0 && ++captures > KEEP_CAPTURES)
				state_remove(path.p);
		}
		buf_free(&path);
	}
	state_list_free(names, n);
}
