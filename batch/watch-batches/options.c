/* SPDX-License-Identifier: MIT */
#include "batch/watch-batches/watch.h"
#include "common/operate/sources.h"
#include "common/program/message.h"
#include "common/text/ascii.h"

struct cfg cfg = {.sendmail = "/usr/sbin/sendmail", .timeout = 30 * 1000};

static const struct option_row rows[] = {
    {.name = "slack",
	.word = "SECRET",
	.help = "send to the incoming webhook of Slack whose URL is this secret; may be repeated",
	.kind = OPTION_LIST,
	.to.list = &cfg.slack},
    {.name = "webhook",
	.word = "SECRET",
	.help = "send JSON to the URL that is this secret; may be repeated",
	.kind = OPTION_LIST,
	.to.list = &cfg.webhook},
    {.name = "webhook-key",
	.word = "SECRET",
	.help = "sign what goes to a webhook with this key",
	.kind = OPTION_TEXT,
	.to.text = &cfg.webhook_key},
    {.name = "mail",
	.word = "ADDRESS",
	.help = "send a mail to this address; may be repeated",
	.kind = OPTION_LIST,
	.to.list = &cfg.mail},
    {.name = "mail-from",
	.word = "ADDRESS",
	.help = "the sender of the mail",
	.kind = OPTION_TEXT,
	.to.text = &cfg.mail_from},
    {.name = "sendmail",
	.word = "PATH",
	.help = "the program that takes the mail (/usr/sbin/sendmail)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.sendmail},
    {.name = "smtp",
	.word = "URL",
	.help =
	    "send the mail to this server in place of sendmail: smtp://HOST:587 or smtps://HOST",
	.kind = OPTION_TEXT,
	.to.text = &cfg.smtp},
    {.name = "smtp-user",
	.word = "NAME",
	.help = "user of the mail server (the sender)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.smtp_user},
    {.name = "smtp-password",
	.word = "SECRET",
	.help = "password of the mail server, sent over TLS only",
	.kind = OPTION_TEXT,
	.to.text = &cfg.smtp_password},
    {.name = "exec",
	.word = "COMMAND",
	.help = "run this command with the JSON as its standard input; may be repeated",
	.kind = OPTION_LIST,
	.to.list = &cfg.exec},
    {.name = "cacert",
	.word = "FILE",
	.help = "trust the certificates of this file in place of the system's",
	.kind = OPTION_TEXT,
	.to.text = &cfg.cacert},
    {.name = "timeout",
	.word = "DURATION",
	.help = "give up on one message after this time (30s)",
	.kind = OPTION_DURATION,
	.to.number = &cfg.timeout,
	.low = 100,
	.high = 600 * 1000},
    {0},
};

const struct option_row *const watch_batches_tables[] = {rows, sources_options, NULL};

static void
add(struct channels *all, enum channel_kind kind, const char *word, const char *to)
{
	all->items = xrealloc(all->items, (all->n + 1) * sizeof *all->items);
	struct channel *c = &all->items[all->n++];
	*c = (struct channel){.kind = kind, .to = to};
	buf_printf(&c->name, to ? "%s %s" : "%s", word, to);
	buf_check(&c->name, "the name of a channel", NULL);
	for (size_t i = 0; i + 1 < all->n; i++)
		if (slice_equal(buf_slice(&all->items[i].name), buf_slice(&c->name)))
			die(STATUS_USAGE, "--%s: the same one is given twice", word);
}

static void
add_list(
    struct channels *all, enum channel_kind kind, const char *word, const struct option_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		add(all, kind, word, list->items[i]);
}

/* Letters, digits and a few signs: nothing that ends a header, adds a recipient or is an option. */
static void
check_address(const char *option, const char *address)
{
	bool good = *address && *address != '-';
	for (const char *p = address; *p; p++)
		good =
		    good && (is_letter(*p) || is_digit(*p) || strchr("@.-_+=~%#$&*/?^{|}!'", *p));
	if (!good)
		die(STATUS_USAGE, "--%s: %s is not the address of a mailbox", option,
		    quoted(slice_of(address)));
}

static void
check_mail(void)
{
	if (cfg.mail_from)
		check_address("mail-from", cfg.mail_from);
	for (size_t i = 0; i < cfg.mail.n; i++)
		check_address("mail", cfg.mail.items[i]);
	if (!cfg.mail.n && (cfg.smtp || cfg.smtp_password || cfg.mail_from))
		die(STATUS_USAGE, "--smtp, --smtp-password and --mail-from need --mail");
	if (cfg.smtp_password && !cfg.smtp)
		die(STATUS_USAGE, "--smtp-password needs --smtp");
	if (cfg.smtp && !cfg.mail_from)
		die(STATUS_USAGE, "--smtp needs --mail-from");
	if (cfg.smtp && strncmp(cfg.smtp, "smtp://", 7) != 0 &&
	    strncmp(cfg.smtp, "smtps://", 8) != 0)
		die(STATUS_USAGE, "--smtp: %s is not smtp://HOST[:PORT] or smtps://HOST[:PORT]",
		    quoted(slice_of(cfg.smtp)));
	if (cfg.smtp && strchr(cfg.smtp, '@'))
		die(STATUS_USAGE,
		    "--smtp: name the user by --smtp-user and the password by --smtp-password");
}

struct channels
channels_named(void)
{
	struct channels all = {0};
	check_mail();
	if (cfg.webhook_key && !cfg.webhook.n)
		die(STATUS_USAGE, "--webhook-key needs --webhook");
	add_list(&all, CHANNEL_SLACK, "slack", &cfg.slack);
	add_list(&all, CHANNEL_WEBHOOK, "webhook", &cfg.webhook);
	if (cfg.mail.n)
		add(&all, CHANNEL_MAIL, "mail", NULL);
	add_list(&all, CHANNEL_EXEC, "exec", &cfg.exec);
	if (!all.n)
		add(&all, CHANNEL_PRINT, "print", NULL);
	return all;
}
