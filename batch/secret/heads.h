/* SPDX-License-Identifier: MIT */
#ifndef BATCH_SECRET_HEADS_H
#define BATCH_SECRET_HEADS_H

#include "batch/secret/secret.h"

/* The secrets that the head comments of batches name, mam-batch(5). */
struct needs {
	struct wanted *list;  /* variables and sources are copies */
	const char **batches; /* the name of the batch of each */
	size_t n;
	bool bad; /* the head of a batch has a mistake: a message named it */
};

/* Adds one source that was named itself. */
void needs_add(struct needs *needs, const char *batch, struct slice variable, struct slice source);

/*
 * Adds the secrets of one batch, by its name or path. Dies if the batch does
 * not exist, or if its head has a mistake.
 */
void needs_add_batch(struct needs *needs, const char *name);

/* Adds the secrets of all batches of the folders. Dies if the folders have no batch. */
void needs_add_all(struct needs *needs);

#endif
