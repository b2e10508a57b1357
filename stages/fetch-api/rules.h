/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_RULES_H
#define STAGES_FETCH_API_RULES_H

#include "common/program/options.h"
#include "stages/fetch-api/config.h"

/*
 * Fills config.rules from the values of --on. One without its action takes the next
 * operand, so that --on 'status=403 code=0003' rate-limited reads as it should.
 */
void rules_parse(const struct option_list *on, const struct operands *operands);

/* The values of --until or --fail-on (option is the name, for messages). */
struct body_rule *body_rules_parse(const char *option, const struct option_list *list);

/* The value of --rate. */
void rate_parse(const char *text);

/*
 * Parses a path option's value; dies with STATUS_USAGE if it is malformed. Does
 * nothing for NULL.
 */
void path_parse(struct json_path *path, const char *option, const char *text);
/* The same for --record-path, in which "{FIELD}" is allowed. */
void record_path_parse(struct json_path *path, const char *text);

#endif
