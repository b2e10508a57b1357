/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_PG_SERVER_H
#define STAGES_LOAD_PG_SERVER_H

#include "common/db/pg/pg.h"

/* The loader's one connection. Errors of the database layer end the process here, with their status. */

/* Dies when the connection cannot be opened. to, password: see struct pg_settings; lock_timeout: milliseconds. */
void server_open(const char *to, const char *password, int64_t lock_timeout);
struct pg_connection *server(void);

/* Gives the number of the record that is a row of the current COPY, from 1. */
void server_name_records(uint64_t (*record_of)(uint64_t row));
/* Dies with the connection's error, unless good. */
void server_check(bool good);

/* The functions of pg.h, checked. */
void server_run(const char *sql);
uint64_t server_execute(struct slice sql, const struct pg_parameter *parameters, size_t n);
/*
 * False if the server refuses with this SQLSTATE: the transaction has failed,
 * up to a savepoint.
 */
bool server_execute_unless(const char *state, struct slice sql, uint64_t *rows);
struct pg_rows server_query(struct slice sql);

/* Texts mean the same under any settings of the role; or what those settings make of them. See pg/session.h. */
void server_begin_session(void);
void server_our_settings(void);
void server_their_settings(void);

#endif
