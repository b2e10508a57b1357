/* SPDX-License-Identifier: MIT */
#ifndef BATCH_WATCH_BATCHES_WATCH_H
#define BATCH_WATCH_BATCHES_WATCH_H

#include "common/operate/overview.h"
#include "common/program/options.h"

/* The command line of watch-batches. */
struct cfg {
	struct option_list slack, webhook, mail, exec;
	const char *webhook_key, *sendmail, *smtp, *smtp_user, *smtp_password, *mail_from, *cacert;
	int64_t timeout; /* milliseconds for one message */
};
extern struct cfg cfg;
extern const struct option_row *const watch_batches_tables[];

enum {
	EVENTS_MAX = 500, /* that wait for one channel */
	SLOTS = 14,       /* of each batch that are looked at */
	DAYS = 15,
};

/*
 * Something to report: a slot that went wrong, or a batch that is good again. All is text, so that
 * it can wait in a file for a channel that does not work.
 */
enum event_text {
	EVENT_KIND, /* failed, timeout, canceled, lost, late, missing, recovered */
	EVENT_BATCH,
	EVENT_SLOT,     /* ISO 8601 in UTC */
	EVENT_LOCAL,    /* the same in the zone of the schedule, with the zone's name */
	EVENT_RESOLVED, /* "yes": a later run was good before it could be reported */
	EVENT_OWNER,
	EVENT_TARGET,
	EVENT_STATUS,
	EVENT_MESSAGE,
	EVENT_LOG,
	EVENT_RERUN, /* the command that runs it again; empty for recovered */
	EVENT_TEXTS
};
extern const char *const event_text_names[EVENT_TEXTS];

struct event {
	struct buf text[EVENT_TEXTS];
};

/* A problem that a channel knows of. */
struct known {
	struct buf batch;
	struct buf key;  /* the slot and its state */
	struct buf slot; /* the slot alone, with the window of a run off the schedule */
	bool
	    closed; /* it was over at the last look; kept while it can be seen, so that it is not new */
	/* while comparing: it can still be seen, and it is not over */
	bool here, open;
};

/* One way to send, with all that it has reported and has to report. */
struct channel {
	enum channel_kind {
		CHANNEL_PRINT, /* standard output, which cron mails */
		CHANNEL_SLACK,
		CHANNEL_WEBHOOK,
		CHANNEL_MAIL,
		CHANNEL_EXEC,
		CHANNEL_OTHER /* of another command line: its state is kept, for a while */
	} kind;
	const char *to;  /* a secret's name, a command; NULL: cfg has the addresses */
	struct buf name; /* "slack env:URL": the same at the next look */
	int64_t looked;  /* when it was last compared; 0: never */
	struct known *known;
	size_t known_n;
	struct event *events; /* not sent yet */
	size_t events_n;
	int64_t dropped; /* events that were too many */
};

struct channels {
	struct channel *items;
	size_t n;
};

/* The channels of the command line. Dies with STATUS_USAGE if an option lacks another one. */
struct channels channels_named(void);

/*
 * Reads the state of the channels from watch.jsonl of the state folder, and adds the channels of
 * other command lines that it finds there. Dies with STATUS_DATA if the file is not one of ours.
 */
void memory_read(struct channels *all, const char *folder);
/* Writes it; dies with STATUS_IO, since nothing may be sent that would be forgotten. */
void memory_write(const struct channels *all, const char *folder);

/* Compares the overview with the channel's state and adds the new events. */
void compare(struct channel *c, const struct overview *o);
void event_free(struct event *e);
/* Room for one more event; the oldest is dropped if there are EVENTS_MAX. */
struct event *event_add(struct channel *c);

/* Builds the messages to send: digest.c. */
void digest_put_subject(struct buf *b, const struct channel *c);
void digest_put_text(struct buf *b, const struct channel *c);
void digest_put_json(struct buf *b, const struct channel *c, struct slice id, int64_t now);
void digest_put_slack(struct buf *b, const struct channel *c);

/* Sends all events of the channel: NULL, or why not (static or in *why), with a status of sysexits. */
struct outcome {
	int status; /* 0: sent */
	struct buf why;
};
void send_events(const struct channel *c, struct outcome *outcome);
/* By mail: send_mail.c. */
void send_mail(const struct channel *c, struct outcome *outcome);
/* Runs a program with the text as its standard input; argv[0] is looked for in PATH. */
void run_with_input(char *const *argv, struct slice input, struct outcome *outcome);
void outcome_set(struct outcome *o, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
