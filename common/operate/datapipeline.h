/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_DATAPIPELINE_H
#define COMMON_OPERATE_DATAPIPELINE_H

#include "common/aws/aws.h"
#include "common/datapipeline/definition.h"

/*
 * The API of AWS Data Pipeline. The functions return false with the failure set. The service allows
 * one call a second after a hundred; calls that it throttles are tried again.
 */

/* A pipeline as ListPipelines and DescribePipelines give it. */
struct dp_pipeline {
	char *id, *name;
	char *state; /* PENDING before the first activation, SCHEDULED, INACTIVE, FINISHED, ... */
};

struct dp_pipelines {
	struct dp_pipeline *items;
	size_t n;
};

/* All pipelines of the account and region. */
bool datapipeline_list(struct aws *a, struct dp_pipelines *all, struct failure *f);
/* Fills the states. A pipeline that was deleted in the meantime keeps none. */
bool datapipeline_describe(struct aws *a, struct dp_pipelines *all, struct failure *f);

/* version: "latest", the one that was put last, or "active", the one that runs. */
bool datapipeline_get(
    struct aws *a, const char *id, const char *version, struct dp_definition *d, struct failure *f);

/*
 * Has the service check a definition, or store it. definition is the msgpack of the API's form. An
 * error that the service finds is a failure of STATUS_DATA with its text; warnings are appended to
 * *warnings, a line each.
 */
bool datapipeline_validate(struct aws *a, const char *id, struct slice definition,
    struct buf *warnings, struct failure *f);
bool datapipeline_put(struct aws *a, const char *id, struct slice definition, struct buf *warnings,
    struct failure *f);

/* Has the definition that was put last take effect; a pipeline on demand runs. */
bool datapipeline_activate(struct aws *a, const char *id, struct failure *f);

#endif
