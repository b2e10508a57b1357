/* SPDX-License-Identifier: MIT */
#include "common/batch/plot.h"
#include "common/batch/html.h"

enum {
	TOP = 8, /* room for the marks above the bars */
	BAR = 6,
};

static double
top_value(const struct plot_point *points, size_t n, const struct range *range)
{
	double top = range->known ? range->high : 0;
	for (size_t i = 0; i < n; i++)
		if (points[i].value > top)
			top = points[i].value;
	return top > 0 ? top : 1;
}

/* The distance from the top of the chart. */
static double
y_of(double value, double top)
{
	double y = PLOT_HEIGHT - (PLOT_HEIGHT - TOP) * value / top;
	return y < TOP ? TOP : y > PLOT_HEIGHT ? PLOT_HEIGHT : y;
}

/* A bar as a part of a path; that of 0 is a line on the ground, so that it is seen. */
static void
put_bar(struct buf *b, size_t i, double y)
{
	if (y > PLOT_HEIGHT - 1)
		y = PLOT_HEIGHT - 1;
	buf_printf(
	    b, "M%zu %d V%.1f h%d V%d z", i * PLOT_STEP + 1, PLOT_HEIGHT, y, BAR, PLOT_HEIGHT);
}

void
plot_put(struct buf *b, const struct plot_point *points, size_t n, const struct range *range,
    struct slice label)
{
	double top = top_value(points, n, range);
	size_t width = n * PLOT_STEP;
	buf_printf(b,
	    "<svg class=\"plot\" role=\"img\" viewBox=\"0 0 %zu %d\" width=\"%zu\" height=\"%d\" "
	    "aria-label=\"",
	    width, PLOT_HEIGHT, width, PLOT_HEIGHT);
	html_put(b, label);
	buf_put_text(b, "\">");
	if (range->known)
		buf_printf(b,
		    "<rect class=\"band\" x=\"0\" y=\"%.1f\" width=\"%zu\" height=\"%.1f\"/>",
		    y_of(range->high, top), width,
		    y_of(range->low, top) - y_of(range->high, top) + 1);
	buf_put_text(b, "<path class=\"bar\" d=\"");
	for (size_t i = 0; i < n; i++)
		if (!points[i].odd)
			put_bar(b, i, y_of(points[i].value, top));
	buf_put_text(b, "\"/>");
	for (size_t i = 0; i < n; i++) {
		if (!points[i].odd)
			continue;
		double y = y_of(points[i].value, top);
		buf_put_text(b, "<g class=\"odd\"><title>");
		html_put(b, points[i].title);
		buf_put_text(b, "</title><path d=\"");
		put_bar(b, i, y);
		/* A triangle above the bar: the color alone must not carry the meaning. */
		buf_printf(b, "M%zu %.1f h%d l-%d %d z\"/></g>", i * PLOT_STEP + 1, y - 7, BAR,
		    BAR / 2, 5);
	}
	buf_put_text(b, "</svg>");
}
