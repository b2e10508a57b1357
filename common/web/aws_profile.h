/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_AWS_PROFILE_H
#define COMMON_WEB_AWS_PROFILE_H

#include "common/text/bytes.h"

/*
 * The files ~/.aws/config and ~/.aws/credentials as text: sections "[kind name]" or
 * "[name]", lines "key = value", indented lines that belong to the key above them. Lines
 * that begin with '#' or ';' are comments; a value goes to the end of its line.
 */

/*
 * The section that a kind and a name mean: "[profile dev]" for "profile" and "dev",
 * "[dev]" for an empty kind. The section "[default]" is the profile called default, too.
 */
struct aws_section {
	const char *kind;
	struct slice name;
};

bool aws_profile_has(struct slice file, struct aws_section section);

/* The value of a key; the last one counts. False if the section or the key is not there. */
bool aws_profile_value(
    struct slice file, struct aws_section section, const char *key, struct slice *value);

/* The value of an indented key under the key called group. */
bool aws_profile_nested(struct slice file, struct aws_section section, const char *group,
    const char *key, struct slice *value);

#endif
