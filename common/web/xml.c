/* SPDX-License-Identifier: MIT */
#include "common/web/xml.h"
#include "common/text/utf8.h"

static bool
starts(struct slice s, size_t at, const char *text)
{
	size_t n = strlen(text);
	return s.n - at >= n && memcmp(s.p + at, text, n) == 0;
}

/* The offset after the next occurrence of text; false if there is none. */
static bool
skip_past(struct slice s, size_t *at, const char *text)
{
	while (*at < s.n && !starts(s, *at, text))
		(*at)++;
	if (*at >= s.n)
		return false;
	*at += strlen(text);
	return true;
}

enum tag { TAG_NONE, TAG_START, TAG_END, TAG_EMPTY };

static bool
ends_name(char c)
{
	return c == '>' || c == '/' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The end of a tag whose name is over: a '>' in an attribute's quotes does not count. */
static bool
skip_attributes(struct slice xml, size_t *at)
{
	char quote = '\0';
	for (; *at < xml.n; (*at)++) {
		char c = xml.p[*at];
		if (quote)
			quote = c == quote ? '\0' : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '>')
			return true;
	}
	return false;
}

/* The next tag from *at on, and where it begins; TAG_NONE at the end. *at is then after it. */
static enum tag
next_tag(struct slice xml, size_t *at, size_t *begin, struct slice *name)
{
	for (;;) {
		while (*at < xml.n && xml.p[*at] != '<')
			(*at)++;
		if (*at >= xml.n)
			return TAG_NONE;
		*begin = *at;
		bool skipped = starts(xml, *at, "<!--")        ? skip_past(xml, at, "-->")
			       : starts(xml, *at, "<![CDATA[") ? skip_past(xml, at, "]]>")
			       : starts(xml, *at, "<?")        ? skip_past(xml, at, "?>")
			       : starts(xml, *at, "<!")        ? skip_past(xml, at, ">")
							       : false;
		if (!skipped && *at + 1 < xml.n && (xml.p[*at + 1] == '!' || xml.p[*at + 1] == '?'))
			return TAG_NONE;
		if (!skipped)
			break;
	}
	bool end = *at + 1 < xml.n && xml.p[*at + 1] == '/';
	size_t from = *at += end ? 2 : 1;
	while (*at < xml.n && !ends_name(xml.p[*at]))
		(*at)++;
	*name = (struct slice){xml.p + from, *at - from};
	const char *colon = name->n ? memchr(name->p, ':', name->n) : NULL;
	if (colon)
		*name = (struct slice){colon + 1, name->n - (size_t)(colon + 1 - name->p)};
	if (!name->n || !skip_attributes(xml, at))
		return TAG_NONE;
	bool empty = xml.p[*at - 1] == '/';
	(*at)++;
	return end ? TAG_END : empty ? TAG_EMPTY : TAG_START;
}

bool
xml_next(struct slice xml, size_t *at, struct slice *name, struct slice *content)
{
	struct slice inner;
	size_t begin, depth = 1;
	enum tag tag = next_tag(xml, at, &begin, name);
	if (tag == TAG_NONE || tag == TAG_END)
		return false;
	*content = (struct slice){xml.p + *at, 0};
	if (tag == TAG_EMPTY)
		return true;
	size_t from = *at;
	while (depth) {
		tag = next_tag(xml, at, &begin, &inner);
		if (tag == TAG_NONE)
			return false;
		if (tag == TAG_START)
			depth++;
		else if (tag == TAG_END)
			depth--;
	}
	content->n = begin - from;
	return slice_equal(inner, *name);
}

bool
xml_child(struct slice xml, const char *name, struct slice *content)
{
	struct slice found;
	size_t at = 0;
	while (xml_next(xml, &at, &found, content))
		if (slice_is(found, name))
			return true;
	return false;
}

/* The number of "&#65;" or "&#x41;" whose end is the ';' there; 0 if it is not one. */
static uint32_t
reference(struct slice digits)
{
	uint32_t code = 0;
	bool hex = digits.n && (digits.p[0] == 'x' || digits.p[0] == 'X');
	for (size_t i = hex; i < digits.n; i++) {
		char c = digits.p[i];
		uint32_t digit = c >= '0' && c <= '9'          ? (uint32_t)(c - '0')
				 : hex && c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
				 : hex && c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
							       : UINT32_MAX;
		if (digit == UINT32_MAX)
			return 0;
		code = code * (hex ? 16 : 10) + digit;
		if (code > 0x10ffff)
			return 0;
	}
	return code >= 0xd800 && code < 0xe000 ? 0 : code;
}

/* One character reference from *at on, or one byte. */
static void
put_character(struct buf *to, struct slice xml, size_t *at)
{
	static const struct {
		const char *name;
		char c;
	} entities[] = {
	    {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
	for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
		if (!starts(xml, *at, entities[i].name))
			continue;
		buf_put_byte(to, entities[i].c);
		*at += strlen(entities[i].name);
		return;
	}
	const char *end = starts(xml, *at, "&#") ? memchr(xml.p + *at, ';', xml.n - *at) : NULL;
	uint32_t code = 0;
	if (end)
		code = reference((struct slice){xml.p + *at + 2, (size_t)(end - xml.p) - *at - 2});
	if (code) {
		char text[4];
		buf_put(to, text, utf8_encode(code, text));
		*at = (size_t)(end - xml.p) + 1;
		return;
	}
	buf_put_byte(to, xml.p[(*at)++]);
}

void
xml_put_text(struct buf *to, struct slice content)
{
	size_t at = 0;
	while (at < content.n) {
		if (starts(content, at, "<![CDATA[")) {
			size_t from = at += strlen("<![CDATA[");
			if (!skip_past(content, &at, "]]>"))
				return;
			buf_put(to, content.p + from, at - from - strlen("]]>"));
		} else if (starts(content, at, "<!--")) {
			if (!skip_past(content, &at, "-->"))
				return;
		} else if (content.p[at] == '<') {
			return;
		} else {
			put_character(to, content, &at);
		}
	}
}

bool
xml_find_text(struct slice xml, const char *element, struct buf *to)
{
	size_t n = strlen(element);
	for (size_t at = 0; at + n + 2 < xml.n; at++) {
		if (xml.p[at] != '<' || !starts(xml, at + 1, element) || xml.p[at + 1 + n] != '>')
			continue;
		size_t from = at + n + 2, end = from;
		while (end < xml.n && xml.p[end] != '<')
			end++;
		if (end + 1 >= xml.n || xml.p[end + 1] != '/')
			return false;
		xml_put_text(to, (struct slice){xml.p + from, end - from});
		return true;
	}
	return false;
}
