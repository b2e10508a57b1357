/* SPDX-License-Identifier: MIT */
#ifndef BATCH_CHECK_HOST_ELF_H
#define BATCH_CHECK_HOST_ELF_H

#include "common/text/bytes.h"

/* The parts of an executable file that decide whether a machine can start it. */

struct version {
	unsigned major, minor;
};

enum { ELF_PATH_MAX = 256 };

struct elf {
	bool is_elf;
	char loader[ELF_PATH_MAX]; /* "/lib64/ld-linux-x86-64.so.2"; empty: the program is static */
	struct version glibc;      /* the newest version of glibc that its symbols need */
};

/*
 * Reads the bytes of a file. NULL, or why it cannot run here (a static text that completes "the file
 * ..."). A file of another format is not an error: is_elf is false.
 */
const char *elf_read(struct slice file, struct elf *e);

/* "2.36" at the beginning of text; false if there is no such number. */
bool version_read(struct slice text, struct version *v);
bool version_less(struct version a, struct version b);

#endif
