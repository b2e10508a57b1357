/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/load/load_impl.h"
#include "common/program/message.h"
#include "common/sql/column_operand.h"

void
load_print_columns(const struct column *columns, size_t n)
{
	struct buf out = {0};

	for (size_t i = 0; i < n; i++)
		column_operand(&columns[i], &out);
	buf_check(&out, "the operands", NULL);
	if (fwrite(out.p ? out.p : "", 1, out.n, stdout) != out.n || fclose(stdout) != 0)
		die_errno(STATUS_IO, "standard output");
	buf_free(&out);
}
