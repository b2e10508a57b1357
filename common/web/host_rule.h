/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_HOST_RULE_H
#define COMMON_WEB_HOST_RULE_H

#include "common/text/bytes.h"

/*
 * Which hosts are meant by HOST, HOST:PORT, *.DOMAIN or *.DOMAIN:PORT. A host is
 * compared as it is written, in any case: other spellings of an address do not match.
 */
struct host_rule {
	struct slice host; /* without the "*." */
	struct slice port; /* empty: the port of https */
	bool below;        /* any host below the domain, but not the domain itself */
};

/* Reads a rule, which points into text. NULL, or the fault, which completes "TEXT ..." (a static text). */
const char *host_rule_parse(struct host_rule *rule, struct slice text);

/*
 * Whether the rule means the URL's host. Without a port only https on port 443 does;
 * plain http needs a port that is named and is not 443.
 */
bool host_rule_matches(const struct host_rule *rule, struct slice url);

/* Appends the rule for exactly the host of this URL. */
void host_rule_put(struct buf *b, struct slice url);

#endif
