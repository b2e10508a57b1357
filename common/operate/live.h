/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_LIVE_H
#define COMMON_OPERATE_LIVE_H

#include "common/datapipeline/change.h"
#include "common/operate/batches.h"
#include "common/operate/datapipeline.h"

/*
 * Pipelines of AWS Data Pipeline, from the API or from files, and the work of each: the batches
 * that it launches, their targets, its image and build. These functions may end the process.
 */

/* Options that the programs share. */
struct live_options {
	struct option_list systems; /* "NAME,IMAGE,URI" */
	const char *targets;        /* a file with the targets of pipelines */
	struct option_list launchers;
};
extern struct live_options live_options;
extern const struct option_row live_option_rows[];

struct live_batch {
	struct slice name;         /* as the command has it */
	const struct batch *batch; /* NULL: there is no such batch */
};

struct live {
	const char *id, *name;
	const char *state; /* of the service; empty for a file */
	const char *file;  /* NULL: from the API */
	struct buf json;   /* of a file, as it is */
	struct dp_definition d;
	bool is_on_demand;
	struct live_batch *batches;
	size_t batches_n;
	struct slice *targets; /* "mysql team_x.day"; each once */
	size_t targets_n;
	struct slice *images, *artifacts; /* expanded; each once */
	size_t images_n, artifacts_n;
	struct buf schedule; /* "1 days from 2026-11-20T21:30:00Z"; empty: none */
};

struct lives {
	struct live *items; /* by id */
	size_t n;
};

/*
 * Reads the pipelines of the files, or with none those of the service. A file that is not a
 * definition is STATUS_DATA; failures of the service have their own status.
 */
struct lives live_read(struct aws *a, const struct operands *files, const struct batches *all);

/* Fills the members after is_on_demand, and it, from the definition. given: its target, if a file gives one. */
void live_look(struct live *l, const struct batches *all, struct slice given);

/* Reads the systems of --system, name, image and artifact each; dies with STATUS_USAGE. */
struct dp_system *live_systems(size_t *n);

/* Whether a target such as "mysql team_x.day" is one of a word such as mysql, mysql:team_x. */
bool live_is_target(struct slice target, struct slice word);

#endif
