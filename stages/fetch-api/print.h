/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_PRINT_H
#define STAGES_FETCH_API_PRINT_H

#include "stages/fetch-api/request.h"

/*
 * --print-request: prints the request as a command line of curl(1) for sh. Where a secret belongs, the
 * command reads it from its source; no secret is printed.
 */
void print_request(const struct request *q);

/* Dies with STATUS_IO if standard output has not taken it all. */
void print_end(void);

#endif
