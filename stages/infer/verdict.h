/* SPDX-License-Identifier: MIT */
#ifndef STAGES_INFER_VERDICT_H
#define STAGES_INFER_VERDICT_H

#include "stages/infer/tree.h"

/* The type and rules that fit all values of a field, or text and the reason why nothing else is sure. */
struct verdict {
	enum value_type type; /* VALUE_NULL: an object, whose members are fields of their own */
	struct buf rules;     /* ";group=,;point=." */
	struct buf reason;    /* why it is text; empty if it is text beyond doubt */
	struct buf note;      /* to be considered, though the type is sure */
	bool with_nulls;      /* the null words among the texts have to be named by null= */
};

/* An all-zero verdict, or one of before, is filled. */
void verdict_find(struct verdict *v, const struct node *node);
/* For numbers only; called by it. */
void verdict_numbers(struct verdict *v, const struct node *node);

#endif
