/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_VARIABLES_H
#define STAGES_FETCH_API_VARIABLES_H

#include "common/web/template.h"

/*
 * The values of the names in templates: --set and --secret, the window ({from}, {to}),
 * and with --each the fields of the current input record. A name that is used and has
 * two sources is an error. The names are a list of its own and not a field_lookup.h: a template
 * asks by name, once per request, and not by the position of a field.
 */

/* Reads --set, --secret, --from, --to and --zone. */
void variables_init(void);

/*
 * A template of an option; dies with STATUS_USAGE if it is malformed or uses a
 * name that can never exist.
 */
struct template variables_template(
    const char *option, struct slice text, enum template_place place);
/* Whether a --secret is in it, and whether a field of the record may be. */
bool variables_hold_secret(const struct template *t);
bool variables_hold_record(const struct template *t);

/* Whether the name is several values: of the records of a group. */
bool variables_are_several(struct slice name);
/* Whether t can be filled: its names have values that are neither null nor empty. */
bool variables_are_there(const struct template *t, const char *option);

/* Dies when a name in t has another source in the current record; filling does so by itself. */
void variables_check(const struct template *t, const char *option);

/* Appends the filled template; dies with STATUS_DATA (STATUS_USAGE without --each) and names the record and the part at fault. */
void variables_fill(const struct template *t, const char *option, struct buf *out);

/*
 * The value of the only name that t consists of, as it is; false if t is more
 * than a name.
 */
bool variables_value(const struct template *t, const char *option, struct value *v);

#endif
