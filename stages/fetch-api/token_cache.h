/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_TOKEN_CACHE_H
#define STAGES_FETCH_API_TOKEN_CACHE_H

#include "common/bytes.h"

/* The file in which processes share an access token. It belongs to one set of credentials. */
struct token {
	struct buf access;  /* n == 0: none */
	struct buf refresh; /* the one that the server gave in place of ours; n == 0: none */
	int64_t expires; /* when it is to be replaced, seconds since 1970; 0: when it is refused */
};

/* path NULL: the default place; "none": nothing is kept. owner tells the credentials apart. */
void token_cache_init(const char *path, uint64_t owner);
bool token_cache_kept(void);

/* Nobody else reads or writes the file until token_cache_unlock. Waits for others, at most --max-time. */
void token_cache_lock(void);
void token_cache_unlock(void);

/* Fills t from the file; all empty when there is none, or one of other credentials. Under the lock. */
void token_cache_read(struct token *t);
/* Replaces the file at once, readable by its owner only. Under the lock. */
void token_cache_write(const struct token *t);

#endif
