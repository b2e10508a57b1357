/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_SQL_IMPL_H
#define COMMON_SQL_SQL_IMPL_H

#include "common/sql/sql.h"

/* Parts of statements that sql.c, sql_window.c and sql_check.c share. */

/* Which columns a list takes. */
enum sql_choice { SQL_ALL, SQL_KEYS, SQL_WINDOWS, SQL_VALUES };

/* "a", "b" or, with a table alias, s."a", s."b"::inet. */
void sql_put_columns(
    struct buf *b, const struct sql_load *l, const char *alias, enum sql_choice choice);
/* t."a" = s."a" AND …; cast: the stage's side is cast, which a subquery may have done already. */
void sql_put_equal(struct buf *b, const struct sql_load *l, enum sql_choice choice, bool cast);
/* The target's name. */
void sql_put_target(struct buf *b, const struct sql_load *l);
/* The qualified name of a temporary table. */
void sql_put_temporary(struct buf *b, const struct sql_load *l, const char *name);
/* CREATE TEMPORARY TABLE, and the parts of its AS SELECT … FROM target that give no rows. */
void sql_put_create_temporary(struct buf *b, const struct sql_load *l);
void sql_put_as_select(struct buf *b, const struct sql_load *l);
void sql_put_from_nothing(struct buf *b, const struct sql_load *l);
/* DELETE FROM target AS t, up to the name of the other table. */
void sql_put_delete_join(struct buf *b, const struct sql_load *l);

#endif
