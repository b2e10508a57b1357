/* SPDX-License-Identifier: MIT */
#include "common/batch/html.h"
#include "common/batch/outlier.h"
#include "common/batch/plot.h"
#include "tests/unit/unit.h"

static bool
html_is(struct slice text, const char *wanted)
{
	struct buf b = {0};
	html_put(&b, text);
	bool good = !b.failed && slice_is(buf_slice(&b), wanted);
	if (!good)
		fprintf(stderr, "%.*s instead of %s\n", (int)b.n, b.p, wanted);
	buf_free(&b);
	return good;
}

static void
test_html(void)
{
	CHECK(html_is(SLICE(""), ""));
	CHECK(html_is(SLICE("</td><script>alert('1')</script>"),
	    "&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"));
	CHECK(html_is(SLICE("\" onclick=\"x&amp;"), "&quot; onclick=&quot;x&amp;amp;"));
	/* Control and direction-changing characters, bad UTF-8, NUL. */
	CHECK(html_is(SLICE("a\x1b[31m\r\n\tb"), "a\\u001b[31m\\r\\n\\tb"));
	CHECK(html_is(SLICE("a\xe2\x80\xae"
			    "b"),
	    "a\\u202eb"));
	CHECK(html_is(SLICE("a\xff<\xc3"), "a\xef\xbf\xbd&lt;\xef\xbf\xbd"));
	CHECK(html_is((struct slice){"a\0b", 3}, "a\\u0000b"));
	CHECK(html_is(SLICE("日本語"), "日本語"));

	struct buf b = {0};
	html_put_cut(&b, SLICE("日本語&x"), 4);
	CHECK(slice_is(buf_slice(&b), "日本語&amp;…"));
	buf_reset(&b);
	html_put_cut(&b, SLICE("日本語"), 3);
	CHECK(slice_is(buf_slice(&b), "日本語"));
	buf_reset(&b);
	html_put_path(&b, SLICE("/a b/\"><x>?#%/ü"));
	CHECK(slice_is(buf_slice(&b), "/a%20b/%22%3E%3Cx%3E%3F%23%25/%C3%BC"));
	buf_free(&b);
}

static bool
near(double a, double b)
{
	return a - b < 1e-9 && b - a < 1e-9;
}

static void
test_outlier(void)
{
	double few[] = {1, 2, 3};
	struct range r = outlier_range(few, 3);
	CHECK(!r.known);
	CHECK(!outlier_is(&r, 1e9));

	/* Median 101, deviations 1 1 1 1 0 2 3 99: their median is 1. */
	double week[] = {100, 102, 100, 102, 101, 103, 98, 200};
	r = outlier_range(week, 8);
	CHECK(r.known);
	CHECK(near(r.median, 101.5));
	/* Deviations 1.5 .5 1.5 .5 .5 1.5 3.5 98.5, median 1.5, times 4: 6. */
	CHECK(near(r.low, 95.5));
	CHECK(near(r.high, 107.5));
	CHECK(!outlier_is(&r, 107.5));
	CHECK(outlier_is(&r, 107.6));
	CHECK(outlier_is(&r, 0));

	/* Only the last 8 count. */
	double more[] = {1e6, 1e6, 1e6, 1e6, 1e6, 100, 102, 100, 102, 101, 103, 98, 200};
	struct range same = outlier_range(more, 13);
	CHECK(near(same.low, r.low));
	CHECK(near(same.high, r.high));

	/* All equal: a deviation of 5 % is not unusual, no rows are. */
	double equal[] = {1000, 1000, 1000, 1000};
	r = outlier_range(equal, 4);
	CHECK(!outlier_is(&r, 950));
	CHECK(outlier_is(&r, 949));
	CHECK(outlier_is(&r, 0));
	double none[] = {0, 0, 0, 0};
	r = outlier_range(none, 4);
	CHECK(!outlier_is(&r, 0));
	CHECK(outlier_is(&r, 1));

	double odd[] = {3, 1, 2};
	CHECK(near(outlier_median(odd, 3), 2));
	CHECK(near(outlier_median((double[]){5}, 1), 5));
}

static void
test_plot(void)
{
	struct buf b = {0};
	struct range none = {0}, some = {.known = true, .low = 40, .high = 60, .median = 50};
	struct plot_point points[] = {
	    {.value = 50}, {.value = 0}, {.value = 100, .odd = true, .title = SLICE("<b>")}};
	plot_put(&b, points, 3, &some, SLICE("\"x\""));
	buf_put_byte(&b, '\0');
	CHECK(strstr(b.p, "viewBox=\"0 0 24 44\""));
	CHECK(strstr(b.p, "aria-label=\"&quot;x&quot;\""));
	/* 100 is the top of 8, the ground is 44: 50 is at 26, 0 is a line. */
	CHECK(strstr(b.p, "<path class=\"bar\" d=\"M1 44 V26.0 h6 V44 zM9 44 V43.0 h6 V44 z\"/>"));
	CHECK(strstr(b.p, "<g class=\"odd\"><title>&lt;b&gt;</title><path d=\"M17 44 V8.0 h6 V44 "
			  "zM17 1.0 h6 l-3 5 z\"/></g>"));
	CHECK(strstr(b.p, "<rect class=\"band\" x=\"0\" y=\"22.4\" width=\"24\" height=\"8.2\"/>"));
	buf_reset(&b);
	plot_put(&b, points, 2, &none, SLICE(""));
	buf_put_byte(&b, '\0');
	CHECK(!strstr(b.p, "band"));
	CHECK(!strstr(b.p, "odd"));
	/* All zero: nothing is divided by it. */
	buf_reset(&b);
	plot_put(&b, points + 1, 1, &none, SLICE(""));
	buf_put_byte(&b, '\0');
	CHECK(strstr(b.p, "V43.0"));
	buf_free(&b);
}

int
main(void)
{
	test_html();
	test_outlier();
	test_plot();
	return unit_done("report");
}
