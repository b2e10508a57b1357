/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_HTTP_REDIRECT_H
#define COMMON_PROGRAM_HTTP_REDIRECT_H

#include "common/program/http.h"

/*
 * Which redirects http.c follows. The answer to a request for the URL from redirects: sets
 * *next to the URL that it leads to, and method and body of the next request in *q. Returns
 * NULL, or a static text that says why it must not be followed.
 */
const char *http_redirect(
    const struct http_answer *answer, struct slice from, struct buf *next, struct http_request *q);

#endif
