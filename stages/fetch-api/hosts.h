/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_HOSTS_H
#define STAGES_FETCH_API_HOSTS_H

#include "common/web/template.h"
#include "stages/fetch-api/request.h"

/*
 * Which hosts a record may choose, and which of them get credentials. A host that the
 * options fix is never in question.
 */

/*
 * url is the template of --url, and lives as long as the process. in_header: a --header
 * holds a secret; other: an option beside it that does ("param"), or NULL. Dies with
 * STATUS_USAGE where the options would send a secret to any host.
 */
void hosts_init(const struct template *url, bool in_header, const char *other);

/*
 * Sets foreign and wary of q, whose URL is filled. Dies with STATUS_REFUSED where a
 * record chose a host that must not get the credentials.
 */
void hosts_check(struct request *q);

#endif
