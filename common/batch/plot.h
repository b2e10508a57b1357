/* SPDX-License-Identifier: MIT */
#ifndef COMMON_BATCH_PLOT_H
#define COMMON_BATCH_PLOT_H

#include "common/batch/outlier.h"
#include "common/text/bytes.h"

/* A small bar chart as inline SVG. Its colors are the page's: classes "band", "bar" and "odd". */

enum {
	PLOT_HEIGHT = 44, /* units of the SVG */
	PLOT_STEP = 8,    /* from bar to bar */
};

struct plot_point {
	double value; /* 0 or more */
	bool odd;     /* an outlier: its bar is marked, and has its title */
	struct slice title;
};

/*
 * Appends the chart of n points. range is that of the next point and is drawn as a band, if it is
 * known. label describes the chart to who cannot see it. Both texts may be foreign.
 */
void plot_put(struct buf *b, const struct plot_point *points, size_t n, const struct range *range,
    struct slice label);

#endif
