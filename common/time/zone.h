/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TIME_ZONE_H
#define COMMON_TIME_ZONE_H

#include "common/text/bytes.h"

/*
 * The rules of a time zone, from the bytes of a TZif file (RFC 8536, versions 2
 * and later with their POSIX footer) or from a fixed offset. libc is not used,
 * because it silently takes an unknown zone for UTC.
 */
struct zone;

/* UTC, Z, +hh, +hhmm or +hh:mm; NULL if the name is something else (or no memory). */
struct zone *zone_fixed(struct slice name);
/*
 * From a file's bytes, which may go away afterwards; NULL if they are not TZif
 * version 2 or later.
 */
struct zone *zone_read(struct slice bytes);
void zone_free(struct zone *zone);

/* Seconds east of UTC at an instant (seconds since 1970 in UTC). */
int32_t zone_offset(const struct zone *zone, int64_t utc);

enum zone_fit {
	ZONE_ONCE,
	ZONE_NEVER, /* the wall clock jumps over it */
	ZONE_TWICE, /* the wall clock shows it twice; earlier and later are set */
};

/* The instants at which the wall clock shows local (seconds since 1970-01-01T00:00:00 of the wall clock). */
enum zone_fit zone_instants(
    const struct zone *zone, int64_t local, int64_t *earlier, int64_t *later);

#endif
