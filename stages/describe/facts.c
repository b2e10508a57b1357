/* SPDX-License-Identifier: MIT */
#include "stages/describe/facts.h"
#include "common/record/mp.h"

struct facts facts;

static void
take_header(const struct header *header)
{
	if (facts.streams++)
		return;
	buf_put_slice(&facts.by, header->by);
	buf_put_slice(&facts.run, header->run);
	facts.dry = header->dry;
}

static void
take_stages(struct slice stages, size_t count)
{
	const char *p = stages.p, *end = p + stages.n;
	facts.stage_count += count;
	for (size_t i = 0; i < count; i++) {
		const char *next = mp_skip(p, end);
		if (facts.stages.n + (size_t)(next - p) > STAGES_BYTES)
			return;
		buf_put(&facts.stages, p, (size_t)(next - p));
		facts.stages_kept++;
		p = next;
	}
}

static void
take_seal(const struct seal *seal)
{
	facts.sealed++;
	facts.seal = *seal;
	facts.seal.stages = facts.seal.digest = (struct slice){0};
	buf_reset(&facts.digest_text);
	buf_put_slice(&facts.digest_text, seal->digest);
	take_stages(seal->stages, seal->stage_count);
}

static void
take_abort(const struct abort_note *note)
{
	facts.failed = true;
	facts.status = (int)note->exit;
	buf_put_slice(&facts.failed_stage, note->stage);
	buf_put_slice(&facts.why, note->why);
	take_stages(note->stages, note->stage_count);
}

const struct stream_observer facts_observer = {
    .header = take_header, .seal = take_seal, .aborted = take_abort};

static struct slice
payload_of(struct slice item)
{
	struct mp_token t;
	mp_read(item.p, item.p + item.n, &t);
	return (struct slice){t.p, t.n};
}

/* The key of a state; empty if it is not a text. */
static struct slice
key_of(struct slice payload)
{
	struct record r = {0};
	struct slice key = {0};
	if (record_read(&r, NULL, payload, false)) {
		long at = record_find(&r, SLICE("key"), 0);
		if (at >= 0 && r.cells[at].value.type == VALUE_TEXT)
			key = r.cells[at].value.s;
	}
	record_free(&r);
	return key;
}

/* Keeps the last state of each key. */
void
facts_take_state(struct slice item)
{
	struct slice payload = payload_of(item), key = key_of(payload);
	size_t i = 0;
	facts.states++;
	if (payload.n > ITEM_BYTES)
		return;
	while (i < facts.n_state && !slice_equal(key_of(buf_slice(&facts.state[i])), key))
		i++;
	if (i == ITEMS_SHOWN)
		return;
	facts.n_state += i == facts.n_state;
	buf_reset(&facts.state[i]);
	buf_put_slice(&facts.state[i], payload);
}

void
facts_take_coverage(struct slice item)
{
	struct slice payload = payload_of(item);
	facts.windows++;
	if (payload.n <= ITEM_BYTES && facts.n_window < ITEMS_SHOWN)
		buf_put_slice(&facts.window[facts.n_window++], payload);
}

void
facts_fail(enum status status, const char *why)
{
	if (facts.failed)
		return;
	facts.failed = true;
	facts.status = (int)status;
	buf_put_text(&facts.why, why);
}
