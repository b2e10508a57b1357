/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/db/mysql/info.h"

/* The number after word, or otherwise. */
static uint64_t
number_after(const char *info, const char *word, uint64_t otherwise)
{
	const char *at = info ? strstr(info, word) : NULL;

	return at ? strtoull(at + strlen(word), NULL, 10) : otherwise;
}

/* "Records: 3  Duplicates: 1  Warnings: 0" or "Rows matched: 3  Changed: 1  Warnings: 0" */
uint64_t
info_rows(const char *info, uint64_t affected, uint64_t *inserted)
{
	/* A row that ON DUPLICATE KEY UPDATE changed is a duplicate and affected twice; one that is the same counts nowhere. */
	*inserted = affected - 2 * number_after(info, "Duplicates: ", 0);
	uint64_t selected = number_after(info, "Records: ", affected);
	return number_after(info, "Rows matched: ", selected);
}
