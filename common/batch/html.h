/* SPDX-License-Identifier: MIT */
#ifndef COMMON_BATCH_HTML_H
#define COMMON_BATCH_HTML_H

#include "common/text/bytes.h"

/*
 * Foreign text in HTML. All writers append; nothing that they append can end the element or the
 * attribute value (in double quotes) that it is in.
 */

/*
 * Text, for the content of an element or for an attribute. Control, invisible and
 * direction-changing characters are made visible (common/text/visible.h), bytes that are not UTF-8
 * become U+FFFD.
 */
void html_put(struct buf *b, struct slice text);

/* The same, cut after so many characters, with "…" in place of the rest. */
void html_put_cut(struct buf *b, struct slice text, size_t characters);

/* The path of a URL: all bytes but letters, digits and "-._~/" are percent-encoded. */
void html_put_path(struct buf *b, struct slice path);

#endif
