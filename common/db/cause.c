/* SPDX-License-Identifier: MIT */
#include "common/db/cause.h"

enum status
db_cause_status(enum db_cause cause)
{
	switch (cause) {
	case CAUSE_NETWORK:
	case CAUSE_SERVER:
	case CAUSE_READ_ONLY:
	case CAUSE_LOCK:
	case CAUSE_DEADLOCK:
	case CAUSE_TIME_LIMIT:
	case CAUSE_INTERRUPTED:
	case CAUSE_CHANGED:
	case CAUSE_RESOURCES:
		return STATUS_TRY_AGAIN;
	case CAUSE_LOCAL_DISK:
		return STATUS_IO;
	case CAUSE_CREDENTIALS:
	case CAUSE_PERMISSION:
		return STATUS_PERMISSION;
	case CAUSE_DATA:
		return STATUS_DATA;
	case CAUSE_CONFIG:
		return STATUS_CONFIG;
	case CAUSE_STATEMENT:
		return STATUS_BUG;
	case CAUSE_REFUSED:
	case CAUSE_MISSING:
		break;
	}
	return STATUS_REFUSED;
}
