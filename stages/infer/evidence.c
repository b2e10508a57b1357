/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "common/program/message.h"
#include "stages/infer/evidence.h"

enum { TEXT_MAX = 400, IN_TURN = 4 };

void
evidence_add(struct evidence *e, struct slice value, uint64_t record)
{
	if (e->n++)
		return;
	size_t n = value.n;
	e->record = record;
	e->cut = n > EXAMPLE_BYTES;
	if (e->cut)
		n = EXAMPLE_BYTES;
	/* Not within a character. */
	while (e->cut && n > 0 && ((unsigned char)value.p[n] & 0xc0) == 0x80)
		n--;
	if (n)
		memcpy(e->text, value.p, n);
	e->bytes = (uint8_t)n;
}

const char *
evidence_value(const struct evidence *e)
{
	static char texts[IN_TURN][TEXT_MAX];
	static unsigned turn;
	char *text = texts[turn++ % IN_TURN];
	snprintf(
	    text, TEXT_MAX, "%s%s", quoted((struct slice){e->text, e->bytes}), e->cut ? "..." : "");
	return text;
}

const char *
evidence_text(const struct evidence *e)
{
	static char texts[IN_TURN][TEXT_MAX];
	static unsigned turn;
	char *text = texts[turn++ % IN_TURN];
	snprintf(text, TEXT_MAX, "record %" PRIu64 " %s", e->record, evidence_value(e));
	return text;
}
