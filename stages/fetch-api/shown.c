/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/message.h"
#include "common/url.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/shown.h"

/* A secret of less could be any part of a text; to strike it out would say more than it hides. */
enum { SECRET_MIN = 4, CUT = 300 };

static struct slice *secrets;
static size_t n_secrets;

static void
hide(struct slice secret)
{
	for (size_t i = 0; i < n_secrets; i++)
		if (slice_equal(secrets[i], secret))
			return;
	secrets = xrealloc(secrets, (n_secrets + 1) * sizeof *secrets);
	secrets[n_secrets++] = slice_of(xstring(secret));
}

void
shown_hide(struct slice secret)
{
	struct buf encoded = {0};
	if (secret.n < SECRET_MIN)
		return;
	hide(secret);
	url_put_encoded(&encoded, secret);
	buf_check(&encoded, "a secret", NULL);
	hide(buf_slice(&encoded));
	buf_free(&encoded);
}

/* The length of the longest secret that begins at p, 0 when none does. */
static size_t
secret_at(const char *p, size_t n)
{
	size_t longest = 0;
	for (size_t i = 0; i < n_secrets; i++)
		if (secrets[i].n <= n && secrets[i].n > longest &&
		    memcmp(p, secrets[i].p, secrets[i].n) == 0)
			longest = secrets[i].n;
	return longest;
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
shown(struct slice text)
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
shown_url(struct slice url)
{
	struct buf b = {0};
	url_put_shown(&b, url);
	const char *text = shown(buf_slice(&b));
	buf_free(&b);
	return text;
}

const char *
shown_where(void)
{
	static char text[40];
	struct buf b = {0};
	if (!fetch.record)
		return "";
	buf_printf(&b, "record %" PRIu64 ": ", fetch.number);
	if (b.n < sizeof text)
		memcpy(text, b.p, b.n);
	text[b.n < sizeof text ? b.n : 0] = '\0';
	buf_free(&b);
	return text;
}
