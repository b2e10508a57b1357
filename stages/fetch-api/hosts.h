/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_HOSTS_H
#define STAGES_FETCH_API_HOSTS_H

#include "common/web/template.h"
#include "stages/fetch-api/request.h"

/*
 * Which hosts a record may choose, and which of them get credentials. A host that the
 * options fix is never in question.
 */

struct hosts {
	const char *option; /* of the URL, for messages */
	/* the first name in the URL whose value decides the host and is not the options'; p NULL: none does */
	struct slice field;
	bool with_secrets; /* the request carries credentials */
};

/*
 * url is the template of this option, and lives as long as the process. in_header: a header
 * holds a secret; other: an option beside it that does ("param"), or NULL; body: the option of
 * the body, or NULL. Dies with STATUS_USAGE where the options would send a secret to any host.
 */
void hosts_init(struct hosts *h, const char *option, const struct template *url, bool in_header,
    const char *other, const char *body);

/*
 * Sets foreign and wary of q, whose URL is filled. Dies with STATUS_REFUSED where a
 * record chose a host that must not get the credentials.
 */
void hosts_check(const struct hosts *h, struct request *q);

#endif
