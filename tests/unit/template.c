/* SPDX-License-Identifier: MIT */
#include "common/web/template.h"
#include "common/json/json_read.h"
#include "common/record/mp.h"
#include "common/time/iso.h"
#include "tests/unit/unit.h"

/* Values by name: made once, as msgpack. */
static struct {
	const char *name;
	struct buf raw;
	struct template_value v;
} names[48];
static size_t n_names;

static struct buf *
add(const char *name)
{
	names[n_names].name = name;
	return &names[n_names++].raw;
}

static void
add_json(const char *name, const char *text)
{
	struct json_error error;
	CHECK(json_to_msgpack(slice_of(text), JSON_DUPLICATES_ERROR, add(name), &error));
}

static void
add_given(const char *name, const char *text)
{
	mp_buf_str(add(name), slice_of(text));
	names[n_names - 1].v.given = true;
}

static bool
find(void *context, struct slice name, struct template_value *v)
{
	(void)context;
	for (size_t i = 0; i < n_names; i++)
		if (slice_is(name, names[i].name)) {
			*v = names[i].v;
			return true;
		}
	return false;
}

/*
 * The result of the template; "!" and the reason if it cannot be filled, "?"
 * and the reason if it is malformed.
 */
static bool
gives(enum template_place place, const char *text, const char *expected)
{
	struct template t;
	struct template_error error;
	struct buf got = {0};
	const char *wrong = template_parse(&t, slice_of(text), place);
	if (wrong) {
		buf_put_text(&got, "?");
	} else if (!template_fill(&t, find, NULL, &got, &error)) {
		buf_reset(&got);
		buf_printf(&got, "!%.*s %s", (int)error.name.n, error.name.p, error.what);
	}
	bool good = slice_is(buf_slice(&got), expected);
	if (!good)
		fprintf(stderr, "%s: got %.*s, not %s\n", text, (int)got.n, got.p, expected);
	template_free(&t);
	buf_free(&got);
	return good;
}

static void
test_text(void)
{
	CHECK(gives(TEMPLATE_TEXT, "", ""));
	CHECK(gives(TEMPLATE_TEXT, "no braces", "no braces"));
	CHECK(gives(TEMPLATE_TEXT, "{int}{text}", "7a \"b\" &c\\"));
	CHECK(gives(TEMPLATE_TEXT, "<{a.b-c_1}>", "<nested>"));
	CHECK(gives(TEMPLATE_TEXT, "{big} {decimal} {bool} {json}",
	    "18446744073709551615 12345678901234567890.10 true {\"k\":[1]}"));
	CHECK(gives(TEMPLATE_TEXT, "{日}", "sun"));
	/* Ordinary braces. */
	CHECK(gives(TEMPLATE_TEXT, "{} { int } {\"a\":1} }{ {", "{} { int } {\"a\":1} }{ {"));
	CHECK(gives(TEMPLATE_TEXT, "{int", "{int"));
	CHECK(gives(TEMPLATE_TEXT, "{{int}", "{int}"));
	CHECK(gives(TEMPLATE_TEXT, "{{{int}", "{7"));
	CHECK(gives(TEMPLATE_TEXT, "{{", "{"));
	CHECK(gives(TEMPLATE_TEXT, "{absent}", "!absent is undefined"));
	CHECK(gives(TEMPLATE_TEXT, "{nil}", "!nil is null"));
	CHECK(gives(TEMPLATE_TEXT, "{bytes}", "!bytes is bytes, which have no text"));
}

