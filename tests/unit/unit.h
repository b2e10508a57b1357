/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The whole unit-test framework: CHECK counts the checks and names those that
 * fail; main ends with `return unit_done("NAME")`, which prints "NAME: N
 * passed, N failed".
 */
struct unit {
	unsigned passed, failed;
};
static struct unit unit;

static inline void
unit_check(int good, const char *what, const char *file, int line)
{
	if (good) {
		unit.passed++;
		return;
	}
	unit.failed++;
	fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
}

#define CHECK(condition) unit_check((condition) != 0, #condition, __FILE__, __LINE__)

/* Loops over very many cases take one in so many of them: 1, and more under valgrind, which is fifty times slower. */
static inline int
unit_every(void)
{
	return getenv("MAM_UNIT_FEW") ? 20 : 1;
}

static inline int
unit_done(const char *name)
{
	printf("%s: %u passed, %u failed\n", name, unit.passed, unit.failed);
	return unit.failed != 0;
}

#endif
