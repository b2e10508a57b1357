/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_PREDICATE_TOKEN_H
#define COMMON_RECORD_PREDICATE_TOKEN_H

#include "common/text/bytes.h"

/* The words and signs of a condition (predicate.h), one after the other. */

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,   /* bare */
	TOKEN_QUOTED, /* '…' or "…" */
	TOKEN_SIGN,   /* an operator, parenthesis or comma */
	TOKEN_BAD,    /* an open quote */
};

struct token {
	enum token_kind kind;
	struct slice text; /* without quotes */
	const char *at;    /* where it begins */
};

struct lexer {
	struct slice rest;
	struct token token; /* the next one */
	bool value;         /* it was read as a value: signs may be part of it */
	char *pool;         /* room for quoted texts, as many bytes as rest has */
};

/* Reads the next token. value: after an operator, where a bare word may contain signs. */
void lexer_take(struct lexer *s, bool value);
/* Reads the token again as a value, after it was read as something else. */
void lexer_as_value(struct lexer *s);

#endif
