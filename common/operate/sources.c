/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/operate/sources.h"
#include "common/operate/state.h"
#include "common/program/message.h"
#include "common/program/secret.h"

struct sources sources;

const struct option_row sources_options[] = {
    {.name = "batches",
	.word = "FOLDER",
	.help = "the batches are here; may be repeated (MAM_BATCHES, else pipelines/)",
	.kind = OPTION_LIST,
	.to.list = &sources.batches},
    {.name = "state",
	.word = "FOLDER",
	.help = "logs, locks and the history are here (MAM_STATE_DIR, else ~/.local/state/mam-etl)",
	.kind = OPTION_TEXT,
	.to.text = &sources.state},
    {.name = "history",
	.word = "URL",
	.help = "the history: postgresql://..., mysql://... or an SQLite file (MAM_HISTORY, else "
		"history.db)",
	.kind = OPTION_TEXT,
	.to.text = &sources.history},
    {.name = "history-password",
	.word = "SECRET",
	.help = "the history's password, named by env:NAME or file:PATH",
	.kind = OPTION_TEXT,
	.to.text = &sources.password},
    {0},
};

struct history *
sources_try_history(bool create)
{
	const char *url = sources.history ? sources.history : getenv("MAM_HISTORY");
	struct secret password = {0};
	char *file = NULL;
	if (sources.password)
		secret_load(&password, "history-password", sources.password);
	if (!url || !*url)
		url = file = state_path(state_folder(sources.state), "history.db", NULL);
	struct history *h = history_open(
	    url, sources.password ? secret_value(&password).p : NULL, message_program(), create);
	secret_wipe(&password);
	free(file);
	return h;
}

struct history *
sources_open_history(bool create)
{
	struct history *h = sources_try_history(create);
	const struct db_error *e = history_error(h);
	if (db_error_is_set(e))
		die(e->status, "cannot open the history: %s", e->text);
	return h;
}
