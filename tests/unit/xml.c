/* SPDX-License-Identifier: MIT */
#include "common/web/xml.h"
#include "tests/unit/unit.h"

/* The elements of a text at its top, as "name=content;". */
static bool
elements(const char *xml, const char *wanted)
{
	struct slice name, content;
	struct buf got = {0};
	size_t at = 0;
	while (xml_next(slice_of(xml), &at, &name, &content)) {
		buf_put_slice(&got, name);
		buf_put_byte(&got, '=');
		buf_put_slice(&got, content);
		buf_put_byte(&got, ';');
	}
	bool good = slice_is(buf_slice(&got), wanted);
	if (!good)
		fprintf(stderr, "%s: %.*s\n", xml, (int)got.n, got.p);
	buf_free(&got);
	return good;
}

static void
test_elements(void)
{
	CHECK(elements("<a>x</a><b/> text <c>y</c>", "a=x;b=;c=y;"));
	CHECK(elements("<?xml version=\"1.0\"?>\n<!DOCTYPE r>\n<r><a/></r>", "r=<a/>;"));
	CHECK(elements("<a><a>1</a><a/></a><a>2</a>", "a=<a>1</a><a/>;a=2;"));
	CHECK(elements("<!-- <a>1</a> --><b>2<!-- </b> --></b>", "b=2<!-- </b> -->;"));
	CHECK(elements("<b><![CDATA[</b>]]></b>", "b=<![CDATA[</b>]]>;"));
	CHECK(elements("<a x=\"1>2\" y='</a>'>z</a >", "a=z;"));
	CHECK(elements("<n:a xmlns:n=\"u\">1</n:a>", "a=1;"));
	CHECK(elements("<a\n/>", "a=;"));
	CHECK(elements("", ""));
	CHECK(elements("text", ""));
	/* Cut, or not XML: nothing, and nothing is read beyond it. */
	CHECK(elements("<a>1</a><b>2", "a=1;"));
	CHECK(elements("<a>1</b>", ""));
	CHECK(elements("</a>", ""));
	CHECK(elements("<", ""));
	CHECK(elements("<a", ""));
	CHECK(elements("<a x=\"", ""));
	CHECK(elements("<>", ""));
	CHECK(elements("<!--", ""));
	CHECK(elements("<![CDATA[", ""));
	CHECK(elements("<?", ""));
	CHECK(elements("<a><!--</a>", ""));
}

static bool
text(const char *content, const char *wanted)
{
	struct buf got = {0};
	xml_put_text(&got, slice_of(content));
	bool good = slice_is(buf_slice(&got), wanted);
	if (!good)
		fprintf(stderr, "%s: %.*s\n", content, (int)got.n, got.p);
	buf_free(&got);
	return good;
}

static void
test_text(void)
{
	CHECK(text("a &amp; b &lt;&gt;&quot;&apos;", "a & b <>\"'"));
	CHECK(text("&#34;&#x22;&#X41;&#12354;&#x1F600;", "\"\"A\xe3\x81\x82\xf0\x9f\x98\x80"));
	CHECK(text("&amp;lt;", "&lt;"));
	/* Not references: they stay as they are. */
	CHECK(text("&nbsp; & &# &#; &#x; &#xg; &#0; &#xd800; &#x110000; &#99999999999999999999;",
	    "&nbsp; & &# &#; &#x; &#xg; &#0; &#xd800; &#x110000; &#99999999999999999999;"));
	CHECK(text("a<![CDATA[<&amp;>]]>b", "a<&amp;>b"));
	CHECK(text("a<!-- x -->b<c>d</c>", "ab"));
	CHECK(text("a<![CDATA[b", "a"));
	CHECK(text("a<!--", "a"));
}

static void
test_child(void)
{
	struct slice content;
	struct slice xml = SLICE("<r><a>1</a><b><a>2</a></b><a>3</a></r>");
	CHECK(xml_child(xml, "r", &content));
	CHECK(!xml_child(xml, "a", &content));
	CHECK(xml_child(xml, "r", &content));
	struct slice inner = content;
	CHECK(xml_child(inner, "a", &content) && slice_is(content, "1"));
	CHECK(xml_child(inner, "b", &content) && slice_is(content, "<a>2</a>"));
	CHECK(!xml_child(inner, "c", &content));
	struct buf found = {0};
	CHECK(xml_find_text(xml, "a", &found) && slice_is(buf_slice(&found), "1"));
	CHECK(!xml_find_text(xml, "b", &found));
	buf_free(&found);
}

int
main(void)
{
	test_elements();
	test_text();
	test_child();
	return unit_done("xml");
}
