/* SPDX-License-Identifier: MIT */
#include "common/web/condition.h"
#include "common/json/json_read.h"
#include "tests/unit/unit.h"

static const char body[] =
    "{\"status\":\"DONE\",\"n\":3,\"big\":18446744073709551615,\"cost\":12.50,\"yes\":true,\"no\":"
    "false,\"empty\":\"\","
    "\"nil\":null,\"list\":[{\"s\":\"A\"},{\"s\":\"B\"}],\"same\":[{\"s\":\"A\"},{\"s\":\"A\"}],"
    "\"none\":[],\"a b\":\"x "
    "y\",\"obj\":{\"k\":1},\"errors\":[{\"code\":\"0003\",\"message\":\"Rate limit, wait\"},"
    "{\"code\":17}]}";
static struct buf mp;
static struct api_errors errors;
static struct answer_view view = {.request = "poll",
    .status = 403,
    .headers = {"Content-Type: text/html; charset=x\r\nX-Left: 0\r\nx-left: 9\r\n", 62},
    .errors = &errors};

static bool
hold(const char *words)
{
	struct conditions c;
	const char *wrong = conditions_parse(&c, slice_of(words));
	CHECK(!wrong);
	bool good = !wrong && conditions_hold(&c, &view);
	conditions_free(&c);
	return good;
}

static bool
is_wrong(const char *words)
{
	struct conditions c;
	const char *wrong = conditions_parse(&c, slice_of(words));
	conditions_free(&c);
	return wrong;
}

static void
test_words(void)
{
	CHECK(
	    hold("status=403") && hold("status=4xx") && !hold("status=404") && !hold("status=5xx"));
	CHECK(hold("status!=404") && hold("status!=5xx") && !hold("status!=403"));
	CHECK(hold("code=0003") && hold("code=17") && !hold("code=3") && hold("code!=0003"));
	CHECK(hold("message~limit") && hold("message~\"limit, wait\"") && !hold("message~Limit"));
	CHECK(hold("message=\"Rate limit, wait\"") && !hold("message=Rate"));
	CHECK(hold("status=403 code=0003") && !hold("status=403 code=0098"));
	CHECK(hold("  status=403\tcode=17  "));
	CHECK(hold("content-type=text/html") && !hold("content-type=text/plain"));
	CHECK(hold("header.X-Left=0") && hold("header.x-left=9") && !hold("header.x-left=1"));
	CHECK(hold("header.x-left") && !hold("header.x-right") && !hold("header.x-right!=0"));
	CHECK(hold("code") && hold("message~\"\""));
	/* body. reaches a member whose name is also a word of the conditions. */
	CHECK(hold("body.status=DONE") && hold("n=3") && hold("body.n=3"));
}

static void
test_requests(void)
{
	CHECK(hold("request=poll") && !hold("request=create") && hold("request=create|poll"));
	CHECK(hold("request!=delete") && !hold("request!=poll|delete") && hold("request=poll n=3"));
	CHECK(!hold("body.request") && !hold("body.request=poll"));
	CHECK(is_wrong("request=polls") && is_wrong("request=") && is_wrong("request~poll") &&
	      is_wrong("request") && is_wrong("request=poll|add"));
	view.request = NULL;
	CHECK(!hold("request=poll") && !hold("request!=create"));
	view.request = "poll";
}

/* What has broken off is no answer, unless a rule asks for that. */
static void
test_broken(void)
{
	CHECK(!hold("status=broken") && hold("status=broken|403"));
	view.broken = true;
	CHECK(hold("status=broken") && hold("status=broken|403") &&
	      hold("status=broken request=poll"));
	CHECK(!hold("status=403") && !hold("status!=404") && !hold("header.x-left=0") &&
	      !hold("n=3"));
	CHECK(!hold("status=broken request=create"));
	view.broken = false;
	CHECK(is_wrong("status!=broken") && is_wrong("status=brok") && is_wrong("status~broken"));
}

static void
test_values(void)
{
	CHECK(hold("big=18446744073709551615") && hold("cost=12.5"));
	CHECK(hold("yes=true") && hold("no=false") && hold("nil=null") && hold("empty="));
	CHECK(hold("yes") && !hold("no") && !hold("nil") && !hold("empty") && !hold("none") &&
	      !hold("absent") && hold("obj"));
	CHECK(
	    hold("list[].s=A") && hold("list[].s=B") && !hold("list[].s=C") && hold("list[].s!=A"));
	CHECK(hold("list.1.s=B") && !hold("list.7.s=B"));
	CHECK(hold("\"a b\"=\"x y\"") && hold("\"a b\"~\" \""));
	CHECK(hold("obj={\"k\":1}") && hold("none=[]"));
	/* A missing value is not another value. */
	CHECK(!hold("absent!=x") && hold("n!=x"));
	/* A path that meets something else than it needs leads nowhere. */
	CHECK(!hold("n.x=3") && !hold("status.x") && !hold("obj[]"));
	struct answer_view whole = view;
	view.body = (struct slice){0};
	CHECK(!hold("n=3") && !hold("n!=3") && !hold("n") && hold("status=403"));
	view = whole;
}

