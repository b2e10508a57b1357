/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_COMPLETION_H
#define COMMON_PROGRAM_COMPLETION_H

#include "common/program/options.h"

/*
 * Prints the completion of a program's command line for bash (--help=bash) or zsh (--help=zsh),
 * made from its table of options and those of all programs.
 */
void completion_print(const struct program *program, const struct option_row *common, bool zsh);

#endif
