/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_CONFIG_IMPL_H
#define STAGES_FETCH_API_CONFIG_IMPL_H

#include "common/program/options.h"

/* Shared by the files that hold the options only. */

/* The options of --auth, and what they need of each other. */
extern const struct option_row config_auth_options[];
void config_check_auth(void);

/* The options of waits.c. */
extern const struct option_row waits_options[];
void waits_parse(void);

/* The options of asynchronous jobs: each for itself, and what they need of each other. */
extern const struct option_row config_job_options[];
void config_parse_job(void);
void config_check_job(void);

/* The options of windows.c. */
extern const struct option_row windows_options[];
void windows_parse(void);

/* Dies with STATUS_USAGE without a value of an option that for_what needs. */
void config_need(const char *value, const char *option, const char *for_what);
/* Dies with STATUS_USAGE if an option is given that is good with what only. */
void config_only_for(bool given, const char *option, bool good, const char *what);

#endif
