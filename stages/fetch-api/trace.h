/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_TRACE_H
#define STAGES_FETCH_API_TRACE_H

#include "common/program/http_tap.h"

/* --trace and MAM_TRACE: all requests and answers as a HAR file, without secrets. */

/* Opens the file, and makes tap see; does nothing if no trace is wanted. */
void trace_init(struct http_tap *tap);

#endif
