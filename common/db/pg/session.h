/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_PG_SESSION_H
#define COMMON_DB_PG_SESSION_H

#include "common/db/pg/pg.h"

/*
 * Settings of the session that change how a text is read or written, all until the
 * transaction ends. DEFAULTs, triggers and checks of a table see those of its role, database
 * or connection string (zone, style of dates); ours hold only where the server reads or writes
 * texts for us.
 */

enum { PG_SESSION_SETTINGS = 4 };

/* All zero before pg_session_begin. */
struct pg_session {
	char *theirs[PG_SESSION_SETTINGS];
	bool ours; /* ours hold now */
};

/*
 * Once, after BEGIN: reads their settings, and has the server close the session of a client that
 * has vanished, unless the owner has set when. pg_session_free frees the settings.
 */
bool pg_session_begin(struct pg_connection *c, struct pg_session *s);
void pg_session_free(struct pg_session *s);
/* From now on the meaning of a text does not depend on the role's settings. */
bool pg_session_ours(struct pg_connection *c, struct pg_session *s);
bool pg_session_theirs(struct pg_connection *c, struct pg_session *s);

#endif
