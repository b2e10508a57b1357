/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/windows.h"

void
windows_begin(struct windows *w)
{
	w->done = false;
}

bool
windows_next(struct windows *w, struct window *window)
{
	if (w->done)
		return false;
	buf_reset(&window->from);
	buf_reset(&window->to);
	w->done = true;
	return true;
}
