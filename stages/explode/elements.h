/* SPDX-License-Identifier: MIT */
#ifndef STAGES_EXPLODE_ELEMENTS_H
#define STAGES_EXPLODE_ELEMENTS_H

#include "common/text/bytes.h"

/* The array at PATH, whose elements become records; the path may go through other arrays. */

void elements_init(void);
/* Sends the records of one record, a map. False if it is bad (row.h). *empty grows by the arrays without elements. */
bool elements_send(struct slice map, uint64_t *empty);

#endif
