/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_SQLITE_DRIVER_H
#define STAGES_LOAD_SQLITE_DRIVER_H

#include "common/load/load.h"

/* The loader's driver; its state is the file's name, a const char *. */
extern const struct load_driver sqlite_driver;

#endif
