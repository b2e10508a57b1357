/* SPDX-License-Identifier: MIT */
#ifndef LOAD_PG_SESSION_H
#define LOAD_PG_SESSION_H

/*
 * Settings of the session, all until the transaction ends. DEFAULTs, triggers and checks of
 * the table see those of its role, database or connection string (zone, spelling of dates);
 * only where the server parses a text for us do ours hold.
 */

/* Once, after BEGIN. The server closes the session of a client that has vanished, unless the owner has set when. */
void session_begin(void);
/* What a text means no longer depends on the role's settings. */
void session_ours(void);
void session_theirs(void);

#endif
