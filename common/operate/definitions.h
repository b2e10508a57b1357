/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_DEFINITIONS_H
#define COMMON_OPERATE_DEFINITIONS_H

#include "common/datapipeline/definition.h"

/* Definitions of AWS Data Pipeline in files. */

enum { DEFINITION_WHY = 256 };

/*
 * Reads a definition from a file, or from standard input for "-", whose text stays in *json. False
 * with the reason in why (a sentence part) if it is not one; dies with STATUS_IO if it cannot be
 * read.
 */
bool definition_read_file(
    struct dp_definition *d, struct buf *json, const char *file, char why[DEFINITION_WHY]);

#endif
