/* SPDX-License-Identifier: MIT */
#ifndef COMMON_BATCH_HEAD_H
#define COMMON_BATCH_HEAD_H

#include "common/text/bytes.h"

/*
 * The head comment of a batch, mam-batch(5): lines "# key: value" in the first
 * comment of an executable file, in any language. Comment lines begin with '#',
 * or with "//" or "--". A key is a word in lower case at the beginning of a
 * comment line; a line such as "# Note: …" or "#   usage: …" (two spaces or
 * more, or a capital) is ordinary text.
 */

enum {
	HEAD_BYTES_MAX = 64 * 1024, /* of a file that are searched for its head */
	HEAD_NAME_MAX = 100,        /* bytes of a batch's name */
	HEAD_WORDS_MAX = 64,        /* of a list: os, secrets, settings */
};

/* A secret of the batch: the environment variable, and the source that run-batch reads it from. */
struct head_secret {
	struct slice variable;
	struct slice source; /* "ssm:/path"; empty: the variable itself must be set */
};

struct head {
	struct slice name;     /* key "batch" */
	struct slice about;    /* one sentence */
	struct slice schedule; /* five fields of cron and a zone, see schedule.h */
	struct slice target;   /* "postgresql TABLE" */
	struct slice owner;
	struct slice api;    /* "NAME VERSION" */
	struct slice window; /* days before the slot's date that FROM is, "7d" */
	int64_t timeout;     /* milliseconds; 0: not given */
	int64_t
	    late; /* milliseconds after the slot when a run that is missing is late; 0: not given */
	int64_t retry_wait;  /* milliseconds before the first retry; 0: not given */
	int64_t retries;     /* -1: not given */
	int64_t window_days; /* 0: not given */
	int64_t sunset;      /* days since 1970-01-01; meaningful if has_sunset */
	bool has_sunset;
	struct slice os[HEAD_WORDS_MAX];
	size_t os_count;
	struct head_secret secrets[HEAD_WORDS_MAX];
	size_t secret_count;
	struct slice settings[HEAD_WORDS_MAX];
	size_t setting_count;
	size_t keys; /* lines "# key: value" with a known key; 0: the file is not a batch */
};

/* A mistake in a head; text is a sentence part such as "\"tiemout\" is not a key, did you mean timeout?". */
struct head_mistake {
	size_t line; /* from 1 */
	char text[256];
};

/*
 * Reads the head of a file from its first bytes. The slices in *head point into text. False
 * on a mistake, which is described in *mistake: an unknown or repeated key, a value that is
 * empty or malformed. The schedule is checked for its form; the zone's name is not, since
 * that needs the system's files. The file is a batch if head->keys is not 0.
 */
bool head_read(struct slice text, struct head *head, struct head_mistake *mistake);

/* Whether a name can be a batch's: letters, digits, '.', '_' and '-', not '.' or '-' first. */
bool head_name_is_good(struct slice name);

#endif
