/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/record/mp_path.h"
#include "common/web/api_error.h"

enum { CODE_MAX = 32, TEXT_MAX = API_ERRORS_MAX * CODE_MAX };

/* With their lengths: every key of an answer is compared with them. */
#define WORD(text)                                                                                 \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}
static const struct slice holders[] = {WORD("error"), WORD("errors"), WORD("errorDetail"),
    WORD("errorDetails"), WORD("operationErrors"), WORD("batchErrors"), {0}};
static const struct slice codes[] = {
    WORD("code"), WORD("errorCode"), WORD("error_code"), WORD("error"), WORD("status"), {0}};
static const struct slice messages[] = {WORD("message"), WORD("error_description"),
    WORD("errorMessage"), WORD("error_message"), WORD("error_msg"), WORD("debug_message"),
    WORD("msg"), WORD("description"), WORD("detail"), WORD("details"), WORD("title"),
    WORD("reason"), {0}};

static size_t
rank(struct slice name, const struct slice *list)
{
	for (size_t i = 0; list[i].n; i++)
		if (name.n == list[i].n && slice_equal_caseless(name, list[i]))
			return i + 1;
	return 0;
}

/* A code as text. One for each error that is kept: so the buffer, which has room for all, never moves. */
static struct slice
code_text(struct api_errors *e, const struct mp_token *t)
{
	if (t->type == MP_STR)
		return (struct slice){t->p, t->n};
	size_t at = e->text.n;
	buf_printf(&e->text, "%" PRId64, t->i);
	return (struct slice){e->text.p + at, e->text.n - at};
}

/*
 * Reads the object whose pairs begin at p; of a list, the word that comes first
 * counts.
 */
static void
take_object(struct api_errors *e, const char *p, const char *end, size_t pairs, bool top)
{
	struct api_error error = {0};
	struct mp_token best = {0};
	size_t best_code = SIZE_MAX, best_message = SIZE_MAX;
	for (size_t i = 0; i < pairs; i++) {
		struct mp_token key, value;
		mp_read(mp_read(p, end, &key), end, &value);
		struct slice name =
		    key.type == MP_STR ? (struct slice){key.p, key.n} : (struct slice){0};
		size_t code = rank(name, codes), message = rank(name, messages);
		if (code && code < best_code && (value.type == MP_STR || value.type == MP_INT)) {
			best_code = code;
			best = value;
		}
		if (message && message < best_message && value.type == MP_STR) {
			best_message = message;
			error.message = (struct slice){value.p, value.n};
		}
		/* The last one may be the bulk of the answer. */
		if (i + 1 < pairs)
			p = mp_skip(mp_skip(p, end), end);
	}
	/* A status alone is a word of many answers that are not errors. */
	if (top && best_code == 5 && !error.message.n)
		return;
	if (best_code != SIZE_MAX)
		error.code = code_text(e, &best);
	if (error.code.n || error.message.n)
		e->list[e->n++] = error;
}

/* An open container. */
struct open {
	size_t left; /* values to come */
	bool map;
	bool error; /* it is in an error member */
};

void
api_errors_find(struct api_errors *e, struct slice body)
{
	struct open stack[MP_DEPTH_MAX + 1];
	size_t depth = 0;
	const char *p = body.p, *end = p + body.n;
	e->n = 0;
	e->inside = false;
	buf_reset(&e->text);
	if (!body.n || !buf_reserve(&e->text, TEXT_MAX))
		return;
	stack[0] = (struct open){.left = 1};
	for (;;) {
		while (!stack[depth].left) {
			if (!depth--)
				return;
		}
		struct open *in = &stack[depth];
		bool error = in->error;
		in->left--;
		if (in->map) {
			struct mp_token key;
			p = mp_read(p, end, &key);
			error = error ||
				(key.type == MP_STR && rank((struct slice){key.p, key.n}, holders));
		}
		e->inside |= error && mp_is_something((struct slice){p, (size_t)(end - p)});
		struct mp_token t;
		p = mp_read(p, end, &t);
		bool top = depth == 0;
		if (e->n == API_ERRORS_MAX)
			return;
		if (t.type == MP_STR && in->error && !in->map)
			e->list[e->n++] = (struct api_error){.message = {t.p, t.n}};
		if (t.type == MP_MAP && (error || top))
			take_object(e, p, end, t.n, top && !error);
		if ((t.type == MP_MAP || t.type == MP_ARRAY) && depth < MP_DEPTH_MAX)
			stack[++depth] =
			    (struct open){.left = t.n, .map = t.type == MP_MAP, .error = error};
	}
}
