/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_SOURCES_H
#define COMMON_OPERATE_SOURCES_H

#include "common/operate/history.h"
#include "common/program/options.h"

/*
 * The options that name the batches, the state folder and the history, for programs that look at
 * all batches. These functions may end the process.
 */
struct sources {
	struct option_list batches;
	const char *state, *history, *password;
};
extern struct sources sources;
extern const struct option_row sources_options[];

/*
 * The history that the options or MAM_HISTORY name, else history.db in the state folder. Dies
 * with the error's status if it cannot be opened. create: see history_open.
 */
struct history *sources_open_history(bool create);
/* The same, with the error in the history. */
struct history *sources_try_history(bool create);

#endif
