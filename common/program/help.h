/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_HELP_H
#define COMMON_PROGRAM_HELP_H

#include "common/program/options.h"

/* Print --help (with the options that all programs have) and --version, and exit: 0, or 74 if standard output fails. */
_Noreturn void help_print(const struct program *program, const struct option_row *common);
/*
 * The same for programs (--help=json): one JSON object with the options, their kinds, limits and choices,
 * from which completions and checks are made.
 */
_Noreturn void help_print_json(const struct program *program, const struct option_row *common);
/* A completion for bash or zsh, and exits in the same way. */
_Noreturn void help_print_completion(
    const struct program *program, const struct option_row *common, bool zsh);
_Noreturn void help_print_version(const struct program *program);

#endif
