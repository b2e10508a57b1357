/* SPDX-License-Identifier: MIT */
#ifndef STAGES_EXPLODE_ZIP_H
#define STAGES_EXPLODE_ZIP_H

#include "common/text/bytes.h"

/* --zip: element i of each array goes into record i. */

void zip_init(void);
/* Sends the records of one record, a map. False if it is bad (row.h). *empty grows if it has no elements. */
bool zip_send(struct slice map, uint64_t *empty);

#endif
