/* SPDX-License-Identifier: MIT */
/* One message for all events of a channel, in its three forms. */
#include <inttypes.h>
#include <unistd.h>

#include "batch/watch-batches/watch.h"
#include "common/json/json_shown.h"
#include "common/text/visible.h"

enum {
	SHOWN_MAX = 40,     /* events in a message for people; their number is always there */
	MESSAGE_MAX = 300,  /* bytes of a run's message */
	SLACK_HEADER = 140, /* Slack takes 150 characters */
	SLACK_TEXT = 2800,  /* of a section; Slack takes 3000 characters */
	VERSION = 1,        /* of the JSON */
};

static const char *const kinds[] = {
    "failed", "timeout", "canceled", "lost", "late", "missing", "recovered"};
enum { KINDS = sizeof kinds / sizeof *kinds };

static struct slice
get(const struct event *e, enum event_text which)
{
	return buf_slice(&e->text[which]);
}

static size_t
count_of(const struct channel *c, const char *kind)
{
	size_t n = 0;
	for (size_t i = 0; i < c->events_n; i++)
		n += slice_is(get(&c->events[i], EVENT_KIND), kind);
	return n;
}

void
digest_put_subject(struct buf *b, const struct channel *c)
{
	char host[256] = "";
	bool any = false;
	gethostname(host, sizeof host - 1);
	buf_put_text(b, "batches: ");
	for (size_t i = 0; i < KINDS; i++) {
		size_t n = count_of(c, kinds[i]);
		if (n)
			buf_printf(b, "%s%zu %s", any ? ", " : "", n,
			    strcmp(kinds[i], "recovered") == 0 ? "good again" : kinds[i]);
		any |= n > 0;
	}
	buf_put_text(b, " (");
	visible_put(b, slice_of(host));
	buf_put_byte(b, ')');
}

/* Foreign text in a line: nothing in it ends the line. */
static void
put_visible(struct buf *b, const char *before, struct slice text, size_t max)
{
	if (!text.n)
		return;
	bool cut = text.n > max;
	if (cut)
		for (text.n = max; text.n && ((unsigned char)text.p[text.n] & 0xC0) == 0x80;)
			text.n--;
	buf_put_text(b, before);
	visible_put(b, text);
	buf_put_text(b, cut ? "…" : "");
}

static void
put_event_text(struct buf *b, const struct event *e)
{
	bool recovered = slice_is(get(e, EVENT_KIND), "recovered");
	put_visible(b, "", recovered ? SLICE("good again") : get(e, EVENT_KIND), 20);
	put_visible(b, ": ", get(e, EVENT_BATCH), 200);
	put_visible(b, recovered ? ", by the slot " : ", slot ", get(e, EVENT_LOCAL), 80);
	put_visible(b, ", exit status ", get(e, EVENT_STATUS), 20);
	if (get(e, EVENT_RESOLVED).n)
		buf_put_text(b, ", a later run was good");
	put_visible(b, ", owner ", get(e, EVENT_OWNER), 100);
	buf_put_byte(b, '\n');
	if (recovered)
		return;
	if (get(e, EVENT_MESSAGE).n) {
		put_visible(b, "  ", get(e, EVENT_MESSAGE), MESSAGE_MAX);
		buf_put_byte(b, '\n');
	}
	if (get(e, EVENT_LOG).n) {
		put_visible(b, "  log: ", get(e, EVENT_LOG), 500);
		buf_put_byte(b, '\n');
	}
	if (get(e, EVENT_RERUN).n) {
		put_visible(b, "  again: ", get(e, EVENT_RERUN), 500);
		buf_put_byte(b, '\n');
	}
}

static void
put_left_out(struct buf *b, const struct channel *c, size_t shown)
{
	if (c->events_n > shown)
		buf_printf(b, "and %zu more\n", c->events_n - shown);
	if (c->dropped)
		buf_printf(b,
		    "%" PRId64 " older events are left out: this channel did not work for long\n",
		    c->dropped);
}

void
digest_put_text(struct buf *b, const struct channel *c)
{
	size_t n = c->events_n < SHOWN_MAX ? c->events_n : SHOWN_MAX;
	/* The last ones, since older ones may be over. */
	for (size_t i = c->events_n - n; i < c->events_n; i++)
		put_event_text(b, &c->events[i]);
	put_left_out(b, c, n);
}

