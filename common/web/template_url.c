/* SPDX-License-Identifier: MIT */
#include "common/text/ascii.h"
#include "common/web/template_impl.h"
#include "common/web/url.h"

/* The byte at *p with every layer of percent-encoding undone (%2e, %252e, …); moves *p past it. */
static char
take_decoded(const char **p, const char *end)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = *p;
	char c = *at++;
	while (c == '%' && end - at >= 2) {
		const char *high = at[0] ? strchr(digits, at[0] | 0x20) : NULL;
		const char *low = at[1] ? strchr(digits, at[1] | 0x20) : NULL;
		if (!high || !low)
			break;
		c = (char)((high - digits) << 4 | (low - digits));
		at += 2;
	}
	*p = at;
	return c;
}

/* Whether a segment of the path is "." or "..", also before a ";", as some servers see it. */
static bool
has_step(struct slice path)
{
	const char *p = path.p, *end = p + path.n;
	size_t dots = 0;
	bool others = false;
	while (p < end) {
		char c = take_decoded(&p, end);
		if (c == '/' || c == '\\' || c == ';') {
			if (!others && (dots == 1 || dots == 2))
				return true;
			others = c == ';' && (others || dots);
			dots = 0;
		} else if (c == '.') {
			dots++;
		} else {
			others = true;
		}
	}
	return !others && (dots == 1 || dots == 2);
}

bool
template_url_steps(struct slice url, size_t at)
{
	size_t from = at, to = at;
	while (from > 0 && url.p[from - 1] != '/')
		from--;
	while (to < url.n && !(url.p[to] && strchr("/?#", url.p[to])))
		to++;
	return has_step((struct slice){url.p + from, to - from});
}

enum zone_of_url { IN_HOST, IN_PATH, IN_QUERY };

/* Where the end of this beginning of a URL is. */
static enum zone_of_url
end_of(struct slice url)
{
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] == '?' || url.p[i] == '#')
			return IN_QUERY;
	return url_ends_host(url) ? IN_PATH : IN_HOST;
}

static bool
is_host_text(struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (!(is_letter(c) || is_digit(c) || c == '-' || c == '.'))
			return false;
	}
	return true;
}

static const char *
put_whole(struct buf *out, struct slice text)
{
	if (!url_is_http(text))
		return "is not an http or https URL";
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f)
			return "is no URL: it holds a space or a control character";
	buf_put_slice(out, text);
	return NULL;
}

const char *
template_put_url(struct buf *out, struct slice text, bool first)
{
	if (first)
		return put_whole(out, text);
	switch (end_of(buf_slice(out))) {
	case IN_QUERY:
		break;
	case IN_PATH:
		if (!text.n)
			return "is empty: the path would name something else, such as the list of "
			       "all";
		if (has_step(text))
			return "is a step in a path, and no name";
		break;
	case IN_HOST:
		if (!text.n)
			return "is empty: the URL would have another host";
		if (!is_host_text(text))
			return "is not part of a host name: letters, digits, hyphens and dots are";
		break;
	}
	url_put_encoded(out, text);
	return NULL;
}
