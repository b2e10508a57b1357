/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/program/message.h"
#include "common/text/base64.h"
#include "common/web/spelling.h"
#include "common/web/url.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/redact.h"

/*
 * A shorter secret could be part of any text; striking it out would reveal more
 * than it hides.
 */
enum { SECRET_MIN = 4, CUT = 300 };

/*
 * This much of the beginning of a longer secret is struck out as well, since a
 * server may cut the text that it repeats.
 */
enum { BEGINNING_MIN = 12 };

static struct slice *secrets;
static size_t n_secrets;

/*
 * Whether a secret may begin with the bytes c and d, as they are, or with d spelled in another
 * way; so that most bytes of a long text are passed at once.
 */
static uint64_t begins[256][4];
static bool begins_at_all[256];
static bool begins_are_old = true;
static const struct signatures *begins_with; /* of this task */

static void
hide(struct slice secret)
{
	for (size_t i = 0; i < n_secrets; i++)
		if (slice_equal(secrets[i], secret))
			return;
	secrets = xrealloc(secrets, (n_secrets + 1) * sizeof *secrets);
	secrets[n_secrets++] = slice_of(xstring(secret));
	begins_are_old = true;
}

/* With the alphabet for URLs if for_url, and without padding, which may be missing. */
static void
hide_base64(struct slice secret, bool for_url)
{
	struct buf b = {0};
	if (for_url)
		base64_put_url(&b, secret);
	else
		base64_put(&b, secret);
	buf_check(&b, "a secret", NULL);
	while (b.n && b.p[b.n - 1] == '=')
		b.n--;
	hide(buf_slice(&b));
	buf_free(&b);
}

void
redact_add(struct slice secret)
{
	struct buf decoded = {0};
	if (secret.n < SECRET_MIN)
		return;
	hide(secret);
	hide_base64(secret, false);
	hide_base64(secret, true);
	/* A secret that is given percent-encoded may come back without it. */
	url_put_decoded(&decoded, secret);
	buf_check(&decoded, "a secret", NULL);
	if (decoded.n >= SECRET_MIN)
		hide(buf_slice(&decoded));
	buf_free(&decoded);
}

void
redact_add_derived(struct slice secret)
{
	struct signatures *s = &fetch.task->signatures;
	struct buf *b = &s->list[s->n++ % SIGNATURES];
	buf_reset(b);
	buf_put_slice(b, secret);
	buf_check(b, "a signature", NULL);
	begins_are_old = true;
}

/* The bytes at p that spell the secret, or enough of its beginning; else 0. */
static size_t
match(const char *p, size_t n, struct slice secret)
{
	size_t agree, length = spelling_match(p, n, secret, &agree);
	return agree && (agree == secret.n || agree >= BEGINNING_MIN) ? length : 0;
}

static bool
is_spelling(unsigned char c)
{
	return c == '%' || c == '\\' || c == '&' || c == '+';
}

/* All secrets, and the signatures of the current task. */
static size_t
count_secrets(void)
{
	size_t n = fetch.task->signatures.n;
	return n_secrets + (n < SIGNATURES ? n : SIGNATURES);
}

static struct slice
secret_of(size_t i)
{
	return i < n_secrets ? secrets[i] : buf_slice(&fetch.task->signatures.list[i - n_secrets]);
}

static void
note_beginnings(void)
{
	const struct signatures *now = &fetch.task->signatures;
	if (!begins_are_old && begins_with == now)
		return;
	begins_with = now;
	memset(begins, 0, sizeof begins);
	memset(begins_at_all, 0, sizeof begins_at_all);
	for (size_t i = 0, n = count_secrets(); i < n; i++) {
		struct slice s = secret_of(i);
		if (s.n < 2)
			continue;
		unsigned char c = (unsigned char)s.p[0], d = (unsigned char)s.p[1];
		begins_at_all[c] = true;
		begins[c][d / 64] |= UINT64_C(1) << d % 64;
	}
	begins_are_old = false;
}

static bool
may_begin(const char *p, size_t n)
{
	unsigned char c = (unsigned char)p[0], d = n > 1 ? (unsigned char)p[1] : 0;
	char first = is_spelling(c) ? spelling_first(p, n) : '\0';
	/* A space may be a plus that was encoded again. */
	if (begins_at_all[(unsigned char)first] || (first == '+' && begins_at_all[' ']))
		return true;
	return begins_at_all[c] && (is_spelling(d) || (begins[c][d / 64] >> d % 64 & 1));
}

/*
 * The length of the longest secret that begins at p, in any spelling; 0 if none
 * does.
 */
static size_t
secret_at(const char *p, size_t n)
{
	size_t longest = 0;
	note_beginnings();
	if (!may_begin(p, n))
		return 0;
	for (size_t i = 0; i < count_secrets(); i++) {
		size_t length = match(p, n, secret_of(i));
		if (length > longest)
			longest = length;
	}
	return longest;
}

void
redact_put(struct buf *to, struct slice text)
{
	size_t from = 0;
	for (size_t i = 0; i < text.n;) {
		size_t n = secret_at(text.p + i, text.n - i);
		if (!n) {
			i++;
			continue;
		}
		buf_put(to, text.p + from, i - from);
		buf_put_text(to, "***");
		from = i += n;
	}
	buf_put(to, text.p + from, text.n - from);
}

static struct buf *
next_buffer(void)
{
	static struct buf ring[4];
	static size_t turn;
	struct buf *b = &ring[turn++ % 4];
	buf_reset(b);
	return b;
}

const char *
redact(struct slice text)
{
	struct buf *b = next_buffer();
	for (size_t i = 0; i < text.n && b->n < CUT;) {
		size_t n = secret_at(text.p + i, text.n - i);
		if (n)
			buf_put_text(b, "***");
		else
			buf_put_byte(b, text.p[i] ? text.p[i] : ' ');
		i += n ? n : 1;
	}
	if (b->n >= CUT) {
		while (b->n && ((unsigned char)b->p[b->n - 1] & 0xc0) == 0x80)
			b->n--;
		b->n -= b->n && (unsigned char)b->p[b->n - 1] >= 0xc0;
		buf_put_text(b, "…");
	}
	buf_put_byte(b, '\0');
	return b->failed ? "(no memory)" : b->p;
}

const char *
redact_url(struct slice url)
{
	struct buf b = {0};
	url_put_shown(&b, url);
	const char *text = redact(buf_slice(&b));
	buf_free(&b);
	return text;
}

const char *
record_prefix(void)
{
	static char text[64];
	struct buf b = {0};
	if (!fetch.task->record)
		return "";
	if (fetch.task->several && fetch.task->group.n > 1)
		buf_printf(&b, "records %" PRIu64 " to %" PRIu64 ": ", fetch.task->number,
		    fetch.task->group.list[fetch.task->group.n - 1].number);
	else
		buf_printf(&b, "record %" PRIu64 ": ", fetch.task->number);
	if (b.n < sizeof text)
		memcpy(text, b.p, b.n);
	text[b.n < sizeof text ? b.n : 0] = '\0';
	buf_free(&b);
	return text;
}
