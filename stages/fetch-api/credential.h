/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_CREDENTIAL_H
#define STAGES_FETCH_API_CREDENTIAL_H

#include "common/program/secret.h"

/*
 * Reads a secret as secret_load does, and strikes it out of all messages. With --print-request and --replay
 * nothing is read: the value is a mark, which credential_at finds again in the text of the request.
 */
void credential_load(struct secret *s, const char *option, const char *name);

/* The length of the mark that begins at p, 0 if none does; *name is the name of its secret. */
size_t credential_at(const char *p, size_t n, const char **name);

#endif
