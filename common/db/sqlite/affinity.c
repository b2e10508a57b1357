/* SPDX-License-Identifier: MIT */
/* SQLite's declared types, as its documentation's "Determination Of Column Affinity" has them. */
#include "common/db/sqlite/affinity.h"

/* True if the declared type holds the word (upper case) anywhere, in any case. */
static bool
holds(struct slice type, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= type.n; i++) {
		size_t k = 0;
		while (k < n && (type.p[i + k] & ~0x20) == word[k])
			k++;
		if (k == n)
			return true;
	}
	return false;
}

static enum column_kind
kind_of(struct slice type, bool strict)
{
	if (holds(type, "INT"))
		return COLUMN_INT;
	if (holds(type, "CHAR") || holds(type, "CLOB") || holds(type, "TEXT"))
		return COLUMN_TEXT;
	if (type.n == 0 || (strict && holds(type, "ANY")))
		return COLUMN_ANY;
	if (holds(type, "BLOB"))
		return strict ? COLUMN_BYTES : COLUMN_ANY;
	if (holds(type, "REAL") || holds(type, "FLOA") || holds(type, "DOUB"))
		return COLUMN_FLOAT;
	return COLUMN_NUMERIC;
}

void
affinity_column(struct column *c, bool strict)
{
	c->kind = kind_of(c->type, strict);
	c->low = INT64_MIN;
	c->high = INT64_MAX;
	c->takes_bool = true;
	/* NaN would become NULL. */
	c->finite = true;
	/*
	 * SQLite keeps the bytes after a NUL, but its functions and its shell
	 * do not see them.
	 */
	c->no_nul = true;
	c->canonical = true;
	/* 1 and 1.0 */
	c->loose = c->kind == COLUMN_ANY || c->kind == COLUMN_NUMERIC;
	if (c->type.n == 0)
		c->type = SLICE("(none)");
}