static void
test_dates(void)
{
	CHECK(gives(TEMPLATE_TEXT, "{day}", "2026-03-01"));
	CHECK(gives(TEMPLATE_TEXT, "{day:%Y%m%d}", "20260301"));
	CHECK(gives(TEMPLATE_TEXT, "{day-1d}", "2026-02-28"));
	CHECK(gives(TEMPLATE_TEXT, "{day+31d:%-m/%-d/%Y}", "4/1/2026"));
	CHECK(gives(TEMPLATE_TEXT, "{day-1d:%FT%TZ}", "2026-02-28T00:00:00Z"));
	CHECK(gives(TEMPLATE_TEXT, "{date-text-365d}", "2025-03-01"));
	CHECK(gives(TEMPLATE_TEXT, "{instant}", "2026-02-28T23:59:59Z"));
	CHECK(gives(TEMPLATE_TEXT, "{instant:%F %T}", "2026-02-28 23:59:59"));
	CHECK(gives(TEMPLATE_TEXT, "{instant+1d:%F}", "2026-03-01"));
	CHECK(gives(TEMPLATE_TEXT, "{wall:%H:%M}", "12:30"));
	CHECK(gives(
	    TEMPLATE_TEXT, "{instant+1d}", "!instant is no date but a time: it needs a format"));
	CHECK(gives(TEMPLATE_TEXT, "{text-1d}",
	    "!text is no date, and an offset or a format is for dates"));
	CHECK(gives(
	    TEMPLATE_TEXT, "{int:%Y}", "!int is no date, and an offset or a format is for dates"));
	CHECK(
	    gives(TEMPLATE_TEXT, "{day-1000000d}", "!day is a day outside of the years 1 to 9999"));
	/* Anything but an offset is part of a name, or of the text. */
	CHECK(gives(TEMPLATE_TEXT, "{day-d}", "!day-d is undefined"));
	CHECK(gives(TEMPLATE_TEXT, "{day+1}", "{day+1}"));
	CHECK(gives(TEMPLATE_TEXT, "{day+1000001d}", "{day+1000001d}"));
	CHECK(gives(TEMPLATE_TEXT, "{day:Y}", "{day:Y}"));
	CHECK(gives(TEMPLATE_TEXT, "{day:%j}", "?"));
	CHECK(gives(TEMPLATE_TEXT, "{day:%}", "?"));
}

static void
test_places(void)
{
	CHECK(gives(TEMPLATE_URL, "https://h/{text}?q={json}",
	    "https://h/a%20%22b%22%20%26c%5C?q=%7B%22k%22%3A%5B1%5D%7D"));
	CHECK(gives(TEMPLATE_URL, "{link}/x", "https://h/a?b=c&d/x"));
	CHECK(gives(TEMPLATE_URL, "https://h/{link}", "https://h/https%3A%2F%2Fh%2Fa%3Fb%3Dc%26d"));
	CHECK(gives(TEMPLATE_URL, "{text}", "!text is not an http or https URL"));
	CHECK(gives(TEMPLATE_URL, "{bad-link}",
	    "!bad-link is no URL: it holds a space or a control character"));
	CHECK(gives(TEMPLATE_XML, "<a b=\"{text}\">{lines}</a>",
	    "<a b=\"a &#34;b&#34; &#38;c\\\">x&#13;&#10;y</a>"));
	CHECK(gives(
	    TEMPLATE_XML, "<a>{nul}</a>", "!nul holds a control character, which XML cannot have"));
	CHECK(gives(TEMPLATE_XML, "<a><![CDATA[{int}]]></a>", "?"));
	CHECK(gives(TEMPLATE_XML, "<a><![CDATA[x]]>{int}</a>", "<a><![CDATA[x]]>7</a>"));
	CHECK(gives(TEMPLATE_FORM, "a={text}&b={day}", "a=a%20%22b%22%20%26c%5C&b=2026-03-01"));
	CHECK(gives(TEMPLATE_HEADER, "x {text}", "x a \"b\" &c\\"));
	CHECK(gives(TEMPLATE_HEADER, "{lines}",
	    "!lines holds a control character, which no header may have"));
}

