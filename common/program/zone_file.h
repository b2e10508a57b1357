/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_ZONE_FILE_H
#define COMMON_PROGRAM_ZONE_FILE_H

#include "common/time/zone.h"

/*
 * The zone of an offset (UTC, +09:00) or of a name (Asia/Tokyo) from the system's
 * files, in $TZDIR or /usr/share/zoneinfo. NULL with *wrong set (completes "NAME …");
 * it lives until the process ends.
 */
const struct zone *zone_named(struct slice name, const char **wrong);

#endif