static void
test_alternatives(void)
{
	CHECK(
	    hold("code=4|17|32") && hold("code=0003|4") && !hold("code=4|32") && !hold("code=1|7"));
	CHECK(hold("status=429|403") && hold("status=5xx|4xx") && !hold("status=429|5xx"));
	CHECK(hold("status!=429|5xx") && !hold("status!=429|403"));
	/* "!=": a value that is none of them. */
	CHECK(hold("list[].s!=A|C") && !hold("list[].s!=A|B") && !hold("n!=3|4"));
	CHECK(hold("message~quota|limit") && !hold("message~quota|rule"));
	CHECK(hold("message=x|\"Rate limit, wait\"") && hold("header.X-Left=5|0"));
	CHECK(hold("n=3|\"\"") && hold("empty=x|\"\""));
	/* In quotes "|" and "," are characters of the value. */
	CHECK(!hold("code=\"4|17\"") && hold("message=\"Rate limit, wait\""));
	CHECK(hold("same=[{\"s\":\"A\"},{\"s\":\"A\"}]") &&
	      hold("same=1|[{\"s\":\"A\"},{\"s\":\"A\"}]"));
	CHECK(is_wrong("code=4||17") && is_wrong("code=|4") && is_wrong("code=4|") &&
	      is_wrong("code=|"));
	CHECK(is_wrong("code=4,17") && is_wrong("code=4,17|32") && is_wrong("status=403,429"));
	CHECK(is_wrong("message~limit,wait") && is_wrong("status=403|42") && is_wrong("a|b=1") &&
	      is_wrong("a,b=1") && is_wrong("a|b") && !is_wrong("\"a|b\"=1"));
}

static void
test_wrong(void)
{
	CHECK(is_wrong("") && is_wrong("   "));
	CHECK(is_wrong("status") && is_wrong("status=") && is_wrong("status~4") &&
	      is_wrong("status=40"));
	CHECK(is_wrong("status=6xx") && is_wrong("status=4x3") && is_wrong("status=0403"));
	CHECK(is_wrong("=x") && is_wrong("a..b=x") && is_wrong("a[=x"));
	CHECK(!is_wrong("a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8 i=9 j=1 k=2 l=3 m=4 n=5 o=6 p=7"));
	CHECK(is_wrong("a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8 i=9 j=1 k=2 l=3 m=4 n=5 o=6 p=7 q=8"));
	/* An open quote takes all that follows. */
	CHECK(!is_wrong("a=\"x y"));
	CHECK(!hold("n=\"3"));
}

static bool
tells(const char *text, const char *expected)
{
	struct conditions c;
	CHECK(!conditions_parse_body(&c, slice_of(text)));
	bool good = slice_is(conditions_text(&c, &view), expected);
	conditions_free(&c);
	return good;
}

static void
test_text(void)
{
	CHECK(tells("status", "DONE") && tells("list[].s", "A") &&
	      tells("errors[].message", "Rate limit, wait"));
	/*
	 * With a value there is nothing to report; values that are not text, or
	 * empty, are left out.
	 */
	CHECK(tells("status=DONE", "") && tells("n", "") && tells("empty", "") &&
	      tells("absent", ""));
}

/* --until and --fail-on: one condition, its value as it is. */
static bool
all(const char *text)
{
	struct conditions c;
	CHECK(!conditions_parse_body(&c, slice_of(text)));
	bool good = conditions_hold_for_all(&c, &view);
	conditions_free(&c);
	return good;
}

static void
test_body(void)
{
	CHECK(all("status=DONE") && !all("status=403"));
	CHECK(all("same[].s=A") && !all("list[].s=A") && !all("none[].s=A") && !all("absent=A"));
	CHECK(all("\"a b\"=x y") && all("\"a b\"=\"x y\""));
	CHECK(all("list[].s=A|B") && all("list[].s=A | B") && !all("list[].s=A|C") &&
	      all("\"a b\"=z|x y") && !all("\"a b\"=\"z|x y\""));
	CHECK(all("list[].s!=C") && !all("list[].s!=A"));
	CHECK(all("n~3") && all("n"));
	struct conditions c;
	CHECK(conditions_parse_body(&c, SLICE("=x")));
	conditions_free(&c);
	CHECK(conditions_parse_body(&c, SLICE("status=DONE|")));
	conditions_free(&c);
	CHECK(conditions_parse_body(&c, SLICE("status=DONE,READY")));
	conditions_free(&c);
	CHECK(!conditions_parse_body(&c, SLICE("why=Sorry, not now")));
	conditions_free(&c);
	CHECK(conditions_parse_body(&c, SLICE("error|errors")));
	conditions_free(&c);
	CHECK(conditions_parse_body(&c, SLICE("")));
	conditions_free(&c);
}

int
main(void)
{
	struct json_error error;
	CHECK(json_to_msgpack(slice_of(body), JSON_DUPLICATES_ERROR, &mp, &error));
	view.body = buf_slice(&mp);
	view.headers.n = strlen(view.headers.p);
	api_errors_find(&errors, view.body);
	test_words();
	test_requests();
	test_broken();
	test_values();
	test_alternatives();
	test_wrong();
	test_body();
	test_text();
	buf_free(&mp);
	buf_free(&errors.text);
	return unit_done("condition");
}
