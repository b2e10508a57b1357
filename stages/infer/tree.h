/* SPDX-License-Identifier: MIT */
#ifndef STAGES_INFER_TREE_H
#define STAGES_INFER_TREE_H

#include "common/record/field_lookup.h"
#include "common/record/record.h"
#include "stages/infer/numbers.h"
#include "stages/infer/times.h"

/* What was seen in each field of the records, and in each member of objects in them. */

/* Spellings of null. */
enum { NULL_WORDS = 18 };
extern const char *const null_words[NULL_WORDS];

enum bool_words { BOOL_TRUE_FALSE, BOOL_YES_NO, BOOL_Y_N, BOOL_ON_OFF, BOOL_WORDS };

struct node {
	struct slice name;
	struct node *parent;      /* NULL: a field of the record */
	size_t depth;             /* 0 for those */
	enum value_type declared; /* by a schema; VALUE_NULL: none */

	uint64_t seen;                        /* records that have it */
	struct evidence types[VALUE_BAD + 1]; /* of its values, nulls included */
	struct evidence arrays;               /* of those that are json */
	struct evidence infinite;             /* floats without digits */

	/* Of the texts. */
	uint64_t words[NULL_WORDS]; /* those that may mean null; the others are … */
	uint64_t texts;             /* … these */
	uint64_t trimmed;           /* with white space at an end */
	struct numbers numbers;
	struct times times;
	struct evidence bools[BOOL_WORDS];
	struct evidence other; /* neither a number, a time nor a bool */
	size_t longest;        /* characters, of all texts */

	struct node **members; /* of the objects */
	size_t n_members;
	struct field_lookup lookup;
	bool whole; /* too many different names, or too deep: the object stays one field */
};

enum {
	NODES_MAX = FIELDS_MAX,
	MEMBERS_MAX = 300, /* of an object; beyond, its names are data */
};

/* The fields of the records are the members of the root. */
struct node *tree_root(void);
/* The fields of a schema are there before any record, with their types. */
void tree_schema(const struct schema *schema);
/* Dies with STATUS_DATA when there are more than FIELDS_MAX fields. */
void tree_add(const struct record *r, uint64_t record);

#endif
