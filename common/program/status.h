/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_STATUS_H
#define COMMON_PROGRAM_STATUS_H

/*
 * Exit statuses, from sysexits(3). They answer one question: may the batch be
 * tried again? See mam-etl(7) "EXIT STATUS".
 */
enum status {
	STATUS_OK = 0,
	STATUS_USAGE = 64,      /* the command line is wrong */
	STATUS_DATA = 65,       /* bad data; the message names record, field, value, rule */
	STATUS_REFUSED = 69,    /* refused by the other side for good (404, no such table) */
	STATUS_BUG = 70,        /* a bug of ours */
	STATUS_IO = 74,         /* local input or output */
	STATUS_TRY_AGAIN = 75,  /* network, rate limit, deadlock, lock, no memory */
	STATUS_INCOMPLETE = 76, /* the stream before was not complete */
	STATUS_PERMISSION = 77, /* credentials or permission */
	STATUS_CONFIG = 78,     /* configuration */
};

#endif