void
digest_put_json(struct buf *b, const struct channel *c, struct slice id, int64_t now)
{
	struct buf subject = {0};
	char host[256] = "";
	gethostname(host, sizeof host - 1);
	digest_put_subject(&subject, c);
	buf_printf(b, "{\"version\":%d,\"id\":", VERSION);
	json_write_shown(b, id);
	buf_put_text(b, ",\"sent\":\"");
	run_put_time(b, now);
	buf_put_text(b, "\",\"host\":");
	json_write_shown(b, slice_of(host));
	buf_put_text(b, ",\"text\":");
	json_write_shown(b, buf_slice(&subject));
	buf_printf(b, ",\"dropped\":%" PRId64 ",\"events\":[", c->dropped);
	for (size_t i = 0; i < c->events_n; i++) {
		bool any = false;
		buf_put_text(b, i ? ",{" : "{");
		for (size_t t = 0; t < EVENT_TEXTS; t++) {
			struct slice text = get(&c->events[i], (enum event_text)t);
			if (!text.n)
				continue;
			buf_printf(b, "%s\"%s\":", any ? "," : "", event_text_names[t]);
			json_write_shown(b, text);
			any = true;
		}
		buf_put_byte(b, '}');
	}
	buf_put_text(b, "]}");
	buf_free(&subject);
}

/* Slack's three special characters, and the one that would end the quotation. Stops before max bytes more. */
static void
put_slack_escaped(struct buf *b, struct slice text, size_t max)
{
	size_t end = b->n + max;
	while (text.n) {
		struct visible v = visible_next(text, 0);
		if (b->n + VISIBLE_TEXT_MAX > end)
			return;
		if (v.c == '&')
			buf_put_text(b, "&amp;");
		else if (v.c == '<')
			buf_put_text(b, "&lt;");
		else if (v.c == '>')
			buf_put_text(b, "&gt;");
		else if (v.c == '`')
			buf_put_byte(b, '\'');
		else if (v.c == '\n')
			buf_put_byte(b, '\n');
		else
			buf_put(b, v.text, v.n);
		text.p += v.used;
		text.n -= v.used;
	}
}

static void
put_section(struct buf *b, struct buf *part)
{
	struct buf quoted = {0};
	buf_put_text(&quoted, "```");
	buf_put_slice(&quoted, buf_slice(part));
	buf_put_text(&quoted, "```");
	buf_put_text(b, ",{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":");
	json_write_shown(b, buf_slice(&quoted));
	buf_put_text(b, "}}");
	buf_free(&quoted);
	buf_reset(part);
}

/* As many events in a section as fit: Slack takes 50 blocks of 3000 characters. */
static void
put_sections(struct buf *b, const struct channel *c)
{
	struct buf part = {0}, one = {0};
	size_t n = c->events_n < SHOWN_MAX ? c->events_n : SHOWN_MAX;
	for (size_t i = c->events_n - n; i < c->events_n; i++) {
		struct buf escaped = {0};
		buf_reset(&one);
		put_event_text(&one, &c->events[i]);
		put_slack_escaped(&escaped, buf_slice(&one), SLACK_TEXT / 2);
		if (part.n + escaped.n > SLACK_TEXT)
			put_section(b, &part);
		buf_put_slice(&part, buf_slice(&escaped));
		buf_free(&escaped);
	}
	put_left_out(&part, c, n);
	if (part.n)
		put_section(b, &part);
	buf_free(&part);
	buf_free(&one);
}

void
digest_put_slack(struct buf *b, const struct channel *c)
{
	struct buf subject = {0}, escaped = {0};
	digest_put_subject(&subject, c);
	put_slack_escaped(&escaped, buf_slice(&subject), SLACK_TEXT);
	buf_put_text(b, "{\"text\":");
	json_write_shown(b, buf_slice(&escaped));
	buf_put_text(
	    b, ",\"blocks\":[{\"type\":\"header\",\"text\":{\"type\":\"plain_text\",\"text\":");
	if (subject.n > SLACK_HEADER)
		subject.n = SLACK_HEADER;
	json_write_shown(b, buf_slice(&subject));
	buf_put_text(b, "}}");
	put_sections(b, c);
	buf_put_text(b, "]}");
	buf_free(&subject);
	buf_free(&escaped);
}
