/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_TOKEN_CACHE_H
#define STAGES_FETCH_API_TOKEN_CACHE_H

#include "common/text/bytes.h"
#include "stages/fetch-api/retry.h"

/*
 * The file in which processes share access tokens, one entry for each set of
 * credentials. An entry is found by a hash of the credentials, which are not in it.
 */
struct token {
	struct buf access;  /* n == 0: none */
	struct buf refresh; /* the one that the server gave in place of ours; n == 0: none */
	int64_t expires;    /* time to replace it, seconds since 1970; 0: when it is refused */
};

/* path NULL: the default place; "none": no cache. owner identifies the credentials. */
void token_cache_init(const char *path, uint64_t owner);
bool token_cache_kept(void);

/*
 * Locks the file against other processes until token_cache_unlock. Waits for
 * them as long as tries have time.
 */
void token_cache_lock(const struct retry *tries);
void token_cache_unlock(void);

/*
 * Fills t from our entry of the file; all empty if there is none. Call it under
 * the lock.
 */
void token_cache_read(struct token *t);
/*
 * Replaces the file at once, readable by its owner only: our entry is t, those of others
 * are as token_cache_read found them. Under the same lock.
 */
void token_cache_write(const struct token *t);

#endif
