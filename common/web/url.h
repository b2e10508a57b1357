/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_URL_H
#define COMMON_WEB_URL_H

#include "common/text/bytes.h"

/* The parts of URLs (RFC 3986) that fetch-api needs; text only. */

/* Appends s with every byte but letters, digits and "-._~" percent-encoded. */
void url_put_encoded(struct buf *b, struct slice s);

/* Appends s with "+" as a space and percent-encoded bytes decoded. */
void url_put_decoded(struct buf *b, struct slice s);

/* Whether the text is http:// or https:// (in any case) with a host whose spelling hides nothing. */
bool url_is_http(struct slice url);

/*
 * Appends the parts of a URL that may be shown: scheme, host, port and path.
 * User and password are left out and a query becomes "?…", since they may
 * contain secrets.
 */
void url_put_shown(struct buf *b, struct slice url);

/* Scheme, host and port are the same; a missing port is the scheme's. */
bool url_same_origin(struct slice a, struct slice b);

/* The host as it is written, an IPv6 address in its brackets; empty when the text is not an http or https URL. */
struct slice url_host(struct slice url);
/* The port as it is written, or the scheme's; empty when the text is not an http or https URL. */
struct slice url_port(struct slice url);
bool url_is_https(struct slice url);
/* The path, from its slash on, and the query without its '?', both as they are written. */
struct slice url_path(struct slice url);
struct slice url_query(struct slice url);

/*
 * Whether the beginning of a URL holds the whole host, so that the rest is
 * path, query or fragment.
 */
bool url_ends_host(struct slice beginning);

/* Whether from is https and to is http, so that secrets would be sent unencrypted. */
bool url_is_downgrade(struct slice from, struct slice to);

/* Whether the authority part holds a user ("//user@host"). */
bool url_has_user(struct slice url);

/*
 * Appends url with the query parameter set: in place of one of that name that
 * is there, else after the others. Name and value are encoded here. A fragment
 * is left out.
 */
void url_put_param(struct buf *b, struct slice url, struct slice name, struct slice value);
/* The same, but always after the others. */
void url_put_more(struct buf *b, struct slice url, struct slice name, struct slice value);

#endif