/* A value in a URL must not make it the URL of something else. */
static void
test_url(void)
{
	static const char *const steps[] = {"https://h/{up}/x", "https://h/{up}",
	    "https://h/x/{dot}?q", "https://h/{encoded-up}/x", "https://h/{twice-up}/x",
	    "https://h/{in-up}/x", "https://h/{back-up}/x", "https://h/{semicolon-up}/x", NULL};
	for (size_t i = 0; steps[i]; i++) {
		struct buf expected = {0};
		const char *name = strchr(steps[i], '{') + 1;
		buf_printf(&expected, "!%.*s is a step in a path, and no name",
		    (int)(strchr(name, '}') - name), name);
		buf_put_byte(&expected, '\0');
		CHECK(gives(TEMPLATE_URL, steps[i], expected.p));
		buf_free(&expected);
	}
	/* Two of them, or one with text around it. */
	CHECK(gives(TEMPLATE_URL, "https://h/.{percent}/x", "https://h/.%252/x"));
	CHECK(gives(TEMPLATE_URL, "https://h/{percent}e/x",
	    "!percent makes a step in a path, and no name"));
	CHECK(gives(TEMPLATE_URL, "https://h/{tail-dot}", "https://h/a."));
	CHECK(gives(TEMPLATE_URL, "https://h/v1.{int}", "https://h/v1.7"));
	CHECK(gives(TEMPLATE_URL, "https://h/x?q={up}&r={dot}", "https://h/x?q=..&r=."));
	CHECK(gives(
	    TEMPLATE_URL, "https://h/{a.b-c_1}{text}", "https://h/nesteda%20%22b%22%20%26c%5C"));
	/* Nothing would ask for all. */
	CHECK(gives(TEMPLATE_URL, "https://h/a/{empty}",
	    "!empty is empty: the path would name something else, such as the list of all"));
	CHECK(gives(TEMPLATE_URL, "https://h/a/act_{empty}/x",
	    "!empty is empty: the path would name something else, such as the list of all"));
	CHECK(gives(TEMPLATE_URL, "{link}/{empty}", "https://h/a?b=c&d/"));
	CHECK(gives(TEMPLATE_URL, "https://{empty}.h/",
	    "!empty is empty: the URL would have another host"));
	CHECK(gives(TEMPLATE_URL, "https://{text}/",
	    "!text is not part of a host name: letters, digits, hyphens and dots are"));
	CHECK(gives(TEMPLATE_URL, "https://{a.b-c_1}.h:{int}/", "https://nested.h:7/"));
	CHECK(gives(TEMPLATE_URL, "https://h/a?x={empty}", "https://h/a?x="));
}

