/* SPDX-License-Identifier: MIT */
/* Mail, by sendmail(8) or by SMTP. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "batch/watch-batches/watch.h"
#include "common/operate/state.h"
#include "common/program/http.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/text/base64.h"
#include "common/time/iso.h"

enum {
	LINE_MAX_BYTES = 900, /* a line of a mail has at most 998 */
	BASE64_LINE = 76,
	DAY_SECONDS = 86400,
};

/* "Thu, 26 Nov 2026 19:39:00 +0000" */
static void
put_date(struct buf *b, int64_t seconds)
{
	static const char *const weekdays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	static const char *const months[] = {
	    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int64_t year, days = seconds / DAY_SECONDS, rest = seconds % DAY_SECONDS;
	unsigned month, day;
	iso_civil(days, &year, &month, &day);
	buf_printf(b, "%s, %02u %s %d %02d:%02d:%02d +0000", weekdays[days % 7], day,
	    months[month - 1], (int)year, (int)(rest / 3600), (int)(rest / 60 % 60),
	    (int)(rest % 60));
}

/* ASCII in lines that are short enough goes as it is; all else needs base64. */
static bool
is_plain(struct slice text)
{
	size_t line = 0;
	for (size_t i = 0; i < text.n; i++) {
		line = text.p[i] == '\n' ? 0 : line + 1;
		if ((unsigned char)text.p[i] >= 0x80 || line > LINE_MAX_BYTES)
			return false;
	}
	return true;
}

static void
put_base64(struct buf *b, struct slice text)
{
	struct buf all = {0};
	base64_put(&all, text);
	for (size_t at = 0; at < all.n; at += BASE64_LINE) {
		size_t n = all.n - at < BASE64_LINE ? all.n - at : BASE64_LINE;
		buf_put(b, all.p + at, n);
		buf_put_byte(b, '\n');
	}
	buf_free(&all);
}

static void
put_subject(struct buf *b, const struct channel *c)
{
	struct buf subject = {0};
	digest_put_subject(&subject, c);
	buf_put_text(b, "Subject: ");
	for (size_t i = 0; i < subject.n; i++)
		buf_put_byte(b, (unsigned char)subject.p[i] >= 0x80 ? '?' : subject.p[i]);
	buf_put_byte(b, '\n');
	buf_free(&subject);
}

static void
put_mail(struct buf *b, const struct channel *c)
{
	struct buf text = {0};
	char host[256] = "localhost";
	gethostname(host, sizeof host - 1);
	if (cfg.mail_from)
		buf_printf(b, "From: %s\n", cfg.mail_from);
	buf_put_text(b, "To: ");
	for (size_t i = 0; i < cfg.mail.n; i++)
		buf_printf(b, i ? ",\n %s" : "%s", cfg.mail.items[i]);
	buf_put_byte(b, '\n');
	put_subject(b, c);
	buf_put_text(b, "Date: ");
	put_date(b, state_now() / 1000);
	buf_put_text(b, "\nMessage-ID: <");
	state_put_id(b);
	buf_printf(b,
	    "@%s>\nAuto-Submitted: auto-generated\nMIME-Version: 1.0\nContent-Type: text/plain; "
	    "charset=utf-8\n",
	    host);
	digest_put_text(&text, c);
	buf_check(&text, "the mail", NULL);
	if (is_plain(buf_slice(&text))) {
		buf_put_text(b, "Content-Transfer-Encoding: 7bit\n\n");
		buf_put_slice(b, buf_slice(&text));
	} else {
		buf_put_text(b, "Content-Transfer-Encoding: base64\n\n");
		put_base64(b, buf_slice(&text));
	}
	buf_free(&text);
	buf_check(b, "the mail", NULL);
}

static void
by_sendmail(struct slice mail, struct outcome *o)
{
	char t[] = "-t", i[] = "-i", f[] = "-f";
	char *program = xstring(slice_of(cfg.sendmail));
	char *from = cfg.mail_from ? xstring(slice_of(cfg.mail_from)) : NULL;
	run_with_input((char *const[]){program, t, i, from ? f : NULL, from, NULL}, mail, o);
	free(program);
	free(from);
}

/* Lines of SMTP end with CR and LF. */
static void
put_crlf(struct buf *to, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n')
			buf_put_byte(to, '\r');
		buf_put_byte(to, text.p[i]);
	}
	buf_check(to, "the mail", NULL);
}

static void
by_smtp(struct slice mail, struct outcome *o)
{
	struct secret password = {0};
	struct buf text = {0}, why = {0};
	put_crlf(&text, mail);
	if (cfg.smtp_password)
		secret_load(&password, "smtp-password", cfg.smtp_password);
	enum status status =
	    http_mail(&(struct http_mail){.url = cfg.smtp,
			  .cacert = cfg.cacert,
			  .user = cfg.smtp_user,
			  .password = cfg.smtp_password ? secret_value(&password).p : NULL,
			  .from = cfg.mail_from,
			  .to = cfg.mail.items,
			  .n = cfg.mail.n,
			  .text = buf_slice(&text),
			  .max_time = cfg.timeout},
		&why);
	if (status)
		outcome_set(o, (int)status, "%.*s", (int)why.n, why.p ? why.p : "");
	secret_wipe(&password);
	buf_free(&text);
	buf_free(&why);
}

void
send_mail(const struct channel *c, struct outcome *o)
{
	struct buf mail = {0};
	put_mail(&mail, c);
	if (cfg.smtp)
		by_smtp(buf_slice(&mail), o);
	else
		by_sendmail(buf_slice(&mail), o);
	buf_free(&mail);
}
