/* SPDX-License-Identifier: MIT */
#ifndef STAGES_NORMALIZE_PLAN_H
#define STAGES_NORMALIZE_PLAN_H

#include "stages/normalize/held.h"
#include "stages/normalize/spec.h"

/*
 * The fields of the output. Without --rest keep they are those of the operands. With it, the plan is
 * made from the fields of the input: an operand whose source is one of them takes its place, all
 * others stay as they are, and operands with another source follow at the end.
 */

struct plan {
	struct spec **fields; /* in the order of the output */
	size_t n;
	struct schema schema;
	struct slice rest; /* a further field, of --rest json=; p NULL: none */
	bool nests;        /* a field is json */
};

/* Adds an operand, which lives on. Dies with STATUS_USAGE if another has its name. */
void plan_add_operand(struct plan *plan, struct spec *s);
/* --rest json=NAME: adds the field. */
void plan_add_rest(struct plan *plan, struct slice name);

/*
 * --rest keep: dropped are the fields that are left out. These texts are null in the kept fields,
 * too. Call it after the operands.
 */
void plan_keep(
    const struct slice *dropped, size_t n_dropped, const struct slice *nulls, size_t n_nulls);
/*
 * Makes the plan anew from the input's schema, or from the first records of an input without one.
 * True if the output needs a new schema item. Dies with STATUS_DATA when two fields would have one
 * name.
 */
bool plan_from_schema(struct plan *plan, const struct schema *in);
bool plan_from_records(struct plan *plan, const struct held *held);

/* Dies with STATUS_DATA when the schema does not have a dropped field … */
void plan_check_dropped_in(const struct schema *in);
/* … and, at the end, when records without a schema came and none had it. */
void plan_check_dropped(void);

/* Sets the counter "changed": {"cost": {"micros": 9}}, of the fields that a rule has changed. */
void plan_count_changes(void);

#endif