static void
test_graphql(void)
{
	/* A selection stays, wherever GraphQL begins. */
	static const char *const documents[] = {
	    "{\"query\":\"{ a {int} }\"}",
	    "{\"query\":\"{a{int}}\"}",
	    "{\"query\" : \"\\n  query {a{int}}\\n\"}",
	    "{\"query\":\"query Q($a:ID){a(after:$a){int}}\",\"variables\":{}}",
	    "[{\"query\":\"mutation{a(s:\\\"x\\\"){int}}\"}]",
	    "{\"query\":\"# {int} in a comment\\nsubscription S @d {a {int}}\"}",
	    "{\"query\":\"fragment F on T {int}\"}",
	    "{\"query\":\"{...on T{int}}\"}",
	    NULL,
	};
	for (size_t i = 0; documents[i]; i++)
		CHECK(gives(TEMPLATE_JSON, documents[i], documents[i]));
	CHECK(gives(TEMPLATE_GRAPHQL, "{a{int}}", "{a{int}}"));
	CHECK(gives(TEMPLATE_JSON, "{\"query\":\"{a{{int}}\",\"variables\":{\"n\":{int}}}",
	    "{\"query\":\"{a{int}}\",\"variables\":{\"n\":7}}"));
	/* A value there is an error, as GraphQL has variables for it. */
	CHECK(gives(TEMPLATE_JSON, "{\"query\":\"{a(id:\\\"{int}\\\"){b}}\"}", "?"));
	CHECK(gives(TEMPLATE_JSON, "{\"query\":\"{a(id:{int}){b}}\"}", "?"));
	CHECK(gives(TEMPLATE_JSON, "{\"query\":\"{a(id:[{int}]){b}}\"}", "?"));
	CHECK(gives(TEMPLATE_JSON, "{\"query\":\"{a(d:\\\"\\\\\\\"{day:%Y}\\\"){b}}\"}", "?"));
	CHECK(gives(TEMPLATE_JSON, "{\"query\":\"{a{day-1d}}\"}", "?"));
	CHECK(gives(TEMPLATE_GRAPHQL, "{a(id:\"{int}\"){b}}", "?"));
	/* Other text of that name, and GraphQL under another one, are as ever. */
	CHECK(gives(TEMPLATE_JSON, "{\"query\":\"{int}\"}", "{\"query\":\"7\"}"));
	CHECK(gives(TEMPLATE_JSON, "{\"query\":\"SELECT a WHERE d = '{day}'\"}",
	    "{\"query\":\"SELECT a WHERE d = '2026-03-01'\"}"));
	CHECK(gives(
	    TEMPLATE_JSON, "{\"query\":\"queries of {int}\"}", "{\"query\":\"queries of 7\"}"));
	/* JSON text in a string: a value stays within its place there too. */
	CHECK(gives(TEMPLATE_JSON,
	    "{\"f\":\"[{\\\"a\\\":\\\"<{text}>\\\",\\\"b\\\":{text},\\\"c\\\":{int}}]\",\"t\":\"{"
	    "text}\"}",
	    "{\"f\":\"[{\\\"a\\\":\\\"<a \\\\\\\"b\\\\\\\" &c\\\\\\\\>\\\",\\\"b\\\":\\\"a "
	    "\\\\\\\"b\\\\\\\" &c\\\\\\\\\\\",\\\"c\\\":7}]\",\"t\":\"a \\\"b\\\" &c\\\\\"}"));
	CHECK(gives(TEMPLATE_JSON, "{\"f\":\"{\\\"a\\\":[{given-list},{nil},{json}]}\"}",
	    "{\"f\":\"{\\\"a\\\":[[1,2],null,{\\\"k\\\":[1]}]}\"}"));
	CHECK(gives(
	    TEMPLATE_JSON, "{\"f\":\"{{x} \\\"{int}\\\" }\"}", "{\"f\":\"{x} \\\"7\\\" }\"}"));
	CHECK(gives(
	    TEMPLATE_JSON, "{\"f\":\"[{day},{day}]\"}", "{\"f\":\"[2026-03-01,2026-03-01]\"}"));
	CHECK(gives(TEMPLATE_JSON, "{\"query\":\"{\\\"a\\\":\\\"{int}\\\"}\"}",
	    "{\"query\":\"{\\\"a\\\":\\\"7\\\"}\"}"));
	CHECK(gives(TEMPLATE_JSON, "{\"q\":\"{a{int}}\"}", "{\"q\":\"{a7}\"}"));
	CHECK(gives(TEMPLATE_JSON, "{\"query\":\"{a{int}", "{\"query\":\"{a7"));
	CHECK(template_is_graphql(SLICE("query { a }\n")));
	CHECK(!template_is_graphql(SLICE("query of a")));
}

static void
test_is_json(void)
{
	static const char *const good[] = {
	    "{\"a\":{int}}", " [\"{text}\",{a}]\n", "{}", "[]", "{\"{a}\":1,\"{b}\":2}", NULL};
	for (size_t i = 0; good[i]; i++)
		CHECK(template_is_json(slice_of(good[i])));
	static const char *const bad[] = {"", "{int}", "{a}=1&b=2", "[INFO] {a}", "{ a { b } }",
	    "{\"a\":1", "\"a\"", "7", "{a}{\"b\":1}", "[x]={a}", NULL};
	for (size_t i = 0; bad[i]; i++)
		CHECK(!template_is_json(slice_of(bad[i])));
}

