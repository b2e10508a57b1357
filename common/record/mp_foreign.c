/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "common/record/mp.h"
#include "common/record/mp_foreign.h"
#include "common/record/value.h"
#include "common/text/utf8.h"
#include "common/text/utf8_repair.h"

struct level {
	uint64_t left; /* objects still to come */
	bool map;      /* every other one is a key */
};

static bool
fail(struct mp_foreign_error *error, const char *from, const char *to, const char *what)
{
	*error = (struct mp_foreign_error){what, {from, (size_t)(to - from)}};
	return false;
}

static void
put_text(const struct mp_foreign_rules *rules, struct slice text, struct buf *out)
{
	static const size_t most = (UINT32_MAX - 4) / UTF8_REPLACEMENT_BYTES;
	if (!rules->replaced || text.n > most || utf8_valid(text)) {
		mp_buf_str(out, text);
		return;
	}
	struct buf b = {0};
	size_t room = UTF8_REPLACEMENT_BYTES * text.n + 4;
	char *to = buf_reserve(&b, room);
	if (to) {
		struct utf8_repair done = utf8_repair(text, true, to, room);
		*rules->replaced += done.replaced;
		mp_buf_str(out, (struct slice){to, done.made});
	} else {
		out->failed = true;
	}
	buf_free(&b);
}

static bool
put_float(const struct mp_foreign_rules *rules, double f, struct buf *out)
{
	if (isfinite(f) || rules->nan == MP_FOREIGN_NAN_KEEP)
		mp_buf_float(out, f);
	else if (rules->nan == MP_FOREIGN_NAN_NULL)
		mp_buf_nil(out);
	else
		return false;
	return true;
}

static bool
put_ext(const struct mp_foreign_rules *rules, const struct mp_token *t, struct buf *out)
{
	struct slice payload = {t->p, t->n};
	bool ours = t->ext == EXT_DECIMAL || t->ext == EXT_DATE || t->ext == EXT_DATETIME;
	if (t->ext == EXT_TIMESTAMP || (ours && rules->ext == MP_FOREIGN_EXT_MAM))
		mp_buf_ext(out, t->ext, payload);
	else if (rules->ext == MP_FOREIGN_EXT_BYTES)
		mp_buf_bin(out, payload);
	else
		return false;
	return true;
}

/* A token, without the contents of a container. NULL, or why the stream cannot have it. */
static const char *
put_token(const struct mp_foreign_rules *rules, const struct mp_token *t, struct buf *out)
{
	switch (t->type) {
	case MP_NIL:
		mp_buf_nil(out);
		break;
	case MP_BOOL:
		mp_buf_bool(out, t->b);
		break;
	case MP_INT:
		mp_buf_int(out, t->i);
		break;
	case MP_UINT:
		mp_buf_uint(out, t->u);
		break;
	case MP_FLOAT:
		return put_float(rules, t->f, out) ? NULL : "is not a finite number";
	case MP_STR:
		put_text(rules, (struct slice){t->p, t->n}, out);
		break;
	case MP_BIN:
		mp_buf_bin(out, (struct slice){t->p, t->n});
		break;
	case MP_ARRAY:
		mp_buf_array(out, t->n);
		break;
	case MP_MAP:
		mp_buf_map(out, t->n);
		break;
	case MP_EXT:
		return put_ext(rules, t, out) ? NULL : "is of an extension type";
	}
	return NULL;
}

bool
mp_foreign_key(const struct mp_foreign_rules *rules, const char **p, const char *end,
    struct buf *out, struct mp_foreign_error *error)
{
	struct mp_token t;
	const char *from = *p, *after = mp_read(from, end, &t);
	if (t.type != MP_STR)
		return fail(error, from, mp_skip(from, end), "a key is not a text");
	put_text(rules, (struct slice){t.p, t.n}, out);
	*p = after;
	return true;
}

bool
mp_foreign_value(const struct mp_foreign_rules *rules, const char **p, const char *end,
    struct buf *out, struct mp_foreign_error *error)
{
	struct level levels[MP_DEPTH_MAX + 1] = {{.left = 1}};
	unsigned depth = 0;
	for (;;) {
		struct level *level = &levels[depth];
		if (!level->left) {
			if (!depth--)
				return true;
			continue;
		}
		if (level->map && level->left % 2 == 0) {
			if (!mp_foreign_key(rules, p, end, out, error))
				return false;
			level->left--;
			continue;
		}
		struct mp_token t;
		const char *from = *p;
		*p = mp_read(from, end, &t);
		level->left--;
		const char *wrong = put_token(rules, &t, out);
		if (wrong)
			return fail(error, from, *p, wrong);
		if (t.type == MP_ARRAY || t.type == MP_MAP)
			levels[++depth] =
			    (struct level){.left = t.type == MP_MAP ? 2 * (uint64_t)t.n : t.n,
				.map = t.type == MP_MAP};
	}
}
