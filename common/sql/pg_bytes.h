/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_PG_BYTES_H
#define COMMON_SQL_PG_BYTES_H

#include <stdint.h>

/* Integers of PostgreSQL's binary form: the highest byte is first. */

static inline uint16_t
pg_get_16(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	return (uint16_t)(u[0] << 8 | u[1]);
}

static inline uint32_t
pg_get_32(const char *p)
{
	return (uint32_t)pg_get_16(p) << 16 | pg_get_16(p + 2);
}

static inline uint64_t
pg_get_64(const char *p)
{
	return (uint64_t)pg_get_32(p) << 32 | pg_get_32(p + 4);
}

#endif
