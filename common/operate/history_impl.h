/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_HISTORY_IMPL_H
#define COMMON_OPERATE_HISTORY_IMPL_H

#include "common/operate/history.h"
#include "common/sql/sql.h"

/*
 * The functions of one database for a history. All parameters and cells are
 * text; p NULL is null.
 */
struct history_store {
	enum sql_dialect dialect;
	/* *missing: the database does not exist, and create is false. */
	void *(*open)(const char *address, const char *password, const char *program, bool create,
	    bool *missing);
	void (*close)(void *connection);
	const struct db_error *(*error)(const void *connection);
	void (*fail)(void *connection, const char *why);      /* sets the error, STATUS_CONFIG */
	void (*forgive)(void *connection);                    /* clears it */
	void (*wait)(void *connection, int64_t milliseconds); /* NULL: has no such limit */
	bool (*execute)(
	    void *connection, struct slice sql, const struct slice *parameters, size_t n);
	bool (*select)(void *connection, struct slice sql, size_t columns,
	    void (*row)(void *context, const struct slice *cells), void *context);
	enum history_lock (*lock)(void *connection, struct slice name);
};

struct history {
	const struct history_store *store;
	void *connection;
	bool missing;          /* the history does not exist yet */
	struct db_error error; /* if there is no connection */
};

/* Whether the database has a table of this name, which is one of ours. */
bool history_has_table(struct history *h, const char *name);
/* Runs statements that make tables, while no other program does; NULL ends the list. */
void history_make_tables(struct history *h, const char *const *statements);

enum { HISTORY_COLUMNS = RUN_TEXTS + (int)RUN_NUMBERS };

extern const struct history_store history_sqlite, history_pg, history_mysql;

#endif