/* As gives, with a zone nine hours and a half east. */
static bool
gives_in_zone(const char *text, const char *expected)
{
	struct template t;
	struct template_error error;
	struct buf got = {0};
	struct zone *zone = zone_fixed(SLICE("+09:30"));
	CHECK(!template_parse(&t, slice_of(text), TEMPLATE_JSON));
	t.zone = zone;
	bool good =
	    template_fill(&t, find, NULL, &got, &error) && slice_is(buf_slice(&got), expected);
	template_free(&t);
	buf_free(&got);
	zone_free(zone);
	return good;
}

static void
test_zone(void)
{
	CHECK(gives(TEMPLATE_JSON, "{day:%s}",
	    "!day has no zone, and the format writes an instant: give --zone"));
	CHECK(gives(TEMPLATE_JSON, "[{instant:%s},{instant+1d:%Q},\"{instant:%FT%T%:z}\"]",
	    "[1772323199,1772409599000,\"2026-02-28T23:59:59+00:00\"]"));
	CHECK(gives_in_zone("[{day:%s},{day-1d:%s}]", "[1772289000,1772202600]"));
	CHECK(gives_in_zone("{day:%FT%T%z}", "\"2026-03-01T00:00:00+0930\""));
	CHECK(gives_in_zone("{wall:%FT%T%:z}", "\"1969-12-31T12:30:00+09:30\""));
	CHECK(gives_in_zone("{instant:%FT%T%:z}", "\"2026-03-01T09:29:59+09:30\""));
	CHECK(gives_in_zone("[{instant:%s},{instant+1d:%s}]", "[1772323199,1772409599]"));
}

static void
test_json(void)
{
	/* In a string its characters, elsewhere a whole value. */
	CHECK(gives(TEMPLATE_JSON, "{\"a\":\"<{text}>\"}", "{\"a\":\"<a \\\"b\\\" &c\\\\>\"}"));
	CHECK(gives(TEMPLATE_JSON, "{\"a\":{text}}", "{\"a\":\"a \\\"b\\\" &c\\\\\"}"));
	CHECK(gives(TEMPLATE_JSON, "{\"a\":\"{lines}\"}", "{\"a\":\"x\\r\\ny\"}"));
	CHECK(gives(TEMPLATE_JSON, "[{int},{big},{decimal},{bool},{nil},{json},{day}]",
	    "[7,18446744073709551615,12345678901234567890.10,true,null,{\"k\":[1]},\"2026-03-"
	    "01\"]"));
	CHECK(
	    gives(TEMPLATE_JSON, "[{day-1d:%Y%m%d},\"{day:%Y%m%d}\"]", "[20260228,\"20260301\"]"));
	CHECK(gives(TEMPLATE_JSON, "{\"a\":\"{int}\",\"b\":\"{json}\"}",
	    "{\"a\":\"7\",\"b\":\"{\\\"k\\\":[1]}\"}"));
	/* Digits that never have a leading zero are a number. */
	CHECK(gives(TEMPLATE_JSON, "[{day:%Y},{day:%-m},{day:%-d},{day:%m},{day:%d},{day:%F}]",
	    "[2026,3,1,\"03\",\"01\",\"2026-03-01\"]"));
	/* null in the middle of a text would be the word. */
	CHECK(gives(TEMPLATE_JSON, "\"{nil}\"", "!nil is null"));
	/* Words of the command line may be any JSON; other text needs quotes. */
	CHECK(gives(TEMPLATE_JSON, "[{given-number},{given-list},\"{given-word}\"]",
	    "[11111111,[1,2],\"word\"]"));
	CHECK(gives(
	    TEMPLATE_JSON, "[{given-word}]", "!given-word is not JSON text: put quotes around it"));
	CHECK(gives(TEMPLATE_JSON, "[{given-escape}]",
	    "!given-escape is not JSON text: put quotes around it"));
	/* An escaped quote does not end the string; one outside of it does not begin one. */
	CHECK(gives(TEMPLATE_JSON, "[\"\\\\\",{int},\"\\\"{int}\"]", "[\"\\\\\",7,\"\\\"7\"]"));
	CHECK(gives(TEMPLATE_JSON, "{\"a\":{}}", "{\"a\":{}}"));
	CHECK(gives(TEMPLATE_JSON, "{\"a\":{bytes}}", "!bytes is bytes, which have no text"));
}

