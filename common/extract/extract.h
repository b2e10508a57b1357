/* SPDX-License-Identifier: MIT */
#ifndef COMMON_EXTRACT_EXTRACT_H
#define COMMON_EXTRACT_EXTRACT_H

#include "common/program/options.h"
#include "common/record/record.h"
#include "common/sql/sql.h"
#include "common/stream/stream.h"

/*
 * Shared by the stages that read a database: options, the query and its parameters, the cursor
 * with its bookmark, coverage, the records. A stage is a struct extract_driver and a main that calls
 * options_parse and extract_run. (common/load is the other direction.)
 */

/* --url --password --query --table --fields --param --from --to --cursor … --dry-run */
extern const struct option_row extract_options[];

struct extract_login {
	const char *url, *password; /* password: its value; NULL: none is given */
	int64_t lock_timeout;       /* milliseconds */
};

/*
 * The operations of a database. Each function dies if the database refuses. Order of the calls:
 * open, describe, begin, next …, end. Parameters are values of any type but json.
 */
struct extract_driver {
	enum sql_dialect dialect;
	/* Connects, and begins a transaction that only reads and sees one state of the database. */
	void (*open)(const struct extract_login *login);
	/* Calls extract_add for each column of the query. */
	void (*describe)(struct slice sql, const struct value *parameters, size_t n);
	/*
	 * Appends how the value of field i is selected from its column, whose quoted name is given. False,
	 * with nothing appended, if it is the column itself.
	 */
	bool (*put_selected)(struct buf *b, size_t i, struct slice column);
	/* Sends the query that the fields are selected by. */
	void (*begin)(struct slice sql, const struct value *parameters, size_t n);
	/* Appends the values of the next row as msgpack; false if there are no more. */
	bool (*next)(struct buf *row);
	void (*end)(void);
};

/* The whole life of the stage after options_parse. */
void extract_run(const struct extract_driver *driver);

/* For describe: the next field. Dies if its name cannot be one, or is there already. */
void extract_add(struct slice name, enum value_type type);
/* Whether --text names the field: it is text as the server writes it. */
bool extract_wants_text(struct slice name);

/* For next. Dies: field i of the current row is a value that cannot be in a record. shown may be empty. */
_Noreturn void extract_fail(size_t i, struct slice shown, const char *why);
/* A value that has no equal in the field's type: appends null if --special says so, else dies. */
void extract_special(size_t i, struct slice shown, struct buf *row);
/* Appends a text, which must be UTF-8. */
void extract_put_text(size_t i, struct slice text, struct buf *row);
/* Appends the value of a JSON text. */
void extract_put_json(size_t i, struct slice text, struct buf *row);

#endif
