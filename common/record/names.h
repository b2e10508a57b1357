/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_NAMES_H
#define COMMON_RECORD_NAMES_H

#include "common/text/bytes.h"

/*
 * The names of maps that are being read, kept as offsets into the bytes that hold
 * them, and whether one of them occurs twice. Maps nest: the names of an inner map
 * come after those of the outer ones, and are taken off when it ends.
 */
struct names {
	const char *start; /* base of the offsets; set by the caller */
	struct name {
		uint32_t at, n;
	} * list;
	size_t n, cap;
	uint32_t *slots; /* a hash table: index in list + 1, 0 is free */
	size_t n_slots;
};

/* Appends a name of at most 4 GiB from start. False if out of memory. */
bool names_add(struct names *names, struct slice name);
struct slice names_at(const struct names *names, size_t i);

/*
 * Looks for a name from first on that equals an earlier one from first on.
 * NAMES_UNIQUE, NAMES_REPEATED with *i its index, or NAMES_NO_MEMORY.
 */
enum names_found { NAMES_UNIQUE, NAMES_REPEATED, NAMES_NO_MEMORY };
enum names_found names_find_repeated(struct names *names, size_t first, size_t *i);

#endif
