/* SPDX-License-Identifier: MIT */
#ifndef BATCH_CHECK_HOST_EXPORT_H
#define BATCH_CHECK_HOST_EXPORT_H

#include "common/text/bytes.h"

/*
 * The checks as a file of goss(1) or serverspec. With --export the functions below write a check and
 * return true: there is nothing to run. Without it they do nothing and return false.
 */
void export_as(const char *format);
bool exporting(void);

/* A command of sh(1) that must exit with 0. The texts are copied. */
bool export_command(const char *title, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A file, or a folder, that must be there. */
bool export_file(const char *path, bool folder);
bool export_user(const char *name);

/* Writes everything to standard output. */
void export_end(void);

/* Text as one word of sh(1), in memory of its own. */
char *shell_word(const char *text);

#endif