static void
test_limits(void)
{
	struct buf text = {0};
	struct template t;
	for (int i = 0; i < TEMPLATE_PARTS_MAX; i++)
		buf_put_text(&text, "{int}");
	CHECK(!template_parse(&t, buf_slice(&text), TEMPLATE_TEXT));
	CHECK(t.n == TEMPLATE_PARTS_MAX);
	template_free(&t);
	buf_put_text(&text, "{int}");
	CHECK(template_parse(&t, buf_slice(&text), TEMPLATE_TEXT));
	template_free(&t);
	buf_free(&text);
	CHECK(!template_parse(&t, (struct slice){0}, TEMPLATE_URL) && !t.n);
	template_free(&t);
}

/* The values of the other names, as one name has them. */
static void
add_list(const char *name, struct value *values, const char *const *of, size_t n)
{
	mp_buf_nil(add(name));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n_names; k++)
			if (strcmp(names[k].name, of[i]) == 0)
				values[i] = names[k].v.value;
	names[n_names - 1].v.list = values;
	names[n_names - 1].v.n = n;
	names[n_names - 1].v.join = SLICE(",");
}

static void
test_list(void)
{
	static struct value ids[3], texts[2], days[2], nils[2], one[1], ups[2], pair[1];
	add_list("ids", ids, (const char *const[]){"int", "big", "int"}, 3);
	add_list("texts", texts, (const char *const[]){"text", "a.b-c_1"}, 2);
	add_list("days", days, (const char *const[]){"day", "date-text"}, 2);
	add_list("nils", nils, (const char *const[]){"int", "nil"}, 2);
	add_list("one", one, (const char *const[]){"int"}, 1);
	add_list("ups", ups, (const char *const[]){"int", "up"}, 2);
	CHECK(gives(TEMPLATE_TEXT, "{ids} {one}", "7,18446744073709551615,7 7"));
	CHECK(gives(TEMPLATE_HEADER, "{ids}", "7,18446744073709551615,7"));
	CHECK(gives(TEMPLATE_URL, "https://h/{ids}?q={texts}",
	    "https://h/7,18446744073709551615,7?q=a%20%22b%22%20%26c%5C,nested"));
	CHECK(gives(TEMPLATE_FORM, "a={texts}", "a=a%20%22b%22%20%26c%5C,nested"));
	CHECK(gives(TEMPLATE_JSON, "{\"ids\":{ids},\"one\":{one},\"t\":{texts}}",
	    "{\"ids\":[7,18446744073709551615,7],\"one\":[7],\"t\":[\"a \\\"b\\\" "
	    "&c\\\\\",\"nested\"]}"));
	CHECK(gives(TEMPLATE_JSON, "{\"q\":\"in ({ids}) {texts}\"}",
	    "{\"q\":\"in (7,18446744073709551615,7) a \\\"b\\\" &c\\\\,nested\"}"));
	CHECK(gives(TEMPLATE_JSON, "{\"q\":\"{\\\"a\\\":{texts},\\\"b\\\":\\\"x\\\"}\"}",
	    "{\"q\":\"{\\\"a\\\":[\\\"a \\\\\\\"b\\\\\\\" "
	    "&c\\\\\\\\\\\",\\\"nested\\\"],\\\"b\\\":\\\"x\\\"}\"}"));
	CHECK(gives(TEMPLATE_JSON, "[{days:%Y%m%d}]", "[[20260301,20260301]]"));
	CHECK(gives(TEMPLATE_TEXT, "{days-1d:%m/%d}", "02/28,02/28"));
	CHECK(gives(TEMPLATE_TEXT, "{nils}", "!nils is null"));
	CHECK(gives(TEMPLATE_JSON, "[{nils}]", "[[7,null]]"));
	CHECK(gives(TEMPLATE_URL, "{texts}", "!texts is several values, which cannot be one URL"));
	CHECK(gives(TEMPLATE_URL, "https://h/{ups}", "!ups is a step in a path, and no name"));
	/* A value that the server would read as two. */
	static const char more[] =
	    "!pair holds the text of --join: the server would see more values";
	add_list("pair", pair, (const char *const[]){"comma"}, 1);
	CHECK(gives(TEMPLATE_HEADER, "{pair}", more) && gives(TEMPLATE_FORM, "{pair}", more));
	CHECK(gives(TEMPLATE_XML, "{pair}", more) && gives(TEMPLATE_URL, "https://h/{pair}", more));
	CHECK(gives(TEMPLATE_JSON, "{\"a\":{pair},\"b\":\"{pair}\"}", more));
	for (size_t i = 0; i < n_names; i++)
		names[i].v.join = SLICE("</i><i>");
	CHECK(gives(
	    TEMPLATE_XML, "<i>{one}{ids}</i>", "<i>77</i><i>18446744073709551615</i><i>7</i>"));
	CHECK(gives(TEMPLATE_URL, "https://h/{ups}",
	    "!ups cannot be joined by a text with a slash in a URL"));
	for (size_t i = 0; i < n_names; i++)
		names[i].v.join = SLICE("&id=");
	CHECK(gives(
	    TEMPLATE_URL, "https://h/?id={ids}", "https://h/?id=7&id=18446744073709551615&id=7"));
	CHECK(gives(TEMPLATE_FORM, "id={pair}", "id=a%2Cb"));
}

