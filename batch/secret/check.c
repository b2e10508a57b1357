/* SPDX-License-Identifier: MIT */
#include "batch/secret/heads.h"
#include "common/text/visible.h"

/* The verb check: every secret of every batch exists and can be read. Only names are printed. */

enum status
check_run(const struct operands *operands)
{
	struct needs needs = {0};
	struct aws *aws = settings.region ? open_aws() : NULL;
	for (size_t i = 0; i < operands->n; i++)
		needs_add_batch(&needs, operands->items[i]);
	if (!operands->n)
		needs_add_all(&needs);
	secrets_fetch(&aws, needs.list, needs.n);
	for (size_t i = 0; i < needs.n; i++) {
		struct buf line = {0};
		struct wanted *w = &needs.list[i];
		buf_printf(&line, "%s\t", needs.batches[i]);
		if (w->failure.status == STATUS_OK)
			buf_printf(&line, "%s: %s: ok", w->variable,
			    quoted(slice_of(w->source[0] ? w->source : "env")));
		else
			visible_put(&line, slice_of(w->failure.text));
		buf_put_byte(&line, '\n');
		buf_check(&line, "a line", NULL);
		put_output(buf_slice(&line));
		buf_free(&line);
		secret_wipe(&w->value);
	}
	enum status status = secrets_status(needs.list, needs.n);
	return needs.bad && (status == STATUS_OK || status == STATUS_TRY_AGAIN) ? STATUS_CONFIG
										: status;
}
