/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <unistd.h>

#include "common/json/json_write.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "common/text/hash.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/poll.h"
#include "stages/fetch-api/redact.h"

enum { VALUES_MAX = 3, MINUTE_MS = 60 * 1000 };

bool
poll_is_awaited(const struct answer *a)
{
	struct answer_view view = answer_view(a);
	for (size_t i = 0; i < config.n_until; i++)
		if (conditions_hold_for_all(&config.until[i].when, &view))
			return true;
	return !config.n_until;
}

static const struct json_path *
path_of(size_t i)
{
	return &config.until[i].when.list->path;
}

/* Walks a path to its end; the values, as JSON, go into b. True if it led somewhere. */
static bool
put_values(struct buf *b, const struct answer *a, const struct json_path *path)
{
	static const struct json_style style = {0};
	struct slice value, last = {0};
	struct mp_walk w;
	size_t n = 0;
	mp_walk_start(&w, buf_slice(&a->json), path);
	while (mp_walk_next(&w, &value)) {
		/* A hundred jobs that all run are one "RUNNING". */
		if (last.n && slice_equal(value, last))
			continue;
		last = value;
		if (n++ >= VALUES_MAX)
			continue;
		buf_put_text(b, n > 1 ? ", " : "");
		json_write(b, value, &style);
	}
	if (n > VALUES_MAX)
		buf_put_text(b, ", ...");
	return w.found && !w.strange;
}

const char *
poll_value(const struct answer *a)
{
	static struct buf text;
	struct buf values = {0};
	for (size_t i = 0; i < config.n_until && a->json.n && !values.n; i++)
		put_values(&values, a, path_of(i));
	buf_reset(&text);
	buf_put_text(&text, values.n ? redact(buf_slice(&values)) : "nothing");
	buf_put_byte(&text, '\0');
	buf_free(&values);
	return text.failed ? "(no memory)" : text.p;
}

/* A path that is misspelt would be waited for until --timeout. */
static void
check_paths(const struct request *q, const struct answer *a)
{
	struct buf why = {0};
	if (!a->json.n || config.allow_missing)
		return;
	for (size_t i = 0; i < config.n_until; i++) {
		struct buf values = {0};
		bool found = put_values(&values, a, path_of(i));
		buf_free(&values);
		if (found)
			return;
	}
	mp_path_explain(&why, buf_slice(&a->json), path_of(0));
	die(STATUS_DATA, "%s: --until %s leads nowhere in the answer: %s (see --allow-missing)",
	    answer_told(q, a), redact(slice_of(config.until[0].text)), redact(buf_slice(&why)));
}

void
poll_say(const struct request *q, const char *what, const char *value)
{
	static int terminal = -1;
	struct poll_notes *notes = &fetch.task->poll;
	if (terminal < 0)
		terminal = isatty(STDERR_FILENO) && !getenv("MAM_LOG");
	uint64_t hash = hash64(value, strlen(value));
	if (now_ms() < notes->next && (!terminal || hash == notes->last))
		return;
	notes->next = now_ms() + MINUTE_MS;
	notes->last = hash;
	message("%s%s %s: waiting for %s, now %s", record_prefix(), q->method,
	    redact_url(buf_slice(&q->url)), what, value);
}

void
poll_note(const struct request *q, const struct answer *a)
{
	struct buf what = {0};
	check_paths(q, a);
	buf_printf(&what, "--until %s", redact(slice_of(config.until[0].text)));
	buf_put_byte(&what, '\0');
	poll_say(q, what.failed ? "--until" : what.p, poll_value(a));
	buf_free(&what);
}