int
main(void)
{
	add_json("int", "7");
	add_json("big", "18446744073709551615");
	add_json("decimal", "12345678901234567890.10");
	add_json("bool", "true");
	add_json("nil", "null");
	add_json("json", "{\"k\":[1]}");
	add_json("text", "\"a \\\"b\\\" &c\\\\\"");
	add_json("lines", "\"x\\r\\ny\"");
	add_json("a.b-c_1", "\"nested\"");
	add_json("日", "\"sun\"");
	add_json("link", "\"https://h/a?b=c&d\"");
	add_json("bad-link", "\"https://h/a b\"");
	add_json("comma", "\"a,b\"");
	add_json("up", "\"..\"");
	add_json("dot", "\".\"");
	add_json("encoded-up", "\"%2e.\"");
	add_json("twice-up", "\"%252E%252e\"");
	add_json("in-up", "\"a/../b\"");
	add_json("back-up", "\"a\\\\..\"");
	add_json("semicolon-up", "\"..;x\"");
	add_json("tail-dot", "\"a.\"");
	add_json("percent", "\"%2\"");
	add_json("empty", "\"\"");
	add_json("nul", "\"\\u0001\"");
	add_json("date-text", "\"2026-03-01\"");
	value_put_date(add("day"), (int32_t)iso_days(2026, 3, 1));
	value_put_timestamp(add("instant"), iso_days(2026, 3, 1) * 86400 - 1, 0);
	value_put_datetime(add("wall"), (iso_days(1969, 12, 31) * 86400 + 45000) * 1000000);
	mp_buf_bin(add("bytes"), SLICE("\xff"));
	add_given("given-number", "11111111");
	add_given("given-list", "[1,2]");
	add_given("given-word", "word");
	add_given("given-escape", "1,\"x\":2");
	for (size_t i = 0; i < n_names; i++) {
		struct buf *b = &names[i].raw;
		CHECK(value_read(b->p, b->p + b->n, &names[i].v.value));
	}
	test_text();
	test_dates();
	test_places();
	test_url();
	test_graphql();
	test_is_json();
	test_zone();
	test_json();
	test_limits();
	test_list();
	for (size_t i = 0; i < n_names; i++)
		buf_free(&names[i].raw);
	return unit_done("template");
}
