/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_RECORDS_H
#define COMMON_OPERATE_RECORDS_H

#include "common/operate/history.h"

/*
 * The way of a run's record into the history: first to disk, then to the database. A record
 * that the database cannot take now stays on disk, and any later run on this host delivers it.
 * These functions print messages, and do not end the process.
 */

/*
 * Writes the record of a start or of an end to pending/. If the disk is full or
 * fails, a message gives the reason, and the record goes directly to the
 * history instead. If that fails too, the record is printed, so that it is in
 * the log.
 */
void records_keep(const char *folder, struct history *h, const struct run *r);

/*
 * Delivers all records that are pending on this host. False if some must wait;
 * a message gives the reason.
 */
bool records_deliver(const char *folder, struct history *h);

/*
 * Marks as lost the runs of a batch (empty: of all) that are "running" in the history but cannot
 * be: their lock in this state folder is free, or this host was booted since; those of other hosts
 * and state folders have given no sign of life for LOST_AFTER. Returns how many.
 */
enum { LOST_AFTER = 10 * 60 * 1000, SEEN_EVERY = 60 * 1000 }; /* milliseconds */
size_t records_mark_lost(const char *folder, struct history *h, struct slice batch);

/* The name of the lock of a batch and slot. */
char *records_lock_name(struct slice batch, struct slice slot);

/* Host, boot id and operating system of this machine, into a record. */
void records_set_host(struct run *r);

#endif
