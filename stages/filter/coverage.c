/* SPDX-License-Identifier: MIT */
#include "stages/filter/coverage.h"
#include "common/program/message.h"
#include "common/record/mp.h"

bool
coverage_whole(const struct predicate *p, struct slice item, const enum value_type *types)
{
	static struct record coverage, window;
	struct mp_token head;
	if (!mp_read(item.p, item.p + item.n, &head) || head.type != MP_EXT ||
	    !record_read(&coverage, NULL, (struct slice){head.p, head.n}, true))
		die(STATUS_INCOMPLETE, "a coverage item of the input is malformed");
	long at = record_find(&coverage, SLICE("window"), 0);
	if (at < 0 || coverage.cells[at].value.type != VALUE_JSON ||
	    !record_read(&window, NULL, coverage.cells[at].value.s, true))
		die(STATUS_INCOMPLETE, "a coverage item of the input has no window");
	return predicate_ask_window(p, &window, types) == PREDICATE_TRUE;
}
