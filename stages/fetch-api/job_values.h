/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_JOB_VALUES_H
#define STAGES_FETCH_API_JOB_VALUES_H

#include "common/web/template.h"

/* {create.PATH} and {poll.PATH}: values in the answers about the current task's job. */

/* Whether the name is one of them, as the options are. */
bool job_values_has(struct slice name);
/* Dies with STATUS_USAGE when the template of this option is filled before that answer is there. */
void job_values_check(const char *option, struct slice name);
/* Whether a request for the removal has a {poll.PATH}. */
bool job_values_remove_polled(void);
/*
 * The value, which stays until the task's next job; false if the path leads nowhere. With --print-request it is a
 * mark; url: the template is a URL that begins with it.
 */
bool job_values_get(struct slice name, bool url, struct template_value *v);
/* Whether there is no value: nothing at the path, null, or empty text. */
bool job_values_lacks(struct slice name);
/* Appends why the path leads nowhere. */
void job_values_explain(struct buf *b, struct slice name);

/* With --print-request: the length of the mark at p, 0 if there is none; *name is its variable of the shell. */
size_t job_values_mark_at(const char *p, size_t n, const char **name);
/* Prints a comment for each variable that the last request needs and that was not explained before. */
void job_values_print(void);

#endif
