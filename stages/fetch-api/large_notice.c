/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/large_notice.h"
#include "common/record/mp_path.h"
#include "common/text/hash.h"
#include "common/web/api_report.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/large.h"
#include "stages/fetch-api/records.h"

/* One bit a question, as a byte. */
static void
put(struct buf *kind, bool yes)
{
	buf_put_byte(kind, yes ? '1' : '0');
}

/* Each condition by itself, since another unit may meet the next one. */
static void
put_conditions(struct buf *kind, const struct conditions *all, const struct answer_view *view)
{
	for (size_t i = 0; i < all->n; i++) {
		struct conditions one = {.list = &all->list[i], .n = 1};
		if (all->list[i].what >= CONDITION_CODE)
			put(kind, conditions_hold(&one, view));
	}
}

/* All values must hold for --until: a unit without one does not count. */
static void
put_until(struct buf *kind, const struct conditions *until, const struct answer_view *view)
{
	struct mp_walk w;
	struct slice value;
	mp_walk_start(&w, view->body, &until->list->path);
	put(kind, mp_walk_next(&w, &value));
	put(kind, conditions_hold_for_all(until, view));
}

/* A unit that has its records in it may have an error in their place. */
static void
put_envelope(struct buf *kind, struct slice unit)
{
	struct json_path rest =
	    json_path_part(&config.record_path, large_steps(), config.record_path.n);
	struct slice name;
	if (!rest.n)
		return;
	put(kind, records_count(unit, &rest) > 0);
	buf_put_byte(kind, (char)('0' + api_report_find(unit, &name)));
}

bool
notice_unit(
    struct notice *n, const struct answer *a, struct slice answer, struct slice unit, bool *many)
{
	char bytes[512];
	struct buf kind = {.p = bytes, .cap = sizeof bytes, .max = sizeof bytes};
	api_errors_find(&n->errors, answer);
	const struct answer_view view = {.status = a->http.status,
	    .headers = buf_slice(&a->http.headers),
	    .body = answer,
	    .errors = &n->errors};
	put(&kind, n->errors.n > 0);
	put(&kind, n->errors.inside);
	put_envelope(&kind, unit);
	for (size_t i = 0; i < config.n_rules; i++)
		put_conditions(&kind, &config.rules[i].when, &view);
	for (size_t i = 0; i < config.n_fail_on; i++)
		put_conditions(&kind, &config.fail_on[i].when, &view);
	for (size_t i = 0; i < config.n_until; i++)
		put_until(&kind, &config.until[i].when, &view);
	uint64_t hash = hash64(kind.p, kind.n);
	for (size_t i = 0; i < n->n; i++)
		if (n->kinds[i] == hash)
			return false;
	*many = kind.failed || n->n == NOTICE_KINDS;
	if (!*many)
		n->kinds[n->n++] = hash;
	return true;
}

void
notice_free(struct notice *n)
{
	buf_free(&n->errors.text);
}
