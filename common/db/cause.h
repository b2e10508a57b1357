/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_CAUSE_H
#define COMMON_DB_CAUSE_H

#include "common/program/status.h"

/*
 * Why a database refused. Each database maps its error codes to these causes, and the
 * cause alone decides the exit status: the same cause has the same status in every
 * loader. mam-etl(7) lists them under "Errors of a database".
 */
enum db_cause {
	CAUSE_REFUSED,     /* anything else: the server does not do this */
	CAUSE_NETWORK,     /* no connection, or it was lost */
	CAUSE_SERVER,      /* the server starts, stops, or has too many connections */
	CAUSE_READ_ONLY,   /* the server is a standby or read-only, as during a failover */
	CAUSE_LOCK,        /* locked by another session for too long */
	CAUSE_DEADLOCK,    /* deadlock, or a transaction that cannot be serialized */
	CAUSE_TIME_LIMIT,  /* a limit of the server for a statement or a transaction */
	CAUSE_INTERRUPTED, /* an administrator ended the statement or the session */
	CAUSE_CHANGED,     /* the table was made or altered at the same time */
	CAUSE_RESOURCES,   /* memory, disk, a file or a limit at the server's machine */
	CAUSE_LOCAL_DISK,  /* the file of a database on this machine: full, or an I/O error */
	CAUSE_CREDENTIALS, /* the login was refused */
	CAUSE_PERMISSION,  /* the user lacks a right */
	CAUSE_MISSING,     /* no such database, table, column or index */
	CAUSE_DATA,        /* a value or a row: range, encoding, constraint, trigger */
	CAUSE_CONFIG,      /* a setting, a certificate, a limit that someone must change */
	CAUSE_STATEMENT,   /* our statement is malformed: a bug */
};

enum status db_cause_status(enum db_cause cause);

#endif
