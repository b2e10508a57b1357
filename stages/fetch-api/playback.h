/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_PLAYBACK_H
#define STAGES_FETCH_API_PLAYBACK_H

#include "common/program/http_tap.h"

/* --replay, or a MAM_REPLAY that ends with ".har": answers come from a HAR file, and nothing is sent. */

/* Reads the file, and makes tap play it; dies with STATUS_IO or STATUS_CONFIG. Does nothing if no replay is wanted. */
void playback_init(struct http_tap *tap);

#endif
