/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FROM_CSV_CONFIG_H
#define STAGES_FROM_CSV_CONFIG_H

#include "common/program/options.h"

/* The options; filled by options_parse and checked by config_check. */
struct config {
	const char *delimiter_text, *quote_text, *encoding, *header_text, *names_text;
	const char *skip_until;
	struct option_list stop_at;
	int64_t skip, drop_last, max_row;
	const char *escape_text;
	bool expect_stop, drop_nul;

	/* Made of the above. */
	char delimiter, quote; /* quote 0: none */
	bool escape;           /* backslash */
	enum { HEADER_FIRST, HEADER_CHECK, HEADER_SKIP, HEADER_NONE } header;
	struct option_list names; /* n 0: those of the header */
};

extern struct config config;
extern const struct option_row config_options[];

/* Dies with STATUS_USAGE when options do not fit together. */
void config_check(void);

/* Whether a row that has this first field is one of --stop-at. */
bool config_stops_at(struct slice first);

#endif
